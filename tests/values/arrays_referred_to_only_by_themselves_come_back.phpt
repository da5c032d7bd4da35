--TEST--
shm_put_var() and shm_get_var(): arrays that nothing but themselves refers to come back as cycles
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

/** What is visible of a value down to some depth, since a cycle has no end. */
function seen(mixed $value, int $depth = 9): mixed
{
    if (is_object($value)) {
        return $depth === 0 ? '...' : [get_class($value), seen((array) $value, $depth - 1)];
    }
    if (!is_array($value)) {
        return $value;
    }
    return $depth === 0 ? '...' : array_map(fn($element) => seen($element, $depth - 1), $value);
}

function comes_back(string $name, mixed $value): mixed
{
    try {
        $back = round_trip($value);
        echo $name, ': ', serialize(seen($value)) === serialize(seen($back)) ? 'same' : 'DIFFERENT', "\n";
        return $back;
    } catch (Throwable $thrown) {
        echo $name, ': ', $thrown->getMessage(), "\n";
        return null;
    }
}

// The variables that referred to the arrays go when the functions return.
function itself($with = 'me')
{
    $a = [$with];
    $a[1] = &$a;
    return $a;
}
function map_of_itself()
{
    $a = ['name' => 'me', 7 => [1, 2]];
    $a['self'] = &$a;
    return $a;
}
function deeper()
{
    $a = ['me'];
    $a['x'] = ['y' => [1, 'z' => &$a]];
    return $a;
}
function two()
{
    $a = ['a'];
    $b = ['b'];
    $a[] = &$b;
    $b[] = &$a;
    return $a;
}
function twice()
{
    $a = ['me'];
    $a[] = &$a;
    $a[] = &$a;
    return $a;
}
function by_two_references()
{
    $r = null;
    $a = [];
    $a[0] = &$a;
    $a[1] = &$r;
    $a[2] = 'me';
    $r = $a;
    return $a;
}
function ring(int $length)
{
    for ($i = 0; $i < $length; $i++) $all[$i] = ["array $i"];
    for ($i = 0; $i < $length; $i++) $all[$i][] = &$all[($i + 1) % $length];
    return $all[0];
}
function with_rows()
{
    $a = [[1], [2], [3]];
    foreach ($a as &$row) $row[] = 'x';
    unset($row);
    $a[] = &$a;
    return $a;
}

class Holder
{
    public $array;
    private $hidden;
    public function __construct($array) { $this->hidden = $this->array = $array; }
}
class Hooked
{
    public function __construct(private $data) {}
    public function __serialize(): array { return $this->data; }
    public function __unserialize(array $data): void { $this->data = $data; }
}

$back = comes_back('itself', itself());
$back[1][1][0] = 'changed';
var_dump($back[0], $back[1][1][1][1][0]);
comes_back('a map', map_of_itself());
comes_back('in an array', [1, itself(), 'k' => itself()]);
$shared = itself();
comes_back('held twice', [$shared, $shared]);
comes_back('in its own element', deeper());
comes_back('two', two());
comes_back('two, both held', [two(), two()[1]]);
comes_back('twice', twice());
comes_back('by two references', by_two_references());
comes_back('in an array by two references', [by_two_references(), by_two_references()]);
comes_back('a ring', ring(100));
comes_back('a long ring', ring(1500));
comes_back('with rows', with_rows());
comes_back('many', array_map(fn($i) => itself($i), range(1, 3000)));
comes_back('before an object', [itself(), new Holder(1)]);
comes_back('behind an object', [new Holder(1), itself()]);
comes_back('in an object', new Holder(itself()));
comes_back('in an object in itself', itself(new Holder(itself())));
comes_back('in what a hook gives', new Hooked(itself()));
comes_back('around an object', itself(new Holder([])));
$object = new Holder(null);
$object->array = itself($object);
$back = comes_back('around the object that holds it', $object);
var_dump($back->array[0] === $back, $back->array[1][1][0] === $back);

// Still held by a variable.
$a = ['me'];
$a[1] = &$a;
comes_back('held by a variable', $a);
comes_back('held by a variable, by reference', [&$a]);

// None of that turns a plain value into a reference.
$row = [[1], [2]];
foreach ($row as &$element) $element[] = 'x';
unset($element);
$back = comes_back('rows held twice', [$row, $row, itself()]);
$back[0][0] = 'changed';
var_dump($back[1][0]);

// A hook takes the array away while it is written.
class Thief
{
    public $victim;
    public function __serialize(): array
    {
        $this->victim->array = null;
        gc_collect_cycles();
        return [str_repeat('x', 100)];
    }
    public function __unserialize(array $data): void {}
}
$thief = new Thief;
$victim = new stdClass;
$make = function () use ($victim, $thief) {
    $inner = [[$thief], 'inner'];
    $inner[] = &$inner;
    $victim->array = &$inner;
};
$make();
$thief->victim = $victim;
$back = round_trip([$victim]);
var_dump($back[0]->array[1], $victim->array);

// Any of them.
function random_arrays(int $count): array
{
    $all = array_fill(0, $count, []);
    for ($i = 0; $i < $count; $i++) {
        for ($n = mt_rand(1, 3); $n > 0; $n--) {
            $to = mt_rand(0, $count - 1);
            switch (mt_rand(0, 4)) {
                case 0:
                case 1:
                    $all[$i][] = &$all[$to];
                    break;
                case 2:
                    $all[$i][] = $all[$to];
                    break;
                case 3:
                    $all[$i]['k' . mt_rand(0, 2)] = "array $i";
                    break;
                default:
                    if ($GLOBALS['objects']) {
                        $all[$i][] = new Holder($all[$to]);
                    } else {
                        $all[$i][] = [[$all[$to]]];
                    }
            }
        }
    }
    return mt_rand(0, 1) ? $all[0] : [$all[mt_rand(0, $count - 1)], 'beside', $all[0]];
}
mt_srand(11);
$cycles = $different = 0;
foreach ([false, true] as $objects) {
    for ($i = 0; $i < 1500 && $different === 0; $i++) {
        $value = random_arrays(mt_rand(1, 4));
        $expected = serialize(seen($value, 7));
        $cycles += str_contains($expected, '...');
        $different += $expected !== serialize(seen(round_trip($value), 7));
        if ($different) var_dump($value);
        unset($value);
    }
    gc_collect_cycles();
}
var_dump($different, $cycles > 500);
?>
--EXPECT--
itself: same
string(2) "me"
string(7) "changed"
a map: same
in an array: same
held twice: same
in its own element: same
two: same
two, both held: same
twice: same
by two references: same
in an array by two references: same
a ring: same
a long ring: same
with rows: same
many: same
before an object: same
behind an object: same
in an object: same
in an object in itself: same
in what a hook gives: same
around an object: same
around the object that holds it: same
bool(true)
bool(true)
held by a variable: same
held by a variable, by reference: same
rows held twice: same
array(2) {
  [0]=>
  int(1)
  [1]=>
  string(1) "x"
}
string(5) "inner"
NULL
int(0)
bool(true)
