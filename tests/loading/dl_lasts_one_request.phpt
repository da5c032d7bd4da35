--TEST--
dl() loads the extension for the rest of the request, beside the stock extensions or alone, and unloads it cleanly
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/run_php.inc';
skip_without_stock('sysvsem', 'sysvshm');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$code = <<<'PHP'
var_dump(dl('shmpack.so'));
$semaphore = Shmpack\sem_get(0x5e000102);
echo get_class($semaphore), ' ', var_export(Shmpack\sem_acquire($semaphore), true), "\n";
$shm = Shmpack\shm_attach(0x5e000102, 1000);
Shmpack\shm_put_var($shm, 1, [1, 2, 3]);
var_dump(count(Shmpack\shm_get_var($shm, 1)));
Shmpack\shm_remove($shm);
Shmpack\sem_remove($semaphore);
register_shutdown_function(function () { echo "end\n"; });
PHP;
$ini = ['extension_dir' => ini_get('extension_dir')];
echo run_php([], $code, $ini);
echo run_php(['sysvsem', 'sysvshm'], $code, $ini);
?>
--EXPECT--
bool(true)
SysvSemaphore true
int(3)
end
bool(true)
Shmpack\SysvSemaphore true
int(3)
end
