--TEST--
A worker of PHP-FPM, and the one that replaces it, keeps what an earlier request decoded, sees each change, and does not grow
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/served_page.inc';
if (!is_file(getenv('SHMPACK_FPM') ?: '')) die('skip needs SHMPACK_FPM=<php-fpm>, which ./dev test sets');
skip_without_figures();
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
require __DIR__ . '/fastcgi_get.inc';
require __DIR__ . '/served_page.inc';

$folder = sys_get_temp_dir() . '/shmpack_kept_fpm_' . getmypid();
mkdir($folder);
chmod($folder, 0755);
$user = posix_getuid() === 0 ? "user = www-data\ngroup = www-data\n" : '';
file_put_contents("$folder/page.php", served_page(0x5b00002c));
file_put_contents("$folder/fpm.conf", <<<CONF
    [global]
    error_log = $folder/error.log
    log_level = debug
    process_control_timeout = 10
    [pool]
    {$user}listen = $folder/socket
    pm = static
    pm.max_children = 1
    CONF);
$extension = realpath(extension_file('shmpack'));
$server = proc_open([getenv('SHMPACK_FPM'), '-n', '-d', "extension=$extension", '-F', '-y', "$folder/fpm.conf"],
    [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
try {
    check_served(
        0x5b00002c,
        fn (string $query) => fastcgi_get("$folder/socket", "$folder/page.php", $query),
        fn () => posix_kill(proc_get_status($server)['pid'], SIGUSR2),
    );
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n";
} finally {
    proc_terminate($server, SIGQUIT);
    while (($status = proc_get_status($server))['running']) usleep(20000);
}
echo 'ended ', $status['signaled'] ? "by signal {$status['termsig']}" : $status['exitcode'], "\n";
foreach (@file("$folder/error.log") ?: [] as $line) {
    if (preg_match('/exited on signal|PHP |(WARNING|ERROR|ALERT): /', $line)) echo $line;
}
array_map('unlink', glob("$folder/*"));
rmdir($folder);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b00002c);
?>
--EXPECT--
decoded right
promoted right
kept right
kept right
decoded right
promoted right
kept right
kept right
after the restart:
decoded right
promoted right
kept right
200 times: decoded right, promoted right, kept right
does not grow
ended 0
