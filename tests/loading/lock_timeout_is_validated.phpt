--TEST--
shmpack.lock_timeout takes only seconds that end a wait
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/run_php.inc';

foreach (['2', '0.5', '1e2', '0', '-1', 'INF', 'NAN', '1e999', '', 'x', '3s'] as $value) {
    echo var_export($value, true), ': ', ini_set('shmpack.lock_timeout', $value) === false ? 'refused' : 'taken', "\n";
}
echo ini_get('shmpack.lock_timeout'), ' ', ini_get('sysvshm.init_mem'), "\n";
// A bad value in an ini file leaves the default.
echo run_php(['shmpack'], 'echo ini_get("shmpack.lock_timeout"), "\n";', ['shmpack.lock_timeout' => '-3']);
echo run_php(['shmpack'], 'echo ini_get("shmpack.lock_timeout"), "\n";', ['shmpack.lock_timeout' => '7']);
?>
--EXPECT--
'2': taken
'0.5': taken
'1e2': taken
'0': refused
'-1': refused
'INF': refused
'NAN': refused
'1e999': refused
'': refused
'x': refused
'3s': refused
1e2 10000
5
7
