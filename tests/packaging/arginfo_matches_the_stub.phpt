--TEST--
src/php/shmpack_arginfo.h was generated from the stub as it is now
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/shmpack.stub.php')) die('skip needs a checkout: PECL installs no sources');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$stub = str_replace("\r\n", "\n", file_get_contents("$root/shmpack.stub.php"));
preg_match('/Stub hash: (\w+)/', file_get_contents("$root/src/php/shmpack_arginfo.h"), $hash);
echo $hash[1] === sha1($stub) ? 'same' : 'differs: run ./dev stubs', "\n";
?>
--EXPECT--
same
