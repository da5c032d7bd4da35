--TEST--
A table's or slot's lock that is not given back costs shmpack.lock_timeout, then a warning names the holder, and nothing changes
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
/** Stores to the table's bytes, at offsets of docs/format/slots.md. */
function store(int $at, int $word): void
{
    $file = fopen(ini_get('shmpack.runtime_dir') . '/held', 'r+');
    fseek($file, $at);
    fwrite($file, pack('V', $word));
    fclose($file);
}

const TABLE_LOCK = 64;
const SLOTS = 320; // Of three slots: 192 bytes of header, 16 of bits, 72 of owners, up to a multiple of 64.
const STRIDE = 128 + 2 * 64;

/** Prints whether a call took the timeout. */
function timed(callable $call): void
{
    $start = hrtime(true);
    var_dump($call());
    if (hrtime(true) - $start < 190e6) echo "too soon\n"; // The clock is read in whole milliseconds.
}

$slots = slotmem_create('held', 8, 3);
var_dump(slotmem_grab($slots), slotmem_grab($slots), slotmem_put($slots, 1, 'old'));
// The lock's word names a living process that does not hold it, as if that process were stopped.
$sleeper = proc_open(['sleep', '60'], [], $pipes);
$pid = proc_get_status($sleeper)['pid'];
ini_set('shmpack.lock_timeout', '0.2');
ob_start(fn (string $text) => str_replace("by process $pid;", 'by the sleeper;', $text), 1);

store(TABLE_LOCK, $pid);
timed(fn() => slotmem_grab($slots));
timed(fn() => slotmem_fgrab($slots, 2));
timed(fn() => slotmem_release($slots, 1));
timed(fn() => slotmem_put($slots, 2, 'new')); // That would mark it as in use.
timed(fn() => slotmem_get($slots, 2));
var_dump(slotmem_num_free_slots($slots), slotmem_put($slots, 1, 'young'), rtrim(slotmem_get($slots, 1), "\0"));
store(TABLE_LOCK, 0);
var_dump(slotmem_grab($slots));

store(SLOTS + STRIDE, $pid);
timed(fn() => slotmem_put($slots, 1, 'new'));
timed(fn() => slotmem_put_var($slots, 1, 1));
timed(fn() => slotmem_dptr($slots, 1));
timed(fn() => slotmem_doall($slots, function (int $id, Shmpack\SlotView $slot) { echo "visited $id\n"; }));
var_dump(rtrim(slotmem_get($slots, 1), "\0"), slotmem_put($slots, 0, 'other'), slotmem_put($slots, 2, 'other'));
store(SLOTS + STRIDE, 0);
var_dump(slotmem_put($slots, 1, 'new'), slotmem_dptr($slots, 1)->read(0, 3));
proc_terminate($sleeper, 9);
proc_close($sleeper);
slotmem_remove($slots);
?>
--CLEAN--
<?php
@unlink('/tmp/shmpack-phpt-slots/held');
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECTF--
int(0)
int(1)
bool(true)

Warning: slotmem_grab(): Failed for slot table "%s/held": its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_fgrab(): Failed for slot table "%s/held", slot 2: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_release(): Failed for slot table "%s/held", slot 1: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_put(): Failed for slot table "%s/held", slot 2: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_get(): Failed for slot table "%s/held", slot 2: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)
int(1)
bool(true)
string(5) "young"
int(2)

Warning: slotmem_put(): Failed for slot table "%s/held", slot 1: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_put_var(): Failed for slot table "%s/held", slot 1: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)

Warning: slotmem_dptr(): Failed for slot table "%s/held", slot 1: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)
visited 0

Warning: slotmem_doall(): Failed for slot table "%s/held", slot 1: its lock is held by the sleeper; timed out after 0.2 seconds (shmpack.lock_timeout), and nothing was changed. Is that process stopped? in %s on line %d
bool(false)
string(5) "young"
bool(true)
bool(true)
bool(true)
string(3) "new"
