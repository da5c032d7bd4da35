--TEST--
A sem_get() that fails leaves no set behind, and its warning says what to do
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/as_nobody.inc';
skip_without_nobody();
exec('unshare --ipc sh -c "echo 32000 1024000000 500 32000 > /proc/sys/kernel/sem" 2>&1', $output, $status);
if ($status !== 0) die('skip needs an IPC namespace of its own');
?>
--FILE--
<?php
require __DIR__ . '/../loading/as_nobody.inc';

function is_there(int $key): bool
{
    return shell_exec("perl -e 'print defined semget($key, 0, 0) ? 1 : 0'") === '1';
}

echo 'mode 0:';
as_nobody('var_dump(sem_get(0x5e00000b, 1, 0));');
echo 'key 0:';
as_nobody('var_dump(sem_get(0, 1, 0));');
echo 'write only:';
as_nobody('var_dump(sem_get(0x5e00000b, 1, 0200));');
echo 'read only:';
as_nobody('var_dump(sem_get(0x5e00000b, 1, 0400));');
var_dump(is_there(0x5e00000b));
// The key still works.
as_nobody('var_dump(sem_get(0x5e00000b, 1, 0600) instanceof SysvSemaphore, sem_acquire(sem_get(0x5e00000b, 1, 0600), true));');

// An existing set stays, and the warning names its owner.
echo 'own:';
as_nobody('system("perl -e \'semget(0x5e00000e, 3, 01000)\'"); var_dump(sem_get(0x5e00000e));');
$set = sem_get(0x5e00000c, 1, 0600);
echo "root's:";
as_nobody('var_dump(sem_get(0x5e00000c));');
var_dump(is_there(0x5e00000e), is_there(0x5e00000c));

// In an IPC namespace of its own: the system's limits stay as they are.
function get_with_limits(string $limits, string $before = ''): void
{
    $code = "$before file_put_contents('/proc/sys/kernel/sem', '$limits');"
        . 'var_dump(sem_get(0x5e00000d)); var_dump(sem_get(0)); echo "sets: ", exec("ipcs -s | grep -c root"), "\n";';
    $php = implode(' ', array_map('escapeshellarg', [...php_command(['shmpack']), '-r', $code]));
    echo "$limits:", shell_exec("unshare --ipc $php 2>&1");
}
get_with_limits('32000 1024000000 1 32000');
get_with_limits('32000 1024000000 2 32000');
get_with_limits('32000 1024000000 500 2', '$a = sem_get(1); $b = sem_get(2);');
get_with_limits('32000 5 500 32000', '$a = sem_get(1);');
get_with_limits('2 1024000000 500 32000');
?>
--CLEAN--
<?php
foreach ([0x5e00000b, 0x5e00000c, 0x5e00000e] as $key) shell_exec("ipcrm -S $key 2>&1");
?>
--EXPECTF--
mode 0:
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e00000b: Permission denied: with mode 0000 even its owner cannot use the set, so it was removed again; ask for a mode such as 0600 in %s on line %d
bool(false)
key 0:
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x0: Permission denied: with mode 0000 even its owner cannot use the set, so it was removed again; ask for a mode such as 0600 in %s on line %d
bool(false)
write only:
Warning: sem_get(): Failed for key 0x5e00000b: Permission denied: with mode 0200 even its owner cannot use the set, so it was removed again; ask for a mode such as 0600 in %s on line %d
bool(false)
read only:
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e00000b: Permission denied: with mode 0400 even its owner cannot use the set, so it was removed again; ask for a mode such as 0600 in %s on line %d
bool(false)
bool(false)
bool(true)
bool(true)
own:
Warning: sem_get(): Failed for key 0x5e00000e: Permission denied: the set belongs to this user, but its mode 0000 does not let the owner use it with the permissions asked for (0666); if it is no longer needed, remove it with: ipcrm -S 0x5e00000e in %s on line %d
bool(false)
root's:
Warning: sem_get(): Failed for key 0x5e00000c: Permission denied: the set belongs to user root (0), and its mode 0600 does not let this user use it with the permissions asked for (0666) in %s on line %d
bool(false)
bool(true)
bool(true)
32000 1024000000 1 32000:
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e00000d: Argument list too long: raise kernel.sem's third number, the limit on the operations of one call, now 1; sem_get() needs 3 in %s on line %d
bool(false)

Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x0: Argument list too long: raise kernel.sem's third number, the limit on the operations of one call, now 1; sem_get() needs 3 in %s on line %d
bool(false)
sets: 0
32000 1024000000 2 32000:
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e00000d: Argument list too long: raise kernel.sem's third number, the limit on the operations of one call, now 2; sem_get() needs 3 in %s on line %d
bool(false)

Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x0: Argument list too long: raise kernel.sem's third number, the limit on the operations of one call, now 2; sem_get() needs 3 in %s on line %d
bool(false)
sets: 0
32000 1024000000 500 2:
Warning: sem_get(): Failed for key 0x5e00000d: No space left on device: raise kernel.sem's fourth number, the limit on the number of sets, now 2 with 2 in use, or remove sets that are no longer needed (ipcs -s lists them, ipcrm -s <id> removes one) in %s on line %d
bool(false)

Warning: sem_get(): Failed for key 0x0: No space left on device: raise kernel.sem's fourth number, the limit on the number of sets, now 2 with 2 in use, or remove sets that are no longer needed (ipcs -s lists them, ipcrm -s <id> removes one) in %s on line %d
bool(false)
sets: 2
32000 5 500 32000:
Warning: sem_get(): Failed for key 0x5e00000d: No space left on device: raise kernel.sem's second number, the limit on the semaphores of all sets, now 5 with 3 in use, or remove sets that are no longer needed (ipcs -s lists them, ipcrm -s <id> removes one) in %s on line %d
bool(false)

Warning: sem_get(): Failed for key 0x0: No space left on device: raise kernel.sem's second number, the limit on the semaphores of all sets, now 5 with 3 in use, or remove sets that are no longer needed (ipcs -s lists them, ipcrm -s <id> removes one) in %s on line %d
bool(false)
sets: 1
2 1024000000 500 32000:
Warning: sem_get(): Failed for key 0x5e00000d: Invalid argument: raise kernel.sem's first number, the limit on the semaphores of one set, now 2; sem_get() needs 3 in %s on line %d
bool(false)

Warning: sem_get(): Failed for key 0x0: Invalid argument: raise kernel.sem's first number, the limit on the semaphores of one set, now 2; sem_get() needs 3 in %s on line %d
bool(false)
sets: 0
