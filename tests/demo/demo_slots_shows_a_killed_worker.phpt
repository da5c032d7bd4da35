--TEST--
The demo of slots: a killed worker leaves an orphan slot, which is reclaimed, and the slots count every request
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('SHMPACK_ROOT') === false) die('skip is run by ./dev test');
?>
--FILE--
<?php
passthru(escapeshellarg(getenv('SHMPACK_ROOT') . '/dev') . ' demo slots 2>&1', $status);
var_dump($status);
?>
--EXPECTF--
%aApache/%s with shmpack on 127.0.0.1:%d; the slots are in %s
%a
  slot  worker    state     requests   for s  doing
%a
Worker %d got a SIGKILL. Its slot %d is an orphan's, and still says what the worker was doing:
%a
%sORPHAN%w%s%w%f  GET %s  (killed here)
%a
  %d of 12 slots in use, 1 an orphan's

Slot %d is reclaimed.%s
%a
What was seen
%a
  worker %d was killed with SIGKILL during GET %s, its slot %d was an orphan's and was reclaimed
  %d new worker%S took a slot
  %s requests answered, %d cut off by the kill, %s counted in the slots
  after httpd's stop all %d slots in use were orphans, and were reclaimed

Everything is stopped; no process, file or IPC object is left.
int(0)
