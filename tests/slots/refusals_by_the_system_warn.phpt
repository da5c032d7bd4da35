--TEST--
A call that the system refuses warns, returns false, and leaves everything as it is
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
function attempt(string $what, callable $call): void
{
    try {
        echo "$what: ";
        var_dump($call());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$folder = ini_get('shmpack.runtime_dir');
var_dump(slotmem_attach('refused'), slotmem_attach('none'));
$slots = slotmem_create('refused', 8, 3, SLOTMEM_TYPE_PREGRAB);
var_dump(slotmem_create('refused', 9, 3, SLOTMEM_TYPE_PREGRAB), slotmem_create('refused', 8, 4, SLOTMEM_TYPE_PREGRAB), slotmem_create('refused', 8, 3));
var_dump(slotmem_get($slots, 0), slotmem_put($slots, 0, 'x'), slotmem_release($slots, 0), slotmem_get_var($slots, 0));
slotmem_grab($slots);
var_dump(slotmem_get_var($slots, 0), slotmem_put_var($slots, 0, 'too long'), bin2hex(slotmem_get($slots, 0)));

file_put_contents("$folder/refused-text", 'some text');
var_dump(slotmem_create('refused-text', 8, 3), slotmem_attach('refused-text'), file_get_contents("$folder/refused-text"));
symlink("$folder/refused", "$folder/refused-link");
var_dump(slotmem_attach('refused-link'), slotmem_create('refused-link', 8, 3, SLOTMEM_TYPE_PREGRAB));
var_dump(slotmem_create('/no/such/folder/table', 8, 3));
// More memory than any machine has, with numbers that are allowed.
var_dump(slotmem_create('refused-huge', 1 << 30, 1 << 24), slotmem_create('none', 1 << 30, 1 << 24), is_file("$folder/refused-huge"));
var_dump(slotmem_create('.', 8, 3), slotmem_create('/dev/null', 8, 3));

$reader = slotmem_attach('refused', read_only: true);
var_dump($reader->isReadOnly(), bin2hex($reader->get(0)), $reader->put(0, 'x'), $reader->grab(), $reader->fgrab(1), $reader->release(0), $reader->sync());
$view = $reader->dptr(0);
var_dump(bin2hex($view->read(0, 2)), $view[7], $view->getInt(0), $view->write('x'), $view->add(0, 1), $view->compareExchange(0, 0, 1), $view->setInt(0, 1), $view->setFloat(0, 1));
$view[0] = 1;
slotmem_put($slots, 0, 'seen');
var_dump($view->read(0, 4), slotmem_num_free_slots($slots));
?>
--CLEAN--
<?php
foreach (['refused'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECTF--
Warning: slotmem_attach(): Failed for slot table "%s/refused": it does not exist in %s on line %d

Warning: slotmem_attach(): Failed for slot table "none": it is anonymous, so no process can attach to it; use another name in %s on line %d
bool(false)
bool(false)

Warning: slotmem_create(): Failed for slot table "%s/refused": it exists with another number, size or type of slots; ask for those, or call slotmem_remove() first in %s on line %d

Warning: slotmem_create(): Failed for slot table "%s/refused": it exists with another number, size or type of slots; ask for those, or call slotmem_remove() first in %s on line %d

Warning: slotmem_create(): Failed for slot table "%s/refused": it exists with another number, size or type of slots; ask for those, or call slotmem_remove() first in %s on line %d
bool(false)
bool(false)
bool(false)

Warning: slotmem_get(): Failed for slot table "%s/refused", slot 0: the slot is not in use in %s on line %d

Warning: slotmem_put(): Failed for slot table "%s/refused", slot 0: the slot is not in use in %s on line %d

Warning: slotmem_get_var(): Failed for slot table "%s/refused", slot 0: the slot is not in use in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)

Warning: slotmem_get_var(): Failed for slot table "%s/refused", slot 0: it holds no value of slotmem_put_var() in %s on line %d

Warning: slotmem_put_var(): Failed for slot table "%s/refused", slot 0: the value needs 14 bytes, and a slot has 8 in %s on line %d
bool(false)
bool(false)
string(16) "0000000000000000"

Warning: slotmem_create(): Failed for slot table "%s/refused-text": it is not a slot table; nothing was changed in %s on line %d

Warning: slotmem_attach(): Failed for slot table "%s/refused-text": it is not a slot table; nothing was changed in %s on line %d
bool(false)
bool(false)
string(9) "some text"

Warning: slotmem_attach(): Failed for slot table "%s/refused-link": it is a symbolic link; nothing was changed in %s on line %d

Warning: slotmem_create(): Failed for slot table "%s/refused-link": it is a symbolic link; nothing was changed in %s on line %d
bool(false)
bool(false)

Warning: slotmem_create(): Failed for slot table "/no/such/folder/table": open: No such file or directory in %s on line %d
bool(false)

Warning: slotmem_create(): Failed for slot table "%s/refused-huge": posix_fallocate: %s in %s on line %d

Warning: slotmem_create(): Failed for slot table "none": mmap: Cannot allocate memory in %s on line %d
bool(false)
bool(false)
bool(false)

Warning: slotmem_create(): Failed for slot table "%s/.": it is not a regular file; nothing was changed in %s on line %d

Warning: slotmem_create(): Failed for slot table "/dev/null": it is not a regular file; nothing was changed in %s on line %d
bool(false)
bool(false)

Warning: Shmpack\SlotTable::put(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotTable::grab(): Failed for slot table "%s/refused": the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotTable::fgrab(): Failed for slot table "%s/refused", slot 1: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotTable::release(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotTable::sync(): Failed for slot table "%s/refused": the table is attached for reading only in %s on line %d
bool(true)
string(16) "0000000000000000"
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Shmpack\SlotView::write(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotView::add(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotView::compareExchange(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotView::setInt(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotView::setFloat(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d
string(4) "0000"
int(0)
int(0)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Shmpack\SlotView::offsetSet(): Failed for slot table "%s/refused", slot 0: the table is attached for reading only in %s on line %d
string(4) "seen"
int(2)
