--TEST--
slotmem_doall() visits all slots, or those in use, in order; false and exceptions stop it
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
foreach ([0, SLOTMEM_TYPE_PREGRAB] as $type) {
    $slots = slotmem_create('none', 4, 5, $type);
    foreach ([1, 3] as $id) {
        slotmem_fgrab($slots, $id);
        slotmem_put($slots, $id, "s$id");
    }
    var_dump(slotmem_doall($slots, function (int $id, string $bytes, $data) { echo "$id ", rtrim($bytes, "\0"), " $data, "; }, 'data'));
    var_dump($slots->doall(function ($id) { echo "$id, "; return $id < 2; }));
    var_dump($slots->numFreeSlots());
    try {
        $slots->doall(fn($id) => throw new Exception("at $id"));
    } catch (Exception $e) {
        echo $e->getMessage(), "\n";
    }
}
// The callback may use the table in any way, and drop the last reference to it.
$count = 0;
slotmem_doall($slots, function ($id) use (&$slots, &$count) {
    if ($slots !== null) slotmem_release($slots, 3);
    $slots = null;
    $count++;
});
var_dump($count);
?>
--EXPECT--
0  data, 1 s1 data, 2  data, 3 s3 data, 4  data, bool(true)
0, 1, 2, bool(false)
int(3)
at 0
1 s1 data, 3 s3 data, bool(true)
1, 3, bool(false)
int(3)
at 1
int(1)
