--TEST--
Beside the stock extensions, both or one, in any order: no warning, and each name has one owner
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
$owner = function ($extension) {
    ob_start();
    (new ReflectionExtension($extension))->info();
    return str_contains(ob_get_clean(), 'provided by shmpack') ? 'shmpack' : 'stock';
};
echo 'sysvsem ', $owner('sysvsem'), ', sysvshm ', $owner('sysvshm');
// The twins in Shmpack\ are always shmpack's, and make objects of its class.
$semaphore = Shmpack\sem_get(0x5e000101);
Shmpack\sem_acquire($semaphore);
echo ', ', get_class($semaphore), ' ', var_export($semaphore instanceof Shmpack\SysvSemaphore, true);
$stock = sem_get(0x5e000101);
echo ', ', get_class($stock), ' ', var_export(sem_acquire($stock, true), true);
Shmpack\sem_remove($semaphore);
$shm = Shmpack\shm_attach(0x5e000101, 1000);
echo ', ', get_class($shm), ' of ', (new ReflectionClass('Shmpack\SysvSharedMemory'))->getExtensionName(), "\n";
Shmpack\shm_remove($shm);
PHP;

$orders = [
    ['shmpack'],
    ['shmpack', 'sysvsem'], ['sysvsem', 'shmpack'],
    ['shmpack', 'sysvshm'], ['sysvshm', 'shmpack'],
    ['shmpack', 'sysvsem', 'sysvshm'], ['sysvsem', 'sysvshm', 'shmpack'], ['sysvsem', 'shmpack', 'sysvshm'],
];
foreach ($orders as $order) {
    echo implode(' ', $order), "\n  ", run_php($order, $code);
}
?>
--EXPECT--
shmpack
  sysvsem shmpack, sysvshm shmpack, SysvSemaphore true, SysvSemaphore false, SysvSharedMemory of sysvshm
shmpack sysvsem
  sysvsem stock, sysvshm shmpack, Shmpack\SysvSemaphore true, SysvSemaphore false, SysvSharedMemory of sysvshm
sysvsem shmpack
  sysvsem stock, sysvshm shmpack, Shmpack\SysvSemaphore true, SysvSemaphore false, SysvSharedMemory of sysvshm
shmpack sysvshm
  sysvsem shmpack, sysvshm stock, SysvSemaphore true, SysvSemaphore false, Shmpack\SysvSharedMemory of shmpack
sysvshm shmpack
  sysvsem shmpack, sysvshm stock, SysvSemaphore true, SysvSemaphore false, Shmpack\SysvSharedMemory of shmpack
shmpack sysvsem sysvshm
  sysvsem stock, sysvshm stock, Shmpack\SysvSemaphore true, SysvSemaphore false, Shmpack\SysvSharedMemory of shmpack
sysvsem sysvshm shmpack
  sysvsem stock, sysvshm stock, Shmpack\SysvSemaphore true, SysvSemaphore false, Shmpack\SysvSharedMemory of shmpack
sysvsem shmpack sysvshm
  sysvsem stock, sysvshm stock, Shmpack\SysvSemaphore true, SysvSemaphore false, Shmpack\SysvSharedMemory of shmpack
