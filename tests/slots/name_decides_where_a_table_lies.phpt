--TEST--
A table named "none" is shared with forked children, a relative name lies in the runtime folder, an absolute one is a path
--EXTENSIONS--
shmpack
pcntl
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
foreach (['none', 'NONE', ''] as $name) {
    $slots = slotmem_create($name, 8, 3);
    if (pcntl_fork() === 0) {
        slotmem_put($slots, slotmem_grab($slots), 'child');
        exit;
    }
    pcntl_wait($status);
    var_dump(rtrim(slotmem_get($slots, 0), "\0"), slotmem_grab($slots), slotmem_remove($slots));
}
var_dump(slotmem_create('none', 8, 3)->numFreeSlots());

$folder = ini_get('shmpack.runtime_dir');
$slots = slotmem_create('names', 8, 3);
printf("%o %o\n", fileperms($folder) & 07777, fileperms("$folder/names") & 07777);
$path = "$folder/names.absolute";
slotmem_put(slotmem_create($path, 8, 3), 0, 'path');
var_dump(rtrim(slotmem_get(slotmem_attach($path), 0), "\0"), rtrim(slotmem_get(slotmem_attach('names.absolute'), 0), "\0"));

// A removed table: attached processes keep it, the next create makes another.
slotmem_put($slots, 1, 'old');
slotmem_remove($slots);
$fresh = slotmem_create('names', 16, 5);
var_dump(rtrim(slotmem_get($slots, 1), "\0"), $fresh->numSlots(), slotmem_remove($slots), slotmem_attach('names')->numSlots());
?>
--CLEAN--
<?php
foreach (['names'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
string(5) "child"
int(1)
bool(true)
string(5) "child"
int(1)
bool(true)
string(5) "child"
int(1)
bool(true)
int(3)
700 600
string(4) "path"
string(4) "path"
string(3) "old"
int(5)
bool(true)
int(5)
