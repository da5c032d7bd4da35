--TEST--
shm_attach() refuses a key that no key_t can hold, and takes every other as ext/sysvshm does
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
foreach ([PHP_INT_MIN, -2147483649, 4294967296, PHP_INT_MAX] as $key) {
    try {
        shm_attach($key);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
// crc32() gives unsigned 32 bits; the kernel's key has the same bits.
$unsigned = 0xfeb50001;
$region = shm_attach($unsigned, 1000);
shm_put_var($region, 1, 'the same region');
var_dump(raw_exists($unsigned - 2 ** 32));
var_dump(shm_get_var(shm_attach($unsigned - 2 ** 32), 1));
shm_remove($region);
foreach ([-2147483648, 4294967295] as $key) {
    $region = shm_attach($key, 1000);
    var_dump($region instanceof SysvSharedMemory);
    shm_remove($region);
}
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
foreach ([0xfeb50001 - 2 ** 32, -2147483648, -1] as $key) raw_remove($key);
?>
--EXPECT--
shm_attach(): Argument #1 ($key) must be between -2147483648 and 4294967295
shm_attach(): Argument #1 ($key) must be between -2147483648 and 4294967295
shm_attach(): Argument #1 ($key) must be between -2147483648 and 4294967295
shm_attach(): Argument #1 ($key) must be between -2147483648 and 4294967295
bool(true)
string(15) "the same region"
bool(true)
bool(true)
