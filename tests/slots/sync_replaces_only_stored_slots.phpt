--TEST--
slotmem_sync() follows no link and replaces nothing but stored slots; any other file in the way is kept aside
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
$folder = ini_get('shmpack.runtime_dir');
$slots = slotmem_create('kept', 16, 5, SLOTMEM_TYPE_PERSIST);
slotmem_put($slots, 0, 'first');
var_dump(slotmem_sync($slots));
$stored = file_get_contents("$folder/kept.persist");

rename("$folder/kept.persist", "$folder/kept.old");
mkdir("$folder/kept.persist");
var_dump(slotmem_sync($slots), is_file("$folder/kept.persist"));
array_map('rmdir', glob("$folder/kept.persist.refused-*"));

file_put_contents("$folder/kept.persist", 'a text of somebody');
var_dump(slotmem_sync($slots), file_get_contents("$folder/kept.persist") === $stored);
foreach (glob("$folder/kept.persist.refused-*") as $file) {
    var_dump(file_get_contents($file));
    unlink($file);
}
file_put_contents("$folder/kept.persist", 'a text of somebody');
var_dump(Shmpack\slotmem_remove(slotmem_create('kept', 16, 5, SLOTMEM_TYPE_PERSIST), true), file_get_contents("$folder/kept.persist"));
unlink("$folder/kept.persist");

file_put_contents("$folder/kept.target", 'of somebody');
symlink("$folder/kept.target", "$folder/kept.persist");
var_dump(slotmem_sync($slots), file_get_contents("$folder/kept.target"), is_link("$folder/kept.persist"));
array_map('unlink', glob("$folder/kept.persist.refused-*"));
slotmem_remove($slots);

rename("$folder/kept.old", "$folder/kept.persist");
$slots = slotmem_create('kept', 32, 5, SLOTMEM_TYPE_PERSIST);
var_dump(rtrim(slotmem_get($slots, 0), "\0"), file_get_contents(glob("$folder/kept.persist.refused-*")[0]) === $stored);
slotmem_remove($slots);

// A link in the place of the stored file is refused, too.
symlink("$folder/kept.target", "$folder/kept.persist");
$slots = slotmem_create('kept', 16, 5, SLOTMEM_TYPE_PERSIST);
var_dump(slotmem_num_slots($slots), is_link("$folder/kept.persist"), file_get_contents("$folder/kept.target"));
slotmem_remove($slots);

// No temporary file is left.
var_dump(preg_replace('/-[0-9a-f]{16}$/', '-*', array_map('basename', glob("$folder/kept*"))));
?>
--CLEAN--
<?php
foreach (glob('/tmp/shmpack-phpt-slots/kept*') as $file) is_dir($file) ? rmdir($file) : unlink($file);
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECTF--
bool(true)

Warning: slotmem_sync(): The stored file "%s/kept.persist" was refused: it is not a regular file; it was renamed to "%s/kept.persist.refused-...", and the slots are stored in its place in %s on line %d
bool(true)
bool(true)

Warning: slotmem_sync(): The stored file "%s/kept.persist" was refused: it does not hold slots; it was renamed to "%s/kept.persist.refused-...", and the slots are stored in its place in %s on line %d
bool(true)
bool(false)
string(18) "a text of somebody"

Warning: Shmpack\slotmem_remove(): Failed for slot table "%s/kept": its .persist file does not hold slots, so it was not removed in %s on line %d
bool(false)
string(18) "a text of somebody"

Warning: slotmem_sync(): The stored file "%s/kept.persist" was refused: it is a symbolic link; it was renamed to "%s/kept.persist.refused-...", and the slots are stored in its place in %s on line %d
bool(true)
string(11) "of somebody"
bool(false)

Warning: slotmem_create(): The stored file "%s/kept.persist" was refused: its slots have another size; it was renamed to "%s/kept.persist.refused-...", and the slots are empty in %s on line %d
string(0) ""
bool(true)

Warning: slotmem_create(): The stored file "%s/kept.persist" was refused: it is a symbolic link; it was renamed to "%s/kept.persist.refused-...", and the slots are empty in %s on line %d
int(5)
bool(false)
string(11) "of somebody"
array(3) {
  [0]=>
  string(22) "kept.persist.refused-*"
  [1]=>
  string(22) "kept.persist.refused-*"
  [2]=>
  string(11) "kept.target"
}
