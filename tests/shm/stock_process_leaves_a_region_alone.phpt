--TEST--
A process with ext/sysvshm that uses a region's key finds a full, empty segment and changes no byte of the region
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
require __DIR__ . '/raw_segment.inc';
const KEY = 0x5b000040;

$region = shm_attach(KEY, 20_000);
foreach (range(1, 50) as $key) shm_put_var($region, $key, str_repeat(chr(64 + $key % 26), $key * 5));
$bytes = (int) raw_perl('my $id = shmget($key, 0, 0); my $d = ""; shmctl($id, 2, $d); print unpack("x48 Q", $d)', KEY);
$before = raw_read(KEY, 0, $bytes);

echo "What stock users see:";
echo run_php(['sysvshm'], 'error_reporting(E_ALL); $s = shm_attach(' . KEY . ', 1000);
    var_dump(shm_put_var($s, 1, "new"), shm_get_var($s, 1), shm_has_var($s, 1), shm_remove_var($s, 1));');

// A thousand operations of all kinds. The seed is printed, so that a run can be repeated.
mt_srand($seed = random_int(0, 1 << 30));
$code = 'error_reporting(0); mt_srand(' . $seed . '); $s = shm_attach(' . KEY . ');
    $keys = [0, 1, 2, 7, 50, -1, -40, PHP_INT_MAX, PHP_INT_MIN];
    $values = [1, "text", str_repeat("x", 10_000), [1, [2, 3]], new ArrayObject([1]), null];
    for ($i = 0; $i < 1000; $i++) {
        $key = mt_rand(0, 3) ? $keys[array_rand($keys)] : mt_rand();
        switch (mt_rand(0, 5)) {
            case 0: case 1: if (shm_put_var($s, $key, $values[array_rand($values)])) echo "put\n"; break;
            case 2: if (shm_get_var($s, $key) !== false) echo "got\n"; break;
            case 3: if (shm_has_var($s, $key)) echo "has\n"; break;
            case 4: if (shm_remove_var($s, $key)) echo "removed\n"; break;
            case 5: shm_detach($s); $s = shm_attach(' . KEY . ', [40, 100, 10_000, 50_000, 1 << 20][mt_rand(0, 4)]) or $s = shm_attach(' . KEY . ');
        }
    }
    echo "done\n";';
echo run_php(['sysvshm'], $code);
if (raw_read(KEY, 0, $bytes) !== $before) echo "the region was changed, seed $seed\n";
var_dump(strlen($before) === $bytes && $bytes > 40_000, shm_get_var($region, 50) === str_repeat(chr(64 + 50 % 26), 250));
var_dump(shm_put_var($region, 51, 'goes on'));
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000040);
?>
--EXPECTF--
What stock users see:
Warning: shm_put_var(): Not enough shared memory left in %s on line %d

Warning: shm_get_var(): Variable key 1 doesn't exist in %s on line %d

Warning: shm_remove_var(): Variable key 1 doesn't exist in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
done
bool(true)
bool(true)
bool(true)
