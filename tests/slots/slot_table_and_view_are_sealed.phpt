--TEST--
SlotTable and SlotView cannot be made, copied, serialized, extended, compared or given properties
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

$slots = slotmem_create('none', 8, 1);
foreach ([$slots, $slots->dptr(0)] as $object) {
    $class = get_class($object);
    attempt('new', fn() => new $class());
    attempt('clone', fn() => clone $object);
    attempt('serialize', fn() => serialize($object));
    attempt('unserialize', fn() => unserialize('O:' . strlen($class) . ":\"$class\":0:{}"));
    attempt('property', fn() => $object->x = 1);
    // Other extensions make objects of any class: PDO from rows, streams from their wrappers.
    stream_wrapper_register(strrchr($class, '\\') === '\\SlotTable' ? 'table' : 'view', $class);
    try {
        fopen(stream_get_wrappers()[count(stream_get_wrappers()) - 1] . '://x', 'r');
    } catch (Error $e) {
        echo 'stream: ', $e->getPrevious()?->getMessage(), "\n";
    }
    var_dump(json_encode($object), (array) $object);
    var_dump($object == $object, (new ReflectionClass($object))->isFinal());
}
var_dump($slots == slotmem_create('none', 8, 1));
?>
--EXPECT--
new: Error: Cannot directly construct Shmpack\SlotTable, use slotmem_create() instead
clone: Error: Trying to clone an uncloneable object of class Shmpack\SlotTable
serialize: Exception: Serialization of 'Shmpack\SlotTable' is not allowed
unserialize: Exception: Unserialization of 'Shmpack\SlotTable' is not allowed
property: Error: Cannot create dynamic property Shmpack\SlotTable::$x
stream: Cannot directly construct Shmpack\SlotTable, use slotmem_create() instead
string(2) "{}"
array(0) {
}
bool(true)
bool(true)
new: Error: Cannot directly construct Shmpack\SlotView, use slotmem_dptr() instead
clone: Error: Trying to clone an uncloneable object of class Shmpack\SlotView
serialize: Exception: Serialization of 'Shmpack\SlotView' is not allowed
unserialize: Exception: Unserialization of 'Shmpack\SlotView' is not allowed
property: Error: Cannot create dynamic property Shmpack\SlotView::$x
stream: Cannot directly construct Shmpack\SlotView, use slotmem_dptr() instead
string(2) "{}"
array(0) {
}
bool(true)
bool(true)
bool(false)
