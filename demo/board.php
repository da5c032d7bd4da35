<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Draws the scoreboard of `./dev demo slots`: live on a terminal, elsewhere a few frames as text. It is no child of httpd.
// It kills a worker in the middle of a request, finds its slot among the orphans, reclaims it, and waits for a new worker.
// Writes what it saw to --out (JSON). Exit code 1 when a step times out.
//   php board.php --table PATH --httpd PID --out FILE

require __DIR__ . '/scoreboard.php';

const WORKERS_AT_FIRST = 8;
const SHOW_SECONDS = 2.5;
const PATIENCE_SECONDS = 12;
const FRAME_SECONDS = 0.05;

$options = getopt('', ['table:', 'httpd:', 'out:']);
$on_terminal = stream_isatty(STDOUT);
$lines_up = 0;

/** @param array<int, array> $states */
function frame(string $caption, array $states): array
{
    $lines = [$caption, '  slot  worker    state     requests  seconds  doing'];
    for ($id = 0; $id < Scoreboard::SLOTS; $id++) {
        $state = $states[$id] ?? null;
        if ($state === null) {
            $lines[] = sprintf('  %4d  -         free', $id);
            continue;
        }
        $lines[] = sprintf(
            '  %4d  %-8d  %-8s  %8s  %7.2f  %s',
            $id,
            $state['pid'],
            $state['orphan'] ? 'ORPHAN' : ($state['doing'] === null ? 'idle' : 'working'),
            number_format($state['requests']),
            max(0, microtime(true) - $state['since']),
            ($state['doing'] ?? '') . ($state['orphan'] ? '  (killed here)' : '')
        );
    }
    $orphans = count(array_filter(array_column($states, 'orphan')));
    $lines[] = sprintf('  %d of %d slots in use%s', count($states), Scoreboard::SLOTS, $orphans ? ", $orphans orphaned" : '');
    return $lines;
}

/** Shows the board until $done returns true, and for SHOW_SECONDS more; if not on a terminal, only once, at that point. */
function until(string $caption, callable $done): array
{
    global $board, $on_terminal, $lines_up;
    $deadline = hrtime(true) + PATIENCE_SECONDS * 1e9;
    $until = null;
    for ($next_frame = 0; ; usleep(5000)) {
        $now = hrtime(true);
        $states = $board->states();
        if ($until === null && $done($states)) {
            $until = $now + SHOW_SECONDS * 1e9;
            if (!$on_terminal) {
                echo implode("\n", frame($caption, $states)), "\n\n";
            }
        }
        if ($on_terminal && $now >= $next_frame) {
            $next_frame = $now + FRAME_SECONDS * 1e9;
            $lines = array_map(fn ($line) => "$line\e[K\n", frame($caption, $states));
            echo $lines_up ? "\e[{$lines_up}A" : '', str_replace('ORPHAN', "\e[1;31mORPHAN\e[0m", implode('', $lines));
            $lines_up = count($lines);
        }
        if ($until !== null && $now >= $until) {
            return $states;
        }
        if ($until === null && $now >= $deadline) {
            fwrite(STDERR, "board: timed out before this was seen: $caption\n");
            exit(1);
        }
    }
}

function is_worker_of(int $pid, int $httpd): bool
{
    $stat = (string) @file_get_contents("/proc/$pid/stat");
    return (int) (explode(' ', substr($stat, strrpos($stat, ')') + 2))[1] ?? 0) === $httpd;
}

for ($tries = 0; ($board = Scoreboard::watch($options['table'])) === null; $tries++) {
    if ($tries === 200) {
        fwrite(STDERR, "board: no worker made the table {$options['table']}\n");
        exit(1);
    }
    usleep(50_000);
}
until('Each worker keeps its state in its own slot:', fn ($states) => count($states) >= WORKERS_AT_FIRST);

// A worker that has just begun a long request, and that certainly is a child of the demo's httpd.
$just_begun = fn (array $state) => $state['doing'] === 'GET /report' && microtime(true) - $state['since'] < 0.1;
for ($tries = 0, $victim = null; $victim === null && $tries < 10_000; $tries++, usleep(1000)) {
    $before = $board->states();
    foreach ($before as $id => $state) {
        if ($just_begun($state) && is_worker_of($state['pid'], (int) $options['httpd'])) {
            $victim = $id;
            $killed = $state['pid'];
            break;
        }
    }
}
if ($victim === null) {
    fwrite(STDERR, "board: no worker began a long request\n");
    exit(1);
}
exec("kill -9 $killed");
$after = until(
    "Worker $killed was killed (SIGKILL). Its slot $victim is an orphan now, and still shows what the worker was doing:",
    fn ($states) => ($states[$victim]['pid'] ?? 0) === $killed && $states[$victim]['orphan']
);
$last = $after[$victim];
$reclaimed = $board->slots->reclaim($victim);
$known = array_column($before, 'pid');
$end = until(
    "Slot $victim is reclaimed: free, or already in use again. httpd has started a new worker:",
    fn ($states) => ($states[$victim]['pid'] ?? 0) !== $killed && array_diff(array_column($states, 'pid'), $known)
);
file_put_contents($options['out'], json_encode([
    'workers' => count($before),
    'killed' => $killed,
    'slot' => $victim,
    'was_doing' => $last['doing'],
    'requests_of_killed' => $last['requests'],
    'reclaimed' => $reclaimed,
    'new' => array_values(array_diff(array_column($end, 'pid'), $known)),
]));
