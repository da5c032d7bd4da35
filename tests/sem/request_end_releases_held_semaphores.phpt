--TEST--
A semaphore that a request still holds is released at its end, also after a fatal error, in a server that lives on
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80200) die('skip the web server of PHP 8.1 dies of a memory limit, whatever is loaded');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';

$page = sys_get_temp_dir() . '/shmpack_request_end_' . getmypid() . '.inc';
file_put_contents($page, <<<'PHP'
<?php
$semaphore = sem_get(0x5e000008);
echo getmypid(), ' ', sem_acquire($semaphore, true) ? 'acquired' : 'busy', "\n";
if (isset($_GET['memory'])) {
    ini_set('memory_limit', '2M');
    ini_set('display_errors', '0');
    str_repeat('x', 1 << 24);
}
PHP);

[$server, $port] = start_php_server(['shmpack'], $page);
$pids = [];
foreach (['/', '/', '/?memory', '/', '/'] as $path) {
    // A fatal error is answered with 500 and the output before it.
    $answer = file_get_contents("http://127.0.0.1:$port$path", false, stream_context_create(['http' => ['ignore_errors' => true]]));
    [$pid, $result] = explode(' ', trim($answer));
    $pids[$pid] = true;
    echo $result, "\n";
}
echo count($pids), " process\n";
proc_terminate($server);
proc_close($server);
unlink($page);
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000008));
?>
--EXPECT--
acquired
acquired
acquired
acquired
acquired
1 process
