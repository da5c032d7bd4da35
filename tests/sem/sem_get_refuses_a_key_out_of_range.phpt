--TEST--
sem_get() refuses a key that no key_t can hold, and takes every other as ext/sysvsem does
--EXTENSIONS--
shmpack
--FILE--
<?php
foreach ([PHP_INT_MIN, -2147483649, 4294967296, PHP_INT_MAX] as $key) {
    foreach (['sem_get', 'Shmpack\sem_get'] as $function) {
        try {
            $function($key);
        } catch (ValueError $e) {
            echo $e->getMessage(), "\n";
        }
    }
}

// 32 bits, signed or not, are the same kernel key: crc32() gives unsigned ones.
$semaphore = Shmpack\sem_get(0xfea50001);
var_dump(Shmpack\sem_acquire($semaphore));
var_dump(Shmpack\sem_acquire(Shmpack\sem_get(0xfea50001 - 2 ** 32), true));
var_dump(Shmpack\sem_remove($semaphore));
?>
--CLEAN--
<?php
Shmpack\sem_remove(Shmpack\sem_get(0xfea50001));
?>
--EXPECT--
sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
Shmpack\sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
Shmpack\sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
Shmpack\sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
Shmpack\sem_get(): Argument #1 ($key) must be between -2147483648 and 4294967295
bool(true)
bool(false)
bool(true)
