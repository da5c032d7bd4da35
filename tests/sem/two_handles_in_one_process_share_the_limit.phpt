--TEST--
Two handles of one key in one process share one limit, and each releases only what it took
--EXTENSIONS--
shmpack
--FILE--
<?php
$key = 0x5e000004;
$first = sem_get($key, 2);
$second = sem_get($key, 9); // Only the first user's limit counts.
var_dump(sem_acquire($first, true), sem_acquire($second, true), sem_acquire($second, true));
unset($first); // Releases what it took.
var_dump(sem_acquire($second, true), sem_acquire($second, true));
var_dump(sem_release($second), sem_release($second));
var_dump(@sem_release($second));
unset($second);

$only = sem_get($key, 3); // The first user again.
var_dump(sem_acquire($only, true), sem_acquire($only, true), sem_acquire($only, true), sem_acquire($only, true));

// Without auto_release it stays taken until the process ends.
unset($only);
$keeper = sem_get($key, 1, 0666, false);
sem_acquire($keeper);
unset($keeper);
var_dump(sem_acquire(sem_get($key), true));
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000004));
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
