--TEST--
A value with an object, an enum case or a reference in it is decoded at each read
--EXTENSIONS--
shmpack
--FILE--
<?php
enum Suit { case Hearts; }
$region = shm_attach(0x5b000021, 100000);
shm_put_var($region, 1, $object = (object) ['list' => [1]]);
shm_put_var($region, 2, [[$object]]);
$shared = 1;
shm_put_var($region, 3, ['a' => &$shared, 'b' => &$shared]);
shm_put_var($region, 4, [Suit::Hearts, [1]]);

for ($i = 0; $i < 4; $i++) {
    $one = shm_get_var($region, 1);
    var_dump($one->list);
    $one->list[] = 2;
    $two = shm_get_var($region, 2);
    echo count($two[0][0]->list), ' ';
    $two[0][0]->list[] = 3;
    $three = shm_get_var($region, 3);
    echo $three['b'], ' ';
    $three['a'] = 'changed';
    echo $three['b'], ' ', shm_get_var($region, 4)[0]->name, "\n";
}
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000021);
?>
--EXPECT--
array(1) {
  [0]=>
  int(1)
}
1 1 changed Hearts
array(1) {
  [0]=>
  int(1)
}
1 1 changed Hearts
array(1) {
  [0]=>
  int(1)
}
1 1 changed Hearts
array(1) {
  [0]=>
  int(1)
}
1 1 changed Hearts
