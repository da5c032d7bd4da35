--TEST--
SysvSemaphore cannot be made, copied, extended, serialized, compared or given properties
--EXTENSIONS--
shmpack
--FILE--
<?php
$semaphore = sem_get(0x5e000003);
$tries = [
    'new' => fn() => new SysvSemaphore(),
    'clone' => fn() => clone $semaphore,
    'serialize' => fn() => serialize($semaphore),
    'unserialize' => fn() => unserialize('O:13:"SysvSemaphore":0:{}'),
    'property' => fn() => $semaphore->x = 1,
];
foreach ($tries as $name => $try) {
    try {
        $try();
        echo "$name: done\n";
    } catch (Throwable $e) {
        echo "$name: ", get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump($semaphore == sem_get(0x5e000003), $semaphore == $semaphore, $semaphore instanceof Shmpack\SysvSemaphore);
var_dump((new ReflectionClass($semaphore))->isFinal());
sem_remove($semaphore);
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000003));
?>
--EXPECT--
new: Error: Cannot directly construct SysvSemaphore, use sem_get() instead
clone: Error: Trying to clone an uncloneable object of class SysvSemaphore
serialize: Exception: Serialization of 'SysvSemaphore' is not allowed
unserialize: Exception: Unserialization of 'SysvSemaphore' is not allowed
property: Error: Cannot create dynamic property SysvSemaphore::$x
bool(false)
bool(true)
bool(true)
bool(true)
