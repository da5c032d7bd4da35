--TEST--
slotmem_sync() that fails leaves the old file, follows no link; a stored file of other slots is kept aside
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir={TMP}/shmpack-phpt-slots
--FILE--
<?php
$folder = ini_get('shmpack.runtime_dir');
$slots = slotmem_create('kept', 16, 5, SLOTMEM_TYPE_PERSIST);
slotmem_put($slots, 0, 'first');
var_dump(slotmem_sync($slots));
$stored = file_get_contents("$folder/kept.persist");

// Root may do in a folder what it likes; nobody renames a file over a folder.
rename("$folder/kept.persist", "$folder/kept.old");
mkdir("$folder/kept.persist");
var_dump(slotmem_sync($slots), is_dir("$folder/kept.persist"), scandir("$folder/kept.persist"));
rmdir("$folder/kept.persist");

file_put_contents("$folder/kept.target", 'of somebody');
symlink("$folder/kept.target", "$folder/kept.persist");
var_dump(slotmem_sync($slots), file_get_contents("$folder/kept.target"), is_link("$folder/kept.persist"));
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

// Temporary files there are none.
var_dump(preg_replace('/-[0-9a-f]{16}$/', '-*', array_map('basename', glob("$folder/kept*"))));
?>
--CLEAN--
<?php
foreach (glob(sys_get_temp_dir() . '/shmpack-phpt-slots/kept*') as $file) is_dir($file) ? rmdir($file) : unlink($file);
@rmdir(sys_get_temp_dir() . '/shmpack-phpt-slots');
?>
--EXPECTF--
bool(true)

Warning: slotmem_sync(): Failed for slot table "%s/kept": rename: Is a directory in %s on line %d
bool(false)
bool(true)
array(2) {
  [0]=>
  string(1) "."
  [1]=>
  string(2) ".."
}
bool(true)
string(11) "of somebody"
bool(false)

Warning: slotmem_create(): What was stored in "%s/kept.persist" is refused: its slots are of another size; the file was renamed to "%s/kept.persist.refused-...", and the slots are empty in %s on line %d
string(0) ""
bool(true)

Warning: slotmem_create(): What was stored in "%s/kept.persist" is refused: it is a symbolic link; the file was renamed to "%s/kept.persist.refused-...", and the slots are empty in %s on line %d
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
