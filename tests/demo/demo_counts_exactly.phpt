--TEST--
The demo: Apache workers and a CLI process share one region, and every request is counted once
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('SHMPACK_ROOT') === false) die('skip is run by ./dev test');
?>
--FILE--
<?php
passthru(escapeshellarg(getenv('SHMPACK_ROOT') . '/dev') . ' demo --requests 2000 2>&1', $status);
var_dump($status);
?>
--EXPECTF--
%aApache/%s with shmpack on 127.0.0.1:%d
%a
  counts are exact: 2,000 answered = shared total = sum over 7 paths = sum over %d workers
%a
  counts are exact: 2,000 answered = shared total = sum over 7 paths = sum over %d workers
%a
Everything is stopped and no IPC object is left%S.
int(0)
