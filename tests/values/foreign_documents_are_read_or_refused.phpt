--TEST--
shm_get_var(): documents of other writers are read, malformed and hostile ones refused
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_readable('/proc/sysvipc/shm')) die('skip needs /proc/sysvipc/shm');
exec('perl -e 1 2>&1', $output, $status);
if ($status !== 0) die('skip needs Perl');
?>
--FILE--
<?php
require __DIR__ . '/kernel_segment.inc';

const KEY = 0x53507066;
$shm = shm_attach(KEY, 65536);

abstract class Base
{
}
class Typed
{
    public int $int = 1;
    public function __destruct()
    {
        echo '(destructed) ';
    }
}
class Hooked
{
    public function __unserialize(array $data): void
    {
        echo '(called) ';
    }
    public function __destruct()
    {
        echo '(destructed) ';
    }
}
class Early
{
    public $graph;
    public function __wakeup(): void
    {
        echo '(', strlen(serialize($this->graph[1])), ' bytes) ';
        unset($this->graph);
    }
}
enum Suit
{
    case Hearts;
    case Spades;
    const Best = self::Hearts;
}

/** Writes [document, padding] over a stored value of that size, and reads it. */
function read_document(string $document, string $head = "\x92")
{
    static $count = 0;
    [$id, $size] = kernel_segment(KEY);
    $room = str_pad(sprintf('placeholder %04d', ++$count), 200, '.');
    shm_put_var($GLOBALS['shm'], $count, $room);
    $padding = 200 - 1 - strlen($document);
    $bytes = "$head$document" . "\xd9" . chr($padding) . str_repeat(' ', $padding);
    echo shell_exec('perl ' . __DIR__ . "/replace_in_segment_pl.inc $id $size " . bin2hex("\xd9\xc8$room") . ' ' . bin2hex($bytes) . ' 2>&1');
    $value = shm_get_var($GLOBALS['shm'], $count);
    return is_array($value) ? $value[0] : 'refused';
}

function ext(int $type, string ...$payload): string
{
    $payload = implode('', $payload);
    return "\xc7" . chr(strlen($payload)) . chr($type) . $payload;
}
function str(string $text): string
{
    return chr(0xa0 | strlen($text)) . $text;
}

