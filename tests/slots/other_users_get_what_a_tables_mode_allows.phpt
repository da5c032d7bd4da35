--TEST--
Another user gets nothing without permission, reads with read permission, and uses no table of another user but root's
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
exec('setpriv --reuid=65534 --regid=65534 --clear-groups true 2>&1', $output, $status);
if ($status !== 0) die('skip needs root, to become another user');
// A PHP with sanitizers lies in the checkout, which may be in root's own folder.
exec('setpriv --reuid=65534 --regid=65534 --clear-groups test -x ' . escapeshellarg(PHP_BINARY), $output, $status);
if ($status !== 0) die('skip the other user may not run ' . PHP_BINARY);
?>
--FILE--
<?php
require dirname(__DIR__) . '/loading/run_php.inc';
const FOLDER = '/dev/shm/shmpack-phpt-users';
// The other user may have no access to the folder of the extension.
$library = tempnam(sys_get_temp_dir(), 'shmpack');
copy(extension_file('shmpack'), $library);
chmod($library, 0755);

function as_user(int $user, string $code): void
{
    global $library;
    $command = ['setpriv', "--reuid=$user", "--regid=$user", '--clear-groups', PHP_BINARY, '-n', '-d', 'display_errors=1',
        '-d', 'html_errors=0', '-d', "extension=$library", '-r', 'const FOLDER = "' . FOLDER . '";' . $code];
    echo shell_exec('cd / && ' . implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1');
}

mkdir(FOLDER);
chmod(FOLDER, 01777);
$slots = slotmem_create(FOLDER . '/of-root', 8, 2);
slotmem_put($slots, 0, 'root');
echo "private:\n";
as_user(65534, 'var_dump(slotmem_attach(FOLDER . "/of-root"), slotmem_create(FOLDER . "/of-root", 8, 2));');

echo "readable:\n";
chmod(FOLDER . '/of-root', 0644);
as_user(65534, '
    $slots = slotmem_attach(FOLDER . "/of-root");
    var_dump($slots->isReadOnly(), $slots->get(0, 4), bin2hex($slots->get(1, 1)), $slots->put(0, "x"), $slots->dptr(0)[0], $slots->remove());
    var_dump(slotmem_create(FOLDER . "/of-root", 8, 2));
');
var_dump(slotmem_get($slots, 0, 4), slotmem_num_free_slots($slots));

echo "writable:\n";
chmod(FOLDER . '/of-root', 0666);
as_user(65534, '
    $slots = slotmem_attach(FOLDER . "/of-root");
    var_dump($slots->isReadOnly(), $slots->put(1, "user"), $slots->owner(1) === getmypid());
');
var_dump(slotmem_get($slots, 1, 4), $slots->orphans());

// A user that may write to a table may also truncate it. So only root uses tables of other users.
echo "of a user:\n";
as_user(65534, '$slots = slotmem_create(FOLDER . "/of-user", 8, 2); slotmem_put($slots, 0, "user"); chmod(FOLDER . "/of-user", 0666);');
as_user(65533, 'var_dump(slotmem_attach(FOLDER . "/of-user"), slotmem_create(FOLDER . "/of-user", 8, 2));');
var_dump(slotmem_create(FOLDER . '/of-user', 8, 2));
$of_user = slotmem_attach(FOLDER . '/of-user');
var_dump(slotmem_get($of_user, 0, 4), slotmem_put($of_user, 0, 'root'));
unlink($library);
?>
--CLEAN--
<?php
array_map('unlink', glob('/dev/shm/shmpack-phpt-users/*'));
@rmdir('/dev/shm/shmpack-phpt-users');
?>
--EXPECTF--
private:

Warning: slotmem_attach(): Failed for slot table "%s/of-root": open: Permission denied in %s on line %d

Warning: slotmem_create(): Failed for slot table "%s/of-root": open: Permission denied in %s on line %d
bool(false)
bool(false)
readable:

Warning: Shmpack\SlotTable::put(): Failed for slot table "%s/of-root", slot 0: the table is attached for reading only in %s on line %d

Warning: Shmpack\SlotTable::remove(): Failed for slot table "%s/of-root": unlink: Operation not permitted in %s on line %d
bool(true)
string(4) "root"
string(2) "00"
bool(false)
int(114)
bool(false)

Warning: slotmem_create(): Failed for slot table "%s/of-root": it belongs to another user; nothing was changed in %s on line %d
bool(false)
string(4) "root"
int(1)
writable:
bool(false)
bool(true)
bool(true)
string(4) "user"
array(1) {
  [0]=>
  int(1)
}
of a user:

Warning: slotmem_attach(): Failed for slot table "%s/of-user": it belongs to another user; nothing was changed in %s on line %d

Warning: slotmem_create(): Failed for slot table "%s/of-user": it belongs to another user; nothing was changed in %s on line %d
bool(false)
bool(false)

Warning: slotmem_create(): Failed for slot table "%s/of-user": it belongs to another user; nothing was changed in %s on line %d
bool(false)
string(4) "user"
bool(true)
