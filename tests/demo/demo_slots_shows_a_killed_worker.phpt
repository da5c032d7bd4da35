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
  slot  worker    state     requests  seconds  doing
%a
Worker %d was killed (SIGKILL). Its slot %d is an orphan now, and still shows what the worker was doing:
%a
%sORPHAN%w%s%w%f  GET %s  (killed here)
%a
  %d of 12 slots in use, 1 orphaned

Slot %d is reclaimed:%s
%a
Summary
%a
  worker %d was killed (SIGKILL) during GET %s; its slot %d became an orphan and was reclaimed
  %d new worker%S took a slot
  %s requests answered, %d cut off by the kill, %s counted in the slots
  when httpd stopped, all %d slots in use became orphans and were reclaimed

Everything is stopped; no process, file or IPC object is left.
int(0)
