--TEST--
Segments of other programs, versions and byte orders are refused with a warning that says which, and left as they are
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
$key = 0x5b000008;

function attach_untouched(int $key, int $bytes): void
{
    $before = raw_read($key, 0, $bytes);
    var_dump(shm_attach($key, 1000));
    if (raw_read($key, 0, $bytes) !== $before) echo "CHANGED\n";
}

echo "zero-filled:";
raw_create($key, 5000);
attach_untouched($key, 5000);

echo "somebody's bytes:";
raw_write($key, 0, 'Somebody else keeps something here');
attach_untouched($key, 5000);
raw_remove($key);

echo "one byte:";
raw_create($key, 1);
attach_untouched($key, 1);
raw_remove($key);

$region = shm_attach($key, 1000);
foreach (['newer' => 2, 'older' => 0] as $version) {
    raw_write($key, 48, pack('V', $version));
    attach_untouched($key, 1000);
}
raw_write($key, 48, pack('V', 1));

echo "other byte order:";
raw_write($key, 40, "\0KCAPMHS");
attach_untouched($key, 1000);
raw_write($key, 40, "SHMPACK\0");

echo "a size that is not its own:";
raw_write($key, 32, pack('P', 1 << 40));
attach_untouched($key, 1000);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000008);
?>
--EXPECTF--
zero-filled:
Warning: shm_attach(): Failed for key 0x5b000008: the segment belongs to another program, not to shmpack; use another key in %s on line %d
bool(false)
somebody's bytes:
Warning: shm_attach(): Failed for key 0x5b000008: the segment belongs to another program, not to shmpack; use another key in %s on line %d
bool(false)
one byte:
Warning: shm_attach(): Failed for key 0x5b000008: the segment belongs to another program, not to shmpack; use another key in %s on line %d
bool(false)

Warning: shm_attach(): Failed for key 0x5b000008: the region cannot be used, because its format is newer (this is format version 1); use another key, or remove the region with: ipcrm -M 0x5b000008 in %s on line %d
bool(false)

Warning: shm_attach(): Failed for key 0x5b000008: the region cannot be used, because its format is older (this is format version 1); use another key, or remove the region with: ipcrm -M 0x5b000008 in %s on line %d
bool(false)
other byte order:
Warning: shm_attach(): Failed for key 0x5b000008: the region cannot be used, because it was written with the other byte order (this is format version 1); use another key, or remove the region with: ipcrm -M 0x5b000008 in %s on line %d
bool(false)
a size that is not its own:
Warning: shm_attach(): Failed for key 0x5b000008: the region cannot be used, because its header contradicts its size (this is format version 1); use another key, or remove the region with: ipcrm -M 0x5b000008 in %s on line %d
bool(false)
