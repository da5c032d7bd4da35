<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Compares the shared counts with what the load client saw answered, then (--remove) removes region and semaphore.
//   php check.php --key KEY --load FILE [--remove]
// Prints one line; if anything is wrong, exit code 1 and the differences.

require __DIR__ . '/traffic.php';

$options = getopt('', ['key:', 'load:', 'remove']);
$load = json_decode(file_get_contents($options['load']), true);
$traffic = new Traffic((int) $options['key']);

$counted = array_column($traffic->paths(), 'requests');
$paths = array_combine(array_keys($traffic->paths()), $counted);
$workers = [];
foreach ($traffic->workers() as $pid) {
    $workers[$pid] = $traffic->worker($pid)['requests'];
}
ksort($paths);
ksort($workers);
ksort($load['paths']);

$wrong = [];
$expect = function (string $what, mixed $shared) use (&$wrong, $load): void {
    if ($shared !== $load['answered']) {
        $wrong[] = "$what is " . var_export($shared, true) . ", but {$load['answered']} requests were answered";
    }
};
$expect('the shared total', $traffic->hits());
$expect('the sum over paths', array_sum($paths));
$expect('the sum over workers', array_sum($workers));
if ($load['answered'] !== $load['requests']) {
    $wrong[] = "{$load['requests']} requests were sent, {$load['answered']} answered";
}
foreach (['paths' => $paths, 'workers' => $workers] as $name => $shared) {
    foreach ($shared + $load[$name] as $which => $_) {
        $counts = [$shared[$which] ?? 0, $load[$name][$which] ?? 0];
        if ($counts[0] !== $counts[1]) {
            $wrong[] = "$name: $which counted {$counts[0]}, answered {$counts[1]}";
        }
    }
}
$latest = $traffic->visitors();
for ($i = 1; $i < count($latest); $i++) {
    if ($latest[$i]['time'] > $latest[$i - 1]['time']) {
        $wrong[] = 'the last visitors are not in order';
    }
}
if (isset($options['remove']) && !$traffic->remove()) {
    $wrong[] = 'the shared region could not be removed';
}
if ($wrong) {
    fwrite(STDERR, 'check: the shared counts are not exact: ' . implode("\n  ", $wrong) . "\n");
    exit(1);
}
printf(
    "  counts are exact: %s answered = shared total = sum over %d paths = sum over %d workers\n",
    number_format($load['answered']),
    count($paths),
    count($workers)
);
