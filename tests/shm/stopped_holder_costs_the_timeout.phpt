--TEST--
A process that is stopped while it holds the lock costs the others the timeout, and nothing once it continues
--EXTENSIONS--
shmpack
pcntl
posix
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
const KEY = 0x5b000034;
const BYTES = 16 << 20;
const HOLDER = 0x3fffffff; // The bits of the lock's word with the holder's thread id.

/** Whether a process is stopped: the signal is delivered some time after it was sent. */
function is_stopped(int $pid): bool
{
    return preg_match('/^State:\s+T/m', file_get_contents("/proc/$pid/status")) === 1;
}

$region = shm_attach(KEY, 40 << 20);
shm_put_var($region, 1, 'old');
shm_put_var($region, 2, 'another');

// It copies nearly all the time, under the lock. Its values count its puts, so that they can be checked.
$writer = pcntl_fork();
if ($writer === 0) {
    $value = '----' . str_repeat('w', BYTES);
    for ($n = 1; posix_getppid() !== 1; $n++) {
        for ($i = 0; $i < 4; $i++) $value[$i] = pack('N', $n)[$i];
        shm_put_var($region, 3, $value);
    }
    exit;
}
$caught = false;
for ($try = 0; $try < 500 && !$caught; $try++) {
    usleep(random_int(1000, 40000));
    posix_kill($writer, SIGSTOP);
    while (!is_stopped($writer)) usleep(100);
    $caught = (unpack('V', raw_read(KEY, 64, 4))[1] & HOLDER) === $writer;
    if (!$caught) posix_kill($writer, SIGCONT);
}
var_dump($caught);

ini_set('shmpack.lock_timeout', '0.3');
set_error_handler(function (int $level, string $text) use ($writer) {
    echo str_replace("process $writer;", 'process [the stopped one];', $text), "\n";
    return true;
});

/** Prints whether a call took the timeout, neither less nor much more. The clock is read in whole milliseconds. */
function timed(callable $call): void
{
    $start = hrtime(true);
    var_dump($call());
    $took = (hrtime(true) - $start) / 1e9;
    echo $took >= 0.29 && $took < 2 ? "in time\n" : "after $took s\n";
}

timed(fn() => shm_put_var($region, 1, 'new'));
timed(fn() => shm_put_var($region, 4, 'not there before'));
timed(fn() => shm_remove_var($region, 2));

// Nothing was changed. Reading needs no lock: an attached process still reads, and so does a new one.
$start = hrtime(true);
for ($i = 0; $i < 1000; $i++) {
    if (shm_get_var($region, 1) !== 'old' || shm_get_var($region, 2) !== 'another' || shm_has_var($region, 4)) echo "changed\n";
}
$late = shm_attach(KEY);
var_dump(shm_get_var($late, 1));
var_dump((hrtime(true) - $start) / 1e9 < 0.29);

// Many waiters, while the stopped process is continued: all of them finish.
ini_set('shmpack.lock_timeout', '30');
$waiting = [];
for ($i = 0; $i < 4; $i++) {
    $child = pcntl_fork();
    if ($child === 0) exit(shm_put_var($region, 10 + $i, "of $i") ? 0 : 1);
    $waiting[] = $child;
}
usleep(100000);
posix_kill($writer, SIGCONT);
foreach ($waiting as $i => $child) {
    pcntl_waitpid($child, $status);
    echo $status, ' ', shm_get_var($region, 10 + $i), "\n";
}
var_dump(shm_put_var($region, 1, 'new'), shm_get_var($region, 1), shm_remove_var($region, 2));

// The value that it was writing when it was stopped is whole, and it wrote more after that.
$serial = function () use ($region): int {
    $value = shm_get_var($region, 3);
    if (strlen($value) !== 4 + BYTES || substr_count($value, 'w', 4) !== BYTES) echo "torn\n";
    return unpack('N', $value)[1];
};
$first = $serial();
for ($try = 0; $try < 500 && $serial() === $first; $try++) usleep(20000);
var_dump($serial() > $first);

// Stopped while copying, then killed: like any other killed holder.
posix_kill($writer, SIGKILL);
pcntl_waitpid($writer, $status);
var_dump(shm_put_var($region, 1, 'newer'), shm_get_var($region, 1));
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000034);
?>
--EXPECTF--
bool(true)
shm_put_var(): Failed for key 0x5b000034: its lock is held by process [the stopped one]; timed out after 0.3 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped?
bool(false)
in time
shm_put_var(): Failed for key 0x5b000034: its lock is held by process [the stopped one]; timed out after 0.3 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped?
bool(false)
in time
shm_remove_var(): Failed for key 0x5b000034: its lock is held by process [the stopped one]; timed out after 0.3 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped?
bool(false)
in time
string(3) "old"
bool(true)
0 of 0
0 of 1
0 of 2
0 of 3
bool(true)
string(3) "new"
bool(true)
bool(true)
bool(true)
string(5) "newer"
