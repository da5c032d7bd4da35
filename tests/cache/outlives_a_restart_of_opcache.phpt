--TEST--
What was kept stays whole when opcache restarts and gives the memory of its strings to others
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/run_php.inc';
skip_without_stock('opcache');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$page = sys_get_temp_dir() . '/shmpack_restart_' . getmypid() . '.php';
file_put_contents($page, <<<'PHP'
    <?php
    $region = shm_attach(0x5b000029, 1 << 20);
    if ($_GET['n'] == 1) {
        shm_put_var($region, 1, ['uncommon_name' => ['first_column' => 1, 'second_column' => 'x'], 'third_column' => range(1, 5)]);
    }
    // Compiled, so that opcache has strings of these names.
    $names = ['uncommon_name', 'first_column', 'second_column', 'third_column'];
    $value = shm_get_var($region, 1);
    echo json_encode($value) === '{"uncommon_name":{"first_column":1,"second_column":"x"},"third_column":[1,2,3,4,5]}'
        && isset($value['uncommon_name']['first_column']) ? 'right' : 'WRONG', "\n";
    if ($_GET['n'] == 3) opcache_reset();
    if ($_GET['n'] == 7) { shm_put_var($region, 1, 'other'); shm_get_var($region, 1); }
    if ($_GET['n'] == 8) unlink(__FILE__ . '.other');
    if ($_GET['n'] == 4) {
        file_put_contents(__FILE__ . '.other', '<?php ' . implode(array_map(fn ($i) => "\$another_variable_$i = 'another string $i';", range(1, 500))));
        include __FILE__ . '.other';
    }
    PHP);
[$server, $port] = start_php_server(['opcache', 'shmpack'], $page, ['opcache.enable' => 1, 'opcache.validate_timestamps' => 0]);
for ($n = 1; $n < 9; $n++) echo @file_get_contents("http://127.0.0.1:$port/?n=$n") ?: "nothing\n";
proc_terminate($server);
unlink($page);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000029);
?>
--EXPECT--
right
right
right
right
right
right
right
WRONG
