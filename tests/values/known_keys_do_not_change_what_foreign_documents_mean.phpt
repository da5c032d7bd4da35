--TEST--
shm_get_var(): maps of other writers that begin with known keys read right, also when user code changes the known keys meanwhile
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

const KEY = 0x53507067;
$shm = shm_attach(KEY, 65536);

/** Makes the keys of `$row` known, instead of those of a map of the same size with the same first key. */
function get_known(array $row): void
{
    shm_put_var($GLOBALS['shm'], 0, array_fill(0, 20, $row));
    if (shm_get_var($GLOBALS['shm'], 0) !== array_fill(0, 20, $row)) {
        echo "WRONG ROWS\n";
    }
}

/** Writes [document, padding] over a stored value of that size, and reads it. */
function read_document(string $document)
{
    static $count = 0;
    [$id, $size] = kernel_segment(KEY);
    $room = str_pad(sprintf('placeholder %04d', ++$count), 200, '.');
    shm_put_var($GLOBALS['shm'], $count, $room);
    $padding = 200 - 1 - strlen($document);
    $bytes = "\x92$document" . "\xd9" . chr($padding) . str_repeat(' ', $padding);
    echo shell_exec('perl ' . __DIR__ . "/replace_in_segment_pl.inc $id $size " . bin2hex("\xd9\xc8$room") . ' ' . bin2hex($bytes) . ' 2>&1');
    $value = shm_get_var($GLOBALS['shm'], $count);
    return is_array($value) ? $value[0] : 'refused';
}

function str(string $text): string
{
    return chr(0xa0 | strlen($text)) . $text;
}
function ext(int $type, string ...$payload): string
{
    $payload = implode('', $payload);
    return "\xc7" . chr(strlen($payload)) . chr($type) . $payload;
}

set_error_handler(function ($level, $message) {
    if (!str_contains($message, 'corrupted')) {
        echo "[$message] ";
    }
    return true;
});

class Hooked
{
    public $data;
    public function __unserialize(array $data): void
    {
        get_known(['id' => 0, 'other' => 1, 'else' => 2]);
        $this->data = $data;
    }
}
// Runs while the map around the object is half read, and makes its keys unknown. Instead, other keys are known, some at
// another position, or only those of maps of another size.
spl_autoload_register(function ($class) {
    echo '(autoload) ';
    for ($i = 0; $i < ($class === 'MetMany' ? 100 : 0); $i++) {
        get_known(["key $i" => 1]);
    }
    get_known(['id' => 0, 'other' => 1, 'else' => 2]);
    if ($class !== 'MetMany') {
        get_known(['id' => 0, 'more' => 1, 'name' => 2]);
    }
    eval("class $class { public \$a; }");
});

