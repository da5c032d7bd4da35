<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// How long the next put takes after a writer was killed, against the number of variables in the region: a repair walks all of
// them.
//   php recovery.php --extension SO [--kills 500]
// A child puts 1 MiB in a loop, so it holds the lock most of the time. It is killed at a random instant, and the parent puts at
// once. A kill between two puts needs no repair: the repairs show in the upper percentiles.

$options = getopt('', ['extension:', 'kills:']);
$kills = (int) ($options['kills'] ?? 500);
if (!extension_loaded('shmpack')) {
    $again = [PHP_BINARY, '-n', '-d', 'extension=posix', '-d', 'extension=' . ($options['extension'] ?? 'shmpack'), __FILE__, "--kills=$kills"];
    passthru(implode(' ', array_map('escapeshellarg', $again)), $status);
    exit($status);
}

printf("%12s %8s %12s %12s %12s %12s\n", 'variables', 'kills', 'p50 us', 'p90 us', 'p99 us', 'longest us');
foreach ([1, 1000, 100000] as $variables) {
    $region = shm_attach(0, 64 << 20);
    for ($i = 0; $i < $variables; $i++) {
        shm_put_var($region, $i, $i % 2 ? $i : "a value of variable $i");
    }
    $times = [];
    for ($kill = 0; $kill < $kills; $kill++) {
        $child = pcntl_fork();
        if ($child === 0) {
            for ($large = str_repeat('v', 1 << 20);;) {
                shm_put_var($region, -1, $large);
            }
        }
        usleep(random_int(300, 3000));
        posix_kill($child, SIGKILL);
        $began = hrtime(true);
        if (!shm_put_var($region, -2, $kill)) {
            exit("the region is locked for good\n");
        }
        $times[] = hrtime(true) - $began;
        pcntl_waitpid($child, $status);
    }
    sort($times);
    $at = fn (float $part) => $times[min($kills - 1, (int) ($kills * $part))] / 1e3;
    printf("%12s %8d %12.1f %12.1f %12.1f %12.1f\n", number_format($variables), $kills, $at(0.5), $at(0.9), $at(0.99), $at(1));
    shm_detach($region);
}
