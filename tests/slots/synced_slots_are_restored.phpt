--TEST--
slotmem_sync() stores, the next create restores, and a bad file is refused and kept
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
$folder = ini_get('shmpack.runtime_dir');
$slots = slotmem_create('stored', 16, 5, SLOTMEM_TYPE_PERSIST);
slotmem_put($slots, 3, 'kept');
var_dump(slotmem_sync($slots), slotmem_remove($slots));
printf("%o\n", fileperms("$folder/stored.persist") & 07777);
$bytes = file_get_contents("$folder/stored.persist");
var_dump(unpack('V', $bytes, 56)[1] === crc32(substr($bytes, 0, 56) . substr($bytes, 64)));

$slots = slotmem_create('stored', 16, 5, SLOTMEM_TYPE_PERSIST);
var_dump(rtrim(slotmem_get($slots, 3), "\0"), slotmem_num_free_slots($slots), $slots->owner(3));
slotmem_remove($slots);
$slots = slotmem_create('stored', 16, 100, SLOTMEM_TYPE_PERSIST);
var_dump(rtrim(slotmem_get($slots, 3), "\0"), slotmem_num_free_slots($slots));
slotmem_remove($slots);

foreach (['cut' => substr($bytes, 0, -1), 'flipped' => substr_replace($bytes, 'K', 80, 1), 'newer' => substr_replace($bytes, "\x02", 8, 1), 'foreign' => 'some text that is long enough to be taken for something of the kind.'] as $what => $bad) {
    file_put_contents("$folder/stored.persist", $bad);
    echo "$what: ";
    $slots = slotmem_create('stored', 16, 5, SLOTMEM_TYPE_PERSIST);
    clearstatcache();
    var_dump(slotmem_num_free_slots($slots), is_file("$folder/stored.persist"));
    $aside = glob("$folder/stored.persist.refused-*");
    var_dump(count($aside), file_get_contents($aside[0]) === $bad);
    array_map('unlink', $aside);
    slotmem_remove($slots);
}
$slots = slotmem_create('stored', 16, 5, SLOTMEM_TYPE_PERSIST);
slotmem_sync($slots);
var_dump(slotmem_remove($slots, true), glob("$folder/stored*"));
?>
--CLEAN--
<?php
foreach (['stored'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECTF--
bool(true)
bool(true)
600
bool(true)
string(4) "kept"
int(4)
int(0)
string(4) "kept"
int(99)
cut: 
Warning: slotmem_create(): The stored file "%s/stored.persist" was refused: it is cut short; it was renamed to "%s/stored.persist.refused-...", and the slots are empty in %s on line %d
int(5)
bool(false)
int(1)
bool(true)
flipped: 
Warning: slotmem_create(): The stored file "%s/stored.persist" was refused: its checksum is wrong; it was renamed to "%s/stored.persist.refused-...", and the slots are empty in %s on line %d
int(5)
bool(false)
int(1)
bool(true)
newer: 
Warning: slotmem_create(): The stored file "%s/stored.persist" was refused: its format is newer; it was renamed to "%s/stored.persist.refused-...", and the slots are empty in %s on line %d
int(5)
bool(false)
int(1)
bool(true)
foreign: 
Warning: slotmem_create(): The stored file "%s/stored.persist" was refused: it does not hold slots; it was renamed to "%s/stored.persist.refused-...", and the slots are empty in %s on line %d
int(5)
bool(false)
int(1)
bool(true)
bool(true)
array(0) {
}
