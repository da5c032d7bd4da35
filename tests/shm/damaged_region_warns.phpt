--TEST--
A region whose bytes contradict themselves ends in a warning, never in a value that was not stored
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
$region = shm_attach(0x5b00000e, 1000);
shm_put_var($region, 1, str_repeat('v', 100));
raw_write(0x5b00000e, 136, "\xff\xff\xff\x7f"); // More entries than the region has room for.
var_dump(shm_get_var($region, 1));
var_dump(shm_put_var($region, 2, 2));
raw_write(0x5b00000e, 136, "\x01\0\0\0");
var_dump(strlen(shm_get_var($region, 1)), shm_put_var($region, 2, 2), shm_get_var($region, 2));
// The value's first byte becomes one that msgpack never uses.
raw_write(0x5b00000e, 2432 + 8, "\xc1");
var_dump(shm_get_var($region, 1));
// The last byte of [1, 2], which lies in entry 2.
shm_put_var($region, 3, [1, 2]);
raw_write(0x5b00000e, unpack('P', raw_read(0x5b00000e, 32, 8))[1] - 192 + 2 * 32 + 24 + 2, "\xc1");
var_dump(shm_get_var($region, 3));
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000e);
?>
--EXPECTF--
Warning: shm_get_var(): Failed for key 0x5b00000e: the region is damaged (its entry count exceeds its size); nothing was changed. Remove it with shm_remove() in %s on line %d
bool(false)

Warning: shm_put_var(): Failed for key 0x5b00000e: the region is damaged (its entry count exceeds its size); nothing was changed. Remove it with shm_remove() in %s on line %d
bool(false)
int(100)
bool(true)
int(2)

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)
