--TEST--
shm_put_var() and shm_get_var(): arrays keep their keys, their order and the next free key
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

$with_hole = range(0, 9);
unset($with_hole[4]);
$shortened = range(0, 9);
unset($shortened[9], $shortened[8]);
$emptied = [1, 2];
unset($emptied[0], $emptied[1]);
$list_in_hash = ['x' => 1, 0 => 'a', 1 => 'b'];
unset($list_in_hash['x']);

$deep = ['bottom'];
for ($i = 0; $i < 1000; $i++) {
    $deep = $i % 2 ? [$deep] : ['next' => $deep];
}

$arrays = [
    'empty' => [],
    'packed' => [1, 'two', 3.0, null],
    'sparse' => [3 => 'a', 1000000 => 'b', 7 => 'c'],
    'negative keys' => [-5 => 'a', -1 => 'b', PHP_INT_MIN => 'c', PHP_INT_MAX => 'd'],
    'mixed keys' => ['a' => 1, 0 => 2, '' => 3, '01' => 4, '-0' => 5, ' 1' => 6, "\xff" => 7, 'ü' => 8],
    'reversed' => [2 => 'c', 1 => 'b', 0 => 'a'],
    'with a hole' => $with_hole,
    'shortened' => $shortened,
    'emptied' => $emptied,
    'list in a hash' => $list_in_hash,
    'nested' => [[], [[]], ['a' => [['b' => []]]], [1, [2, [3, [4]]]]],
    'rows' => array_map(fn($i) => ['id' => $i, 'name' => "n$i", 'tags' => [$i, "t$i"]], range(0, 299)),
    '15 and 16' => [range(1, 15), range(1, 16), array_flip(range(101, 115)), array_flip(range(101, 116))],
    '70,000' => range(0, 69999),
    '70,000 pairs' => array_flip(range(10, 70009)),
    'depth 1,000' => $deep,
];
foreach ($arrays as $name => $array) {
    echo $name, ': ', round_trip($array) === $array ? 'same' : 'DIFFERENT', "\n";
}

$back = round_trip([5 => 'a']);
$back[] = 'next';
var_dump(array_keys($back));
$back = round_trip([1, 2, 3]);
$back[] = 'next';
var_dump(array_keys($back) === [0, 1, 2, 3]);
?>
--EXPECT--
empty: same
packed: same
sparse: same
negative keys: same
mixed keys: same
reversed: same
with a hole: same
shortened: same
emptied: same
list in a hash: same
nested: same
rows: same
15 and 16: same
70,000: same
70,000 pairs: same
depth 1,000: same
array(2) {
  [0]=>
  int(5)
  [1]=>
  int(6)
}
bool(true)
