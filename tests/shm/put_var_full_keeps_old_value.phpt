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
// A put is atomic: the old value keeps its room until the new one is stored.
var_dump(shm_put_var($region, 1, $new = str_repeat('n', 900)));
var_dump(shm_get_var($region, 1) === $new);

// Here the entries run out.
$small = shm_attach(0, 40);
for ($key = 0; @shm_put_var($small, $key, $key); $key++);
var_dump(shm_put_var($small, $key, $key));
var_dump(shm_put_var($small, 0, str_repeat('n', 20)));
var_dump(shm_get_var($small, 0));
// The room that a removal would bring counts.
shm_remove_var($region, 1);
var_dump(shm_put_var($region, 4, str_repeat('n', 2000)));
?>
--EXPECTF--
bool(true)
bool(true)

Warning: shm_put_var(): Not enough shared memory left in the region of key 0x0: variable 1 needs 5008 bytes, and the room for values has 1536 of 1536 bytes free; nothing was changed. Remove variables, or replace the region by a larger one in %s on line %d
bool(false)
bool(true)
string(9) "neighbour"

Warning: shm_put_var(): Not enough shared memory left in the region of key 0x0: variable 3 needs 904 bytes, and the room for values has 832 of 1536 bytes free; nothing was changed. Remove variables, or replace the region by a larger one in %s on line %d
bool(false)
bool(false)
bool(true)
bool(true)

Warning: shm_put_var(): Not enough shared memory left in the region of key 0x0: variable 8 needs 192 bytes, and the region has 0 of 2816 bytes free; nothing was changed. Remove variables, or replace the region by a larger one in %s on line %d
bool(false)

Warning: shm_put_var(): Not enough shared memory left in the region of key 0x0: variable 0 needs 32 bytes beside its old value, and the region has 0 of 2816 bytes free; nothing was changed. Remove variables, or replace the region by a larger one in %s on line %d
bool(false)
int(0)

Warning: shm_put_var(): Not enough shared memory left in the region of key 0x0: variable 4 needs 2008 bytes, and the room for values has 1536 of 1536 bytes free; nothing was changed. Remove variables, or replace the region by a larger one in %s on line %d
bool(false)
