--TEST--
When the disk is full at a restart the old stored file stays, the log says what to do, and with room again nothing is lost
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd();
if (posix_getuid() !== 0) die('skip only root can mount');
exec('unshare --mount true 2>&1', $output, $status);
if ($status !== 0) die('skip needs the right to mount');
?>
--FILE--
<?php
require __DIR__ . '/balancer.inc';

// A mount of its own, seen by the httpd and its folder's keeper only: so all of it runs in there.
if (getenv('SHMPACK_OWN_MOUNTS') === false) {
    passthru('SHMPACK_OWN_MOUNTS=1 unshare --mount ' . implode(' ', array_map('escapeshellarg',
        [...php_command(['posix', 'shmpack']), __FILE__])));
    return;
}
$server = new HttpdServer('full', getenv('SHMPACK_SLOTMEM_MODULE'));
exec("mount -t tmpfs -o size=400k,mode=0755 tmpfs $server->run");
$balancer = new Balancer($server, 'one', 'two');
$server->configure($balancer->configuration(), ...BALANCER_MODULES);
$fill = function () use ($server): void {
    $filler = fopen("$server->run/filler", 'w');
    while (@fwrite($filler, str_repeat('f', 1024)) === 1024);
};
try {
    echo 'start: ', $server->start() ? 'up' : 'is not up', "\n";
    $balancer->edit('one', ['w_wr' => 'stored']);
    echo 'graceful: ', $server->graceful() ? 'up' : 'is not up', "\n";
    $stored = array_map('md5_file', $files = glob("$server->run/*.persist"));
    $balancer->edit('one', ['w_wr' => 'later']);
    $fill();
    $server->stop();
    echo count($stored), ' stored files, as they were: ';
    var_dump(array_map('md5_file', $files) === $stored);
    echo 'start: ', $server->start() ? 'up' : 'is not up', "\n";
    foreach ($server->complaints() as $line) {
        if (str_contains($line, 'slotmem_shm')) echo preg_replace('/p[0-9a-f]{8}/', 'p...', $line), "\n";
    }
    unlink("$server->run/filler");
    echo 'with room: ', $server->start() ? 'up' : 'is not up', "\n";
    echo $balancer->members();
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n", implode("\n", $server->complaints()), "\n";
} finally {
    $server->kill();
    exec("umount $server->run");
    $balancer->end();
}
?>
--EXPECT--
start: up
graceful: up
2 stored files, as they were: bool(true)
start: is not up
slotmem_shm error: slotmem store failed for <folder>/run/slotmem-shm-p..._cluster.shm: posix_fallocate; free some space there, or set DefaultRuntimeDir to another folder
slotmem_shm error: slotmem store failed for <folder>/run/slotmem-shm-p....shm: posix_fallocate; free some space there, or set DefaultRuntimeDir to another folder
slotmem_shm error: slotmem create failed for <folder>/run/slotmem-shm-p....shm: posix_fallocate; free some space there, or set DefaultRuntimeDir to another folder
with room: up
one: route later, factor 1.00
two: route two, factor 1.00
