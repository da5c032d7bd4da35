--TEST--
Everything keeps working when Apache starts and stops PHP's modules before it serves, and again at each graceful restart
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/run_php.inc';
$modules = '/usr/lib/apache2/modules';
if (!is_file('/usr/sbin/apache2') || !is_file("$modules/mod_mpm_prefork.so")) die('skip needs apache2-bin');
if (!is_file(getenv('SHMPACK_APACHE_PHP') ?: '')) die('skip needs SHMPACK_APACHE_PHP=<libphp.so>, which ./dev test sets');
skip_without_stock('sysvsem');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$folder = sys_get_temp_dir() . '/shmpack_apache_' . getmypid();
mkdir($folder);
chmod($folder, 0755);
$apache_php = getenv('SHMPACK_APACHE_PHP');
$modules = '/usr/lib/apache2/modules';
$user = posix_getuid() === 0 ? "User www-data\nGroup www-data\n" : '';

file_put_contents("$folder/page.inc", <<<'PHP'
<?php
$semaphore = Shmpack\sem_get(0x5e000106);
$shm = Shmpack\shm_attach(0x5e000106, 1000);
Shmpack\sem_acquire($semaphore, false, 5) || die('not acquired');
Shmpack\shm_put_var($shm, 1, (Shmpack\shm_has_var($shm, 1) ? Shmpack\shm_get_var($shm, 1) : 0) + 1);
echo Shmpack\shm_get_var($shm, 1), ' ', (new ReflectionFunction('sem_get'))->getExtensionName();
echo ' ', get_class($semaphore), ' ', extension_loaded('sysvshm') ? 'loaded' : 'absent', ' ', ini_get('shmpack.lock_timeout'), "\n";
PHP);

function get(int $port): string
{
    for ($try = 0; $try < 200; $try++) {
        if (($answer = @file_get_contents("http://127.0.0.1:$port/")) !== false) return $answer;
        usleep(50000);
    }
    return "no answer\n";
}

// setsid: at its end httpd signals its whole process group, which would be this test's.
foreach ([['shmpack'], ['shmpack', 'sysvsem']] as $extensions) {
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($probe, false), ':'), 1);
    fclose($probe);
    file_put_contents("$folder/php.ini", "shmpack.lock_timeout=7\n" .
        implode('', array_map(fn($name) => 'extension=' . realpath(extension_file($name)) . "\n", $extensions)));
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
    {$user}StartServers 2
    MaxRequestWorkers 4
    PHPIniDir "$folder"
    AliasMatch "^/" "$folder/page.inc"
    <Files page.inc>
    SetHandler application/x-httpd-php
    Require all granted
    </Files>
    CONF);
    @unlink("$folder/error.log");
    $server = proc_open(['setsid', '/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', "$folder/httpd.conf"], [], $pipes, null, ['PHP_INI_SCAN_DIR' => "$folder/none", 'PATH' => '/usr/bin:/bin']);
    echo get($port), get($port);
    $pid = (int) @file_get_contents("$folder/pid");
    if ($pid <= 0) die("Apache did not start:\n" . @file_get_contents("$folder/error.log"));
    for ($restart = 1; $restart <= 2; $restart++) {
        $done = substr_count(file_get_contents("$folder/error.log"), 'resuming normal operations');
        posix_kill($pid, SIGUSR1);
        for ($try = 0; $try < 200; $try++) {
            usleep(50000);
            if (substr_count(file_get_contents("$folder/error.log"), 'resuming normal operations') > $done) break;
        }
        echo 'after restart: ', get($port);
    }
    proc_terminate($server);
    while (($status = proc_get_status($server))['running']) usleep(50000);
    echo 'ended ', $status['signaled'] ? "by signal {$status['termsig']}" : $status['exitcode'], "\n";
    foreach (file("$folder/error.log") as $line) {
        if (preg_match('/signal|Warning|PHP|fault|already/i', $line) && !preg_match('/SIG(TERM|USR1)|resuming|OPcache/', $line)) echo $line;
    }
    Shmpack\shm_remove(Shmpack\shm_attach(0x5e000106));
    Shmpack\sem_remove(Shmpack\sem_get(0x5e000106));
}
array_map('unlink', glob("$folder/*"));
rmdir($folder);
?>
--EXPECT--
1 sysvsem SysvSemaphore loaded 7
2 sysvsem SysvSemaphore loaded 7
after restart: 3 sysvsem SysvSemaphore loaded 7
after restart: 4 sysvsem SysvSemaphore loaded 7
ended 0
1 sysvsem Shmpack\SysvSemaphore loaded 7
2 sysvsem Shmpack\SysvSemaphore loaded 7
after restart: 3 sysvsem Shmpack\SysvSemaphore loaded 7
after restart: 4 sysvsem Shmpack\SysvSemaphore loaded 7
ended 0
