--TEST--
Warnings and return values of the semaphore functions are those of ext/sysvsem
--EXTENSIONS--
shmpack
--FILE--
<?php
// Stock's warnings, word for word, with the key as stock prints it (sem_get in 64 bits, the others in 32).
$key = -0x1e000002;
$semaphore = sem_get($key);
var_dump(sem_release($semaphore));
sem_acquire($semaphore);
var_dump(sem_remove($semaphore));
var_dump(sem_remove($semaphore));
var_dump(sem_acquire($semaphore));
var_dump(sem_release($semaphore));

// The system allows at most 32767; stock returns an object all the same.
var_dump(sem_get($key, 32768));
var_dump(sem_get($key, PHP_INT_MAX));
sem_remove(sem_get($key));

try {
    sem_acquire(new stdClass());
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
try {
    sem_get('x');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}

// A warning may throw: nothing is left half done.
set_error_handler(fn($number, $text) => throw new ErrorException($text));
$semaphore = sem_get($key);
try {
    sem_release($semaphore);
} catch (ErrorException $e) {
    echo $e->getMessage(), "\n";
}
var_dump(sem_acquire($semaphore), sem_remove($semaphore));
try {
    $semaphore = sem_get($key, 32768);
} catch (ErrorException $e) {
    echo $e->getMessage(), "\n";
}
sem_remove(sem_get($key));
?>
--CLEAN--
<?php
sem_remove(sem_get(-0x1e000002));
?>
--EXPECTF--
Warning: sem_release(): SysV semaphore for key 0xe1fffffe is not currently acquired in %s on line %d
bool(false)
bool(true)

Warning: sem_remove(): SysV semaphore for key 0xe1fffffe does not (any longer) exist in %s on line %d
bool(false)

Warning: sem_acquire(): Failed to acquire key 0xe1fffffe: Invalid argument in %s on line %d
bool(false)

Warning: sem_release(): Failed to release key 0xe1fffffe: Invalid argument in %s on line %d
bool(false)

Warning: sem_get(): Failed for key 0xffffffffe1fffffe: Numerical result out of range in %s on line %d
object(SysvSemaphore)#%d (%d) {%A
}

Warning: sem_get(): Failed for key 0xffffffffe1fffffe: Numerical result out of range in %s on line %d
object(SysvSemaphore)#%d (%d) {%A
}
sem_acquire(): Argument #1 ($semaphore) must be of type SysvSemaphore, stdClass given
sem_get(): Argument #1 ($key) must be of type int, string given
sem_release(): SysV semaphore for key 0xe1fffffe is not currently acquired
bool(true)
bool(true)
sem_get(): Failed for key 0xffffffffe1fffffe: Numerical result out of range
