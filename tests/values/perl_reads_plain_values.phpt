--TEST--
shm_put_var(): Perl's Data::MessagePack reads plain values out of the segment
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_readable('/proc/sysvipc/shm')) die('skip needs /proc/sysvipc/shm');
exec('perl -MData::MessagePack -e 1 2>&1', $output, $status);
if ($status !== 0) die('skip needs Perl with Data::MessagePack');
?>
--FILE--
<?php
require __DIR__ . '/kernel_segment.inc';

const KEY = 0x53507065;
$shm = shm_attach(KEY, 65536);

// Every value is the second element of a list, whose first element is easy to find.
function in_perl(mixed $value): string
{
    static $count = 0;
    $marker = 'find me where I am ' . sprintf('%04d', ++$count);
    shm_put_var($GLOBALS['shm'], $count, [$marker, $value]);
    [$id, $size] = kernel_segment(KEY);
    $found = bin2hex("\x92\xb7$marker");
    return shell_exec('perl ' . __DIR__ . "/read_plain_values_pl.inc $id $size $found 2>&1");
}

$row = [1, 2];
foreach ($row as &$number) {
    $number *= 10;
}
$values = [
    'null' => null,
    'booleans' => [true, false],
    'integers' => [0, 127, 128, -32, -33, 65536, -70000, PHP_INT_MAX, PHP_INT_MIN],
    'floats' => [0.5, -1.25, 1e100],
    'text' => 'Grün €',
    'bytes' => "\xff\x00\xfe",
    'surrogate, no text' => "\xed\xa0\x80",
    'list' => [1, [2, [3]], []],
    'map' => ['b' => 1, 'a' => ['x' => 'y'], 7 => 'seven', -1 => 'minus'],
    'long' => range(1, 20),
    'left by foreach' => $row,
    'left by foreach, deeper' => ['rows' => $row],
];
foreach ($values as $name => $value) {
    echo $name, ': ', in_perl($value);
}
?>
--CLEAN--
<?php
shm_remove(shm_attach(0x53507065, 65536));
?>
--EXPECT--
null: c0 nil
booleans: 92 [true, false]
integers: 99 [0, 127, 128, -32, -33, 65536, -70000, 9223372036854775807, -9223372036854775808]
floats: 93 [0.5, -1.25, 1e+100]
text: a9 "Gr<fc>n <20ac>"
bytes: c4 "<ff><0><fe>"
surrogate, no text: c4 "<ed><a0><80>"
list: 93 [1, [2, [3]], []]
map: 84 {-1: "minus", 7: "seven", "a": {"x": "y"}, "b": 1}
long: dc [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
left by foreach: 92 [10, 20]
left by foreach, deeper: 81 {"rows": [10, 20]}
