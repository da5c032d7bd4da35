--TEST--
A view reads and writes a slot in place, for all processes, and keeps its table
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

$slots = slotmem_create('view', 32, 3);
slotmem_put($slots, 1, str_repeat('abcdefgh', 4));
$view = slotmem_dptr($slots, 1);
$other = slotmem_attach('view')->dptr(1);
var_dump($view->id(), count($view), $view->read(), $view->read(30), $view->read(1, 3), $view[0], isset($view[31], $view[0]), isset($view[32]), isset($view['x']));
$view->write('XY', 2);
$view[31] = 0x21;
var_dump($other->read(), slotmem_get($slots, 1), slotmem_put($slots, 1, '--'), $other->read(0, 5));

foreach ([1, 2, 4, 8] as $bytes) {
    $view->setInt(8, -2, $bytes);
    var_dump($other->getInt(8, $bytes), $bytes < 8 ? $other->getInt(8, $bytes, false) : -2);
}
$view->setInt(9, 0x12345678, 4);
var_dump($other->getInt(9, 4), $other->read(9, 4) === pack('V', 0x12345678));
$view->setFloat(16, 1.5);
$view->setFloat(24, -0.25, 4);
var_dump($other->getFloat(16), $other->getFloat(24, 4));
$view->setInt(16, PHP_INT_MAX);
var_dump($view->add(16, 1) === PHP_INT_MIN, $view->add(24, 0, 4) === $view->getInt(24, 4));
$view->setInt(16, 5);
var_dump($view->add(16, 37), $view->compareExchange(16, 41, 1), $view->compareExchange(16, 42, 7), $other->getInt(16), $view->setInt(24, -1, 4), $view->compareExchange(24, -1, 3, 4), $other->getInt(24, 4));

foreach ([-1, 25, 32, PHP_INT_MAX] as $offset) attempt("getInt $offset", fn() => $view->getInt($offset));
attempt('bytes', fn() => $view->getInt(0, 3));
attempt('float bytes', fn() => $view->getFloat(0, 2));
attempt('add bytes', fn() => $view->add(0, 1, 2));
attempt('add at 4', fn() => $view->add(4, 1));
attempt('exchange at 2', fn() => $view->compareExchange(2, 1, 1, 4));
attempt('does not fit', fn() => $view->setInt(0, 256, 1));
attempt('add does not fit', fn() => $view->add(0, 1 << 32, 4));
attempt('expected does not fit', fn() => $view->compareExchange(0, -1 << 32, 1, 4));
attempt('desired does not fit', fn() => $view->compareExchange(0, 1, 1 << 32, 4));
attempt('read', fn() => $view->read(0, 33));
attempt('read behind', fn() => $view->read(33));
attempt('read negative', fn() => $view->read(0, -1));
attempt('read at the end', fn() => $view->read(32));
attempt('write', fn() => $view->write('xxx', 30));
attempt('[]', function () use ($view) { $view[] = 1; });
attempt('[32]', fn() => $view[32]);
attempt('[256]', function () use ($view) { $view[0] = 256; });
attempt('unset', function () use ($view) { unset($view[0]); });

slotmem_remove($slots);
unset($slots);
$view->write('kept');
var_dump($view->read(0, 4), $other->read(0, 4));
?>
--CLEAN--
<?php
foreach (['view'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
int(1)
int(32)
string(32) "abcdefghabcdefghabcdefghabcdefgh"
string(2) "gh"
string(3) "bcd"
int(97)
bool(true)
bool(false)
bool(false)
string(32) "abXYefghabcdefghabcdefghabcdefg!"
string(32) "abXYefghabcdefghabcdefghabcdefg!"
bool(true)
string(5) "--XYe"
int(-2)
int(254)
int(-2)
int(65534)
int(-2)
int(4294967294)
int(-2)
int(-2)
int(305419896)
bool(true)
float(1.5)
float(-0.25)
bool(true)
bool(true)
int(42)
bool(false)
bool(true)
int(7)
bool(true)
bool(true)
int(3)
getInt -1: ValueError: Shmpack\SlotView::getInt(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
getInt 25: ValueError: Shmpack\SlotView::getInt(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
getInt 32: ValueError: Shmpack\SlotView::getInt(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
getInt 9223372036854775807: ValueError: Shmpack\SlotView::getInt(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
bytes: ValueError: Shmpack\SlotView::getInt(): Argument #2 ($bytes) must be 1, 2, 4 or 8
float bytes: ValueError: Shmpack\SlotView::getFloat(): Argument #2 ($bytes) must be 4 or 8
add bytes: ValueError: Shmpack\SlotView::add(): Argument #3 ($bytes) must be 4 or 8
add at 4: ValueError: Shmpack\SlotView::add(): Argument #1 ($offset) must be a multiple of 8
exchange at 2: ValueError: Shmpack\SlotView::compareExchange(): Argument #1 ($offset) must be a multiple of 4
does not fit: ValueError: Shmpack\SlotView::setInt(): Argument #2 ($value) must fit in 1 bytes
add does not fit: ValueError: Shmpack\SlotView::add(): Argument #2 ($delta) must fit in 4 bytes
expected does not fit: ValueError: Shmpack\SlotView::compareExchange(): Argument #2 ($expected) must fit in 4 bytes
desired does not fit: ValueError: Shmpack\SlotView::compareExchange(): Argument #3 ($desired) must fit in 4 bytes
read: ValueError: Shmpack\SlotView::read(): Argument #2 ($length) must lie inside the slot, which has 32 bytes
read behind: ValueError: Shmpack\SlotView::read(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
read negative: ValueError: Shmpack\SlotView::read(): Argument #2 ($length) must be greater than or equal to 0
read at the end: string(0) ""
write: ValueError: Shmpack\SlotView::write(): Argument #1 ($data) must lie inside the slot, which has 32 bytes
[]: TypeError: Shmpack\SlotView::offsetSet(): Argument #1 ($offset) must be of type int, null given
[32]: ValueError: Shmpack\SlotView::offsetGet(): Argument #1 ($offset) must lie inside the slot, which has 32 bytes
[256]: ValueError: Shmpack\SlotView::offsetSet(): Argument #2 ($value) must be an integer between 0 and 255
unset: Error: Bytes of a slot cannot be unset
string(4) "kept"
string(4) "kept"
