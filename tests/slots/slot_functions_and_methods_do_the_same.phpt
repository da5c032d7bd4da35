--TEST--
Each function of a slot table does the same as its method
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
$slots = slotmem_create('same', 16, 70);
var_dump(slotmem_num_slots($slots), slotmem_num_free_slots($slots), slotmem_slot_size($slots));
var_dump(slotmem_grab($slots), slotmem_grab($slots), slotmem_fgrab($slots, 69), slotmem_fgrab($slots, 69));
var_dump(slotmem_release($slots, 0), slotmem_release($slots, 0), slotmem_grab($slots));
var_dump(slotmem_put($slots, 1, 'hello'), slotmem_get($slots, 1) === str_pad('hello', 16, "\0"), slotmem_get($slots, 1, 3), slotmem_get($slots, 1, null) === slotmem_get($slots, 1));
var_dump(slotmem_num_free_slots($slots));

$other = slotmem_attach('same');
var_dump($other->numSlots(), $other->numFreeSlots(), $other->slotSize(), $other->grab(), $other->fgrab(68), $other->release(68), $other->release(68));
var_dump($other->put(1, 'J'), $other->get(1, 5), slotmem_get($slots, 1, 5), $other->putVar(2, [1]), slotmem_get_var($slots, 2), $other->getVar(2));
var_dump($other->inUse(2), $other->inUse(3), $other->owner(2) === getmypid(), $other->owner(3), $other->orphans(), $other->reclaim(), $other->reclaim(2), $other->isReadOnly());
var_dump($other->sync(), $other->remove(true), slotmem_remove($slots));
var_dump(Shmpack\SlotTable::create('same', 1, 1)->numSlots(), Shmpack\SlotTable::attach('same')->remove());
while (slotmem_grab($slots) !== false);
var_dump(slotmem_num_free_slots($slots), SLOTMEM_TYPE_PERSIST, SLOTMEM_TYPE_NOTMPSAFE, SLOTMEM_TYPE_PREGRAB, SLOTMEM_TYPE_CLEARINUSE);
?>
--CLEAN--
<?php
foreach (['same'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
int(70)
int(70)
int(16)
int(0)
int(1)
bool(true)
bool(true)
bool(true)
bool(false)
int(0)
bool(true)
bool(true)
string(3) "hel"
bool(true)
int(67)
int(70)
int(67)
int(16)
int(2)
bool(true)
bool(true)
bool(false)
bool(true)
string(5) "Jello"
string(5) "Jello"
bool(true)
array(1) {
  [0]=>
  int(1)
}
array(1) {
  [0]=>
  int(1)
}
bool(true)
bool(false)
bool(true)
int(0)
array(0) {
}
int(0)
int(0)
bool(false)
bool(true)
bool(true)
bool(true)
int(1)
bool(true)
int(0)
int(1)
int(2)
int(4)
int(8)
