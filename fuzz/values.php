<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Fuzzes the way from stored bytes to PHP values: takes values' stored forms, damages them, puts them under a variable
// behind the library's back, and reads it. Needs the extensions shmpack and shmop.
//   php values.php --seconds N [--seed N] --last FILE    FILE gets each document before it is read
//   php values.php --replay FILE                         reads the document in FILE once
// A finding is a crash (the caller sees the signal), a document that takes longer than a second or more memory than its
// size justifies, and memory that is not given back; the last three end with exit code 1.

const MOST_BYTES = 20_000;
const PEAK_PER_BYTE = 512;      // An object of a few bytes is a zend_object with its table of properties.
const PEAK_AT_LEAST = 1 << 20;
const GROWTH = 1 << 20;
const WARM_UP = 3000;

#[AllowDynamicProperties]
class Plain
{
    public $a = 1;
    protected $b = [2];
    private $c = 'three';
}
class Typed
{
    public int $number = 5;
    public ?Typed $next = null;
    public readonly array $list;
    public function __construct() { $this->list = [1, 2]; }
}
class Hooked
{
    public $data = [1, 'x' => 2];
    public function __serialize(): array { return ['data' => $this->data, 7 => $this]; }
    public function __unserialize(array $data): void { $this->data = $data['data'] ?? count($data); }
}
class Sleeper
{
    public $keep = 'k';
    public $drop = 'd';
    public function __sleep(): array { return ['keep']; }
    public function __wakeup(): void { $this->drop = 'again'; }
}
class Thrower
{
    public $x = [1, 2, 3];
    public function __wakeup(): void { throw new Exception('not this one'); }
}
class Writer
{
    public $x = 1;
    public function __wakeup(): void { shm_put_var($GLOBALS['region'], 2, $this->x); }
}
class Old implements Serializable
{
    public $text = 'old';
    public function serialize() { return $this->text; }
    public function unserialize($text) { $this->text = $text; }
}
enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
}

/** Values whose stored forms are damaged: one of each kind of thing there is. */
function seeds(): array
{
    $shared = new Plain();
    $cycle = new Plain();
    $cycle->self = $cycle;
    $list = [1, 2];
    $list[] = &$list[0];
    $deep = [];
    for ($i = 0; $i < 200; ++$i) $deep = [$deep, $i];
    $typed = new Typed();
    $typed->next = new Typed();
    return [
        [null, true, false, 0, -1, 300, -70000, PHP_INT_MAX, PHP_INT_MIN, 1.5, NAN, '', 'text', "\xff\0", 'Grün'],
        ['a' => ['b' => ['c' => range(1, 40)]], '7' => 1, -3 => [], '07' => 2],
        str_repeat('long text ', 60),
        [$shared, $shared, [$shared]],
        $cycle, $list, $deep, $typed, new Hooked(), new Sleeper(), [new Thrower(), new Hooked()], new Writer(),
        [new Old(), new Old()], [Suit::Hearts, Suit::Spades, Suit::Hearts],
        new ArrayObject([1, 2, new Plain()]), new SplObjectStorage(), new SplStack(), new DateTimeImmutable('@0'),
        [new SplFixedArray(3), new DateInterval('P1D'), new ArrayIterator(['x' => 1])],
    ];
}

/** The region's bytes, reached as a stranger would: by the layout in docs/format.md. */
final class Raw
{
    private Shmop $bytes;
    private int $slot;
    private int $block;

    public function __construct(int $key)
    {
        $this->bytes = shmop_open($key, 'w', 0, 0);
        $this->slot = shmop_size($this->bytes) - 48;
        $slot = unpack('Qversion/qkey/Lnext/Lmeta/Qoffset', $this->read($this->slot, 32));
        $this->block = $slot['meta'] === 1 ? $slot['offset'] * 8 + 8 : 0;
    }

    public function read(int $at, int $size): string { return shmop_read($this->bytes, $at, $size); }

    /** What is stored under the first variable now. */
    public function document(): string
    {
        $slot = unpack('Qversion/qkey/Lnext/Lmeta/Qoffset/Qlength', $this->read($this->slot, 40));
        return $slot['meta'] === 1
            ? $this->read($slot['offset'] * 8 + 8, $slot['length'])
            : $this->read($this->slot + 24, $slot['meta'] >> 8);
    }

    /** Puts a document in the place of the first variable's, as a new version of it. */
    public function store(string $document): void
    {
        $slot = unpack('Qversion/qkey/Lnext/Lmeta/Qoffset', $this->read($this->slot, 32));
        if (strlen($document) > 16) {
            shmop_write($this->bytes, $document, $this->block);
            $words = pack('LQQ', 1, intdiv($this->block - 8, 8), strlen($document));
        } else {
            $words = pack('L', strlen($document) << 8) . str_pad($document, 16, "\0");
        }
        shmop_write($this->bytes, $words, $this->slot + 20);
        shmop_write($this->bytes, pack('Q', $slot['version'] + 2), $this->slot);
    }
}

