<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Attaches to the region by its key and prints what the workers are counting. It is no child of httpd.
//   php watch.php --key KEY [--until HITS]
// Ends when HITS hits are counted, or on a signal.

require __DIR__ . '/traffic.php';

const INTERVAL_SECONDS = 0.25;

$options = getopt('', ['key:', 'until:']);
$traffic = new Traffic((int) $options['key']);
$until = (int) ($options['until'] ?? PHP_INT_MAX);
$on_terminal = stream_isatty(STDOUT);
$lines_every = $on_terminal ? 1 : 4;

$hits_before = $traffic->hits();
$time_before = hrtime(true);
for ($round = 0, $hits = 0; $hits < $until; $round++) {
    usleep((int) (INTERVAL_SECONDS * 1e6));
    $hits = $traffic->hits();
    if ($round % $lines_every !== 0 && $hits < $until) {
        continue;
    }
    $time = hrtime(true);
    $latest = $traffic->visitors()[0] ?? null;
    $line = sprintf(
        '  %7s hits  %6s/s  %2d workers  latest: %s',
        number_format($hits),
        number_format(($hits - $hits_before) / (($time - $time_before) / 1e9)),
        count($traffic->workers()),
        $latest ? "{$latest['path']} by {$latest['agent']} (worker {$latest['pid']})" : 'none yet'
    );
    echo $on_terminal ? "\r\e[K" . $line : "$line\n";
    [$hits_before, $time_before] = [$hits, $time];
}
echo $on_terminal ? "\n" : '';
