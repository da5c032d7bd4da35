--TEST--
A path outside of open_basedir is refused; a name in the runtime folder, which the administrator chose, is not
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
ini_set('open_basedir', __DIR__);
var_dump(slotmem_create('/dev/shm/shmpack-phpt-basedir', 8, 3), slotmem_attach('/dev/shm/shmpack-phpt-basedir'));
$slots = slotmem_create('basedir', 8, 3);
var_dump($slots->numSlots(), $slots->remove());
?>
--CLEAN--
<?php
foreach (['basedir'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECTF--
Warning: slotmem_create(): open_basedir restriction in effect. File(/dev/shm/shmpack-phpt-basedir) is not within the allowed path(s): (%s) in %s on line %d

Warning: slotmem_attach(): open_basedir restriction in effect. File(/dev/shm/shmpack-phpt-basedir) is not within the allowed path(s): (%s) in %s on line %d
bool(false)
bool(false)
int(3)
bool(true)
