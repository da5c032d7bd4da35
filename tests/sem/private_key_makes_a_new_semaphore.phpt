--TEST--
Key 0 makes a new semaphore each time
--EXTENSIONS--
shmpack
--FILE--
<?php
$first = sem_get(0);
$second = sem_get(0);
var_dump(sem_acquire($first, true), sem_acquire($second, true), sem_acquire($first, true));
var_dump(sem_remove($first), sem_remove($second));
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
