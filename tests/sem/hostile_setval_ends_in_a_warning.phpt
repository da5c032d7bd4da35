--TEST--
sem_get() waits only once, and not for ever, for a process that keeps the set's guard
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v perl')) === '') die('skip needs perl');
?>
--INI--
shmpack.lock_timeout=0.3
--FILE--
<?php
// A program raises the third semaphore, and ends without SEM_UNDO.
system('perl -e \'$id = semget(0x5e000007, 3, 01666); semop($id, pack("s!3", 2, 1, 0)) or die\'');
$start = hrtime(true);
var_dump(sem_get(0x5e000007));
$seconds = (hrtime(true) - $start) / 1e9;
var_dump($seconds >= 0.29 && $seconds < 1.5);
// Nothing has changed since: no wait, although the timeout would allow one.
ini_set('shmpack.lock_timeout', 60);
var_dump(sem_get(0x5e000007));
// The guard is given back.
system('perl -e \'$id = semget(0x5e000007, 3, 0666); semop($id, pack("s!3", 2, -1, 0)) or die\'');
var_dump(sem_get(0x5e000007) instanceof SysvSemaphore);
?>
--CLEAN--
<?php
system('perl -e \'$id = semget(0x5e000007, 3, 0666); semctl($id, 0, 0, 0)\'');
?>
--EXPECTF--
Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e000007: another process holds it; timed out after 0.3 seconds (shmpack.lock_timeout) in %s on line %d
bool(false)
bool(true)

Warning: sem_get(): Failed acquiring SYSVSEM_SETVAL for key 0x5e000007: another process still holds it; an earlier call timed out and nothing has changed since, so this one did not wait. If no process is inside sem_get() for this key, remove the set with: ipcrm -S 0x5e000007 in %s on line %d
bool(false)
bool(true)
