--TEST--
A handle belongs to one request: the next request in the same process finds nothing mapped
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$page = sys_get_temp_dir() . '/shmpack_handles_' . getmypid() . '.inc';
file_put_contents($page, <<<'PHP'
    <?php
    // Mapped segments, before this request attaches its own; a handle is left in a static on purpose.
    echo substr_count(file_get_contents('/proc/self/maps'), '/SYSV'), ' ';
    class Keeper { public static $region; }
    Keeper::$region = shm_attach(0x5b00000c, 1000);
    shm_put_var(Keeper::$region, 1, (shm_has_var(Keeper::$region, 1) ? shm_get_var(Keeper::$region, 1) : 0) + 1);
    echo shm_get_var(Keeper::$region, 1), ' ';
    if (isset($_GET['fatal'])) { ini_set('display_errors', '0'); not_a_function(); }
    PHP);
[$server, $port] = start_php_server(['shmpack'], $page);
for ($i = 0; $i < 4; $i++) echo @file_get_contents("http://127.0.0.1:$port/" . ($i === 1 ? '?fatal' : ''), false,
    stream_context_create(['http' => ['ignore_errors' => true]])), "\n";
proc_terminate($server);
unlink($page);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000c);
?>
--EXPECT--
0 1 
0 2 
0 3 
0 4
