--TEST--
The cookbook's metrics are exact with several processes that add new names at the same time, and beside one that is killed
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
$recipe = recipe('Metrics') . "\$metrics = new Metrics('shmpack-phpt-metrics');\n";
$folder = cookbook_folder('metrics');

$killed = start_recipe($recipe, <<<'PHP'
    for ($i = 0; ; $i++) { $metrics->add('killed'); $metrics->add('killed ' . $i % 1000); echo '.'; }
    PHP, $folder);
$printed = fread($killed['out'], 1);
echo implode(run_recipe(4, $recipe, <<<'PHP'
    for ($i = 0; $i < 20_000; $i++) {
        $metrics->add('calls');
        $metrics->add('page ' . $i % 400, $process);
        if ($i % 100 === 0) $metrics->observe('time', $i);
    }
    PHP, $folder));
$printed .= kill_php($killed);

preg_match_all('/^(.*) (-?\d+)$/m', run_recipe(1, $recipe, 'echo $metrics->render();', $folder)[0], $lines);
$values = array_combine($lines[1], array_map('intval', $lines[2]));
echo count($lines[1]) - count($values), " names twice\n";
echo $values['calls'], " calls\n";
$pages = array_filter($values, fn(string $name) => str_starts_with($name, 'page '), ARRAY_FILTER_USE_KEY);
echo count($pages), ' pages of ', implode(' and ', array_unique($pages)), "\n";
foreach (preg_grep('/^time/', array_keys($values)) as $name) echo "$name $values[$name]\n";

// The pipe may hold less than was counted when the process was killed: one more, at most.
$of_killed = array_filter($values, fn(string $name) => str_starts_with($name, 'killed '), ARRAY_FILTER_USE_KEY);
$unsaid = [$values['killed'] - strlen($printed), $values['killed'] - array_sum($of_killed)];
echo array_diff($unsaid, [0, 1]) === [] ? 'exact' : json_encode($unsaid), "\n";

// More names than there is room for: those that were there go on.
echo run_recipe(1, $recipe, <<<'PHP'
    for ($i = 0; $i < 5000; $i++) $metrics->add("too many $i");
    $metrics->add('calls');
    echo substr_count($metrics->render(), "\n"), ' names, ', preg_match('/^calls 80001$/m', $metrics->render()), "\n";
    PHP, $folder)[0];
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('metrics', crc32('shmpack-phpt-metrics'));
?>
--EXPECT--
0 names twice
80000 calls
400 pages of 300
time_bucket{le="+Inf"} 800
time_bucket{le="1000"} 44
time_bucket{le="100000"} 800
time_bucket{le="25000"} 800
time_bucket{le="2500000"} 800
time_bucket{le="5000"} 204
time_bucket{le="500000"} 800
time_count 800
time_sum 7960000
exact
4000 names, 1
