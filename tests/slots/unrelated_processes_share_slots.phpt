--TEST--
A process that knows nothing but the name reads and writes the same slots
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
require dirname(__DIR__) . '/loading/run_php.inc';
$folder = ini_get('shmpack.runtime_dir');
$slots = slotmem_create('unrelated', 64, 3, SLOTMEM_TYPE_PREGRAB);
slotmem_put($slots, slotmem_grab($slots), 'from here');
$code = '$slots = slotmem_attach("unrelated"); echo rtrim($slots->get(0), "\\0"), "\n"; $slots->grab(); $slots->putVar(1, ["from" => "there"]); echo $slots->numFreeSlots(), "\n";';
echo shell_exec(implode(' ', array_map('escapeshellarg', [...php_command(['shmpack']), '-d', "shmpack.runtime_dir=$folder", '-r', $code])));
var_dump(slotmem_get_var($slots, 1), $slots->orphans());
?>
--CLEAN--
<?php
foreach (['unrelated'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
from here
1
array(1) {
  ["from"]=>
  string(5) "there"
}
array(1) {
  [0]=>
  int(1)
}
