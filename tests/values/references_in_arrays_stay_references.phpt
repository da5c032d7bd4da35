--TEST--
shm_put_var() and shm_get_var(): references inside a value come back as references
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

// Two places of one array.
$x = 1;
$back = round_trip(['a' => &$x, 'b' => &$x, 'c' => $x]);
$back['a'] = 'changed';
var_dump($back);

// Across levels, and a reference to an array.
$list = [1, 2];
$back = round_trip([[&$list], 'deep' => ['er' => &$list]]);
$back[0][0][] = 3;
var_dump($back['deep']['er']);

// An array that contains itself.
$self = ['name' => 'self'];
$self['self'] = &$self;
$back = round_trip($self);
$back['self']['self']['name'] = 'changed';
var_dump($back['self']['name'], $back['self']['self']['self']['name']);

// Two that contain each other.
$one = ['one'];
$two = ['two', &$one];
$one[] = &$two;
$back = round_trip($one);
var_dump($back[1][1][1][1][1][0], $back[1][1][1][1][0]);

// An array held at two places is no reference, but its own references are shared.
$shared = [&$x];
$back = round_trip([$shared, $shared]);
$back[0][0] = 'both';
$back[0][1] = 'only one';
var_dump($back[1]);

// A reference to an object, and the object beside it.
$object = new stdClass;
$back = round_trip([&$object, &$object, 'beside' => $object]);
$back['beside']->seen = true;
var_dump($back[0] === $back['beside']);
$back[0] = 'replaced';
var_dump($back[1], $back['beside']->seen);

// foreach by reference leaves references that no other variable shares: they are stored as plain data.
$rows = [[1], [2], [3]];
foreach ($rows as &$row) {
    $row[] = 'x';
}
$back = round_trip($rows);
$copy = $back;
$copy[2] = 'changed';
var_dump($back[2]);
?>
--EXPECT--
array(3) {
  ["a"]=>
  &string(7) "changed"
  ["b"]=>
  &string(7) "changed"
  ["c"]=>
  int(1)
}
array(3) {
  [0]=>
  int(1)
  [1]=>
  int(2)
  [2]=>
  int(3)
}
string(7) "changed"
string(7) "changed"
string(3) "two"
string(3) "one"
array(1) {
  [0]=>
  &string(4) "both"
}
bool(true)
string(8) "replaced"
bool(true)
array(2) {
  [0]=>
  int(3)
  [1]=>
  string(1) "x"
}