$id = str('id');
$name = str('name');
$tags = str('tags');
$documents = [
    'known' => "\x83$id\x01$name\x02$tags\x03",
    'equal keys, first again' => "\x83$id\x01$name\x02$id\xa5later",
    'equal keys, second again' => "\x83$id\x01$name\x02$name\xa5later",
    'equal keys, all' => "\x83$id\x01$id\x02$id\xa5later",
    'equal keys, an array replaced' => "\x83$id\x01$name\x92\x01\x02$name\x91\xa5later",
    'equal keys in every row' => "\x98" . str_repeat("\x82" . str('twice') . "\x01" . str('twice') . "\x02", 8),
    'number as text' => "\x83$id\x01" . str('7') . "\x02" . str('07') . "\x03",
    'key as bin' => "\x83$id\x01\xc4\x04name\x02$tags\x03",
    'key in a longer form' => "\x83$id\x01\xd9\x04name\x02\xdb\0\0\0\x04tags\x03",
    'key that goes on' => "\x83$id\x01" . str('names') . "\x02$tags\x03",
    'key that ends early' => "\x83$id\x01" . str('nam') . "\x02$tags\x03",
    'bad value' => "\x83$id\x01$name\xc1$tags\x03",
    'bad value behind an array' => "\x83$id\x91\x01$name\xa5value$tags\xc1",
    'bad key' => "\x83$id\x01$name\xa5value\xc0\x03",
    'bad key behind an array' => "\x83$id\x01$name\x91\xa5value\xc0\x03",
    'array longer than the bytes' => "\x83$id\x01$name\xdd\0\0\xff\xff$tags\x03",
    'object' => "\x83$id\x01$name" . ext(1, str('Met'), "\x81" . str('a') . "\x83$id\x01$name\x02$tags\x03") . "$tags\x03",
    'object that is the first value' => "\x83$id" . ext(1, str('MetFirst'), "\x80") . "$name\xa5value$tags\x03",
    'object that is the last value' => "\x83$id\x01$name\xa5value$tags" . ext(1, str('MetLast'), "\x80"),
    'object with __unserialize' => "\x83$id\x01$name" . ext(1, str('Hooked'), "\x83$id\x01$name\x92\x01\x02$tags\x03") . "$tags\x03",
    'object, then equal keys' => "\x83$id\x01$name" . ext(1, str('MetAgain'), "\x80") . "$id\x03",
    'object, then a key that is known at its place by then' => "\x83$id\x01$name" . ext(1, str('MetMoved'), "\x80") . "$name\x03",
    'object, then other sizes are known' => "\x83$id\x01$name" . ext(1, str('MetMany'), "\x80") . "$tags\x03",
    'object, then a bad value' => "\x83$id\x01$name" . ext(1, str('MetBad'), "\x80") . "$tags\xc1",
    'reference' => "\x83$id\x01$name" . ext(4, "\xa5value") . "$tags\xd4\x05\x00",
];
foreach ($documents as $what => $document) {
    get_known(['id' => 1, 'name' => 2, 'tags' => 3]);
    echo $what, ': ', preg_replace('/ +/', ' ', strtr(var_export(read_document($document), true), ["\n" => ' ', '\\' => ''])), "\n";
}
?>
--CLEAN--
<?php
shm_remove(shm_attach(0x53507067, 65536));
?>
--EXPECT--
known: array ( 'id' => 1, 'name' => 2, 'tags' => 3, )
equal keys, first again: array ( 'id' => 'later', 'name' => 2, )
equal keys, second again: array ( 'id' => 1, 'name' => 'later', )
equal keys, all: array ( 'id' => 'later', )
equal keys, an array replaced: array ( 'id' => 1, 'name' => array ( 0 => 'later', ), )
equal keys in every row: array ( 0 => array ( 'twice' => 2, ), 1 => array ( 'twice' => 2, ), 2 => array ( 'twice' => 2, ), 3 => array ( 'twice' => 2, ), 4 => array ( 'twice' => 2, ), 5 => array ( 'twice' => 2, ), 6 => array ( 'twice' => 2, ), 7 => array ( 'twice' => 2, ), )
number as text: array ( 'id' => 1, 7 => 2, '07' => 3, )
key as bin: array ( 'id' => 1, 'name' => 2, 'tags' => 3, )
key in a longer form: array ( 'id' => 1, 'name' => 2, 'tags' => 3, )
key that goes on: array ( 'id' => 1, 'names' => 2, 'tags' => 3, )
key that ends early: array ( 'id' => 1, 'nam' => 2, 'tags' => 3, )
bad value: 'refused'
bad value behind an array: 'refused'
bad key: 'refused'
bad key behind an array: 'refused'
array longer than the bytes: 'refused'
object: (autoload) array ( 'id' => 1, 'name' => Met::__set_state(array( 'a' => array ( 'id' => 1, 'name' => 2, 'tags' => 3, ), )), 'tags' => 3, )
object that is the first value: (autoload) array ( 'id' => MetFirst::__set_state(array( 'a' => NULL, )), 'name' => 'value', 'tags' => 3, )
object that is the last value: (autoload) array ( 'id' => 1, 'name' => 'value', 'tags' => MetLast::__set_state(array( 'a' => NULL, )), )
object with __unserialize: array ( 'id' => 1, 'name' => Hooked::__set_state(array( 'data' => array ( 'id' => 1, 'name' => array ( 0 => 1, 1 => 2, ), 'tags' => 3, ), )), 'tags' => 3, )
object, then equal keys: (autoload) array ( 'id' => 3, 'name' => MetAgain::__set_state(array( 'a' => NULL, )), )
object, then a key that is known at its place by then: (autoload) array ( 'id' => 1, 'name' => 3, )
object, then other sizes are known: (autoload) array ( 'id' => 1, 'name' => MetMany::__set_state(array( 'a' => NULL, )), 'tags' => 3, )
object, then a bad value: (autoload) 'refused'
reference: array ( 'id' => 1, 'name' => 'value', 'tags' => 'value', )
