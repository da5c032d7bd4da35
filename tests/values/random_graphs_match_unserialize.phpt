--TEST--
shm_put_var() and shm_get_var(): random graphs of arrays, objects and references come back as by unserialize()
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
$held_twice = [new stdClass];
if (substr_count(serialize([$held_twice, $held_twice]), 'O:') > 1) {
    die('skip serialize() of this PHP makes two of an object in an array that is held twice');
}
?>
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

#[AllowDynamicProperties]
class Plain
{
    public $a;
    protected $b = 1;
    private $c = [];
    public ?array $typed = null;
    public function set($name, $value)
    {
        $this->$name = $value;
        return $this;
    }
}
class Hooked extends Plain
{
    public function __serialize(): array
    {
        return ['all' => get_object_vars($this), 5 => $this->a];
    }
    public function __unserialize(array $data): void
    {
        foreach ($data['all'] as $name => $value) {
            $this->$name = $value;
        }
    }
}
class Waking extends Plain
{
    public $woken = 0;
    public function __sleep()
    {
        return ['a', 'b', 'woken'];
    }
    public function __wakeup()
    {
        $this->woken++;
    }
}
enum Choice: int
{
    case One = 1;
    case Two = 2;
}

/** Builds graphs, and reuses earlier parts as the same object, array or reference. */
class Builder
{
    private array $objects = [];
    private array $arrays = [];
    private array $references = [];
    private int $open = 0;

    public function value(int $depth)
    {
        switch (mt_rand(0, $depth > 0 ? 13 : 7)) {
            case 0:
                return mt_rand(-200, 200);
            case 1:
                return mt_rand() / 7;
            case 2:
                return str_repeat(chr(mt_rand(32, 160)), mt_rand(0, 40));
            case 3:
                return [null, true, false, -0.0, INF, Choice::One, Choice::Two, [], new stdClass][mt_rand(0, 8)];
            case 4:
                return $this->objects ? $this->objects[array_rand($this->objects)] : null;
            case 5:
                // Not into an object that the array may contain: serialize() stores null for the inner copy of the array.
                return $this->arrays && !$this->open ? $this->arrays[array_rand($this->arrays)] : 'no array';
            case 6:
            case 7:
                return "key " . mt_rand(0, 3);
            case 8:
            case 9:
            case 10:
                return $this->arrays[] = $this->fill([], $depth);
            case 11:
                $object = $this->objects[] = new Plain;
                break;
            case 12:
                $object = $this->objects[] = new Hooked;
                break;
            default:
                $object = $this->objects[] = new Waking;
        }
        $this->open++;
        foreach (['a', 'b', 'c', 'added'] as $name) {
            if ($name !== 'added' || mt_rand(0, 4) === 0) {
                $object->set($name, $this->value($depth - 1));
            }
        }
        if (mt_rand(0, 1)) {
            $object->set('typed', $this->fill([], $depth - 1));
        }
        $this->open--;
        return $object;
    }

    private function fill(array $array, int $depth): array
    {
        $list = mt_rand(0, 1);
        for ($i = mt_rand(0, 5); $i > 0; $i--) {
            $key = $list ? count($array) : [mt_rand(-3, 20), 'k' . mt_rand(0, 20), chr(mt_rand(1, 255))][mt_rand(0, 2)];
            unset($array[$key]);
            $value = $this->value($depth - 1);
            if (mt_rand(0, 4) > 0 || is_object($value)) {
                $array[$key] = $value;  // serialize() does not tell a reference to an object from the object
            } elseif ($this->references && mt_rand(0, 1)) {
                $array[$key] = &$this->references[array_rand($this->references)];
            } else {
                $this->references[] = $value;
                $array[$key] = &$this->references[count($this->references) - 1];
            }
        }
        return $array;
    }
}

mt_srand(5);
$different = $objects = $references = 0;
for ($i = 0; $i < 3000 && $different < 2; $i++) {
    $value = (new Builder)->value(mt_rand(1, 6));
    $serialized = serialize($value);
    $objects += substr_count($serialized, 'O:') > 1;
    $references += substr_count($serialized, ';R:') > 0;
    $back = round_trip($value);
    if (serialize($back) !== serialize(unserialize($serialized)) || graph($back) !== graph(unserialize($serialized))) {
        $different++;
        echo "DIFFERENT $i\n", serialize(unserialize($serialized)), "\n", serialize($back), "\n";
    }
}
var_dump($different, $objects > 500, $references > 200);
?>
--EXPECT--
int(0)
bool(true)
bool(true)
