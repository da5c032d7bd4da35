--TEST--
shm_put_var(): 4,096 levels are stored, one more is refused, and the old value stays
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

class Node
{
    public function __construct(public $next)
    {
    }
    public function __destruct()
    {
    }
}
class Hooked
{
    private $next;
    public static function around($next)
    {
        $self = new self;
        $self->next = $next;
        return $self;
    }
    public function __serialize(): array
    {
        return ['next' => $this->next];
    }
    public function __unserialize(array $data): void
    {
        $this->next = $data['next'];
    }
    public function next()
    {
        return $this->next;
    }
}
function nested(int $levels, callable $around): mixed
{
    $value = $around(null);
    while (--$levels > 0) {
        $value = $around($value);
    }
    return $value;
}

$kinds = [
    'lists' => [fn($value) => [$value], fn($value) => $value[0]],
    'maps' => [fn($value) => ['k' => $value], fn($value) => $value['k']],
    'objects' => [fn($value) => new Node($value), fn($value) => $value->next],
    'objects with hooks' => [Hooked::around(...), fn($value) => $value->next()],
];
function check(array $kinds): void
{
    $shm = shm_attach(0, 1 << 20);
    foreach ($kinds as $name => [$around, $inside]) {
        shm_put_var($shm, 1, nested(4096, $around));
        try {
            shm_put_var($shm, 1, nested(4097, $around));
        } catch (Exception $exception) {
            echo "$name: ", $exception->getMessage(), "\n";
        }
        for ($levels = 0, $at = shm_get_var($shm, 1); $at !== null; $levels++) {
            $at = $inside($at);
        }
        echo "$name: $levels levels\n";
    }
}
check($kinds);

// A fiber has a small stack: nesting must not take stack.
$fiber = new Fiber(check(...));
$fiber->start(array_slice($kinds, 0, 1));
?>
--EXPECT--
lists: Values nested deeper than 4096 levels cannot be stored in shared memory
lists: 4096 levels
maps: Values nested deeper than 4096 levels cannot be stored in shared memory
maps: 4096 levels
objects: Values nested deeper than 4096 levels cannot be stored in shared memory
objects: 4096 levels
objects with hooks: Values nested deeper than 4096 levels cannot be stored in shared memory
objects with hooks: 4096 levels
lists: Values nested deeper than 4096 levels cannot be stored in shared memory
lists: 4096 levels
