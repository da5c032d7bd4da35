--TEST--
shm_put_var() and shm_get_var(): __serialize, __unserialize, __sleep, __wakeup and Serializable run as for serialize()
--EXTENSIONS--
shmpack
--FILE--
<?php
error_reporting(E_ALL & ~E_DEPRECATED);
require __DIR__ . '/round_trip.inc';

class Sleeping
{
    public $kept = 'kept';
    protected $also = 'also';
    private $own = 'own';
    public $lost = 'lost';
    public int $unset;

    public function __construct(public $name)
    {
    }

    public function __sleep()
    {
        echo "  {$this->name}: sleep\n";
        return ['name', 'kept', 'also', 'own', 'unset'];
    }

    public function __wakeup()
    {
        echo "  {$this->name}: wakeup\n";
        $this->lost = 'found';
    }
}

class Modern implements Serializable
{
    public function __construct(public $name, public $inner = null)
    {
    }

    public function __serialize(): array
    {
        echo "  {$this->name}: __serialize\n";
        return [$this->name, 'inner' => $this->inner, 7 => 'seven'];
    }

    public function __unserialize(array $data): void
    {
        echo '  ', $data[0], ': __unserialize ', implode(',', array_keys($data)), "\n";
        [$this->name, $this->inner] = [$data[0], $data['inner']];
    }

    public function __sleep()
    {
        die('not called');
    }

    public function serialize()
    {
        die('not called');
    }

    public function unserialize($bytes)
    {
        die('not called');
    }
}

class Old implements Serializable
{
    public function __construct(public $name, public $inner = null)
    {
    }

    public function serialize()
    {
        echo "  {$this->name}: serialize\n";
        return $this->name === 'null' ? null : serialize([$this->name, $this->inner, "\xff\0"]);
    }

    public function unserialize($bytes)
    {
        [$this->name, $this->inner] = unserialize($bytes);
        echo "  {$this->name}: unserialize\n";
    }
}

$object = new stdClass;
$own = new stdClass;
$null = new Old('null');
$tree = new Modern('outer', [
    new Sleeping('a'),
    new Modern('b', new Sleeping('c')),
    new Old('d', [$own, $own]),
    $null, 'null again' => $null,
    new Modern('e', $object), $object,
]);
$tree->inner['back'] = $tree;
$back = round_trip($tree);
var_dump($back->inner[0]);
var_dump($back->inner[2]->inner[0] === $back->inner[2]->inner[1], $back->inner[3], $back->inner['null again']);
var_dump($back->inner[4]->inner === $back->inner[5], $back->inner['back'] === $back);

echo "As unserialize(serialize()):\n";
same_as_unserialize('tree', $tree);

class Sleeper
{
    private $own = 1;
    public $public = 2;

    public function __construct(private $names)
    {
    }

    public function __sleep()
    {
        return $this->names;
    }
}
class ChildOfSleeper extends Sleeper
{
}
same_as_unserialize('no such property', new Sleeper(['public', 'none']));
same_as_unserialize('twice', new Sleeper(['public', 'public']));
same_as_unserialize('not strings', new Sleeper([1, 2.5, null, 'own']));
same_as_unserialize('no array', new Sleeper('public'));
same_as_unserialize('null', [new Sleeper(null), 'behind']);
same_as_unserialize('nothing', new Sleeper([]));
same_as_unserialize('private of the parent', new ChildOfSleeper(['own', 'public']));

echo "Stored while serialize() runs, and read while unserialize() runs:\n";
class Stores implements Serializable
{
    public static $shm, $inner, $read;

    public function serialize()
    {
        shm_put_var(self::$shm, 1, new Old('stored', self::$inner));
        return 'x';
    }

    public function unserialize($bytes)
    {
        self::$read = shm_get_var(self::$shm, 1);
    }
}
Stores::$shm = shm_attach(0, 65536);
Stores::$inner = new stdClass;
unserialize(serialize([Stores::$inner, new Stores]));
var_dump(Stores::$read->inner == Stores::$inner);
?>
--EXPECTF--
  outer: __serialize
  a: sleep
  b: __serialize
  c: sleep
  d: serialize
  null: serialize
  e: __serialize
  d: unserialize
  a: wakeup
  c: wakeup
  b: __unserialize 0,inner,7
  e: __unserialize 0,inner,7
  outer: __unserialize 0,inner,7
object(Sleeping)#%d (5) {
  ["kept"]=>
  string(4) "kept"
  ["also":protected]=>
  string(4) "also"
  ["own":"Sleeping":private]=>
  string(3) "own"
  ["lost"]=>
  string(5) "found"
  ["unset"]=>
  uninitialized(int)
  ["name"]=>
  string(1) "a"
}
bool(true)
NULL
NULL
bool(true)
bool(true)
As unserialize(serialize()):
tree: same
no such property: same
twice: same
not strings: same
no array: same
null: same
nothing: same
private of the parent: same
Stored while serialize() runs, and read while unserialize() runs:
  stored: serialize
  stored: unserialize
bool(true)
