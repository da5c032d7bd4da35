--TEST--
var_dump() of a region shows key, sizes, use, mode, owner, and whether it is attached, read-only, or removed
--EXTENSIONS--
shmpack
--FILE--
<?php
$region = shm_attach(0x5b000014, 1000, 0640);
shm_put_var($region, 1, 1);
shm_put_var($region, 2, str_repeat('v', 100));
var_dump($region);
print_r(shm_attach(0, 1000));

shm_remove($region);
echo implode(' ', array_slice(explode("\n", dump($region)), -5)), "\n";
shm_detach($region);
var_dump($region);

// The class has no properties, as stock's has none.
var_dump((new ReflectionClass($region))->getMethods(), (array) $region, json_encode($region), var_export($region, true) === '\\' . "SysvSharedMemory::__set_state(array(\n))");

function dump(object $region): string
{
    ob_start();
    var_dump($region);
    return ob_get_clean();
}
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000014);
?>
--EXPECTF--
object(SysvSharedMemory)#%d (12) {
  ["key"]=>
  int(1526726676)
  ["attached"]=>
  bool(true)
  ["size"]=>
  int(%d)
  ["used"]=>
  int(%d)
  ["values_size"]=>
  int(1536)
  ["values_used"]=>
  int(104)
  ["variables"]=>
  int(2)
  ["read_only"]=>
  bool(false)
  ["id"]=>
  int(%d)
  ["removed"]=>
  bool(false)
  ["mode"]=>
  string(4) "0640"
  ["owner"]=>
  int(%d)
}
SysvSharedMemory Object
(
    [key] => 0
    [attached] => 1
    [size] => %d
    [used] => %d
    [values_size] => 1536
    [values_used] => 0
    [variables] => 0
    [read_only] => 
)
  int(%d)   ["removed"]=>   bool(true) } 
object(SysvSharedMemory)#%d (2) {
  ["key"]=>
  int(1526726676)
  ["attached"]=>
  bool(false)
}
array(0) {
}
array(0) {
}
string(2) "{}"
bool(true)
