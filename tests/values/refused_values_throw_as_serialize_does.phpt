--TEST--
shm_put_var(): a value that serialize() refuses throws the same exception, and the old value stays
--EXTENSIONS--
shmpack
--FILE--
<?php
error_reporting(E_ALL & ~E_DEPRECATED);
require __DIR__ . '/round_trip.inc';

function generator()
{
    yield 1;
}
class Throws
{
    public function __construct(private $what)
    {
    }
    public function __serialize(): array
    {
        return match ($this->what) {
            'throw' => throw new DomainException('from __serialize'),
            'not an array' => 7,
        };
    }
}
class NotAnArray
{
    public function __serialize()
    {
        return 'text';
    }
}
class ThrowsInSleep
{
    public function __sleep()
    {
        throw new DomainException('from __sleep');
    }
}
class OldThrows implements Serializable
{
    public function serialize()
    {
        throw new DomainException('from serialize');
    }
    public function unserialize($bytes)
    {
    }
}
class OldWrong implements Serializable
{
    public function serialize()
    {
        return 7;
    }
    public function unserialize($bytes)
    {
    }
}

$file = new SplFileObject(__FILE__);
$values = [
    'closure' => fn() => 1,
    'generator' => generator(),
    'anonymous class' => new class {
    },
    'file' => $file,
    'reflection' => new ReflectionClass('stdClass'),
    'weak map' => new WeakMap,
    'in depth' => ['a' => [new ArrayObject([(object) ['f' => fn() => 1]])]],
    'by reference' => [&$file, &$file],
    '__serialize throws' => [1, new Throws('throw'), new Throws('throw')],
    '__serialize has a return type' => new Throws('not an array'),
    '__serialize returns no array' => new NotAnArray,
    '__sleep throws' => ['k' => new ThrowsInSleep],
    'Serializable throws' => new OldThrows,
    'Serializable returns no string' => new OldWrong,
];
$shm = shm_attach(0, 65536);
foreach ($values as $name => $value) {
    $thrown = [];
    foreach ([serialize(...), fn($value) => shm_put_var($shm, 1, $value)] as $call) {
        try {
            $call($value);
            $thrown[] = 'nothing';
        } catch (Throwable $throwable) {
            $thrown[] = get_class($throwable) . ': ' . $throwable->getMessage();
        }
    }
    echo "$name: ", $thrown[0] === $thrown[1] ? $thrown[1] : "DIFFERENT\n" . print_r($thrown, true), "\n";
    if (in_array($name, ['closure'])) {
        shm_put_var($shm, 1, ['the old' => 'value']);
    } elseif (shm_get_var($shm, 1) !== ['the old' => 'value']) {
        echo "The old value is gone.\n";
    }
}
?>
--EXPECTF--
closure: Exception: Serialization of 'Closure' is not allowed
generator: Exception: Serialization of 'Generator' is not allowed
anonymous class: Exception: Serialization of 'class@anonymous' is not allowed
file: Exception: Serialization of 'SplFileObject' is not allowed
reflection: Exception: Serialization of 'ReflectionClass' is not allowed
weak map: Exception: Serialization of 'WeakMap' is not allowed
in depth: Exception: Serialization of 'Closure' is not allowed
by reference: Exception: Serialization of 'SplFileObject' is not allowed
__serialize throws: DomainException: from __serialize
__serialize has a return type: TypeError: Throws::__serialize(): Return value must be of type array, int returned
__serialize returns no array: TypeError: NotAnArray::__serialize() must return an array
__sleep throws: DomainException: from __sleep
Serializable throws: DomainException: from serialize
Serializable returns no string: Exception: OldWrong::serialize() must return a string or NULL
