--TEST--
A region's lock that is not given back costs shmpack.lock_timeout, then a warning names the holder, and nothing is stored
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
$region = shm_attach(0x5b00000d, 1000);
shm_put_var($region, 1, 'old');
// The lock's word names a living process that does not hold it, as if that process were stopped.
$sleeper = proc_open(['sleep', '60'], [], $pipes);
raw_write(0x5b00000d, 64, pack('V', proc_get_status($sleeper)['pid']));
ini_set('shmpack.lock_timeout', '0.2');
$start = hrtime(true);
var_dump(shm_put_var($region, 1, 'new'));
var_dump(hrtime(true) - $start >= 190e6); // The clock is read in whole milliseconds.
var_dump(shm_get_var($region, 1));
raw_write(0x5b00000d, 64, pack('V', 0));
var_dump(shm_put_var($region, 1, 'new'), shm_get_var($region, 1));
proc_terminate($sleeper, 9);
proc_close($sleeper);
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000d);
?>
--EXPECTF--
Warning: shm_put_var(): Failed for key 0x5b00000d: its lock is held by process %d; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)
bool(true)
string(3) "old"
bool(true)
string(3) "new"
