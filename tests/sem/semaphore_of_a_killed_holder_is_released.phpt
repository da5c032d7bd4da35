--TEST--
A semaphore that a killed process held is free at once
--EXTENSIONS--
shmpack
pcntl
posix
--FILE--
<?php
$key = 0x5e000005;
$semaphore = sem_get($key);
$child = pcntl_fork();
if ($child === 0) {
    $own = sem_get($key);
    sem_acquire($own);
    posix_kill(posix_getpid(), SIGKILL);
}
pcntl_waitpid($child, $status);
var_dump(pcntl_wtermsig($status) === SIGKILL);
var_dump(sem_acquire($semaphore, false, 5));
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000005));
?>
--EXPECT--
bool(true)
bool(true)
