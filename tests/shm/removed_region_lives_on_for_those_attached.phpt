--TEST--
A removed region lives on for the processes attached to it, and a new attach makes a new one
--EXTENSIONS--
shmpack
--FILE--
<?php
$key = 0x5b00000a;
$first = shm_attach($key, 1000);
$second = shm_attach($key, 1000);
shm_put_var($first, 1, 'old');
var_dump(shm_remove($first));
$third = shm_attach($key, 1000);
var_dump(shm_has_var($third, 1));
var_dump(shm_put_var($second, 1, 'still shared'), shm_get_var($first, 1));
var_dump(shm_remove($second));
shm_put_var($third, 1, 'new');
var_dump(shm_get_var($second, 1), shm_get_var($third, 1));
shm_detach($first);
shm_detach($second);
var_dump(shm_get_var($third, 1), shm_remove($third));
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000a);
?>
--EXPECT--
bool(true)
bool(false)
bool(true)
string(12) "still shared"
bool(true)
string(12) "still shared"
string(3) "new"
string(3) "new"
bool(true)
