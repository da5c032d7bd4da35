--TEST--
The cookbook's rate limiter lets exactly the limit through for each client, with several processes, across windows and beside a killed one
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/cookbook.inc';
skip_without_cookbook();
?>
--FILE--
<?php
require __DIR__ . '/cookbook.inc';
$recipe = recipe('Rate limiter');
$folder = cookbook_folder('rate_limiter');

// One window, longer than the test. Each process prints how many of its calls for each client came through.
$code = <<<'PHP'
    $limiter = new RateLimiter('one-window', 500, 1_000_000);
    $through = ['a' => 0, 'b' => 0, 'c' => 0];
    for ($i = 0; $i < 1500; $i++) foreach ($through as $client => $count) $through[$client] += (int) $limiter->allows($client);
    echo json_encode($through);
    PHP;
$sums = [];
foreach (run_recipe(4, $recipe, $code, $folder) as $printed) {
    foreach (json_decode($printed, true) as $client => $count) $sums[$client] = ($sums[$client] ?? 0) + $count;
}
echo json_encode($sums), "\n";

// Windows of a second: calls that lie wholly inside of one are counted for it.
$code = <<<'PHP'
    $limiter = new RateLimiter('windows', 200, 1);
    $through = [];
    for ($end = hrtime(true) + 2_500_000_000; hrtime(true) < $end;) {
        $before = intdiv(hrtime(true), 1_000_000_000);
        if ($limiter->allows('a') && intdiv(hrtime(true), 1_000_000_000) === $before) {
            $through["window $before"] = ($through["window $before"] ?? 0) + 1;
        }
    }
    echo json_encode($through);
    PHP;
$sums = [];
foreach (run_recipe(4, $recipe, $code, $folder) as $printed) {
    foreach (json_decode($printed, true) as $window => $count) $sums[$window] = ($sums[$window] ?? 0) + $count;
}
echo count($sums) >= 2 ? 'several windows, ' : "one window?\n", max($sums) <= 200 ? 'none above' : json_encode($sums), "\n";

// More clients than counters: all that this window has given away are still exact.
$code = <<<'PHP'
    $limiter = new RateLimiter('small', 2, 1_000_000, 64);
    $through = 0;
    for ($i = 0; $i < 40; $i++) for ($client = 0; $client < 20; $client++) $through += (int) $limiter->allows("client $client");
    echo $through, ' ';
    PHP;
echo array_sum(run_recipe(4, $recipe, $code, $folder)), " of 20 clients\n";

// One process is killed amid its calls, each of which it prints.
$code = <<<'PHP'
    $limiter = new RateLimiter('killed', 60_000, 1_000_000);
    while ($limiter->allows('a')) echo '.';
    PHP;
$running = start_recipe($recipe, $code, $folder);
$first = fread($running['out'], 1);
$killed = strlen($first . kill_php($running));
$others = array_sum(array_map('strlen', run_recipe(2, $recipe, $code, $folder)));
// The last one that came through may not have been printed: the pipe holds 64 KiB at most, so nothing else was lost.
echo $killed > 0 && in_array(60_000 - $killed - $others, [0, 1], true) ? 'exact' : "$killed and $others", "\n";
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('rate_limiter');
?>
--EXPECT--
{"a":500,"b":500,"c":500}
several windows, none above
40 of 20 clients
exact
