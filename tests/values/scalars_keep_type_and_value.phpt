--TEST--
shm_put_var() and shm_get_var(): every scalar comes back with its type and value
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

$integers = [0, 1, -1, PHP_INT_MAX, PHP_INT_MIN, PHP_INT_MAX - 1, PHP_INT_MIN + 1];
foreach ([5, 7, 8, 15, 16, 31, 32, 62] as $bits) {
    foreach ([-1, 0, 1] as $near) {
        array_push($integers, (1 << $bits) + $near, -(1 << $bits) + $near);
    }
}
$floats = [0.0, 1.0, -1.0, 0.1, 1e15, 2.0 ** 53, 2.0 ** 63, -(2.0 ** 63), 1e300, PHP_FLOAT_MIN, PHP_FLOAT_MAX, PHP_FLOAT_EPSILON,
    4.9406564584124654e-324, M_PI, INF, -INF];
foreach ([null, false, true, ...$integers, ...$floats] as $value) {
    if (round_trip($value) !== $value) {
        var_dump($value, round_trip($value));
    }
    if (round_trip(['in an array' => $value]) !== ['in an array' => $value]) {
        var_dump([$value], round_trip([$value]));
    }
}

echo count($integers), ' integers, ', count($floats), " floats\n";
var_dump(round_trip(-0.0), fdiv(1, round_trip(-0.0)), round_trip(NAN));
var_dump(round_trip(fopen(__FILE__, 'r')) === unserialize(serialize(fopen(__FILE__, 'r'))));
?>
--EXPECT--
55 integers, 16 floats
float(-0)
float(-INF)
float(NAN)
bool(true)
