<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// After httpd has stopped: compares what the slots counted with what the visitors saw answered, reclaims every slot, and
// removes the table. Prints a summary; exit code 1 when anything is wrong.
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
    $wrong[] = 'the slot of the killed worker was not reclaimed with its last state';
}
// The answer to a request that was counted may be cut off by the kill, never the other way round.
if ($counted < $visitors['answered'] || $counted > $visitors['answered'] + $visitors['broken'] || $visitors['broken'] > 1) {
    $wrong[] = "{$visitors['answered']} requests were answered and {$visitors['broken']} cut off, but the slots counted $counted";
}
if (count($left) !== count($states) || $reclaimed !== count($states) || $board->slots->numFreeSlots() !== Scoreboard::SLOTS) {
    $wrong[] = count($states) . ' slots were in use when httpd stopped: ' . count($left) . " became orphans, $reclaimed were reclaimed";
}
if (!$board->slots->remove()) {
    $wrong[] = 'the table could not be removed';
}
if ($wrong) {
    fwrite(STDERR, 'board_check: ' . implode("\n  ", $wrong) . "\n");
    exit(1);
}
printf("  %d workers had a slot each when one of them was killed\n", $seen['workers']);
printf("  worker %d was killed (SIGKILL) during %s; its slot %d became an orphan and was reclaimed\n", $seen['killed'], $seen['was_doing'], $seen['slot']);
printf("  %d new worker%s took a slot\n", count($seen['new']), count($seen['new']) === 1 ? '' : 's');
printf(
    "  %s requests answered, %d cut off by the kill, %s counted in the slots\n",
    number_format($visitors['answered']),
    $visitors['broken'],
    number_format($counted)
);
printf("  when httpd stopped, all %d slots in use became orphans and were reclaimed\n", $reclaimed);
