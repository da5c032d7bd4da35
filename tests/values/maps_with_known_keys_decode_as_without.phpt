--TEST--
shm_get_var(): maps with known keys come back as if no key were known
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

/** A new string for each key, so that finding it takes the array's hash. */
function copy_of(string $text): string
{
    return strrev(strrev($text));
}

/** Round trips `$rows` some times, so that each meets known keys; prints what is not as it was. */
function check(string $name, array $rows): void
{
    for ($i = 0; $i < 4; $i++) {
        foreach ([$rows, array_map(fn($row) => [$row], $rows), ['rows' => $rows, 'again' => $rows]] as $form => $value) {
            $back = round_trip($value);
            if ($back !== $value) {
                echo "$name: DIFFERENT in form $form\n";
                foreach ($value as $at => $expected) {
                    if ($back[$at] !== $expected) {
                        var_dump($expected, $back[$at]);
                        exit;
                    }
                }
            }
            if ($form > 0) {
                continue;
            }
            foreach ($back as $row) {
                foreach (array_keys($row) as $key) {
                    if (!isset($row[is_int($key) ? $key : copy_of($key)]) && $row[$key] !== null) {
                        die("$name: $key is not found by its text\n");
                    }
                }
                if (isset($row['no such key'], $row[99])) {
                    die("$name: a key is found that is not there\n");
                }
                // A change of one array must not show in another, or in a later read.
                $size = count($row);
                $row['added'] = 1;
                $row[] = 2;
                unset($row[array_key_first($row)]);
                if (count($row) !== $size + 1 || !isset($row[copy_of('added')])) {
                    die("$name: adding and removing goes wrong\n");
                }
            }
        }
    }
    echo "$name: same\n";
}

$row = ['id' => 1, 'name' => 'Ann', 'price' => 1.5, 'ok' => true, 'note' => null];
check('equal keys', [$row, $row, ['id' => 2, 'name' => 'x', 'price' => -3, 'ok' => 'text', 'note' => str_repeat('y', 300)]]);

// Another key at each place: longer, shorter, with another byte, an integer; each often enough to become the known one.
$rows = [];
for ($at = 0; $at < 5; $at++) {
    foreach (['longer name', 'n', 'namE', 7, -1, ''] as $other) {
        $keys = array_keys($row);
        $keys[$at] = $other;
        array_push($rows, $row, array_combine($keys, $row), array_combine($keys, $row), $row);
    }
}
check('one key else', $rows);
check('other order', [$row, $row, $row, array_reverse($row, true), array_reverse($row, true), $row]);
check('other count', [$row, $row, $row, array_slice($row, 0, 4), array_slice($row, 0, 4), $row + ['more' => 1]]);

$rows = [];
for ($size = 0; $size < 36; $size++) {
    $key = substr('abcdefghijklmnopqrstuvwxyz0123456789', 0, $size);
    for ($i = 0; $i < 3; $i++) {
        $rows[] = ['first' => $i, $key => 1, "$key." => 2];
        $rows[] = [$key => $i, 'second' => 1];
    }
    // Another byte, at each position.
    for ($at = 0; $at < $size; $at++) {
        $rows[] = ['first' => 0, substr_replace($key, '_', $at, 1) => 1, "$key." => 2];
    }
}
check('keys of all sizes', $rows);

$rows = [];
for ($pairs = 1; $pairs < 40; $pairs++) {
    $many = [];
    for ($i = 0; $i < $pairs; $i++) {
        $many["key $i"] = $i;
    }
    array_push($rows, $many, $many, $many);
}
check('any number of keys', $rows);

// Arrays as values, before, between and behind scalars; and inner maps that replace the outer one among the known.
$rows = [];
foreach ([1, [], [1, 2], ['id' => 1, 'name' => 2, 'tags' => 3], ['id' => [1], 'other' => 2, 'tags' => 3], [$row, $row]] as $value) {
    for ($at = 0; $at < 3; $at++) {
        $values = [1, 'text', 2.5];
        $values[$at] = $value;
        $three = array_combine(['id', 'name', 'tags'], $values);
        array_push($rows, $three, $three, ['id' => $three, 'name' => $three, 'tags' => [$three]]);
    }
}
check('arrays in maps', $rows);

mt_srand(3);
$rows = [];
for ($i = 0; $i < 3000; $i++) {
    $made = [];
    for ($j = mt_rand(1, 4); $j > 0; $j--) {
        $key = ['id', 'name', 'nam', 'a', 'b', 'a longer key', "gr\u{fc}n", "\xff", 5, -5, ''][mt_rand(0, 10)];
        $made[$key] = [$j, 1.5 * $j, 'text', null, [], [$j], $made][mt_rand(0, 6)];
    }
    $rows[] = $made;
}
check('random keys', $rows);

// Known keys are reference counted: arrays that are gone hold none.
$key = copy_of('in no script ' . mt_rand());
for ($i = 0; $i < 100; $i++) {
    $back = round_trip([[$key => 1, 'b' => 2], [$key => 1, 'b' => 2]]);
}
ob_start();
debug_zval_dump(array_key_first($back[0]));
preg_match('/refcount\((\d+)\)/', ob_get_clean(), $match);
var_dump($match[1] < 10);
?>
--EXPECT--
equal keys: same
one key else: same
other order: same
other count: same
keys of all sizes: same
any number of keys: same
arrays in maps: same
random keys: same
bool(true)
