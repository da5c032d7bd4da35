--TEST--
README's example of slots runs as it is pasted, and finds what the process before it left
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/README.md')) die('skip needs a checkout: PECL installs documents elsewhere');
?>
--FILE--
<?php
require dirname(__DIR__) . '/loading/run_php.inc';
preg_match('/^## Slots\n.*?^```php\n(.*?)^```/ms', file_get_contents(dirname(__DIR__, 2) . '/README.md'), $example);
$folder = sys_get_temp_dir() . '/shmpack-phpt-readme';
for ($i = 0; $i < 3; $i++) echo run_php(['shmpack'], $example[1], ['shmpack.runtime_dir' => $folder]);
?>
--CLEAN--
<?php
$folder = sys_get_temp_dir() . '/shmpack-phpt-readme';
foreach (['workers', 'hits'] as $name) @unlink("$folder/$name");
@rmdir($folder);
?>
--EXPECTF--
slot 0 of process %d: {"doing":"index","since":%d}
1 runs so far
slot 0 of process %d: {"doing":"index","since":%d}
slot 1 of process %d: {"doing":"index","since":%d}
2 runs so far
slot 0 of process %d: {"doing":"index","since":%d}
slot 1 of process %d: {"doing":"index","since":%d}
3 runs so far
