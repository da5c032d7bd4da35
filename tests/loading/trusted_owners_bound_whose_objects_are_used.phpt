--TEST--
shmpack.trusted_owners bounds whose regions and semaphore sets are used, whichever extension made them
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/as_nobody.inc';
skip_without_nobody();
if (trim((string) shell_exec('id -un 65534')) !== 'nobody') die('skip nobody is somebody else here');
?>
--FILE--
<?php
require __DIR__ . '/as_nobody.inc';
require __DIR__ . '/../shm/raw_segment.inc';
const REGION = 0x5d000001;
const SET = 0x5d000002;
const STOCK_SET = 0x5d000003;

function attempt(string $trusted, string $code): void
{
    echo "[$trusted]\n", run_php(['shmpack'], "error_reporting(E_ALL); $code", ['shmpack.trusted_owners' => '"' . $trusted . '"']);
}
$use_all = 'var_dump(is_object(shm_attach(' . REGION . ', 1000, 0600)), is_object(sem_get(' . SET . ', 1, 0600)), is_object(sem_get(' . STOCK_SET . ')));';

// Another user makes the objects.
as_nobody('shm_put_var(shm_attach(' . REGION . ', 1000), 1, "of nobody"); sem_get(' . SET . ');
    system("perl -e \'semget(' . STOCK_SET . ', 3, 01666)\'");');
$look = 'cat /proc/sysvipc/shm /proc/sysvipc/sem | grep -E "^ *(' . implode('|', [REGION, SET, STOCK_SET]) . ') "';
$state = shell_exec($look);
attempt('self', $use_all);
foreach (['root', ' self , root ', '0', ''] as $trusted) attempt($trusted, "error_reporting(0); $use_all");
// Neither mapped nor changed: the times of last use are as before.
var_dump(substr_count($state, "\n"), shell_exec($look) === $state);
foreach (['*', 'root,nobody', '65534', 'self,*'] as $trusted) attempt($trusted, $use_all);

// An object that a call makes belongs to its user; the next call finds it.
$fresh = 'var_dump(is_object(shm_attach(' . REGION . '+16)), is_object(@shm_attach(' . REGION . '+16)), sem_remove(sem_get(0)), is_object(shm_attach(0)));';
attempt('', $fresh);
raw_remove(REGION + 16);
attempt('self', $fresh);

// An invalid setting trusts no further user.
attempt('root, no such user', 'var_dump(is_object(@shm_attach(' . REGION . ')));');
// Scripts cannot change it.
attempt('self', 'var_dump(ini_set("shmpack.trusted_owners", "*"));');
// The maker counts, not the present owner.
as_nobody('var_dump(is_object(shm_attach(' . REGION . ')));', ['shmpack.trusted_owners' => 'self']);
$own = shm_attach(REGION + 16);
as_nobody('var_dump(shm_attach(' . REGION . '+16));', ['shmpack.trusted_owners' => 'self']);
as_nobody('var_dump(is_object(shm_attach(' . REGION . '+16)));', ['shmpack.trusted_owners' => 'root']);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
foreach ([0x5d000001, 0x5d000011] as $key) raw_remove($key);
foreach ([0x5d000002, 0x5d000003] as $key) shell_exec("ipcrm -S $key 2>&1");
?>
--EXPECTF--
[self]

Warning: shm_attach(): Failed for key 0x5d000001: the segment was made by user nobody (65534), who is not named in shmpack.trusted_owners ("self"); it was not touched. Use another key, or name that user there in %s on line %d

Warning: sem_get(): Failed for key 0x5d000002: the set was made by user nobody (65534), who is not named in shmpack.trusted_owners ("self"); it was not touched. Use another key, or name that user there in %s on line %d

Warning: sem_get(): Failed for key 0x5d000003: the set was made by user nobody (65534), who is not named in shmpack.trusted_owners ("self"); it was not touched. Use another key, or name that user there in %s on line %d
bool(false)
bool(false)
bool(false)
[root]
bool(false)
bool(false)
bool(false)
[ self , root ]
bool(false)
bool(false)
bool(false)
[0]
bool(false)
bool(false)
bool(false)
[]
bool(false)
bool(false)
bool(false)
int(3)
bool(true)
[*]
bool(true)
bool(true)
bool(true)
[root,nobody]
bool(true)
bool(true)
bool(true)
[65534]
bool(true)
bool(true)
bool(true)
[self,*]
bool(true)
bool(true)
bool(true)
[]
bool(true)
bool(false)
bool(true)
bool(true)
[self]
bool(true)
bool(true)
bool(true)
bool(true)
[root, no such user]

Warning: PHP Startup: shmpack.trusted_owners: "no such user" is not a user of this system, or is one of more than 32; it trusts nobody in Unknown on line 0
bool(false)
[self]
bool(false)
bool(true)

Warning: shm_attach(): Failed for key 0x5d000011: the segment was made by user root (0), who is not named in shmpack.trusted_owners ("self"); it was not touched. Use another key, or name that user there in %s on line %d
bool(false)
bool(true)
