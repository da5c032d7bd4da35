--TEST--
Another user gets nothing without permission, and reads but cannot write with read permission
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/as_nobody.inc';
skip_without_nobody();
?>
--FILE--
<?php
require __DIR__ . '/../loading/as_nobody.inc';
require __DIR__ . '/raw_segment.inc';

$private = shm_attach(0x5b000004, 1000, 0600);
as_nobody('var_dump(shm_attach(0x5b000004, 1000));');

$readable = shm_attach(0x5b000005, 1000, 0644);
shm_put_var($readable, 1, 'to be read by all');
shm_put_var($readable, 2, str_repeat('long ', 30));
as_nobody('
    $region = shm_attach(0x5b000005, 1000);
    var_dump(shm_get_var($region, 1), strlen(shm_get_var($region, 2)), shm_has_var($region, 3));
    var_dump(shm_put_var($region, 1, "changed"));
    var_dump(shm_remove_var($region, 1));
    var_dump(shm_remove($region));
');
var_dump(shm_get_var($readable, 1));

// An entry is being written, and no process finishes that. A reader that may not lock can only wait, but not for ever.
raw_write(0x5b000005, 5696 - 192, pack('P', 999));
as_nobody('
    ini_set("shmpack.lock_timeout", "0.1");
    var_dump(shm_get_var(shm_attach(0x5b000005), 1));
');

$shared = shm_attach(0x5b000006, 1000, 0666);
as_nobody('var_dump(shm_put_var(shm_attach(0x5b000006), 1, "from nobody"));');
var_dump(shm_get_var($shared, 1));

// A region of this user's own, whose mode keeps out even its owner.
as_nobody('
    var_dump(shm_put_var(shm_attach(0x5b000012, 1000, 0), 1, "by the handle of its maker"));
    var_dump(shm_attach(0x5b000012, 1000));
    var_dump(shm_attach(0x5b000013, 1000, 0444) instanceof SysvSharedMemory);
    var_dump(shm_put_var(shm_attach(0x5b000013, 1000), 1, 1));
');
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
foreach ([0x5b000004, 0x5b000005, 0x5b000006, 0x5b000012, 0x5b000013] as $key) raw_remove($key);
?>
--EXPECTF--
Warning: shm_attach(): Failed for key 0x5b000004: Permission denied: the segment belongs to user root (0), and its mode 0600 does not let this user read it in Command line code on line 1
bool(false)
string(17) "to be read by all"
int(150)
bool(false)

Warning: shm_put_var(): Failed for key 0x5b000005: the region is attached for reading only: the segment belongs to user root (0), and its mode 0644 does not let this user write to it in Command line code on line 4
bool(false)

Warning: shm_remove_var(): Failed for key 0x5b000005: the region is attached for reading only: the segment belongs to user root (0), and its mode 0644 does not let this user write to it in Command line code on line 5
bool(false)

Warning: shm_remove(): Failed for key 0x5b000005, id %d: Operation not permitted in Command line code on line 6
bool(false)
string(17) "to be read by all"

Warning: shm_get_var(): Failed for key 0x5b000005: a value is being written; timed out after 0.1 seconds (shmpack.lock_timeout), and nothing was changed in Command line code on line 3
bool(false)
bool(true)
string(11) "from nobody"
bool(true)

Warning: shm_attach(): Failed for key 0x5b000012: Permission denied: the segment belongs to this user, but its mode 0000 does not let the owner read it; if its variables are no longer needed, remove it with: ipcrm -M 0x5b000012, and ask for a mode such as 0600 in Command line code on line 3
bool(false)
bool(true)

Warning: shm_put_var(): Failed for key 0x5b000013: the region is attached for reading only: the segment belongs to this user, but its mode 0444 does not let the owner write to it in Command line code on line 5
bool(false)
