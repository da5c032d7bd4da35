--TEST--
A value that was read twice is kept: reading it again takes no memory, and a change by another process is seen at once
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip measures memory, which a sanitizer keeps back');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$region = shm_attach(0x5b000020, 1 << 20);

/** The memory that one more read of variable 1 takes, in bytes. */
function cost_of_reading($region): int
{
    $before = memory_get_usage();
    $value = shm_get_var($region, 1);
    return memory_get_usage() - $before;
}

/** Stores in a process that shares only the key with this one. */
function put_elsewhere(string $expression): void
{
    echo run_php(['shmpack'], "shm_put_var(shm_attach(0x5b000020), 1, $expression);");
}

foreach (['array' => 'range(1, 5000)', 'string' => 'str_repeat("x", 40000)', 'map' => '["a" => ["b" => str_repeat("y", 9000)]]'] as $name => $expression) {
    put_elsewhere($expression);
    $expected = eval("return $expression;");
    $readings = [shm_get_var($region, 1), shm_get_var($region, 1)];
    var_dump($readings === [$expected, $expected]);
    printf("%s: %s\n", $name, cost_of_reading($region) === 0 ? 'kept' : 'decoded again');
}

// A script that writes to a read value writes to a copy.
put_elsewhere('["rows" => [[1, 2], [3, 4]]]');
for ($i = 0; $i < 4; $i++) {
    $mine = shm_get_var($region, 1);
    $mine['rows'][0][0] = 'mine';
    $mine['rows'][] = &$i;
    $same = &$mine['rows'][1];
    $same[] = 5;
    unset($same);
}
echo json_encode(shm_get_var($region, 1)), "\n";

// Changed by this handle, by another handle, by another process; removed; stored again.
shm_put_var($region, 1, [2]);
echo json_encode(shm_get_var($region, 1)), "\n";
shm_put_var(shm_attach(0x5b000020), 1, [3]);
echo json_encode(shm_get_var($region, 1)), "\n";
put_elsewhere('[4]');
echo json_encode([shm_get_var($region, 1), shm_get_var($region, 1), shm_get_var($region, 1)]), "\n";
shm_remove_var($region, 1);
var_dump(shm_has_var($region, 1), @shm_get_var($region, 1));
put_elsewhere('[5]');
echo json_encode(shm_get_var($region, 1)), "\n";

// Another region with the same key.
for ($i = 0; $i < 3; $i++) shm_get_var($region, 1);
shm_remove($region);
$region = shm_attach(0x5b000020, 1 << 20);
var_dump(shm_has_var($region, 1));
put_elsewhere('[6]');
echo json_encode(shm_get_var($region, 1)), "\n";

// Switched off: every read decodes.
ini_set('shmpack.cache_size', '0');
shm_put_var($region, 1, range(1, 5000));
shm_get_var($region, 1);
shm_get_var($region, 1);
var_dump(cost_of_reading($region) > 50000);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000020);
?>
--EXPECT--
bool(true)
array: kept
bool(true)
string: kept
bool(true)
map: kept
{"rows":[[1,2],[3,4]]}
[2]
[3]
[[4],[4],[4]]
bool(false)
bool(false)
[5]
bool(false)
[6]
bool(true)
