--TEST--
A value that a request holds stays as it was read when the variable is replaced and read again
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$page = sys_get_temp_dir() . '/shmpack_held_' . getmypid() . '.inc';
file_put_contents($page, <<<'PHP'
    <?php
    $region = shm_attach(0x5b00002a, 1 << 20);
    if ($_GET['n'] == 1) shm_put_var($region, 1, array_map(fn ($i) => ["key $i" => "text $i"], range(1, 500)));
    $held = shm_get_var($region, 1);
    $before = md5(serialize($held));
    if ($_GET['n'] == 3) {
        shm_put_var($region, 1, 'new');
        shm_get_var($region, 1);
        // Takes process memory of the same sizes.
        for ($i = 0; $i < 2000; $i++) putenv("X$i=" . str_repeat('z', $i % 60));
    }
    echo md5(serialize($held)) === $before ? 'right' : 'WRONG', "\n";
    PHP);
[$server, $port] = start_php_server(['shmpack'], $page);
for ($n = 1; $n < 5; $n++) echo @file_get_contents("http://127.0.0.1:$port/?n=$n") ?: "nothing\n";
proc_terminate($server);
unlink($page);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b00002a);
?>
--EXPECT--
right
right
right
right
