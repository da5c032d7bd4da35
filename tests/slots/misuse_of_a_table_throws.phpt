--TEST--
A call that no slot table can fulfil throws, from functions and methods, and changes nothing
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
function attempt(string $what, callable $call): void
{
    try {
        echo "$what: ";
        var_dump($call());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

attempt('size 0', fn() => slotmem_create('misuse', 0, 3));
attempt('size -1', fn() => slotmem_create('misuse', -1, 3));
attempt('size', fn() => slotmem_create('misuse', PHP_INT_MAX, 3));
attempt('number 0', fn() => slotmem_create('misuse', 3, 0));
attempt('number', fn() => slotmem_create('misuse', 3, PHP_INT_MAX));
attempt('number + 1', fn() => slotmem_create('misuse', 3, (1 << 24) + 1));
attempt('number of 2^32', fn() => slotmem_create('misuse', 3, (1 << 32) + 1));
attempt('size of 2^32', fn() => slotmem_create('misuse', (1 << 32) + 1, 3));
attempt('type', fn() => slotmem_create('misuse', 3, 3, 16));
attempt('type -1', fn() => Shmpack\SlotTable::create('misuse', 3, 3, -1));
foreach (['../misuse', 'a/../misuse', '..', '/tmp/..', 'misuse/', str_repeat('n', 5000)] as $name) {
    attempt(substr($name, 0, 20), fn() => slotmem_create($name, 3, 3));
}
attempt('NUL', fn() => slotmem_attach("mis\0use"));
attempt('stored', fn() => slotmem_create('misuse.persist', 3, 3));
attempt('attach stored', fn() => slotmem_attach('.persist'));
attempt('attach ..', fn() => slotmem_attach('../misuse'));
$slots = slotmem_create('misuse', 8, 3);
foreach ([-1, 3, PHP_INT_MIN] as $id) {
    foreach (['get', 'fgrab', 'release', 'dptr', 'get_var'] as $function) attempt("$function $id", fn() => "slotmem_$function"($slots, $id));
    attempt("put $id", fn() => slotmem_put($slots, $id, 'x'));
    attempt("put_var $id", fn() => slotmem_put_var($slots, $id, 'x'));
    attempt("->get $id", fn() => $slots->get($id));
    foreach (['reclaim', 'owner', 'inUse', 'dptr', 'getVar'] as $method) attempt("->$method $id", fn() => $slots->$method($id));
    attempt("->putVar $id", fn() => $slots->putVar($id, 1));
}
attempt('get too long', fn() => slotmem_get($slots, 0, 9));
attempt('->get too long', fn() => $slots->get(0, 9));
attempt('get negative', fn() => slotmem_get($slots, 0, -1));
attempt('put too long', fn() => slotmem_put($slots, 0, '123456789'));
attempt('->put too long', fn() => $slots->put(0, '123456789'));
attempt('get_var without a slot', fn() => slotmem_get_var($slots));
attempt('text id', fn() => $slots->get('1x'));
attempt('array', fn() => $slots->put(0, []));
attempt('no table', fn() => slotmem_grab(new stdClass()));
attempt('not callable', fn() => slotmem_doall($slots, 'no such function'));
attempt('sync of none', fn() => slotmem_sync(slotmem_create('none', 1, 1)));
var_dump(slotmem_num_free_slots($slots));
?>
--CLEAN--
<?php
foreach (['misuse'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
size 0: ValueError: slotmem_create(): Argument #2 ($item_size) must be between 1 and 1073741824
size -1: ValueError: slotmem_create(): Argument #2 ($item_size) must be between 1 and 1073741824
size: ValueError: slotmem_create(): Argument #2 ($item_size) must be between 1 and 1073741824
number 0: ValueError: slotmem_create(): Argument #3 ($item_num) must be between 1 and 16777216
number: ValueError: slotmem_create(): Argument #3 ($item_num) must be between 1 and 16777216
number + 1: ValueError: slotmem_create(): Argument #3 ($item_num) must be between 1 and 16777216
number of 2^32: ValueError: slotmem_create(): Argument #3 ($item_num) must be between 1 and 16777216
size of 2^32: ValueError: slotmem_create(): Argument #2 ($item_size) must be between 1 and 1073741824
type: ValueError: slotmem_create(): Argument #4 ($type) must be a combination of SLOTMEM_TYPE_* constants
type -1: ValueError: Shmpack\SlotTable::create(): Argument #4 ($type) must be a combination of SLOTMEM_TYPE_* constants
../misuse: ValueError: slotmem_create(): Argument #1 ($name) must not contain ".."
a/../misuse: ValueError: slotmem_create(): Argument #1 ($name) must not contain ".."
..: ValueError: slotmem_create(): Argument #1 ($name) must not contain ".."
/tmp/..: ValueError: slotmem_create(): Argument #1 ($name) must not contain ".."
misuse/: ValueError: slotmem_create(): Argument #1 ($name) must not end in "/"
nnnnnnnnnnnnnnnnnnnn: ValueError: slotmem_create(): Argument #1 ($name) is too long
NUL: ValueError: slotmem_attach(): Argument #1 ($name) must not contain any null bytes
stored: ValueError: slotmem_create(): Argument #1 ($name) must not end in ".persist", as the names of stored files do
attach stored: ValueError: slotmem_attach(): Argument #1 ($name) must not end in ".persist", as the names of stored files do
attach ..: ValueError: slotmem_attach(): Argument #1 ($name) must not contain ".."
get -1: ValueError: slotmem_get(): Argument #2 ($id) must be between 0 and 2
fgrab -1: ValueError: slotmem_fgrab(): Argument #2 ($id) must be between 0 and 2
release -1: ValueError: slotmem_release(): Argument #2 ($id) must be between 0 and 2
dptr -1: ValueError: slotmem_dptr(): Argument #2 ($id) must be between 0 and 2
get_var -1: ValueError: slotmem_get_var(): Argument #2 ($id) must be between 0 and 2
put -1: ValueError: slotmem_put(): Argument #2 ($id) must be between 0 and 2
put_var -1: ValueError: slotmem_put_var(): Argument #2 ($id) must be between 0 and 2
->get -1: ValueError: Shmpack\SlotTable::get(): Argument #1 ($id) must be between 0 and 2
->reclaim -1: ValueError: Shmpack\SlotTable::reclaim(): Argument #1 ($id) must be between 0 and 2
->owner -1: ValueError: Shmpack\SlotTable::owner(): Argument #1 ($id) must be between 0 and 2
->inUse -1: ValueError: Shmpack\SlotTable::inUse(): Argument #1 ($id) must be between 0 and 2
->dptr -1: ValueError: Shmpack\SlotTable::dptr(): Argument #1 ($id) must be between 0 and 2
->getVar -1: ValueError: Shmpack\SlotTable::getVar(): Argument #1 ($id) must be between 0 and 2
->putVar -1: ValueError: Shmpack\SlotTable::putVar(): Argument #1 ($id) must be between 0 and 2
get 3: ValueError: slotmem_get(): Argument #2 ($id) must be between 0 and 2
fgrab 3: ValueError: slotmem_fgrab(): Argument #2 ($id) must be between 0 and 2
release 3: ValueError: slotmem_release(): Argument #2 ($id) must be between 0 and 2
dptr 3: ValueError: slotmem_dptr(): Argument #2 ($id) must be between 0 and 2
get_var 3: ValueError: slotmem_get_var(): Argument #2 ($id) must be between 0 and 2
put 3: ValueError: slotmem_put(): Argument #2 ($id) must be between 0 and 2
put_var 3: ValueError: slotmem_put_var(): Argument #2 ($id) must be between 0 and 2
->get 3: ValueError: Shmpack\SlotTable::get(): Argument #1 ($id) must be between 0 and 2
->reclaim 3: ValueError: Shmpack\SlotTable::reclaim(): Argument #1 ($id) must be between 0 and 2
->owner 3: ValueError: Shmpack\SlotTable::owner(): Argument #1 ($id) must be between 0 and 2
->inUse 3: ValueError: Shmpack\SlotTable::inUse(): Argument #1 ($id) must be between 0 and 2
->dptr 3: ValueError: Shmpack\SlotTable::dptr(): Argument #1 ($id) must be between 0 and 2
->getVar 3: ValueError: Shmpack\SlotTable::getVar(): Argument #1 ($id) must be between 0 and 2
->putVar 3: ValueError: Shmpack\SlotTable::putVar(): Argument #1 ($id) must be between 0 and 2
get -9223372036854775808: ValueError: slotmem_get(): Argument #2 ($id) must be between 0 and 2
fgrab -9223372036854775808: ValueError: slotmem_fgrab(): Argument #2 ($id) must be between 0 and 2
release -9223372036854775808: ValueError: slotmem_release(): Argument #2 ($id) must be between 0 and 2
dptr -9223372036854775808: ValueError: slotmem_dptr(): Argument #2 ($id) must be between 0 and 2
get_var -9223372036854775808: ValueError: slotmem_get_var(): Argument #2 ($id) must be between 0 and 2
put -9223372036854775808: ValueError: slotmem_put(): Argument #2 ($id) must be between 0 and 2
put_var -9223372036854775808: ValueError: slotmem_put_var(): Argument #2 ($id) must be between 0 and 2
->get -9223372036854775808: ValueError: Shmpack\SlotTable::get(): Argument #1 ($id) must be between 0 and 2
->reclaim -9223372036854775808: ValueError: Shmpack\SlotTable::reclaim(): Argument #1 ($id) must be between 0 and 2
->owner -9223372036854775808: ValueError: Shmpack\SlotTable::owner(): Argument #1 ($id) must be between 0 and 2
->inUse -9223372036854775808: ValueError: Shmpack\SlotTable::inUse(): Argument #1 ($id) must be between 0 and 2
->dptr -9223372036854775808: ValueError: Shmpack\SlotTable::dptr(): Argument #1 ($id) must be between 0 and 2
->getVar -9223372036854775808: ValueError: Shmpack\SlotTable::getVar(): Argument #1 ($id) must be between 0 and 2
->putVar -9223372036854775808: ValueError: Shmpack\SlotTable::putVar(): Argument #1 ($id) must be between 0 and 2
get too long: ValueError: slotmem_get(): Argument #3 ($length) must be between 0 and 8
->get too long: ValueError: Shmpack\SlotTable::get(): Argument #2 ($length) must be between 0 and 8
get negative: ValueError: slotmem_get(): Argument #3 ($length) must be between 0 and 8
put too long: ValueError: slotmem_put(): Argument #3 ($data) must be at most 8 bytes, the size of a slot
->put too long: ValueError: Shmpack\SlotTable::put(): Argument #2 ($data) must be at most 8 bytes, the size of a slot
get_var without a slot: ArgumentCountError: slotmem_get_var() expects exactly 2 arguments, 1 given
text id: TypeError: Shmpack\SlotTable::get(): Argument #1 ($id) must be of type int, string given
array: TypeError: Shmpack\SlotTable::put(): Argument #2 ($data) must be of type string, array given
no table: TypeError: slotmem_grab(): Argument #1 ($slots) must be of type Shmpack\SlotTable, stdClass given
not callable: TypeError: slotmem_doall(): Argument #2 ($callback) must be a valid callback, function "no such function" not found or invalid function name
sync of none: ValueError: A slot table without a name cannot be stored
int(3)
