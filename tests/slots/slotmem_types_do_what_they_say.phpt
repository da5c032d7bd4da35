--TEST--
Each SLOTMEM_TYPE_* changes what create restores, what put accepts and which slots are in use, as documented
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
function again(int $type): Shmpack\SlotTable
{
    $slots = slotmem_create('types', 8, 4, $type);
    slotmem_grab($slots);
    slotmem_grab($slots);
    slotmem_release($slots, 0);
    @slotmem_put($slots, 1, 'stored');
    slotmem_sync($slots);
    slotmem_remove($slots);
    return slotmem_create('types', 8, 4, $type);
}

foreach (['NONE' => 0, 'PERSIST' => SLOTMEM_TYPE_PERSIST, 'NOTMPSAFE' => SLOTMEM_TYPE_NOTMPSAFE, 'PREGRAB' => SLOTMEM_TYPE_PREGRAB,
    'PERSIST | CLEARINUSE' => SLOTMEM_TYPE_PERSIST | SLOTMEM_TYPE_CLEARINUSE, 'all' => 15] as $name => $type) {
    $slots = again($type);
    printf("%-20s %d free, %s in slot 1, ", $name, slotmem_num_free_slots($slots), json_encode(rtrim($slots->dptr(1)->read(), "\0")));
    echo 'put in a free one: ', json_encode(@slotmem_put($slots, 3, 'x')), ', then granted: ';
    while (($id = slotmem_grab($slots)) !== false) echo "$id ";
    echo "\n";
    slotmem_remove($slots, true);
}
// A live table is taken before a stored one.
$slots = again(SLOTMEM_TYPE_PERSIST);
slotmem_put($slots, 1, 'is live');
var_dump(rtrim(slotmem_get(slotmem_create('types', 8, 4, SLOTMEM_TYPE_PERSIST), 1), "\0"));
var_dump(slotmem_remove($slots, true), slotmem_remove($slots, true), glob(ini_get('shmpack.runtime_dir') . '/types*'));
?>
--CLEAN--
<?php
foreach (glob('/tmp/shmpack-phpt-slots/types*') as $file) unlink($file);
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
NONE                 4 free, "" in slot 1, put in a free one: true, then granted: 0 1 2 
PERSIST              3 free, "stored" in slot 1, put in a free one: true, then granted: 0 2 
NOTMPSAFE            4 free, "" in slot 1, put in a free one: true, then granted: 0 1 2 
PREGRAB              4 free, "" in slot 1, put in a free one: false, then granted: 0 1 2 3 
PERSIST | CLEARINUSE 4 free, "stored" in slot 1, put in a free one: true, then granted: 2 0 1 
all                  4 free, "stored" in slot 1, put in a free one: false, then granted: 2 3 0 1 
string(7) "is live"
bool(true)
bool(true)
array(0) {
}
