--TEST--
Code that runs inside a call (hooks, conversions, handlers, callbacks) may drop, remove and use the table
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
function drop(): void
{
    global $slots, $view;
    if ($slots !== null) {
        slotmem_fgrab($slots, 2);
        slotmem_put_var($slots, 2, 'meanwhile');
        slotmem_remove($slots);
    }
    $slots = $view = null;
    gc_collect_cycles();
}

class Hooked
{
    public int $n = 5;
    public function __toString(): string { drop(); return 'text'; }
    public function __serialize(): array { drop(); return ['n' => $this->n]; }
    public function __unserialize(array $data): void { drop(); $this->n = $data['n'] + 1; }
    public function __destruct() { drop(); }
}

function fresh(int $type = 0): Shmpack\SlotTable
{
    global $slots, $view;
    $slots = $view = null;
    $slots = slotmem_create('dropped', 200, 4, $type);
    $view = slotmem_dptr($slots, 0);
    return $slots;
}

// Only the variables that drop() sets hold the table.
fresh();
var_dump(slotmem_put($GLOBALS['slots'], 0, new Hooked()));
fresh();
var_dump($slots->put(0, new Hooked()));
fresh();
var_dump($slots->putVar(0, new Hooked()));
fresh();
var_dump($view->write(new Hooked(), 3));
fresh();
var_dump($slots->doall(function ($id, $bytes) { drop(); echo "$id "; }));
fresh();
var_dump($slots->doall(function ($id, Shmpack\SlotView $slot) { drop(); $slot->add(0, 1); echo $slot->id(), ' '; }));
fresh();
var_dump($slots->doall(function ($id, $bytes) { return new Hooked(); })); // The table goes in the middle of the walk.

// Reading makes an object, whose hook drops the table.
$stored = slotmem_create('none', 200, 1);
slotmem_put_var($stored, 0, new ArrayObject(['x' => 1]));
fresh();
$hooked = new Hooked();
$slots->put(0, slotmem_get($stored, 0));
var_dump(count($slots->getVar(0)));
$bytes = (function () use ($hooked) {
    $table = slotmem_create('none', 200, 1);
    slotmem_put_var($table, 0, $hooked);
    return slotmem_get($table, 0);
})();
fresh();
slotmem_put($slots, 0, $bytes);
var_dump($slots->getVar(0)->n);

// The warning's handler drops it.
set_error_handler(function (int $level, string $text) { drop(); echo preg_replace('/"[^"]*"/', '""', $text), "\n"; return true; });
foreach (['get', 'getVar'] as $method) var_dump(fresh(SLOTMEM_TYPE_PREGRAB) && $slots->$method(1));
fresh(SLOTMEM_TYPE_PREGRAB);
var_dump($slots->put(1, 'x'));
fresh();
var_dump(slotmem_get_var($slots, 0), slotmem_attach('dropped-none'));
restore_error_handler();

// The last reference goes while the request ends, after the table's.
fresh();
$late = new class($view, $slots) {
    public function __construct(private $view, private $slots) {}
    public function __destruct() { echo $this->view->add(0, 1), ' ', $this->slots->numSlots(), "\n"; }
};
drop();
unset($stored);
?>
--CLEAN--
<?php
@unlink('/tmp/shmpack-phpt-slots/dropped');
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
0 1 2 3 bool(true)
0 1 2 3 bool(true)
bool(true)
int(1)
int(6)
Shmpack\SlotTable::get(): Failed for slot table "", slot 1: the slot is not in use
bool(false)
Shmpack\SlotTable::getVar(): Failed for slot table "", slot 1: the slot is not in use
bool(false)
Shmpack\SlotTable::put(): Failed for slot table "", slot 1: the slot is not in use
bool(false)
slotmem_get_var(): Failed for slot table "", slot 0: it holds no value of slotmem_put_var()
slotmem_attach(): Failed for slot table "": it does not exist
bool(false)
bool(false)
1 4
