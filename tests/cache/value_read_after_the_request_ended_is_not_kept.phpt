--TEST--
A value that is read after the module's request has ended (headers sent late, a session written) is not kept for the next one
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$page = sys_get_temp_dir() . '/shmpack_late_' . getmypid() . '.inc';
file_put_contents($page, <<<'PHP'
    <?php
    $region = shm_attach(0x5b000028, 1 << 20);
    if ($_GET['n'] == 0) for ($key = 1; $key < 3; $key++) shm_put_var($region, $key, range($key, 2000));
    class Sessions implements SessionHandlerInterface {
        function open($path, $name): bool { return true; }
        function close(): bool { return true; }
        function read($id): string { return ''; }
        function destroy($id): bool { return true; }
        function gc($seconds): int { return 0; }
        function write($id, $data): bool {
            $region = shm_attach(0x5b000028);
            for ($i = 0; $i < 3; $i++) shm_get_var($region, 2);
            return true;
        }
    }
    if ($_GET['n'] % 4 == 0) {
        header_register_callback(function () use ($region) { for ($i = 0; $i < 3; $i++) shm_get_var($region, 1); });
        return;
    }
    if ($_GET['n'] % 4 == 2) {
        session_set_save_handler(new Sessions, false);
        session_start(['use_cookies' => 0]);
        $_SESSION['a'] = 1;
        return;
    }
    $key = $_GET['n'] % 4 == 1 ? 1 : 2;
    $value = shm_get_var($region, $key);
    $other = [];
    for ($i = 0; $i < 50; $i++) $other[] = str_repeat(chr(65 + $i % 26), 40000);
    echo $value === range($key, 2000) ? 'right' : 'WRONG', "\n";
    PHP);
[$server, $port] = start_php_server(['shmpack'], $page);
for ($n = 0; $n < 8; $n++) echo @file_get_contents("http://127.0.0.1:$port/?n=$n") ?: "late\n";
proc_terminate($server);
unlink($page);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000028);
?>
--EXPECT--
late
right
late
right
late
right
late
right