$documents = [
    'float 32' => "\xca\x3f\x80\x00\x00",
    'uint 64 above PHP_INT_MAX' => "\xcf\x80\x00\x00\x00\x00\x00\x00\x00",
    'longer forms than needed' => "\x93\xd3\0\0\0\0\0\0\0\x05\xdb\0\0\0\x01a\xdd\0\0\0\0",
    'keys that look like numbers' => "\x87\xa17\x01\xa207\x02\xa2-7\x03\xa1-\x04\xa0\x05\xa2-0\x06\xb4" . '99999999999999999999' . "\x07",
    'equal keys' => "\x83\x07\x01\x08\x02\xa17\xa5later",
    'bin keys' => "\x81\xc4\x01a\x01",
    'nil key' => "\x81\xc0\x01",
    'float key' => "\x81\xca\x3f\x80\x00\x00\x01",
    'array key' => "\x81\x90\x01",
    'uint 64 key' => "\x81\xcf\x80\x00\x00\x00\x00\x00\x00\x00\x01",
    'ext key' => "\x81\xd4\x03\x00\x01",
    'never used head' => "\xc1",
    'array larger than the bytes' => "\xdd\x7f\xff\xff\xff\x01",
    'map larger than the bytes' => "\xdf\xff\xff\xff\xff\x01",
    'string longer than the bytes' => "\xdb\xff\xff\xff\xff a",
    'timestamp' => "\xd6\xff\0\0\0\0",
    'unknown ext' => "\xd4\x08\0",
    'object' => ext(1, str('stdClass'), "\x81\xa1a\x01"),
    'object, payload too long' => ext(1, str('stdClass'), "\x80\xc0"),
    'object, payload too short' => ext(1, str('stdClass'), "\x81\xa1a"),
    'object without a map' => ext(1, str('stdClass'), "\x90"),
    'object without a name' => ext(1, "\x01\x80"),
    'object with an empty name' => ext(1, str(''), "\x80"),
    'object with a bad name' => ext(1, str("std\0Class"), "\x80"),
    'object with a bad key' => ext(1, str('stdClass'), "\x81\xc0\x01"),
    'object that is no such' => ext(1, str('Suit'), "\x80"),
    'abstract object' => ext(1, str('Base'), "\x80"),
    'closure' => ext(1, str('Closure'), "\x80"),
    'typed, fits' => ext(1, str('Typed'), "\x81\xa3int\x05"),
    'typed, misfit' => ext(1, str('Typed'), "\x81\xa3int\xa15"),
    'hook not called' => "\x92" . ext(1, str('Hooked'), "\x80") . "\xc1",
    'half-built with hook' => ext(1, str('Hooked'), "\x81\xa1a\xc1"),
    'object again, unknown' => "\x92" . ext(1, str('stdClass'), "\x80") . "\xd4\x03\x01",
    'object again, negative' => "\x92" . ext(1, str('stdClass'), "\x80") . "\xd4\x03\xff",
    'object again, no number' => "\x92" . ext(1, str('stdClass'), "\x80") . "\xd4\x03\xc0",
    'object again, overwritten' => "\x92\x82\xa1a" . ext(1, str('stdClass'), "\x80") . "\xa1a\x01\xd4\x03\x00",
    'reference again, unknown' => "\x92\xd4\x04\x05\xd4\x05\x01",
    'reference to a reference' => ext(4, "\xd4\x04\x05"),
    'reference to itself' => ext(4, "\xd4\x05\x00"),
    'reference that is a key' => "\x81\xd4\x04\x05\x01",
    'enum' => ext(6, str('Suit'), str('Hearts')),
    'enum, no such case' => ext(6, str('Suit'), str('Clubs')),
    'enum, a constant' => ext(6, str('Suit'), str('Best')),
    'enum, a class' => ext(6, str('stdClass'), str('Hearts')),
    'enum, no class' => ext(6, str('NoSuch'), str('Hearts')),
    'case again' => "\x94" . ext(6, str('Suit'), str('Hearts')) . ext(6, str('Suit'), str('Spades')) . "\xd4\x07\x01\xd4\x07\x00",
    'case again, said twice' => "\x93" . ext(6, str('Suit'), str('Hearts')) . ext(6, str('Suit'), str('Hearts')) . "\xd4\x07\x01",
    'case again, unknown' => "\x92" . ext(6, str('Suit'), str('Hearts')) . "\xd4\x07\x01",
    'case again, before the first' => "\x92\xd4\x07\x00" . ext(6, str('Suit'), str('Hearts')),
    'case again, an object' => "\x92" . ext(1, str('stdClass'), "\x80") . "\xd4\x07\x00",
    'object again, a case' => "\x92" . ext(6, str('Suit'), str('Hearts')) . "\xd4\x03\x00",
    'case again, one that is refused' => "\x92" . ext(6, str('Suit'), str('Clubs')) . "\xd4\x07\x00",
    'case again, negative' => "\x92" . ext(6, str('Suit'), str('Hearts')) . "\xd4\x07\xff",
    'case again, 2^32' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(7, "\xcf\0\0\0\1\0\0\0\0"),
    'case again, no number' => "\x92" . ext(6, str('Suit'), str('Hearts')) . "\xd4\x07\xc0",
    'case again, names' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(7, str('Suit'), str('Hearts')),
    'case again, two numbers' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(7, "\0\0"),
    'case again, as a key' => "\x92" . ext(6, str('Suit'), str('Hearts')) . "\x81\xd4\x07\x00\x01",
    'case again, as a property' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(1, str('stdClass'), "\x81\xa1a\xd4\x07\x00"),
    'case again, misfit' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(1, str('Typed'), "\x81\xa3int\xd4\x07\x00"),
    'case again, in a reference' => "\x93" . ext(6, str('Suit'), str('Hearts')) . ext(4, "\xd4\x07\x00") . "\xd4\x05\x00",
    'case again, in data of a hook' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(1, str('Hooked'), "\x81\x00\xd4\x07\x00"),
    'case again, unknown, in data of a hook' => "\x92" . ext(6, str('Suit'), str('Hearts')) . ext(1, str('Hooked'), "\x81\x00\xd4\x07\x05"),
    'Serializable, a class that is not' => ext(2, str('Hooked'), "\xc4\x01a"),
    'met before its own hook' => "\x91" . ext(4, "\x92" . ext(1, str('Early'), "\x81\xa5graph\xd4\x05\x00")
        . ext(1, str('HashContext'), "\x85\x00\xa6crc32b\x01\x00\x02\x91\xff\x03\x02\x04\x90")),
    'Serializable, a built-in class that is not' => ext(2, str('HashContext'), "\xc4\x01a"),
];
set_error_handler(function ($level, $message) {
    if (!str_contains($message, 'corrupted')) {
        echo "[$message] ";
    }
    return true;
});
foreach ($documents as $name => $document) {
    echo $name, ': ';
    try {
        $value = read_document($document);
        if (is_array($value) && is_array($value[0]) && ($value[0][1] ?? null) instanceof HashContext) $value = hash_final($value[0][1]);
        echo $value === 'refused' ? $value : strtr(var_export($value, true), ["\n" => ' ', '\\' => '']), "\n";
    } catch (Throwable $thrown) {
        echo get_class($thrown), ': ', $thrown->getMessage(), "\n";
    }
    unset($value, $thrown);
}
echo 'bytes behind the value: ';
var_dump(read_document("\x01", "\x91"));
?>
--CLEAN--
<?php
shm_remove(shm_attach(0x53507066, 65536));
?>
--EXPECT--
float 32: 1.0
uint 64 above PHP_INT_MAX: 9.223372036854776E+18
longer forms than needed: array (   0 => 5,   1 => 'a',   2 =>    array (   ), )
keys that look like numbers: [Undefined array key 0] array (   7 => 1,   '07' => 2,   -7 => 3,   '-' => 4,   '' => 5,   '-0' => 6,   '99999999999999999999' => 7, )
equal keys: [Undefined array key 0] array (   7 => 'later',   8 => 2, )
bin keys: [Undefined array key 0] array (   'a' => 1, )
nil key: refused
float key: refused
array key: refused
uint 64 key: refused
ext key: refused
never used head: refused
array larger than the bytes: refused
map larger than the bytes: refused
string longer than the bytes: refused
timestamp: refused
unknown ext: refused
object: (object) array(    'a' => 1, )
object, payload too long: refused
object, payload too short: refused
object without a map: refused
object without a name: refused
object with an empty name: refused
object with a bad name: refused
object with a bad key: refused
object that is no such: Error: Cannot instantiate enum Suit
abstract object: Error: Cannot instantiate abstract class Base
closure: Exception: Unserialization of 'Closure' is not allowed
typed, fits: Typed::__set_state(array(    'int' => 5, ))
(destructed) typed, misfit: (destructed) TypeError: Cannot assign string to property Typed::$int of type int
hook not called: refused
half-built with hook: refused
object again, unknown: refused
object again, negative: refused
object again, no number: refused
object again, overwritten: array (   0 =>    array (     'a' => 1,   ),   1 =>    (object) array(   ), )
reference again, unknown: refused
reference to a reference: refused
reference to itself: refused
reference that is a key: refused
enum: Suit::Hearts
enum, no such case: [shm_get_var(): Undefined constant Suit::Clubs] refused
enum, a constant: [shm_get_var(): Suit::Best is not an enum case] refused
enum, a class: [shm_get_var(): Class 'stdClass' is not an enum] refused
enum, no class: [shm_get_var(): Class 'NoSuch' not found] refused
case again: array (   0 =>    Suit::Hearts,   1 =>    Suit::Spades,   2 =>    Suit::Spades,   3 =>    Suit::Hearts, )
case again, said twice: array (   0 =>    Suit::Hearts,   1 =>    Suit::Hearts,   2 =>    Suit::Hearts, )
case again, unknown: refused
case again, before the first: refused
case again, an object: refused
object again, a case: refused
case again, one that is refused: [shm_get_var(): Undefined constant Suit::Clubs] refused
case again, negative: refused
case again, 2^32: refused
case again, no number: refused
case again, names: refused
case again, two numbers: refused
case again, as a key: refused
case again, as a property: array (   0 =>    Suit::Hearts,   1 =>    (object) array(      'a' =>      Suit::Hearts,   ), )
case again, misfit: (destructed) TypeError: Cannot assign Suit to property Typed::$int of type int
case again, in a reference: array (   0 =>    Suit::Hearts,   1 =>    Suit::Hearts,   2 =>    Suit::Hearts, )
case again, in data of a hook: (called) array (   0 =>    Suit::Hearts,   1 =>    Hooked::__set_state(array(   )), )
(destructed) case again, unknown, in data of a hook: refused
Serializable, a class that is not: [Class Hooked has no unserializer] Hooked::__set_state(array( ))
(destructed) met before its own hook: (85 bytes) '00000000'
Serializable, a built-in class that is not: [Class HashContext has no unserializer] refused
bytes behind the value: string(7) "refused"
