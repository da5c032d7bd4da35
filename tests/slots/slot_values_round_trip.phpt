--TEST--
slotmem_put_var() and slotmem_get_var() keep values as shm_put_var() does
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
function attempt(string $what, callable $call): void
{
    try {
        echo "$what: ";
        var_dump($call());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

class Point { public $x = 1; protected $y = [2]; }
$slots = slotmem_create('none', 2000, 3);
foreach ([null, true, 0, -5, 1.5, '', 'text', str_repeat('long', 400), [1, 'a' => [null]], new Point(), new ArrayObject([1])] as $value) {
    slotmem_put_var($slots, 1, $value);
    if (slotmem_get_var($slots, 1) != $value) echo 'differs: ', get_debug_type($value), "\n";
}
slotmem_put_var($slots, 0, [$o = new stdClass(), $o]);
$back = slotmem_get_var($slots, 0);
var_dump($back[0] === $back[1], bin2hex(slotmem_get($slots, 1, 8)));
var_dump(slotmem_put_var($slots, 1, 'old'), slotmem_put_var($slots, 1, str_repeat('x', 2000)), slotmem_get_var($slots, 1));
attempt('closure', fn() => slotmem_put_var($slots, 1, fn() => 1));
var_dump(slotmem_get_var($slots, 1));
foreach (['', "\xc6\xff\xff\xff\xff", "\xc6\0\0\0\0", "\xc6\0\0\0\x02\xc1\xc1", "\xc6\0\0\0\x02\x01\x01"] as $bytes) {
    slotmem_put($slots, 2, str_pad($bytes, 2000, "\0"));
    var_dump(slotmem_get_var($slots, 2));
}

// All lengths around the sizes of buffers. And a small value in a slot larger than memory takes little memory.
foreach ([480, 500, 505, 506, 507, 508, 512, 600, 1990] as $length) {
    slotmem_put_var($slots, 1, $value = str_repeat('l', $length));
    if (slotmem_get_var($slots, 1) !== $value) echo "$length differs\n";
}
$tight = slotmem_create('none', 9, 1);
var_dump(slotmem_put_var($tight, 0, 'abc'), slotmem_get_var($tight, 0), slotmem_get_var(slotmem_create('none', 4, 1), 0));
$huge = slotmem_create('none', 200 << 20, 1);
var_dump(slotmem_put_var($huge, 0, ['small']), slotmem_get_var($huge, 0), memory_get_peak_usage() < 10e6);
?>
--EXPECTF--
bool(true)
string(16) "c600000019c71601"

Warning: slotmem_put_var(): Failed for slot table "none", slot 1: the value needs 2008 bytes, and a slot has 2000 in %s on line %d
bool(true)
bool(false)
string(3) "old"
closure: Exception: Serialization of 'Closure' is not allowed
string(3) "old"

Warning: slotmem_get_var(): Failed for slot table "none", slot 2: it holds no value of slotmem_put_var() in %s on line %d
bool(false)

Warning: slotmem_get_var(): Failed for slot table "none", slot 2: it holds no value of slotmem_put_var() in %s on line %d
bool(false)

Warning: slotmem_get_var(): Failed for slot table "none", slot 2: it holds no value of slotmem_put_var() in %s on line %d
bool(false)

Warning: slotmem_get_var(): Failed for slot table "none", slot 2: it holds no value of slotmem_put_var() in %s on line %d
bool(false)

Warning: slotmem_get_var(): Failed for slot table "none", slot 2: it holds no value of slotmem_put_var() in %s on line %d
bool(false)

Warning: slotmem_get_var(): Failed for slot table "none", slot 0: it holds no value of slotmem_put_var() in %s on line %d
bool(true)
string(3) "abc"
bool(false)
bool(true)
array(1) {
  [0]=>
  string(5) "small"
}
bool(true)
