--TEST--
A put that finds no room warns as ext/sysvshm does and keeps the old value
--EXTENSIONS--
shmpack
--FILE--
<?php
$region = shm_attach(0, 1000);
var_dump(shm_put_var($region, 1, $old = str_repeat('o', 700)));
var_dump(shm_put_var($region, 2, 'neighbour'));
var_dump(shm_put_var($region, 1, str_repeat('n', 5000)));
var_dump(shm_get_var($region, 1) === $old, shm_get_var($region, 2));
var_dump(shm_put_var($region, 3, str_repeat('n', 900)));
var_dump(shm_has_var($region, 3));
// Atomic: the old value is there until the new one is.
var_dump(shm_put_var($region, 1, $new = str_repeat('n', 900)));
var_dump(shm_get_var($region, 1) === $new);
?>
--EXPECTF--
bool(true)
bool(true)

Warning: shm_put_var(): Not enough shared memory left in %s on line %d
bool(false)
bool(true)
string(9) "neighbour"

Warning: shm_put_var(): Not enough shared memory left in %s on line %d
bool(false)
bool(false)
bool(true)
bool(true)
