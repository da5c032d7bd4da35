--TEST--
A forked child that ends, or unsets the handle, does not release what its parent acquired
--EXTENSIONS--
shmpack
pcntl
--FILE--
<?php
$key = 0x5e000006;
$semaphore = sem_get($key);
$other = sem_get($key);
sem_acquire($semaphore);

$child = pcntl_fork();
if ($child === 0) {
    unset($semaphore);
    exit(sem_acquire($other, true) ? 1 : 0);
}
pcntl_waitpid($child, $status);
echo "child after unset: ", pcntl_wexitstatus($status), "\n";
var_dump(sem_acquire($other, true));

// A child that acquires for itself and ends leaves the parent's state as it was.
sem_release($semaphore);
$child = pcntl_fork();
if ($child === 0) {
    exit(sem_acquire($semaphore, true) ? 0 : 1);
}
pcntl_waitpid($child, $status);
echo "child acquired: ", pcntl_wexitstatus($status), "\n";
var_dump(sem_acquire($other, true), sem_acquire($semaphore, true));
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000006));
?>
--EXPECT--
child after unset: 0
bool(false)
child acquired: 0
bool(true)
bool(false)
