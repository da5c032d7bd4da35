--TEST--
php-src's suites ask for sysvsem and sysvshm, and run with shmpack instead of the stock extensions
--EXTENSIONS--
sysvsem
sysvshm
--SKIPIF--
<?php
if (getenv('SHMPACK_ROOT') === false) die('skip is run by ./dev test');
?>
--FILE--
<?php
function info(string $extension): string
{
    ob_start();
    (new ReflectionExtension($extension))->info();
    return ob_get_clean();
}

foreach (['sysvsem' => 'sem_get', 'sysvshm' => 'shm_attach'] as $extension => $function) {
    echo $extension, ': ', str_contains(info($extension), 'provided by shmpack') ? 'shmpack' : 'stock', ', ';
    echo $function, ' is of ', (new ReflectionFunction($function))->getExtensionName(), "\n";
}
var_dump(glob(ini_get('extension_dir') . '/sysvs*.so'));
?>
--EXPECT--
sysvsem: shmpack, sem_get is of sysvsem
sysvshm: shmpack, shm_attach is of sysvshm
array(0) {
}
