--TEST--
shm_put_var() and shm_get_var(): a call that memory_limit has no room for ends in PHP's ordinary fatal error
--EXTENSIONS--
shmpack
pcntl
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip a sanitizer knows no memory limit');
?>
--INI--
memory_limit=-1
error_reporting=8191
--FILE--
<?php
require __DIR__ . '/memory_limit.inc';

#[AllowDynamicProperties]
class Part
{
    public $a = 1;
    public function __wakeup(): void {}
}
class Hooked
{
    public $data;
    public function __construct($data = []) { $this->data = $data; }
    public function __serialize(): array { return $this->data; }
    public function __unserialize(array $data): void { $this->data = $data; }
}
class Old implements Serializable
{
    public $bytes;
    public function __construct($bytes = '') { $this->bytes = $bytes; }
    public function serialize() { return $this->bytes; }
    public function unserialize($bytes) { $this->bytes = $bytes; }
}
class Sleeper
{
    public $a;
    public function __sleep() { return ['a']; }
}
enum Suit { case Hearts; }

function repeated(int $times, callable $make): array
{
    for ($i = 0; $i < $times; $i++) $all[] = $make($i);
    return $all;
}
function properties(int $times): Part
{
    $part = new Part;
    for ($i = 0; $i < $times; $i++) $part->{"p$i"} = $i;
    return $part;
}
function referring(int $times, array $all): array
{
    global $places;
    for ($i = 0; $i < $times; $i++) {
        $all[] = $i;
        $places[$i] = &$all[count($all) - 1];
    }
    return $all;
}
function deep(int $levels, $value)
{
    for ($i = 0; $i < $levels; $i++) $value = [$value, "level $i"];
    return $value;
}

// A value, limits that are too small to read it, then one that is large enough.
$shapes = [
    'a list of nulls' => [fn() => array_fill(0, 2_000_000, null), [0, 1, 3, 20, 60]],
    'a text' => [fn() => str_repeat('x', 20 * MIB), [0, 2, 8, 40]],
    'bytes' => [fn() => str_repeat("\xff", 20 * MIB), [0, 2, 16, 40]],
    'a text in an array' => [fn() => [str_repeat('x', 20 * MIB), 1], [0, 8, 22, 38, 60]],
    'short texts' => [fn() => repeated(100_000, fn($i) => str_repeat(chr(65 + $i % 20), 75)), [0, 2, 8, 10, 40]],
    'texts of 4 KiB' => [fn() => repeated(3_000, fn($i) => str_repeat(chr(65 + $i % 20), 4090)), [0, 6, 13, 16, 60]],
    'a map' => [fn() => repeated(1, fn() => array_flip(repeated(100_000, fn($i) => "key $i"))), [0, 2, 4, 6, 40]],
    'a map of numbers' => [fn() => array_fill(5, 200_000, true), [0, 2, 8, 40]],
    'rows' => [fn() => repeated(30_000, fn($i) => ['id' => $i, 'name' => "name $i"]), [0, 2, 6, 8, 60]],
    'wide rows' => [fn() => repeated(300, fn($i) => array_fill_keys(range('a', 'z'), str_repeat('y', 4000))), [0, 28, 34, 120]],
    'a long key' => [fn() => [str_repeat('k', 15 * MIB) => 1], [0, 8, 16, 60]],
    'objects' => [fn() => repeated(100_000, fn() => new Part), [0, 2, 5, 12, 80]],
    'properties' => [fn() => properties(200_000), [0, 2, 8, 16, 80]],
    'a long property' => [fn() => (object) [str_repeat('k', 5 * MIB) => 1], [0, 3, 8, 120]],
    'a class with a long name' => [fn() => unserialize('O:' . 3 * MIB . ':"' . str_repeat('k', 3 * MIB) . '":0:{}'), [0, 2, 5, 120]],
    'one object again' => [fn() => array_fill(0, 400_000, new Part), [0, 2, 6, 60]],
    'cases' => [fn() => array_fill(0, 400_000, Suit::Hearts), [0, 2, 6, 60]],
    'references' => [fn() => referring(200_000, [new Part]), [0, 2, 6, 60]],
    'references in plain arrays' => [fn() => [referring(200_000, []), $GLOBALS['places']], [0, 2, 6, 60]],
    'data of __unserialize()' => [fn() => new Hooked(array_fill(5, 400_000, null)), [0, 2, 8, 80]],
    'many of __unserialize()' => [fn() => repeated(60_000, fn($i) => new Hooked([$i])), [0, 2, 8, 120]],
    'bytes of Serializable' => [fn() => new Old(str_repeat('x', 15 * MIB)), [0, 16, 40, 120]],
    'an ArrayObject' => [fn() => new ArrayObject(range(1, 400_000)), [0, 2, 6, 80]],
    'a deep array' => [fn() => repeated(40, fn() => deep(4000, 1)), [0, 1, 4, 120]],
];

$region = shm_attach(0, 128 * MIB);
$outgrown = 0;
foreach ($shapes as $name => [$make, $limits]) {
    $value = $make();
    // Storing: besides the value itself, the encoder takes at least the bytes.
    if (!is_string($value)) {
        foreach ([0, 0.5, 1, 2, 4] as $mib) {
            $end = with_limit($mib, fn() => shm_put_var($region, 1, $value));
            if ($end === 'fatal') $outgrown++;
            if ($end !== 'fatal' && $end !== 'done') echo "storing $name with $mib MiB: $end\n";
        }
    }
    if (!shm_put_var($region, 1, $value)) echo "$name is not stored\n";
    unset($value, $places);
    gc_collect_cycles();
    gc_mem_caches();
    with_limits($name, $limits, fn() => shm_get_var($region, 1));
}
var_dump($outgrown > 50);

// A hook ends in the error: nothing is written, and the error is the hook's.
shm_put_var($region, 2, 'old');
class Greedy
{
    public function __serialize(): array { return [str_repeat('x', 8 * MIB)]; }
}
echo with_limit(4, fn() => shm_put_var($region, 2, [1, new Greedy, 2])), ', ', shm_get_var($region, 2), "\n";
// Nothing is written either when the encoder has no room.
$texts = array_fill(0, 5_000_000, 'text');
echo with_limit(1, fn() => shm_put_var($region, 2, $texts)), ', ', shm_get_var($region, 2), "\n";
?>
--EXPECT--
bool(true)
fatal, old
fatal, old