function damage(string $document, array $documents): string
{
    static $heads = ["\x80", "\x8f", "\x90", "\x9f", "\xa0", "\xbf", "\xc0", "\xc1", "\xc4\xff", "\xc7", "\xc8\xff\xff",
        "\xc9\xff\xff\xff\xff", "\xca", "\xcb", "\xcf", "\xd3", "\xd4\x03\x00", "\xd4\x05\x00", "\xd4\x04\xc0", "\xd6\x01",
        "\xd9\xff", "\xdb\xff\xff\xff\xff", "\xdc\xff\xff", "\xdd\x7f\xff\xff\xff", "\xde\xff\xff", "\xdf\xff\xff\xff\xff",
        "\xd5\x01\xa0\x80", "\xc7\x00\x01", "\xa8stdClass", "\xc7\x0a\x01\xa8stdClass\x80"];
    for ($times = mt_rand(1, mt_rand(1, 6)); $times > 0; --$times) {
        $size = strlen($document);
        $at = $size === 0 ? 0 : mt_rand(0, $size - 1);
        switch (mt_rand(0, 7)) {
            case 0:
                if ($size > 0) $document[$at] = chr(ord($document[$at]) ^ 1 << mt_rand(0, 7));
                break;
            case 1:
                if ($size > 0) $document[$at] = chr(mt_rand(0, 255));
                break;
            case 2:
                $document = substr_replace($document, $heads[array_rand($heads)], $at, mt_rand(0, 2));
                break;
            case 3:
                $document = substr_replace($document, '', $at, mt_rand(1, 8));
                break;
            case 4: // A piece of itself, or of another, somewhere else.
                $other = mt_rand(0, 1) ? $document : $documents[array_rand($documents)];
                $piece = $other === '' ? '' : substr($other, mt_rand(0, strlen($other) - 1), mt_rand(1, 64));
                $document = substr_replace($document, $piece, $at, mt_rand(0, 1) * strlen($piece));
                break;
            case 5:
                $document = "\x92" . $document . $documents[array_rand($documents)];
                break;
            case 6: // An ext value around it.
                $document = "\xc9" . pack('N', strlen($document)) . chr(mt_rand(0, 7)) . $document;
                break;
            default:
                $document = str_repeat(["\x91", "\x81\x00", "\x90", "\xc0", "\xc7\x0a\x01\xa8stdClass\x80"][mt_rand(0, 4)], mt_rand(1, 600)) . $document;
        }
    }
    return substr($document, 0, MOST_BYTES);
}

function finding(string $what): never
{
    fwrite(STDERR, "FINDING: $what\n");
    exit(1);
}

function read_back(Raw $raw, string $document): bool
{
    global $region;
    $raw->store($document);
    $before = memory_get_usage();
    if (function_exists('memory_reset_peak_usage')) memory_reset_peak_usage();
    $began = hrtime(true);
    try {
        $value = shm_get_var($region, 1);
    } catch (Throwable) {
        $value = false;
    }
    $ok = $value !== false;
    unset($value);
    if (hrtime(true) - $began > 1_000_000_000) finding('a document of ' . strlen($document) . ' bytes took longer than a second');
    $peak = memory_get_peak_usage() - $before;
    if (function_exists('memory_reset_peak_usage') && $peak > max(PEAK_AT_LEAST, PEAK_PER_BYTE * strlen($document))) {
        finding('a document of ' . strlen($document) . " bytes took $peak bytes");
    }
    return $ok;
}

function resident_bytes(): int
{
    return is_readable('/proc/self/statm') ? (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096 : 0;
}

$options = getopt('', ['seconds:', 'seed:', 'last:', 'replay:']);
set_error_handler(fn() => true);
$key = 0x5f000000 + (getmypid() & 0xffff);
$region = shm_attach($key, 4 * MOST_BYTES);
register_shutdown_function(fn() => shm_remove($region));
shm_put_var($region, 1, str_repeat('x', MOST_BYTES + 100));
$raw = new Raw($key);
if (isset($options['replay'])) {
    echo read_back($raw, file_get_contents($options['replay'])) ? "it was taken\n" : "it was refused\n";
    exit(0);
}

$seed = (int) ($options['seed'] ?? random_int(1, 1 << 30));
mt_srand($seed);
$documents = [];
$seeds = shm_attach($key + 0x10000, 4 * MOST_BYTES);
register_shutdown_function(fn() => shm_remove($seeds));
foreach (seeds() as $value) {
    shm_remove_var($seeds, 1);
    shm_put_var($seeds, 1, $value);
    $documents[] = (new Raw($key + 0x10000))->document();
}
foreach ($documents as $document) {
    if (!in_array(true, [read_back($raw, $document), str_contains($document, 'Thrower')])) finding('a document that is whole was refused');
}

$end = microtime(true) + (float) ($options['seconds'] ?? 30);
$runs = $taken = 0;
$memory = $resident = 0;
while (microtime(true) < $end) {
    $document = damage($documents[array_rand($documents)], $documents);
    file_put_contents($options['last'], $document);
    $taken += (int) read_back($raw, $document);
    if (++$runs === WARM_UP) {
        gc_collect_cycles();
        [$memory, $resident] = [memory_get_usage(), resident_bytes()];
    }
}
gc_collect_cycles();
echo "runs $runs, taken $taken, seed $seed\n";
if ($runs > WARM_UP) {
    if (memory_get_usage() - $memory > GROWTH) finding('memory grew by ' . memory_get_usage() - $memory . " bytes in $runs documents");
    if (resident_bytes() - $resident > 32 * GROWTH) finding('the process grew by ' . resident_bytes() - $resident . " bytes in $runs documents");
}
