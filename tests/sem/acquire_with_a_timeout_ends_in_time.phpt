--TEST--
sem_acquire() with a timeout waits that long, then returns false without a warning
--EXTENSIONS--
shmpack
--FILE--
<?php
$key = 0x5e000001;
$holder = sem_get($key);
$other = sem_get($key);
sem_acquire($holder);

function waited(callable $try): float
{
    $start = hrtime(true);
    var_dump($try());
    return (hrtime(true) - $start) / 1e9;
}

$seconds = waited(fn() => sem_acquire($other, false, 0.25));
var_dump($seconds >= 0.24 && $seconds < 3);
var_dump(waited(fn() => sem_acquire($other, false, 0.0)) < 0.2);
var_dump(waited(fn() => sem_acquire($other, true, 10)) < 1);
var_dump(waited(fn() => sem_acquire($other, timeout: 1e-10)) < 1);

foreach ([-0.5, -INF, NAN] as $timeout) {
    try {
        sem_acquire($other, false, $timeout);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}

sem_release($holder);
var_dump(sem_acquire($other, false, INF), sem_release($other));
var_dump(sem_acquire($other, false, null), sem_release($other));
var_dump(sem_acquire($other, false, 1e300), sem_release($other));
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000001));
?>
--EXPECT--
bool(false)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
sem_acquire(): Argument #3 ($timeout) must be greater than or equal to 0
sem_acquire(): Argument #3 ($timeout) must be greater than or equal to 0
sem_acquire(): Argument #3 ($timeout) must be greater than or equal to 0
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
