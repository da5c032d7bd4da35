--TEST--
Unrelated processes put, get and remove on one region without a semaphore, and every value proves itself whole
--EXTENSIONS--
shmpack
--FILE--
<?php
$library = ini_get('extension_dir') . '/shmpack.so';
passthru(implode(' ', array_map('escapeshellarg', [PHP_BINARY, '-n', __DIR__ . '/stress.inc', '--extension', $library, '--seconds', '5'])));
?>
--EXPECTF--
stress: 8 processes, 5 s, one region of 131072 bytes
%a
  0 torn, 0 backward, 0 lost, 0 complaint, 0 crash, 0 stall
%a
  everything held
