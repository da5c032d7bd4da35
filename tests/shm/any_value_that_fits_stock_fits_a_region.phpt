--TEST--
Any single value that ext/sysvshm just holds in a segment of some size, over all types, fits a region of that size
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/run_php.inc';
skip_without_stock('sysvshm');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
echo run_php(['sysvshm', 'shmpack'], <<<'PHP'
    enum Availability { case Available; case SoldOut; }
    enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
    class E {}
    #[AllowDynamicProperties]
    class P
    {
        public $a;
        protected $b;
        private $c;
        public ?float $d = 0.0;
        public function __construct($a = 0.0, $b = null, $c = null) { [$this->a, $this->b, $this->c] = [$a, $b, $c]; }
    }
    class H
    {
        public function __construct(public $data) {}
        public function __serialize(): array { return $this->data; }
        public function __unserialize(array $data): void { $this->data = $data; }
    }
    class Sl
    {
        public $a = 0.0;
        protected $b = 1.0;
        private $c = 2;
        public function __sleep() { return ['a', 'b', 'c']; }
    }
    class O implements Serializable
    {
        public $bytes = '';
        public function serialize() { return $this->bytes; }
        public function unserialize($bytes) { $this->bytes = $bytes; }
    }

    /** A value at one place of the stored value, with references from other places. */
    function &kept(mixed $value): mixed
    {
        $GLOBALS['kept'][] = &$value;
        return $value;
    }

    class Maker
    {
        private array $objects = [];
        private array $references = [];

        public function scalar(): mixed
        {
            switch (mt_rand(0, 9)) {
                case 0: return [null, true, false][mt_rand(0, 2)];
                case 1: return [0, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, PHP_INT_MAX][mt_rand(0, 9)];
                case 2: return [-1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649, PHP_INT_MIN][mt_rand(0, 9)];
                case 3: return str_repeat('x', [0, 1, 31, 32, 255, 256, 700][mt_rand(0, 6)]);
                case 4: return str_repeat("\xff", [1, 31, 32, 255, 256, 700][mt_rand(0, 5)]);
                case 5: return mt_rand() / 7;
                case 6: return mt_rand(0, 40) === 0 ? str_repeat('y', mt_rand(65530, 65540)) : 'y';
                default: return (float) mt_rand(0, 9);
            }
        }

        public function value(int $depth): mixed
        {
            switch (mt_rand(0, $depth > 0 ? 13 : 5)) {
                case 0:
                case 1: return (float) mt_rand(0, 9);
                case 2: return $this->scalar();
                case 3: return [Availability::Available, Availability::SoldOut, Suit::Hearts, Suit::Spades][mt_rand(0, 3)];
                case 4: return $this->objects ? $this->objects[array_rand($this->objects)] : new E;
                case 5: return $this->objects[] = [new E, new P, new Sl, new O][mt_rand(0, 3)];
                case 6:
                    $object = $this->objects[] = new P($this->value($depth - 1), $this->value($depth - 1), $this->value($depth - 1));
                    for ($i = mt_rand(0, 3); $i > 0; $i--) $object->{['x', 'y', '0', 7][mt_rand(0, 3)]} = &kept((float) $i);
                    return $object;
                case 7: return $this->objects[] = new H($this->fill($depth));
                case 8:
                    $object = $this->objects[] = new O;
                    $object->bytes = str_repeat('z', [0, 1, 250, 300][mt_rand(0, 3)]);
                    return $object;
                default: return $this->fill($depth);
            }
        }

        /** Elements of one kind or of several, in a list or in a map with short keys. */
        public function fill(int $depth): array
        {
            $array = [];
            $count = [0, 1, 2, 5, 10, 15, 16, 20, 40, 130][mt_rand(0, 9)];
            $keys = range($count - 1, 0);
            if (mt_rand(0, 2) === 0) $keys = range(0, $count - 1);
            if (mt_rand(0, 5) === 0) $keys = array_map(fn($i) => "$i.", $keys);
            $kind = mt_rand(0, 6);
            if ($count > 20 && $kind === 6) $kind = 1;
            for ($i = 0; $i < $count; $i++) {
                switch ($kind) {
                    case 0: $array[$keys[$i]] = (float) ($i % 10); break;
                    case 1: $array[$keys[$i]] = &kept((float) ($i % 10)); break;
                    case 2: $array[$keys[$i]] = &kept($this->scalar()); break;
                    case 3:
                        if (!$this->references || mt_rand(0, 2) === 0) $this->references[] = $this->scalar();
                        $array[$keys[$i]] = &$this->references[array_rand($this->references)];
                        break;
                    case 4: $array[$keys[$i]] = $i % 3 ? Availability::Available : Suit::Spades; break;
                    case 5: $array[$keys[$i]] = &kept([]); break;
                    default: if (mt_rand(0, 1)) $array[$keys[$i]] = $this->value($depth - 1); else $array[$keys[$i]] = &kept($this->value($depth - 1));
                }
            }
            return $array;
        }
    }

    $tried = $with_objects = 0;
    function fits(string $name, mixed $value): bool
    {
        global $tried, $with_objects;
        $serialized = serialize($value);
        $with_objects += str_contains($serialized, 'O:');
        $tried++;
        // ext/sysvshm needs its head and, for the variable, a chunk that it rounds up like this.
        $size = 40 + intdiv(strlen($serialized) + 31, 8) * 8 + 8;
        $stock = shm_attach(0x5b00000a, $size);
        if (!shm_put_var($stock, 1, $value)) die("stock needs more than $size bytes for $name");
        shm_remove($stock);
        $ours = Shmpack\shm_attach(0, $size);
        // Put again: stock has room for that, since it frees the old value first.
        $fits = @Shmpack\shm_put_var($ours, 1, $value) && @Shmpack\shm_put_var($ours, 1, $value);
        if (!$fits) echo "$name does not fit $size bytes: ", substr($serialized, 0, 300), "\n";
        return $fits;
    }

    // The worst case of each kind.
    $object = new E;
    foreach ([1, 2, 9, 10, 11, 13, 15, 16, 19, 20, 21, 40, 127, 130, 260, 1000, 70000] as $count) {
        foreach (['list' => range(0, $count - 1), 'map' => range($count - 1, 0)] as $what => $keys) {
            $floats = $referred = $cases = $again = [];
            foreach ($keys as $key) {
                $floats[$key] = 0.0;
                $referred[$key] = &kept(0.0);
                $cases[$key] = Availability::Available;
                $again[$key] = $object;
            }
            fits("$what of $count floats", $floats);
            fits("$what of $count referred floats", [$object, $referred]);
            fits("$what of $count cases", $cases);
            fits("$what of $count cases of two names", array_map(fn($key) => $key % 2 ? Suit::Hearts : Availability::SoldOut, $keys));
            fits("$what of $count times an object", $again);
            fits("a referred $what of $count referred floats", [$object, &$referred]);
            fits("$what of $count lists of ten", [$object, ...array_fill(0, min($count, 300), array_slice($referred, -10, null, true))]);
            $kept = [];
        }
    }
    mt_srand(7);
    for ($i = 0; $i < 4000; $i++) {
        if (!fits("value $i", [(new Maker)->value(mt_rand(1, 4)), new E])) break;
        if (!fits("value $i, alone", (new Maker)->value(mt_rand(0, 3)))) break;
        $kept = [];
    }
    var_dump($tried > 8000, $with_objects > 4000);
    PHP, ['error_reporting' => '8191', 'memory_limit' => '-1']);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000a);
?>
--EXPECT--
bool(true)
bool(true)
