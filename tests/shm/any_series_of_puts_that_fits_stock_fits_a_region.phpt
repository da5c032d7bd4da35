--TEST--
Any series of puts and removals that ext/sysvshm has room for in a segment of some size fits a region of that size
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/../loading/run_php.inc';
skip_without_stock('sysvshm');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
// The same puts into both, in one process: a put that stock accepts must fit here, too.
echo run_php(['sysvshm', 'shmpack'], <<<'PHP'
    mt_srand(42);
    $refused = $taken = 0;
    for ($round = 0; $round < 60; $round++) {
        $size = mt_rand(40, 3000);
        $stock = shm_attach(0x5b000009, $size);
        $ours = Shmpack\shm_attach(0, $size);
        for ($i = 0; $i < 150; $i++) {
            $key = mt_rand(0, 30);
            if (mt_rand(0, 4) === 0 && shm_has_var($stock, $key)) {
                shm_remove_var($stock, $key);
                Shmpack\shm_remove_var($ours, $key);
                continue;
            }
            $value = match (mt_rand(0, 6)) {
                0 => mt_rand(),
                1 => str_repeat(chr(mt_rand(0, 255)), mt_rand(0, 40)),
                2 => str_repeat('x', mt_rand(0, $size)),
                3 => array_fill(0, mt_rand(0, 30), 1.0),
                4 => array_fill(5, mt_rand(1, 5), 0.0),
                5 => (object) ['a' => 1, 'b' => [true, null]],
                6 => ['key' => mt_rand(), 'other' => ['x' => 'y']],
            };
            if (@shm_put_var($stock, $key, $value)) {
                $taken++;
                if (!Shmpack\shm_put_var($ours, $key, $value)) die("stock takes key $key in $size bytes: " . serialize($value));
            } else {
                // Stock has lost the old value.
                $refused++;
                if (Shmpack\shm_has_var($ours, $key)) Shmpack\shm_remove_var($ours, $key);
            }
        }
        shm_remove($stock);
    }
    var_dump($taken > 2000, $refused > 500);
    PHP);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000009);
?>
--EXPECT--
bool(true)
bool(true)
