<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Compares peers, each in a process of its own (bench/peer.php); all ratios are within one run. `./dev bench` calls it:
//   php compare.php --shmpack SO --key KEY [--apcu SO] [--yac SO] [--lock-cost PROGRAM] [--slot-cost PROGRAM] [--line-cost PROGRAM]
//     --effort tiny|quick|full --into FOLDER --command TEXT
// The peers that need a key use KEY and KEY + 1.

require __DIR__ . '/lib/sample_values.inc';
require __DIR__ . '/lib/histogram.inc';
require __DIR__ . '/lib/peer_process.inc';
require __DIR__ . '/lib/tables.inc';
require __DIR__ . '/lib/report.inc';
require __DIR__ . '/lib/pictures.inc';
require __DIR__ . '/sections/one_variable.inc';
require __DIR__ . '/sections/many_variables.inc';
require __DIR__ . '/sections/growth.inc';
require __DIR__ . '/sections/several_processes.inc';
require __DIR__ . '/sections/slots.inc';

// Many short rounds rather than few long ones: then nothing interrupted the best one.
const EFFORTS = [
    'full' => [
        'passes' => 8, 'rounds' => 15, 'round_ns' => 3e6, 'changed_rounds' => 100,
        'variables' => [1, 100, 1000, 20000, 1000000], 'variable_passes' => 3, 'variable_rounds' => 6,
        'growth' => 1000000, 'growth_runs' => 5, 'room' => [1000, 10000, 1000000],
        'processes' => [1, 2, 4, 8], 'mixes' => [100, 95, 50, 5], 'writers' => [0, 1, 3, 7],
        'share_rounds' => 4, 'share_seconds' => 0.35,
        'slot_rounds' => 1000, 'slot_fills' => 5,
    ],
    'quick' => [
        'passes' => 2, 'rounds' => 10, 'round_ns' => 2e6, 'changed_rounds' => 50,
        'variables' => [1, 100, 1000, 20000, 1000000], 'variable_passes' => 1, 'variable_rounds' => 4,
        'growth' => 1000000, 'growth_runs' => 2, 'room' => [1000, 10000, 1000000],
        'processes' => [1, 2, 4, 8], 'mixes' => [100, 95, 50, 5], 'writers' => [0, 1, 3, 7],
        'share_rounds' => 1, 'share_seconds' => 0.1,
        'slot_rounds' => 300, 'slot_fills' => 2,
    ],
    // For the test that runs the bench: the figures mean nothing.
    'tiny' => [
        'passes' => 1, 'rounds' => 1, 'round_ns' => 1e4, 'changed_rounds' => 2,
        'variables' => [1, 100, 5000], 'variable_passes' => 1, 'variable_rounds' => 1,
        'growth' => 2000, 'growth_runs' => 1, 'room' => [1000],
        'processes' => [1, 2], 'mixes' => [100, 50], 'writers' => [0, 1],
        'share_rounds' => 1, 'share_seconds' => 0.01,
        'slot_rounds' => 1, 'slot_fills' => 1,
    ],
];

$options = getopt('', ['shmpack:', 'key:', 'apcu:', 'yac:', 'lock-cost:', 'slot-cost:', 'line-cost:', 'effort:', 'into:', 'command:']);
$key = (int) $options['key'];
$programs = ['lock_cost' => $options['lock-cost'] ?? null, 'line_cost' => $options['line-cost'] ?? null];
$effort = EFFORTS[$options['effort']] + array_filter($programs);

$titles = ['stock' => 'ext/sysvshm', 'apcu' => 'APCu', 'yac' => 'Yac', 'shmpack' => 'shmpack'];
$keys = ['stock' => $key, 'shmpack' => $key + 1];
// The extensions' defaults, but with tables large enough for all variables.
$settings = [
    'stock' => ['extension=sysvsem', 'extension=sysvshm'],
    'apcu' => ['extension=' . ($options['apcu'] ?? ''), 'apc.enable_cli=1', 'apc.shm_size=512M', 'apc.entries_hint=16384'],
    'yac' => ['extension=' . ($options['yac'] ?? ''), 'yac.enable_cli=1', 'yac.keys_memory_size=32M',
        'yac.values_memory_size=256M'],
    'shmpack' => ["extension={$options['shmpack']}"],
];
$for_a_million = ['apcu' => ['apc.entries_hint=1000000'], 'yac' => ['yac.keys_memory_size=512M', 'yac.values_memory_size=1G']];
foreach (['apcu', 'yac'] as $optional) {
    if (!isset($options[$optional])) {
        unset($titles[$optional], $settings[$optional]);
    }
}

/** @return array<string, PeerProcess> */
function start_peers(array $settings, array $keys, string $processors): array
{
    $start = fn (string $name) => new PeerProcess($name, $keys[$name] ?? 0, $settings[$name], $processors);
    return array_combine(array_keys($settings), array_map($start, array_keys($settings)));
}

function close_peers(array $peers): void
{
    array_walk($peers, fn (PeerProcess $peer) => $peer->close());
}

// One peer at a time, always on the same processor: none pays for moving to another.
preg_match('/^Cpus_allowed_list:.*?(\d+)$/m', (string) @file_get_contents('/proc/self/status'), $allowed);
$processor = trim((string) shell_exec('command -v taskset')) === '' ? '' : $allowed[1] ?? '';
$peers = start_peers($settings, $keys, $processor);
$report = new Report($titles, Report::machine() + [
    'versions' => array_map(fn (PeerProcess $peer) => $peer->version, $peers),
    'settings' => array_map(fn ($lines) => array_values(preg_grep('/^extension=/', $lines, PREG_GREP_INVERT)), $settings),
    'settings_for_a_million' => $for_a_million,
    'command' => $options['command'],
]);
echo $report->heading();
$report->add(measure_one_variable($peers, $effort, $report));
close_peers($peers);

$with_room = fn (string $name) => array_merge($settings[$name], $for_a_million[$name] ?? []);
$names = array_combine(array_keys($settings), array_keys($settings));
$peers = start_peers(array_map($with_room, $names), $keys, $processor);
$report->add(measure_many_variables($peers, $effort, $report));
$report->add([measure_growth($peers, $effort, $report), measure_room($peers, $effort, $report)]);
close_peers($peers);

if (isset($options['slot-cost'])) {
    $report->add(measure_slots($options['slot-cost'], $processor, $effort, $report));
}

$peers = start_peers($settings, $keys, '');
$report->add(measure_several_processes($peers, $effort, $report));
close_peers($peers);
$report->write($options['into']);
