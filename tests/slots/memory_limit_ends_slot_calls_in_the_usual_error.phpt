--TEST--
slotmem_*(): a call that memory_limit has no room for ends in PHP's ordinary fatal error
--EXTENSIONS--
shmpack
pcntl
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip a sanitizer knows no memory limit');
?>
--INI--
memory_limit=-1
--FILE--
<?php
require __DIR__ . '/../values/memory_limit.inc';

const NAME = '/dev/shm/shmpack-test-memory-limit';
$slots = slotmem_create(NAME, 30 * MIB, 2);
$reader = slotmem_attach(NAME, true);
slotmem_grab($slots);
foreach ([
    'a text' => str_repeat('x', 25 * MIB),
    'a list' => array_fill(0, 2_000_000, null),
    'rows' => array_map(fn($i) => ['id' => $i, 'name' => "name $i"], range(1, 100_000)),
] as $name => $value) {
    slotmem_put_var($slots, 0, $value);
    unset($value);
    gc_mem_caches();
    with_limits("$name, get_var", [0, 1, 2, 30, 200], fn() => slotmem_get_var($slots, 0));
    with_limits("$name, get_var of a reader", [0, 1, 2, 30, 200], fn() => $reader->getVar(0));
}
with_limits('get', [0, 4, 28, 40], fn() => slotmem_get($slots, 0));
with_limits('get, a part', [0, 4, 8, 20], fn() => $reader->get(0, 10 * MIB));
with_limits('doall', [0, 4, 28, 40], fn() => $slots->doall(fn($id, $bytes) => true));
with_limits('doall of a reader', [0, 4, 28, 40], fn() => $reader->doall(fn($id, string $bytes) => true));
with_limits('read', [0, 4, 28, 40], fn() => slotmem_dptr($slots, 0)->read());
with_limits('read of a reader', [0, 4, 28, 40, 70], fn() => $reader->dptr(0)->read());
with_limits('a byte of a reader', [0, 4, 28, 40], fn() => $reader->dptr(0)[29 * MIB]);
with_limits('an integer of a reader', [0, 4, 28, 40], fn() => $reader->dptr(0)->getInt(29 * MIB));

// Storing takes the bytes, and the buffer that they are put together in.
$rows = array_map(fn($i) => ['id' => $i, 'name' => "name $i"], range(1, 100_000));
with_limits('put_var', [0, 1, 2, 20], fn() => slotmem_put_var($slots, 0, $rows));
$text = str_repeat('x', 25 * MIB);
with_limits('put_var of a text', [0, 2, 20, 60], fn() => slotmem_put_var($slots, 1, $text));
with_limits('put_var of a text among others', [0, 2, 28, 90], fn() => slotmem_put_var($slots, 1, [1, $text]));

// The table is as before.
var_dump(slotmem_put_var($slots, 0, 'new'), $reader->getVar(0));
slotmem_remove($slots);
?>
--CLEAN--
<?php
@unlink('/dev/shm/shmpack-test-memory-limit');
?>
--EXPECT--
bool(true)
string(3) "new"
