--TEST--
shm_put_var() and shm_get_var(): property hooks, asymmetric visibility and lazy objects come back as by unserialize()
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80400) die('skip needs PHP 8.4');
?>
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

class Hooked
{
    public protected(set) string $once = 'set';
    public $virtual { get => print('get hook called'); }
    public int $backed = 1 { get => $this->backed + print('get hook called'); set => $value + print('set hook called'); }
    protected ?Hooked $next = null { get => $this->next; }
    public function __construct(?Hooked $next = null)
    {
        $this->next = $next;
    }
}
class HookedChild extends Hooked
{
    public string $once = 'child' { get => 'get hook called'; }
    public $virtual { get => 'get hook called'; }
    public int $own = 3;
}
same_as_unserialize('hooks', [new Hooked(new Hooked), new HookedChild]);

class Plain
{
    public int $a = 1;
    protected $b;
    private $c;
    public int $uninitialized;
    public function __construct($b = null)
    {
        [$this->b, $this->c] = [$b, $this];
    }
}
class Sleeping extends Plain
{
    public function __sleep()
    {
        return ['a', 'b', 'uninitialized'];
    }
    public function __wakeup()
    {
        echo "wakeup\n";
    }
}
class Modern extends Plain
{
    public function __serialize(): array
    {
        return ['a' => $this->a];
    }
    public function __unserialize(array $data): void
    {
        $this->a = $data['a'] + 1;
    }
}

/** Each call makes new lazy objects of a class, in a container. */
function lazy(string $class, callable $fill, int $options = 0): array
{
    $reflection = new ReflectionClass($class);
    $ghost = $reflection->newLazyGhost(function ($object) use ($fill) {
        echo "initialized\n";
        $fill($object);
    }, $options);
    $proxy = $reflection->newLazyProxy(function () use ($class, $fill) {
        echo "initialized\n";
        $object = (new ReflectionClass($class))->newInstanceWithoutConstructor();
        $fill($object);
        return $object;
    }, $options);
    $half = $reflection->newLazyGhost(fn() => print("not called\n"), $options);
    $reflection->getParentClass() || $reflection->getProperty('a')->setRawValueWithoutLazyInitialization($half, 7);
    return [$ghost, $proxy, $ghost, $proxy, 'half' => $options === 0 ? null : $half];
}
/** As same_as_unserialize(), for values that storing changes. */
function same_for_new(string $name, callable $make): void
{
    $expected = outcome(fn() => unserialize(serialize($make())));
    $actual = outcome(fn() => round_trip($make()));
    echo $name, ': ', $expected === $actual ? 'same' : "DIFFERENT\n--- unserialize\n$expected\n--- shmpack\n$actual", "\n";
}
foreach (['Plain', 'Sleeping', 'Modern'] as $class) {
    same_for_new("lazy $class", fn() => lazy($class, fn($object) => $object->__construct('b')));
    same_for_new("lazy $class, stored as it is", fn() => lazy($class, fn($object) => $object->__construct('b'),
        ReflectionClass::SKIP_INITIALIZATION_ON_SERIALIZE));
    same_for_new("lazy $class that throws", fn() => lazy($class, fn() => throw new Exception('no')));
}
same_for_new('initialized before', function () {
    $lazy = lazy('Plain', fn($object) => $object->__construct('b'));
    $lazy[0]->a = 2;
    $lazy[1]->a = 3;
    return $lazy;
});

same_after_defining('now virtual', 'a:2:{i:0;i:1;i:1;O:2:"V1":2:{s:1:"b";i:5;s:1:"a";i:5;}}', 'class V1 { public $b; public $a { get => 1; } }');
same_after_defining('was protected, now virtual', str_replace('~', "\0", 'O:2:"V2":1:{s:4:"~*~a";i:5;}'), 'class V2 { public $a { get => 1; } }');
same_after_defining('now virtual in the parent', 'O:2:"V3":1:{s:1:"a";i:5;}', 'class V3Parent { public $a { get => 1; } } class V3 extends V3Parent { }');
same_after_defining('now with hooks', 'O:2:"V4":1:{s:1:"a";i:5;}', 'class V4 { public int $a { set => $value + print("set hook called"); } }');
same_after_defining('hooks, does not fit', 'O:2:"V5":1:{s:1:"a";s:1:"x";}', 'class V5 { public int $a { set => $value + print("set hook called"); } }');
same_after_defining('hooks over a plain property', 'O:2:"V7":2:{s:1:"b";i:5;s:1:"a";s:1:"x";}', 'class V7Parent { public int $a = 1; public int $b = 2; } class V7 extends V7Parent { public int $a { get => $this->a; } }');
same_after_defining('now private(set)', 'O:2:"V6":1:{s:1:"a";i:5;}', 'class V6 { public private(set) int $a; }');
?>
--EXPECT--
hooks: same
lazy Plain: same
lazy Plain, stored as it is: same
lazy Plain that throws: same
lazy Sleeping: same
lazy Sleeping, stored as it is: same
lazy Sleeping that throws: same
lazy Modern: same
lazy Modern, stored as it is: same
lazy Modern that throws: same
initialized before: same
now virtual: same
was protected, now virtual: same
now virtual in the parent: same
now with hooks: same
hooks, does not fit: same
hooks over a plain property: same
now private(set): same
