--TEST--
Slots of killed processes are found and reclaimed; those of living processes stay
--EXTENSIONS--
shmpack
pcntl
posix
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
$slots = slotmem_create('orphans', 8, 10);
slotmem_grab($slots);
$pipe = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$child = pcntl_fork();
if ($child === 0) {
    slotmem_put($slots, slotmem_grab($slots), 'one');
    slotmem_put($slots, slotmem_grab($slots), 'two');
    fwrite($pipe[1], 'x');
    sleep(60);
    exit;
}
fread($pipe[0], 1);
var_dump($slots->orphans(), $slots->owner(1) === $child, $slots->reclaim(), $slots->reclaim(1));
posix_kill($child, SIGKILL);
pcntl_waitpid($child, $status);
var_dump($slots->orphans(), rtrim($slots->get(2), "\0"), $slots->reclaim(2), $slots->orphans(), $slots->reclaim(0), $slots->reclaim(), $slots->orphans(), $slots->numFreeSlots(), $slots->inUse(0));
?>
--CLEAN--
<?php
foreach (['orphans'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
array(0) {
}
bool(true)
int(0)
int(0)
array(2) {
  [0]=>
  int(1)
  [1]=>
  int(2)
}
string(3) "two"
int(1)
array(1) {
  [0]=>
  int(1)
}
int(0)
int(1)
array(0) {
}
int(9)
bool(true)
