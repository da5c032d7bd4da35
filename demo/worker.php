<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// The page of `./dev demo slots`: notes on the scoreboard what this worker is doing, and takes as long as a real page would.

require __DIR__ . '/scoreboard.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/';
$board = Scoreboard::open($_SERVER['DEMO_SHARED']);
$slot = $board->own();
if ($slot === null) {
    http_response_code(503);
    exit("every slot is in use\n");
}
$board->begin($slot, "{$_SERVER['REQUEST_METHOD']} $path");
usleep(match ($path) {
    '/report' => random_int(400_000, 800_000),
    '/search' => random_int(40_000, 120_000),
    default => random_int(2_000, 20_000),
});
$board->end($slot);
header('X-Worker: ' . getmypid());
echo 'worker ', getmypid(), " in slot $slot\n";
