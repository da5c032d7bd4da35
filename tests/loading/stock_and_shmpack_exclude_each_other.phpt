--TEST--
A stock PHP process and one with shmpack exclude each other on one key, in both directions, and share the limit
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/run_php.inc';
skip_without_stock('sysvsem');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$hold = <<<'PHP'
$semaphore = sem_get(0x5e000104, 2);
sem_acquire($semaphore);
sem_acquire($semaphore);
echo "held\n";
fgets(STDIN);
sem_release($semaphore);
echo "one released\n";
fgets(STDIN);
PHP;
$try = <<<'PHP'
$semaphore = sem_get(0x5e000104, 9);
for ($n = 0; sem_acquire($semaphore, true); $n++);
echo "got $n\n";
PHP;

foreach ([['sysvsem', 'shmpack'], ['shmpack', 'sysvsem']] as [$one, $other]) {
    echo "$one holds, $other tries\n";
    $holder = start_php([$one], $hold);
    echo fgets($holder['out']);
    echo run_php([$other], $try);
    fwrite($holder['in'], "\n");
    echo fgets($holder['out']);
    echo run_php([$other], $try);
    echo finish_php($holder);
    echo run_php([$other], $try); // Again the first user.
}

// Both at once, without a pause: only the semaphore protects a counter in a file.
$file = tempnam(sys_get_temp_dir(), 'shmpack');
file_put_contents($file, '0');
$count = <<<PHP
\$semaphore = sem_get(0x5e000105);
for (\$i = 0; \$i < 2000; \$i++) {
    sem_acquire(\$semaphore);
    file_put_contents('$file', 1 + (int) file_get_contents('$file'));
    sem_release(\$semaphore);
}
PHP;
$running = [start_php(['sysvsem'], $count), start_php(['shmpack'], $count), start_php(['shmpack'], $count)];
foreach ($running as $process) {
    echo finish_php($process);
}
echo file_get_contents($file), "\n";
unlink($file);
?>
--CLEAN--
<?php
sem_remove(sem_get(0x5e000104));
sem_remove(sem_get(0x5e000105));
?>
--EXPECT--
sysvsem holds, shmpack tries
held
got 0
one released
got 1
got 9
shmpack holds, sysvsem tries
held
got 0
one released
got 1
got 9
6000
