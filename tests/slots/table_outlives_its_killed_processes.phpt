--TEST--
After SIGKILL of every process that used it, the next create finds the table as it was
--EXTENSIONS--
shmpack
posix
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
require dirname(__DIR__) . '/loading/run_php.inc';
$ini = ['shmpack.runtime_dir' => ini_get('shmpack.runtime_dir')];
foreach (['first', 'second'] as $who) {
    echo preg_replace('/ended with .*/', 'killed', run_php(['shmpack', 'posix'], '
        $slots = slotmem_create("killed", 32, 4, SLOTMEM_TYPE_PERSIST | SLOTMEM_TYPE_PREGRAB);
        $id = slotmem_grab($slots);
        slotmem_put($slots, $id, "' . $who . '");
        slotmem_dptr($slots, $id)->setInt(24, 42);
        posix_kill(getmypid(), SIGKILL);', $ini));
}
$slots = slotmem_create('killed', 32, 4, SLOTMEM_TYPE_PERSIST | SLOTMEM_TYPE_PREGRAB);
foreach ($slots->orphans() as $id) {
    echo rtrim($slots->get($id, 24), "\0"), ' ', $slots->dptr($id)->getInt(24), "\n";
}
var_dump($slots->reclaim(), $slots->numFreeSlots());
?>
--CLEAN--
<?php
@unlink('/tmp/shmpack-phpt-slots/killed');
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
killed
killed
first 42
second 42
int(2)
int(4)
