<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Prints the demo's table from what the load client wrote: php report.php SHMPACK.json STOCK.json

[$ours, $stock] = array_map(fn ($file) => json_decode(file_get_contents($file), true), array_slice($argv, 1, 2));

printf("  %-36s %12s %12s %8s\n", '', 'shmpack', 'ext/sysvshm', 'ratio');
$row = fn (string $what, float $a, float $b, string $format, float $ratio) => printf(
    "  %-36s %12s %12s %8s\n",
    $what,
    sprintf($format, $a),
    sprintf($format, $b),
    sprintf('%.2fx', $ratio)
);
foreach (['requests' => 'requests', 'answered' => 'answered and counted'] as $count => $what) {
    printf("  %-36s %12s %12s\n", $what, number_format($ours[$count]), number_format($stock[$count]));
}
$rate = 'requests_per_second';
$row('requests per second', $ours[$rate], $stock[$rate], '%.0f', $ours[$rate] / $stock[$rate]);
$times = [
    'shared_ns_mean' => 'time on shared variables, mean us',
    'waiting_ns_mean' => '  waiting for the semaphore, mean us',
    'working_ns_median' => '  working, median us',
];
foreach ($times as $time => $what) {
    $row($what, $ours[$time] / 1e3, $stock[$time] / 1e3, '%.1f', $stock[$time] / $ours[$time]);
}
echo <<<'TEXT'

      Ratio: above 1, shmpack is better. Most of a request is Apache, PHP and the load client. On shared variables,
      ext/sysvshm needs the semaphore around every access, or the counts go wrong; shmpack needs it only around
      read-modify-write. The CLI process above reads shmpack's region without it.

    TEXT;
echo "\n  requests per worker (shmpack):\n";
foreach (array_chunk($ours['workers'], 4, true) as $some) {
    foreach ($some as $pid => $requests) {
        printf('  %9d: %-7s', $pid, number_format($requests));
    }
    echo "\n";
}
