--TEST--
With opcache on, calls go to the extension that owns the names
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/run_php.inc';
skip_without_stock('opcache', 'sysvsem');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$script = sys_get_temp_dir() . '/shmpack_opcache_' . getmypid() . '.inc';
file_put_contents($script, <<<'PHP'
<?php
echo var_export(opcache_get_status() !== false, true), ' ';
$semaphore = sem_get(0x5e000103);
echo get_class($semaphore), ' ', get_class(Shmpack\sem_get(0x5e000103)), ' ';
for ($i = 0; $i < 1000; $i++) {
    sem_acquire($semaphore) && sem_release($semaphore) || die('lost');
}
echo sem_remove($semaphore) ? 'done' : 'not removed', "\n";
PHP);
foreach ([['opcache', 'shmpack'], ['opcache', 'shmpack', 'sysvsem'], ['sysvsem', 'shmpack', 'opcache']] as $extensions) {
    echo run_php($extensions, "require '$script';", ['opcache.enable_cli' => 1, 'opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '16M']);
}
unlink($script);
?>
--EXPECT--
true SysvSemaphore SysvSemaphore done
true SysvSemaphore Shmpack\SysvSemaphore done
true SysvSemaphore Shmpack\SysvSemaphore done
