--TEST--
The C example of docs/slots.md compiles without a warning and shows the slots of a table that PHP made
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(getenv('SHMPACK_LIBRARY') ?: '')) die('skip needs SHMPACK_LIBRARY=<libshmpack.a>, which ./dev test sets');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$folder = sys_get_temp_dir() . '/shmpack_example_' . getmypid();
mkdir($folder, 0700);
preg_match('/^```c\n(.*?)^```/ms', file_get_contents("$root/docs/slots.md"), $example);
file_put_contents("$folder/viewer.c", $example[1]);
$command = ['cc', '-Wall', '-Wextra', '-Werror', "-I$root/include", '-o', "$folder/viewer", "$folder/viewer.c",
    getenv('SHMPACK_LIBRARY')];
passthru(implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1', $status);
echo 'compiled: ', $status, "\n";

$slots = slotmem_create("$folder/table", 40, 4, SLOTMEM_TYPE_PREGRAB);
slotmem_put($slots, slotmem_grab($slots), 'free again');
slotmem_put($slots, slotmem_grab($slots), 'from PHP');
slotmem_release($slots, 0);
ob_start(fn (string $text) => str_replace(['process ' . getmypid(), $folder], ['this process', '<folder>'], $text), 1);
passthru("$folder/viewer $folder/table");
slotmem_remove($slots);
passthru("$folder/viewer $folder/table", $status);
echo $status, "\n";
array_map('unlink', ["$folder/viewer", "$folder/viewer.c"]);
rmdir($folder);
?>
--EXPECT--
compiled: 0
slot 1, this process: from PHP
<folder>/table: it does not exist 
1
