--TEST--
Kept values stay whole when opcache restarts and reuses the memory of its strings
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
// Strings compiled first after the restart get the memory of those compiled first before it.
file_put_contents($page, <<<'PHP'
    <?php
    include __FILE__ . ($_GET['n'] == 4 ? '.other' : '.names');
    if ($_GET['n'] == 3) opcache_reset();
    PHP);
file_put_contents("$page.names", <<<'PHP'
    <?php
    $names = ['uncommon_name', 'first_column', 'second_column', 'third_column'];
    $region = shm_attach(0x5b000029, 1 << 20);
    if ($_GET['n'] == 1) {
        shm_put_var($region, 1, array_fill_keys($names, array_fill_keys($names, 'x')));
    }
    $value = shm_get_var($region, 1);
    foreach ($names as $name) {
        if (array_keys($value[$name]) !== $names) die("WRONG\n");
    }
    echo "right\n";
    if ($_GET['n'] == 7) {
        shm_put_var($region, 1, 'other');
        shm_get_var($region, 1);
    }
    PHP);
file_put_contents("$page.other", '<?php echo "other\n"; '
    . implode(array_map(fn ($i) => "\$another_variable_$i = 'another string $i';", range(1, 500))));
[$server, $port] = start_php_server(['opcache', 'shmpack'], $page, ['opcache.enable' => 1, 'opcache.file_update_protection' => 0]);
for ($n = 1; $n < 8; $n++) echo @file_get_contents("http://127.0.0.1:$port/?n=$n") ?: "nothing\n";
proc_terminate($server);
array_map(unlink(...), [$page, "$page.names", "$page.other"]);
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
other
right
right
right
