--TEST--
A worker of Apache, and the one that replaces it, keeps what an earlier request decoded, sees each change, and does not grow
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/served_page.inc';
$modules = '/usr/lib/apache2/modules';
if (!is_file('/usr/sbin/apache2') || !is_file("$modules/mod_mpm_prefork.so")) die('skip needs apache2-bin');
if (!is_file(getenv('SHMPACK_APACHE_PHP') ?: '')) die('skip needs SHMPACK_APACHE_PHP=<libphp.so>, which ./dev test sets');
skip_without_figures();
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
require __DIR__ . '/served_page.inc';

$folder = sys_get_temp_dir() . '/shmpack_kept_apache_' . getmypid();
mkdir($folder);
chmod($folder, 0755);
$modules = '/usr/lib/apache2/modules';
$apache_php = getenv('SHMPACK_APACHE_PHP');
$user = posix_getuid() === 0 ? "User www-data\nGroup www-data\n" : '';
$probe = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($probe, false), ':'), 1);
fclose($probe);
file_put_contents("$folder/page.inc", served_page(0x5b00002b));
file_put_contents("$folder/php.ini", 'extension=' . realpath(extension_file('shmpack')) . "\n");
file_put_contents("$folder/httpd.conf", <<<CONF
    ServerRoot "$folder"
    ServerName 127.0.0.1
    Listen 127.0.0.1:$port
    PidFile "$folder/pid"
    ErrorLog "$folder/error.log"
    DefaultRuntimeDir "$folder"
    LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
    LoadModule authz_core_module $modules/mod_authz_core.so
    LoadModule alias_module $modules/mod_alias.so
    LoadModule php_module $apache_php
    {$user}StartServers 1
    MinSpareServers 1
    MaxSpareServers 1
    MaxRequestWorkers 1
    MaxConnectionsPerChild 0
    PHPIniDir "$folder"
    AliasMatch "^/" "$folder/page.inc"
    <Files page.inc>
    SetHandler application/x-httpd-php
    Require all granted
    </Files>
    CONF);
// setsid: at its end httpd signals its whole process group, which would be this test's.
$server = proc_open(['setsid', '/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', "$folder/httpd.conf"], [], $pipes, null,
    ['PHP_INI_SCAN_DIR' => "$folder/none", 'PATH' => '/usr/bin:/bin']);
try {
    check_served(
        0x5b00002b,
        fn (string $query) => (string) @file_get_contents("http://127.0.0.1:$port/?$query", false,
            stream_context_create(['http' => ['timeout' => 10]])),
        fn () => posix_kill((int) file_get_contents("$folder/pid"), SIGUSR1),
    );
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n";
} finally {
    proc_terminate($server);
    while (($status = proc_get_status($server))['running']) usleep(20000);
}
echo 'ended ', $status['signaled'] ? "by signal {$status['termsig']}" : $status['exitcode'], "\n";
foreach (@file("$folder/error.log") ?: [] as $line) {
    if (preg_match('/exit signal|PHP |(crit|alert|emerg)\]/', $line)) echo $line;
}
array_map('unlink', glob("$folder/*"));
rmdir($folder);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b00002b);
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
