--TEST--
A segment of ext/sysvshm is recognised, refused and left as it is
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/run_php.inc';
skip_without_stock('sysvshm');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
require __DIR__ . '/raw_segment.inc';
$key = 0x5b000007;
echo run_php(['sysvshm'], "\$s = shm_attach($key, 1000); shm_put_var(\$s, 1, 'written by stock');");
$before = raw_read($key, 0, 1000);
var_dump(shm_attach($key, 1000));
var_dump(raw_read($key, 0, 1000) === $before);
echo run_php(['sysvshm'], "var_dump(shm_get_var(shm_attach($key), 1));");
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000007);
?>
--EXPECTF--
Warning: shm_attach(): Failed for key 0x5b000007: the segment is ext/sysvshm's, which has another format; use another key, or, if its variables are no longer needed, remove it with: ipcrm -M 0x5b000007 in %s on line %d
bool(false)
bool(true)
string(16) "written by stock"
