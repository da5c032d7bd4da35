--TEST--
Each slotmem_* function exists with the same parameters in the namespace Shmpack and as a method
--EXTENSIONS--
shmpack
--FILE--
<?php
const OTHER_NAMES = ['put_var' => 'putVar', 'get_var' => 'getVar', 'num_slots' => 'numSlots', 'num_free_slots' => 'numFreeSlots', 'slot_size' => 'slotSize'];

$text = fn(ReflectionFunctionAbstract $f, int $from) =>
    str_replace('Shmpack\\', '', implode(', ', array_map(fn($p) => substr($p, strpos($p, '[')), array_slice($f->getParameters(), $from))) . ': ' . $f->getReturnType());
$class = new ReflectionClass(Shmpack\SlotTable::class);
$count = 0;
foreach (preg_grep('/^slotmem_/', get_extension_funcs('shmpack')) as $name) {
    $count++;
    $global = new ReflectionFunction($name);
    $twin = new ReflectionFunction("Shmpack\\$name");
    $short = substr($name, strlen('slotmem_'));
    $method = $class->getMethod(OTHER_NAMES[$short] ?? $short);
    if ($text($global, 0) !== $text($twin, 0)) echo "{$twin->getName()} differs\n";
    if ($text($global, $method->isStatic() ? 0 : 1) !== $text($method, 0)) echo "{$method->getName()} differs\n";
}
var_dump($count);

$slots = Shmpack\slotmem_create('none', 8, 2);
var_dump(Shmpack\slotmem_grab($slots), slotmem_grab($slots), Shmpack\slotmem_put($slots, 1, 'twin'), slotmem_get($slots, 1, 4));
try {
    Shmpack\slotmem_get($slots, 2);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump(Shmpack\slotmem_remove(slots: $slots, stored: true), $slots->get(length: 2, id: 1));
?>
--EXPECT--
int(16)
int(0)
int(1)
bool(true)
string(4) "twin"
Shmpack\slotmem_get(): Argument #2 ($id) must be between 0 and 1
bool(true)
string(2) "tw"
