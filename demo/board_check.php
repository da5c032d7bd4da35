<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// When all is quiet and httpd has stopped: holds what the slots counted against what the visitors saw answered, reclaims
// every slot, and removes the table. Prints what was seen; exit code 1 when anything is off.
//   php board_check.php --table PATH --board FILE --visitors FILE

require __DIR__ . '/scoreboard.php';

$options = getopt('', ['table:', 'board:', 'visitors:']);
$seen = json_decode(file_get_contents($options['board']), true);
$visitors = json_decode(file_get_contents($options['visitors']), true);
$board = Scoreboard::watch($options['table']);

$states = $board->states();
$counted = array_sum(array_column($states, 'requests')) + $seen['requests_of_killed'];
$left = $board->slots->orphans();
$reclaimed = $board->slots->reclaim();

$wrong = [];
if ($seen['reclaimed'] !== 1 || $seen['was_doing'] === null) {
    $wrong[] = 'the slot of the killed worker was not reclaimed as it had left it';
}
// The answer to a request that was counted may be cut off by the kill, never the other way round.
if ($counted < $visitors['answered'] || $counted > $visitors['answered'] + $visitors['broken'] || $visitors['broken'] > 1) {
    $wrong[] = "{$visitors['answered']} requests were answered and {$visitors['broken']} cut off, but the slots counted $counted";
}
if (count($left) !== count($states) || $reclaimed !== count($states) || $board->slots->numFreeSlots() !== Scoreboard::SLOTS) {
    $wrong[] = count($left) . " orphans of httpd's stop were found, $reclaimed reclaimed, of " . count($states) . ' slots in use';
}
if (!$board->slots->remove()) {
    $wrong[] = 'the table could not be removed';
}
if ($wrong) {
    fwrite(STDERR, 'board_check: ' . implode("\n  ", $wrong) . "\n");
    exit(1);
}
printf("  %d workers had grabbed a slot each before one was killed\n", $seen['workers']);
printf("  worker %d was killed with SIGKILL during %s, its slot %d was an orphan's and was reclaimed\n", $seen['killed'], $seen['was_doing'], $seen['slot']);
printf("  %d new worker%s took a slot\n", count($seen['new']), count($seen['new']) === 1 ? '' : 's');
printf(
    "  %s requests answered, %d cut off by the kill, %s counted in the slots\n",
    number_format($visitors['answered']),
    $visitors['broken'],
    number_format($counted)
);
printf("  after httpd's stop all %d slots in use were orphans, and were reclaimed\n", $reclaimed);
