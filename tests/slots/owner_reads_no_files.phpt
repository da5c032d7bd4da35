--TEST--
SlotTable::owner() gives the pid without asking the system about that process
--EXTENSIONS--
shmpack
pcntl
--SKIPIF--
<?php
if (!preg_match('/^syscr: [1-9]/m', @file_get_contents('/proc/self/io') ?: '')) die('skip needs a kernel that counts what a process reads');
?>
--FILE--
<?php
function reads(callable $call): int
{
    $count = fn () => (int) preg_replace('/.*^syscr: (\d+).*/ms', '$1', file_get_contents('/proc/self/io'));
    $before = $count();
    $first = $count();
    $call();
    return $count() - $first - ($first - $before);
}

$slots = slotmem_create('none', 8, 2);
$child = pcntl_fork();
if ($child === 0) {
    slotmem_grab($slots);
    exit;
}
while (!$slots->inUse(0)) usleep(1000);
var_dump(reads(function () use ($slots, $child) {
    for ($i = 0; $i < 100; ++$i) if ($slots->owner(0) !== $child || $slots->owner(1) !== 0) echo "wrong\n";
}));
pcntl_wait($status);
var_dump(reads(fn () => file_get_contents('/proc/self/stat')) > 0);
?>
--EXPECT--
int(0)
bool(true)
