--TEST--
Six writers killed at random instants, six hundred times a minute: no process stalls, no value is torn, no room is lost
--EXTENSIONS--
shmpack
--FILE--
<?php
// 20 seconds, or as many as SHMPACK_STRESS_SECONDS says: SHMPACK_STRESS_SECONDS=600 ./dev test tests/stress
$seconds = getenv('SHMPACK_STRESS_SECONDS') ?: '20';
$library = ini_get('extension_dir') . '/shmpack.so';
exec(implode(' ', array_map('escapeshellarg', [PHP_BINARY, '-n', __DIR__ . '/stress.inc', '--extension', $library,
    '--seconds', $seconds, '--processes', '6', '--kill-every', '100'])), $lines);
echo implode("\n", $lines), "\n";
// Several hundred a minute, whatever else the machine has to do.
preg_match('/^ *killed +(\d+)$/m', implode("\n", $lines), $killed);
var_dump($killed[1] >= 4 * $seconds);
?>
--EXPECTF--
stress: 6 processes, %d s, one region of 131072 bytes
%a
  0 torn, 0 backward, 0 lost, 0 complaint, 0 crash, 0 stall
%a
  everything held
bool(true)
