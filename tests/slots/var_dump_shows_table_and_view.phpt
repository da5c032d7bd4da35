--TEST--
var_dump() shows a table's path, sizes, use and type, and a view's slot and table
--EXTENSIONS--
shmpack
--FILE--
<?php
$slots = slotmem_create('none', 64, 4, SLOTMEM_TYPE_PREGRAB);
slotmem_grab($slots);
var_dump(slotmem_dptr($slots, 2));
$path = sys_get_temp_dir() . '/shmpack_' . getmypid();
$named = slotmem_create($path, 16, 1);
preg_match('/"([^"]+)"\n/', print_dump($named), $shown);
var_dump($shown[1] === $path);
slotmem_remove($named);

function print_dump(object $object): string
{
    ob_start();
    var_dump($object);
    return ob_get_clean();
}
?>
--EXPECTF--
object(Shmpack\SlotView)#%d (4) {
  ["id"]=>
  int(2)
  ["size"]=>
  int(64)
  ["read_only"]=>
  bool(false)
  ["table"]=>
  object(Shmpack\SlotTable)#%d (6) {
    ["path"]=>
    NULL
    ["num_slots"]=>
    int(4)
    ["num_free_slots"]=>
    int(3)
    ["slot_size"]=>
    int(64)
    ["type"]=>
    int(4)
    ["read_only"]=>
    bool(false)
  }
}
bool(true)
