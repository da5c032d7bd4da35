--TEST--
shm_attach() refuses sizes as ext/sysvshm does, and takes any size for a region that is there
--EXTENSIONS--
shmpack
--FILE--
<?php
$key = 0x5b000001;
foreach ([0, -1, PHP_INT_MIN] as $size) {
    try {
        shm_attach($key, $size);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
var_dump(shm_attach($key, 1));
var_dump(shm_attach($key, 39));
$region = shm_attach($key, 40);
var_dump($region instanceof SysvSharedMemory);
var_dump(shm_attach($key, 1) instanceof SysvSharedMemory);
var_dump(shm_attach($key) instanceof SysvSharedMemory);
shm_remove($region);

ini_set('sysvshm.init_mem', '0');
try {
    shm_attach($key);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000001);
?>
--EXPECTF--
shm_attach(): Argument #2 ($size) must be greater than 0
shm_attach(): Argument #2 ($size) must be greater than 0
shm_attach(): Argument #2 ($size) must be greater than 0

Warning: shm_attach(): Failed for key 0x5b000001: memorysize too small, the smallest is 40 bytes in %s on line %d
bool(false)

Warning: shm_attach(): Failed for key 0x5b000001: memorysize too small, the smallest is 40 bytes in %s on line %d
bool(false)
bool(true)
bool(true)
bool(true)
shm_attach(): Argument #2 ($size) must be greater than 0
