<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// One peer of the comparison in a process of its own. Takes orders as JSON lines, answers each with one JSON line:
//   {"do": "about"}                                           -> the version
//   {"do": "fill", "variables": N, "value": NAME}             -> how many of N variables are there now
//   {"do": "time", "operation": OP, "value": NAME, "calls": N} -> nanoseconds of N calls, and of the loop alone
//   {"do": "remove"}                                          -> null; nothing is left in the system
//   php peer.php NAME KEY

const REGION_BYTES = 64 << 20;

/** Two values of the same kind and size: a write is never of the value that is there already. */
function values(string $name): array
{
    $row = fn (int $i) => ['id' => $i, 'name' => "product $i", 'price' => $i * 1.25, 'stock' => $i % 7];
    $fields = fn (int $seed) => array_combine(
        array_map(fn ($i) => "field_$i", range(1, 20)),
        array_map(fn ($i) => $i % 2 ? $seed + $i : "value $seed of $i", range(1, 20))
    );
    return match ($name) {
        'int' => [1234567, 7654321],
        '32 B' => [str_repeat('a', 32), str_repeat('b', 32)],
        '1 KiB' => [str_repeat('a', 1024), str_repeat('b', 1024)],
        '64 KiB' => [str_repeat('a', 65536), str_repeat('b', 65536)],
        '20 fields' => [$fields(100), $fields(200)],
        '1,000 rows' => [array_map($row, range(1, 1000)), array_map($row, range(1001, 2000))],
    };
}

[, $name, $key] = $argv;
$key = (int) $key;
$is_sysv = $name === 'stock' || $name === 'shmpack';
if ($is_sysv) {
    $region = shm_attach($key, REGION_BYTES);
    $semaphore = sem_get($key);
} elseif ($name === 'yac') {
    $yac = new Yac();
}

// The measured statements, written out so that no peer pays for a closure or a method it does not need.
$statements = match ($name) {
    'stock', 'shmpack' => [
        'get' => '$got = shm_get_var($region, $key);',
        'put' => 'shm_put_var($region, $key, $value);',
        'put and get' => 'shm_put_var($region, $key, $value); $got = shm_get_var($region, $key);',
        'acquire and release' => 'sem_acquire($semaphore); sem_release($semaphore);',
    ],
    'apcu' => [
        'get' => '$got = apcu_fetch($key);',
        'put' => 'apcu_store($key, $value);',
        'put and get' => 'apcu_store($key, $value); $got = apcu_fetch($key);',
    ],
    'yac' => [
        'get' => '$got = $yac->get($key);',
        'put' => '$yac->set($key, $value);',
        'put and get' => '$yac->set($key, $value); $got = $yac->get($key);',
    ],
};

/** A function that runs $statement $calls times over all $keys in a scattered order, and returns the nanoseconds. */
$loop = fn (string $statement): Closure => eval("return function (int \$calls, array \$keys, array \$values): int {
    // Locals: a global would cost every call an indirection.
    \$region = \$GLOBALS['region'] ?? null;
    \$semaphore = \$GLOBALS['semaphore'] ?? null;
    \$yac = \$GLOBALS['yac'] ?? null;
    \$count = count(\$keys);
    [\$even, \$odd] = \$values;
    \$began = hrtime(true);
    for (\$i = 0; \$i < \$calls; \$i++) {
        \$key = \$keys[\$i * 7919 % \$count];
        \$value = \$i & 1 ? \$odd : \$even;
        $statement
    }
    return hrtime(true) - \$began;
};");

$keys = [];
while (($line = fgets(STDIN)) !== false) {
    $order = json_decode($line, true);
    $answer = null;
    switch ($order['do']) {
        case 'about':
            $extension = ['stock' => 'sysvshm', 'shmpack' => 'shmpack', 'apcu' => 'apcu', 'yac' => 'yac'][$name];
            $answer = phpversion($extension);
            break;
        case 'fill':
            foreach ($keys as $old) {
                match (true) {
                    $is_sysv => shm_remove_var($region, $old),
                    $name === 'apcu' => apcu_delete($old),
                    default => $yac->delete($old),
                };
            }
            $keys = range(1, $order['variables']);
            if (!$is_sysv) {
                $keys = array_map(fn ($number) => "key_$number", $keys);
            }
            ($loop($statements['put']))(count($keys), $keys, values($order['value']));
            // A peer that lost some on the way (Yac may) does not do the same work as the others.
            $answer = 0;
            foreach ($keys as $one) {
                $answer += match (true) {
                    $is_sysv => shm_has_var($region, $one),
                    $name === 'apcu' => apcu_exists($one),
                    default => $yac->get($one) !== false,
                };
            }
            break;
        case 'time':
            $values = values($order['value']);
            $calls = $order['calls'];
            $spent = ($loop($statements[$order['operation']]))($calls, $keys, $values);
            $answer = ['spent' => $spent, 'empty' => ($loop(''))($calls, $keys, $values)];
            break;
        case 'remove':
            if ($is_sysv) {
                shm_remove($region);
                sem_remove($semaphore);
            }
            break;
    }
    echo json_encode($answer), "\n";
}
