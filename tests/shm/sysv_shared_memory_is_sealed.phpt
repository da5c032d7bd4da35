--TEST--
SysvSharedMemory cannot be constructed, cloned, serialized, extended or given properties
--EXTENSIONS--
shmpack
--FILE--
<?php
$region = shm_attach(0, 1000);
foreach ([
    fn () => new SysvSharedMemory,
    fn () => clone $region,
    fn () => serialize($region),
    fn () => $region->property = 1,
    fn () => shm_put_var($region, 1, $region),
    fn () => shm_put_var($region, 1, [1, ['x' => fn () => 1]]),
] as $attempt) {
    try {
        $attempt();
        echo "done\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump((new ReflectionClass('SysvSharedMemory'))->isFinal(), $region == shm_attach(0, 1000), shm_has_var($region, 1));
?>
--EXPECT--
Error: Cannot directly construct SysvSharedMemory, use shm_attach() instead
Error: Trying to clone an uncloneable object of class SysvSharedMemory
Exception: Serialization of 'SysvSharedMemory' is not allowed
Error: Cannot create dynamic property SysvSharedMemory::$property
Exception: Serialization of 'SysvSharedMemory' is not allowed
Exception: Serialization of 'Closure' is not allowed
bool(true)
bool(false)
bool(false)
