--TEST--
Kept values stay within shmpack.cache_size and an eighth of the memory limit; of a set that does not fit a part is kept
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip measures memory, which a sanitizer keeps back');
?>
--FILE--
<?php
$region = shm_attach(0x5b000025, 32 << 20);
for ($key = 0; $key < 20; $key++) shm_put_var($region, $key, str_repeat(chr(65 + $key), 400000));

/** Reads all variables three times each; returns the bytes that stay taken afterwards. */
function read_all($region): int
{
    $before = memory_get_usage();
    for ($key = 0; $key < 20; $key++) {
        for ($i = 0; $i < 3; $i++) {
            if (shm_get_var($region, $key) !== str_repeat(chr(65 + $key), 400000)) echo "wrong\n";
        }
    }
    return memory_get_usage() - $before;
}

ini_set('shmpack.cache_size', '1M');
$kept = read_all($region);
echo $kept > 390000 && $kept < 1100000 ? 'within' : "not within: $kept", "\n";

// A working set that does not fit is read over and over: a part of it stays.
$costs = 0;
for ($i = 0; $i < 100; $i++) {
    $before = memory_get_usage();
    $value = shm_get_var($region, $i % 4);
    $costs += memory_get_usage() - $before > 390000;
    $value = null;
}
echo $costs < 90 ? 'some are kept' : "decoded $costs of 100", "\n";

// A budget of 0: kept values go, too.
$before = memory_get_usage();
ini_set('shmpack.cache_size', '0');
echo $before - memory_get_usage() > 390000 ? 'let go' : 'still kept', "\n";
echo read_all($region) === 0 ? 'none' : 'some', "\n";

ini_set('shmpack.cache_size', '1G');
ini_set('memory_limit', '16M');
$kept = read_all($region);
echo $kept > 390000 && $kept < 2200000 ? 'within' : "not within: $kept", "\n";
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000025);
?>
--EXPECT--
within
some are kept
let go
none
within
