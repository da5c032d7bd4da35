--TEST--
When another program overwrites a region's header, each call of an attached process warns at once and blames no process
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
ini_set('shmpack.lock_timeout', '30');
$region = shm_attach(0x5b000041, 1000);
shm_put_var($region, 1, 'old');
var_dump(shm_get_var($region, 1), shm_get_var($region, 1));
$header = raw_read(0x5b000041, 0, 40);

echo "-- by a program that stores text\n";
raw_write(0x5b000041, 0, str_repeat('4', 200));
var_dump(shm_get_var($region, 1), shm_has_var($region, 1), shm_put_var($region, 1, 'new'), shm_remove_var($region, 1));
var_dump(shm_attach(0x5b000041));
shm_remove($region);

echo "-- by stock, in the instant in which a region is made\n";
$region = shm_attach(0x5b000041, 1000);
raw_write(0x5b000041, 0, pack('a8P4', 'PHP_SM', 40, 40, 3000, 3040));
var_dump(shm_put_var($region, 1, 'new'));
shm_remove($region);

echo "-- a lock's word that names nobody\n";
$region = shm_attach(0x5b000041, 1000);
shm_put_var($region, 1, 'old');
ini_set('shmpack.lock_timeout', '0.2');
raw_write(0x5b000041, 64, pack('V', 0x0fffffff));
var_dump(shm_remove_var($region, 1));
ini_set('shmpack.lock_timeout', '3600');
var_dump(shm_remove_var($region, 1)); // Does not wait again.
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000041);
?>
--EXPECTF--
string(3) "old"
string(3) "old"
-- by a program that stores text

Warning: shm_get_var(): Failed for key 0x5b000041: another program has overwritten its header, so its variables cannot be relied on; nothing was changed. Remove the region with shm_remove(), attach again, and give each program a key of its own in %s on line %d

Warning: shm_has_var(): Failed for key 0x5b000041: another program %a in %s on line %d

Warning: shm_put_var(): Failed for key 0x5b000041: another program %a in %s on line %d

Warning: shm_remove_var(): Failed for key 0x5b000041: another program %a in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)

Warning: shm_attach(): Failed for key 0x5b000041: the segment belongs to another program, not to shmpack; use another key in %s on line %d
bool(false)
-- by stock, in the instant in which a region is made

Warning: shm_put_var(): Failed for key 0x5b000041: ext/sysvshm has overwritten its header, %a in %s on line %d
bool(false)
-- a lock's word that names nobody

Warning: shm_remove_var(): Failed for key 0x5b000041: its lock is held by a process that does not exist here; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. If no other container uses the region, its lock was overwritten: remove the region with shm_remove() in %s on line %d
bool(false)

Warning: shm_remove_var(): Failed for key 0x5b000041: its lock is held by a process that does not exist here; timed out after 3600 seconds (shmpack.lock_timeout), %a in %s on line %d
bool(false)
