--TEST--
A size that the kernel does not give is refused with the limit to raise
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
exec('unshare --ipc sh -c "echo 4096 > /proc/sys/kernel/shmmax" 2>&1', $output, $status);
if ($status !== 0) die('skip needs root and an IPC namespace of its own');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
// In an IPC namespace of its own: the system's limits stay as they are.
function attach_with_limit(string $limit, int $value, int $size, string $before = ''): void
{
    $code = "$before var_dump(shm_attach(0x5b000002, $size));";
    $php = implode(' ', array_map('escapeshellarg', [...php_command(['shmpack']), '-r', $code]));
    echo shell_exec('unshare --ipc sh -c ' . escapeshellarg("echo $value > /proc/sys/kernel/$limit && $php") . ' 2>&1');
}
attach_with_limit('shmmax', 8192, 100000);
attach_with_limit('shmall', 4, 100000);
attach_with_limit('shmmni', 1, 100000, '$first = shm_attach(0x5b000003, 1000);');
attach_with_limit('shmmni', 1, PHP_INT_MAX);
?>
--EXPECTF--
Warning: shm_attach(): Failed for key 0x5b000002: Invalid argument; 100000 bytes of data need a segment of 302720 bytes: raise kernel.shmmax, the limit on the bytes of one segment, now 8192 in Command line code on line 1
bool(false)

Warning: shm_attach(): Failed for key 0x5b000002: No space left on device; 100000 bytes of data need a segment of 302720 bytes: raise kernel.shmall, the limit on the pages of all segments, now 4 in Command line code on line 1
bool(false)

Warning: shm_attach(): Failed for key 0x5b000002: No space left on device; 100000 bytes of data need a segment of 302720 bytes: raise kernel.shmmni, the limit on the number of segments, now 1 in Command line code on line 1
bool(false)

Warning: shm_attach(): Failed for key 0x5b000002: Invalid argument: at most 5368709120 bytes can be asked for in Command line code on line 1
bool(false)
