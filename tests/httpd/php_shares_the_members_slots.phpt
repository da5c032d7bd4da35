--TEST--
A mod_php page and a CLI script read a balancer member's slot and see the manager's edits; they write only where SlotmemGroupAccess allows it
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd('SHMPACK_APACHE_PHP');
if (posix_getuid() !== 0) die('skip only root can start httpd as one user and run its workers as another');
?>
--FILE--
<?php
require __DIR__ . '/balancer.inc';

// What both the page and the script run: finds the slot with a text in it; with a second text, puts that in its place.
const FINDER = <<<'PHP'
    <?php
    foreach (glob("$run/slotmem-shm-*_cluster.shm") as $path) {
        $slots = @slotmem_attach($path);
        if ($slots === false) {
            echo substr(strrchr(error_get_last()['message'], ':'), 2);
            continue;
        }
        echo $slots->isReadOnly() ? 'read-only' : 'writable';
        slotmem_doall($slots, function (int $id, string $bytes) use ($slots, $old, $new): void {
            $at = strpos($bytes, "$old\0");
            if ($at === false) return;
            echo ", slot $id has $old";
            if ($new === '') return;
            $put = @slotmem_put($slots, $id, substr_replace($bytes, "$new\0", $at, strlen($new) + 1));
            echo $put ? " replaced by $new" : " not replaced: " . strstr(error_get_last()['message'], 'the table is');
        });
    }
    PHP;

$server = new HttpdServer('php', getenv('SHMPACK_SLOTMEM_MODULE'));
$balancer = new Balancer($server, 'one', 'two');
$apache_php = getenv('SHMPACK_APACHE_PHP');
$run = var_export($server->run, true);
file_put_contents("$server->folder/page.inc", str_replace('<?php', "<?php \$run = $run; [\$old, \$new] = explode('.', \$_SERVER['QUERY_STRING']);", FINDER));
file_put_contents("$server->folder/php.ini", 'extension=' . realpath(extension_file('shmpack')) . "\nhtml_errors=0\n");
$configure = fn (string $access) => $server->configure(<<<CONF
    LoadModule php_module $apache_php
    PHPIniDir "$server->folder"
    $access
    {$balancer->configuration()}
    Alias "/page" "$server->folder/page.inc"
    <Files "page.inc">
    SetHandler application/x-httpd-php
    Require all granted
    </Files>
    CONF, 'alias', ...BALANCER_MODULES);
$page = fn (string $old, string $new = '') => $server->get("/page?$old.$new");
$script = function (string $old, string $new = '', int $user = 0) use ($run): string {
    $become = $user === 0 ? '' : "posix_initgroups('nobody', $user); posix_setgid($user); posix_setuid($user);";
    return run_php(['posix', 'shmpack'], "$become \$run = $run; \$old = '$old'; \$new = '$new';" . substr(FINDER, 5));
};
$mode = function () use ($server): void {
    foreach (glob("$server->run/*.shm") as $file) {
        printf("%s %o %s\n", preg_replace('/p[0-9a-f]+/', 'p...', basename($file), 1), fileperms($file) & 0777,
            posix_getgrgid(filegroup($file))['name']);
    }
};
try {
    $configure('');
    if (!$server->start()) throw new RuntimeException('httpd did not start');
    $mode();
    $balancer->edit('one', ['w_wr' => 'edited']);
    echo 'page: ', $page('edited'), "\n", 'root: ', $script('edited'), "\n";
    echo 'page: ', $page('edited', 'script'), "\n";
    echo 'nobody: ', $script('edited', '', 65534), "\n";
    echo $balancer->members();

    $configure('SlotmemGroupAccess write');
    echo 'SlotmemGroupAccess write: ', $server->graceful() ? 'up' : 'is not up', "\n";
    $mode();
    echo 'page: ', $page('edited', 'script'), "\n", $balancer->members();
    $balancer->edit('two', ['w_wr' => 'second']);
    echo 'root: ', $script('second', 'cli'), "\n", $balancer->members();
    echo 'page: ', $page('cli'), "\n";

    $configure("SlotmemGroupAccess none\nSlotmemGroup #65534");
    echo 'SlotmemGroupAccess none: ', $server->graceful() ? 'up' : 'is not up', "\n";
    $mode();
    echo 'page: ', $page('cli'), "\n";
    echo $balancer->members();
    echo implode("\n", $server->complaints()), "\n";
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n", implode("\n", $server->complaints()), "\n";
} finally {
    $balancer->end();
}
?>
--EXPECT--
slotmem-shm-p....shm 640 www-data
slotmem-shm-p..._cluster.shm 640 www-data
page: read-only, slot 0 has edited
root: writable, slot 0 has edited
page: read-only, slot 0 has edited not replaced: the table is attached for reading only
nobody: Permission denied
one: route edited, factor 1.00
two: route two, factor 1.00
SlotmemGroupAccess write: up
slotmem-shm-p....shm 660 www-data
slotmem-shm-p..._cluster.shm 660 www-data
page: writable, slot 0 has edited replaced by script
one: route script, factor 1.00
two: route two, factor 1.00
root: writable, slot 1 has second replaced by cli
one: route script, factor 1.00
two: route cli, factor 1.00
page: writable, slot 1 has cli
SlotmemGroupAccess none: up
slotmem-shm-p....shm 600 nogroup
slotmem-shm-p..._cluster.shm 600 nogroup
page: Permission denied
one: route script, factor 1.00
two: route cli, factor 1.00

