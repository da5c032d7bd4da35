<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// One peer of the comparison, in a process of its own. Takes orders as JSON lines and answers each with one JSON line.
//   php peer.php NAME KEY

require __DIR__ . '/lib/sample_values.inc';
require __DIR__ . '/lib/histogram.inc';
require __DIR__ . '/lib/peer_access.inc';
require __DIR__ . '/lib/timed_loops.inc';
require __DIR__ . '/lib/contention.inc';

[, $name, $ipc_key] = $argv;
$access = new PeerAccess($name, (int) $ipc_key);

/** @return int how many variables are missing afterwards: Yac may lose some */
function fill(PeerAccess $access, int $variables, mixed $value): int
{
    $keys = array_map($access->key(...), range(1, $variables));
    $access->compile('array $keys, $value', "foreach (\$keys as \$key) { $access->put }")($keys, $value);
    $missing = 0;
    for ($number = 1; $number <= $variables; $number++) {
        $missing += $access->has($number) ? 0 : 1;
    }
    return $missing;
}

while (($line = fgets(STDIN)) !== false) {
    $order = json_decode($line, true);
    $values = sample_values($order['value'] ?? 'int');
    $statement = match ($order['operation'] ?? null) {
        'get' => $access->get,
        'put' => $access->put,
        'guarded get' => $access->guarded($access->get),
        'guarded put' => $access->guarded($access->put),
        'acquire and release' => 'sem_acquire($semaphore); sem_release($semaphore);',
        null => '',
    };
    $answer = match ($order['do']) {
        'version' => $access->version(),
        'make empty' => $access->makeEmpty($order['bytes']),
        'fill' => fill($access, $order['variables'], $values[0]),
        'repeat' => time_repeated($access, $statement, $values, $order['turns']),
        'over' => time_over($access, $statement, $order['variables'], $order['count'], $order['repeats']),
        'changed' => time_changed($access, $values, $order['count'], $order['rounds']),
        'growth' => time_growth($access, $order['variables']),
        'fill to the end' => fill_to_the_end($access, (int) $ipc_key),
        'share' => time_sharing($access, $values, $order['reads'], $order['variables'], $order['seconds']),
        'remove' => $access->remove(),
    };
    echo json_encode($answer), "\n";
}
