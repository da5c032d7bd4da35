--TEST--
An attach for which this process has no address space leaves no segment behind, and its warning names the limit
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
exec('ulimit -v 1000000 && ' . escapeshellarg(PHP_BINARY) . ' -n -v 2>&1', $output, $status);
if ($status !== 0) die('skip this PHP does not run with a limit of its address space');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
require __DIR__ . '/raw_segment.inc';

function with_limit(string $code): void
{
    $php = implode(' ', array_map('escapeshellarg', [...php_command(['shmpack']), '-r', $code]));
    echo shell_exec("ulimit -v 1000000 && $php 2>&1");
}

with_limit('var_dump(shm_attach(0x5b000010, 500_000_000)); var_dump(shm_attach(0, 500_000_000));');
var_dump(raw_exists(0x5b000010));
// The next attach works.
with_limit('var_dump(shm_attach(0x5b000010, 1000) instanceof SysvSharedMemory);');

// An existing region stays, and the warning does not blame the size that was asked for.
$large = shm_attach(0x5b000011, 500_000_000);
with_limit('var_dump(shm_attach(0x5b000011, 1000));');
var_dump(raw_exists(0x5b000011));
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
foreach ([0x5b000010, 0x5b000011] as $key) raw_remove($key);
?>
--EXPECTF--
Warning: shm_attach(): Failed for key 0x5b000010: Cannot allocate memory; 500000000 bytes of data need a segment of 1500002624 bytes: raise this process's limit on address space, `ulimit -v` (RLIMIT_AS), now 1000000 KiB with %d in use, or ask for less in Command line code on line 1
bool(false)

Warning: shm_attach(): Failed for key 0x0: Cannot allocate memory; 500000000 bytes of data need a segment of 1500002624 bytes: raise this process's limit on address space, `ulimit -v` (RLIMIT_AS), now 1000000 KiB with %d in use, or ask for less in Command line code on line 1
bool(false)
bool(false)
bool(true)

Warning: shm_attach(): Failed for key 0x5b000011: Cannot allocate memory; the existing region is a segment of 1500002624 bytes: raise this process's limit on address space, `ulimit -v` (RLIMIT_AS), now 1000000 KiB with %d in use, or, if its variables are no longer needed, remove it with: ipcrm -M 0x5b000011 in Command line code on line 1
bool(false)
bool(true)
