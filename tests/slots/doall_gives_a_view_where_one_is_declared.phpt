--TEST--
slotmem_doall() gives a SlotView to a callback whose second parameter is declared as one, else the bytes
--EXTENSIONS--
shmpack
--FILE--
<?php
use Shmpack\SlotView;

class Visitor
{
    public function view(int $id, ?SlotView $slot): void { echo get_debug_type($slot), "\n"; }
    public function either(int $id, SlotView|string $slot): void { echo get_debug_type($slot), "\n"; }
    public function variadic(...$all): void { echo get_debug_type($all[1]), ' ', count($all), "\n"; }
    public function __call(string $name, array $all): void { echo "$name: ", get_debug_type($all[1]), "\n"; }
    public function __invoke(int $id): void { echo "$id\n"; }
}

$slots = slotmem_create('none', 8, 2);
var_dump(slotmem_doall($slots, function (int $id, SlotView $slot, int $step) { $slot->add(0, $step * ($id + 1)); }, 5));
var_dump(slotmem_dptr($slots, 0)->getInt(0), slotmem_dptr($slots, 1)->getInt(0), slotmem_num_free_slots($slots));

$visitor = new Visitor();
foreach ([[$visitor, 'view'], $visitor->view(...), [$visitor, 'either'], [$visitor, 'variadic'], [$visitor, 'magic'], $visitor] as $callback) {
    $slots->doall($callback);
}
$slots->doall('printf');
try {
    $slots->doall(fn(int $id, array $slot) => 1);
} catch (TypeError $e) {
    echo preg_replace('/^.*(Argument .* given).*/', '$1', $e->getMessage()), "\n";
}

// A view may be kept, and keeps the table.
$views = [];
$slots->doall(function (int $id, SlotView $slot) use (&$views, &$slots) {
    $views[] = $slot;
    $slots = null;
});
var_dump(count($views), $views[1]->id(), $views[1]->getInt(0));
?>
--EXPECTF--
bool(true)
int(5)
int(10)
int(2)
Shmpack\SlotView
Shmpack\SlotView
Shmpack\SlotView
Shmpack\SlotView
string
string
string 3
string 3
magic: string
magic: string
0
1
01Argument #2 ($slot) must be of type array, string given
int(2)
int(1)
int(10)
