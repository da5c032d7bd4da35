--TEST--
shm_put_var(): a long string that was stored as text and then changed in place is checked for UTF-8 again
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../shm/raw_segment.inc';

const KEY = 0x5b000041;

/** The first byte of the msgpack value: da for text (str 16), c5 for bytes (bin 16). */
function form_of(array|string $value): string
{
    shm_remove(shm_attach(KEY, 10000));
    shm_put_var(shm_attach(KEY, 10000), 1, $value);
    // The heap's first block follows the header; for an array, this is its first element.
    return bin2hex(raw_read(KEY, 2432 + 8 + (is_array($value) ? 1 : 0), 1));
}

// Not constants: PHP does not change those in place.
$text = str_repeat('Grüße ', 200);
var_dump(form_of($text), form_of($text));
$text[700] = "\xff";
var_dump(form_of($text), form_of([$text]));

$text = str_repeat('text', 1000);
var_dump(form_of([$text]), form_of($text));
$text .= "\x80";
var_dump(form_of($text));

$text = str_repeat('z', 2000);
var_dump(form_of($text));
$text++;
var_dump(form_of($text), strlen($text));
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000041);
?>
--EXPECT--
string(2) "da"
string(2) "da"
string(2) "c5"
string(2) "c5"
string(2) "da"
string(2) "da"
string(2) "c5"
string(2) "da"
string(2) "da"
int(2001)
