--TEST--
A kept value is not current when its entry is gone, even if another value's bytes there equal the kept version
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../shm/raw_segment.inc';

$region = shm_attach(0x5b000024, 20000);
for ($count = 0; @shm_put_var($region, $count, $count); $count++);
$key = $count - 100;
for ($i = 0; $i < 3; $i++) shm_get_var($region, $key);
$version = raw_read(0x5b000024, 62720 - 192 * (intdiv($key, 4) + 1) + 32 * ($key % 4), 8);
var_dump($version !== str_repeat("\0", 8));
// All variables but one go. Then the longest value that fits lies where their entries were; its words all equal $key's version.
for ($i = 1; $i < $count; $i++) shm_remove_var($region, $i);
for ($bytes = 40000; !@shm_put_var($region, -1, '.....' . str_repeat($version, intdiv($bytes, 8))); $bytes -= 200);
var_dump(shm_has_var($region, $key), @shm_get_var($region, $key));
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000024);
?>
--EXPECT--
bool(true)
bool(false)
bool(false)
