--TEST--
A kept value of one region is not taken for another region's, though entry, version and even key are the same
--EXTENSIONS--
shmpack
--FILE--
<?php
$one = shm_attach(0x5b000026, 20000);
$two = shm_attach(0x5b000027, 20000);
shm_put_var($one, 1, range(1, 100));
shm_put_var($two, 1, range(2, 101));
for ($i = 0; $i < 3; $i++) echo shm_get_var($one, 1)[0], shm_get_var($two, 1)[0], ' ';
for ($i = 0; $i < 3; $i++) shm_get_var($one, 1);
echo shm_get_var($two, 1)[0], "\n";

// A region is removed and made again.
shm_remove($one);
shm_detach($one);
$one = shm_attach(0x5b000026, 20000);
shm_put_var($one, 1, [7]);
echo shm_get_var($one, 1)[0], "\n";

// Regions without a key.
$a = shm_attach(0, 5000);
$b = shm_attach(0, 5000);
shm_put_var($a, 1, [1]);
shm_put_var($b, 1, [2]);
for ($i = 0; $i < 3; $i++) shm_get_var($a, 1);
echo shm_get_var($b, 1)[0], shm_get_var($a, 1)[0], "\n";

// More regions than the cache remembers.
$many = [];
for ($i = 0; $i < 50; $i++) {
    $many[$i] = shm_attach(0, 5000);
    shm_put_var($many[$i], 1, [$i]);
}
for ($round = 0; $round < 3; $round++) {
    foreach ($many as $i => $region) if (shm_get_var($region, 1) !== [$i]) echo "wrong: $i\n";
}
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000026);
raw_remove(0x5b000027);
?>
--EXPECT--
12 12 12 2
7
21
