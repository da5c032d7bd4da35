--TEST--
The cookbook's feature flags lose no change of several processes, show each change whole, and stay usable when a process is killed amid its changes
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
$recipe = recipe('Feature flags') . "\$flags = new FeatureFlags('shmpack phpt flags');\n";
$folder = cookbook_folder('flags');

// One process is killed amid its changes, and one looks whether a pair that is changed together is ever apart.
$killed = start_recipe($recipe, <<<'PHP'
    for ($i = 0; ; $i++) { $flags->set(['killed ' . $i % 50 => 1 + $i % 100]); echo $i, "\n"; }
    PHP, $folder);
$reader = start_recipe($recipe, <<<'PHP'
    for ($reads = $apart = 0; !isset($all['end']); $reads++) {
        $all = $flags->all();
        if (($all['left'] ?? 0) !== ($all['right'] ?? 0)) $apart++;
    }
    echo $reads > 100 ? 'many' : $reads, " reads, $apart apart\n";
    PHP, $folder);
$printed = fgets($killed['out']);
$writers = run_recipe(4, $recipe, <<<'PHP'
    for ($i = 0; $i < 60; $i++) {
        $flags->set(["$process $i" => 50, 'left' => $i, 'right' => $i]);
        if ($i % 2 === 1) $flags->set(["$process " . ($i - 1) => null]);
    }
    PHP, $folder);
$printed .= kill_php($killed);
echo implode($writers);

$last = (int) max(explode("\n", trim($printed)));
echo run_recipe(1, $recipe, <<<PHP
    \$left = \$flags->all()['killed ' . $last % 50] ?? 0;
    echo \$left === 1 + $last % 100 ? 'as the killed one said' : "\$left, not of change $last", "\n";
    PHP, $folder)[0];
echo run_recipe(1, $recipe, <<<'PHP'
    $flags->set(['half' => 50, 'end' => 100]);
    $names = array_keys($flags->all());
    echo count(preg_grep('/^[0-3] \d*[13579]$/', $names)), ' set, ';
    echo count(preg_grep('/^[0-3] \d*[02468]$/', $names)), " of those left that were removed\n";
    $on = count(array_filter(range(1, 1000), fn(int $user) => $flags->isOn('half', "user $user")));
    echo $on > 400 && $on < 600 ? 'half' : $on, ' of the users, ', json_encode([$flags->isOn('end'), $flags->isOn('none')]), "\n";
    try {
        @$flags->set([str_repeat('long', 100_000) => 1]);
    } catch (RuntimeException $error) {
        echo $error->getMessage(), ': ', array_keys($flags->all()) === $names ? 'all as before' : 'changed', "\n";
    }
    PHP, $folder)[0];
echo finish_php($reader);
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('flags', crc32('shmpack phpt flags'));
?>
--EXPECT--
as the killed one said
120 set, 0 of those left that were removed
half of the users, [true,false]
No room for these flags: all as before
many reads, 0 apart
