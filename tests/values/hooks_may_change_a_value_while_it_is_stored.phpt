--TEST--
shm_put_var(): user code may change the value while it is being stored
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

class Does
{
    public $marker = 'stored';
    private $what;
    public function __construct(?Closure $what)
    {
        $this->what = $what;
    }
    public function __sleep()
    {
        ($this->what)();
        return ['marker'];
    }
}
#[AllowDynamicProperties]
class Holder
{
    public $first;
    public $second = 'second';
    public $third = 'third';
}

// The array behind a reference is replaced while it is being walked.
$list = [1, 'x' => [2, 3]];
$list[] = new Does(function () use (&$list) {
    $list = 'replaced';
});
$list['last'] = str_repeat('last', 2);
$back = round_trip([&$list, &$list]);
echo json_encode($back), "\n";

// An array shrinks and grows.
$array = ['a' => 1];
$array['hook'] = new Does(function () use (&$array) {
    unset($array['z']);
    for ($i = 0; $i < 100; $i++) {
        $array[] = str_repeat('x', 10);
    }
});
$array['z'] = 'end';
echo json_encode(round_trip([&$array, 'r' => &$array])), "\n";

// Declared properties are unset, so that fewer properties follow than were counted.
$holder = new Holder;
$holder->first = new Does(function () use ($holder) {
    unset($holder->second, $holder->third);
});
var_dump(count((array) round_trip([$holder, $holder])[1]));

// The same with a table of properties, from 16 (a map header of 3 bytes) to 14 (of 1 byte), and to more.
foreach ([-2, 5] as $change) {
    $holder = new Holder;
    for ($i = 0; $i < 13; $i++) {
        $holder->{"p$i"} = $i;
    }
    // Through a global: PHP never frees a cycle through an object that got properties while serialize() had its table.
    $holder->first = new Does(function () use ($change) {
        global $holder;
        if ($change < 0) {
            unset($holder->second, $holder->third);
        }
        for ($i = 0; $i < $change; $i++) {
            $holder->{"q$i"} = $i;
        }
    });
    $back = round_trip([$holder, 'behind']);
    var_dump(count((array) $back[0]) , $back[0]->p12, $back[1]);
}

// A hook's result is gone when the next object's hook runs: its address must not be taken for the same object.
class Fresh
{
    public $data;
    public function __serialize(): array
    {
        return ['object' => (object) ['number' => ++$GLOBALS['count']]];
    }
    public function __unserialize(array $data): void
    {
        $this->data = $data['object'];
    }
}
$count = 0;
$back = round_trip(array_map(fn() => new Fresh, range(1, 50)));
echo implode(',', array_map(fn($fresh) => $fresh->data->number, $back)), "\n";

// A hook stores something itself.
$shm = shm_attach(0, 65536);
$outer = [new Does(function () use ($shm) {
    shm_put_var($shm, 2, [1, new Does(fn() => 1)]);
}), 'outer'];
shm_put_var($shm, 1, $outer);
var_dump(shm_get_var($shm, 1)[1], shm_get_var($shm, 2)[0]);
?>
--EXPECT--
[{"0":1,"x":[2,3],"1":{"marker":"stored"},"last":"lastlast"},{"0":1,"x":[2,3],"1":{"marker":"stored"},"last":"lastlast"}]
{"0":{"a":1,"hook":{"marker":"stored"},"z":"end"},"r":{"a":1,"hook":{"marker":"stored"},"z":"end"}}
int(3)
int(16)
int(12)
string(6) "behind"
int(16)
int(12)
string(6) "behind"
1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50
string(5) "outer"
int(1)
