--TEST--
Symfony Lock's SemaphoreStore finds its extension and excludes between processes
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file('/usr/share/php/Symfony/Component/Lock/autoload.php')) die('skip needs php-symfony-lock');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$lock = <<<'PHP'
error_reporting(E_ALL & ~E_DEPRECATED);
require '/usr/share/php/Symfony/Component/Lock/autoload.php';
$factory = new Symfony\Component\Lock\LockFactory(new Symfony\Component\Lock\Store\SemaphoreStore());
$lock = $factory->createLock('shmpack_test');
PHP;
$hold = $lock . <<<'PHP'
echo $lock->acquire() ? "holds\n" : "busy\n";
fgets(STDIN);
$lock->release();
echo "released\n";
fgets(STDIN);
PHP;
$try = $lock . <<<'PHP'
echo $lock->acquire() ? "holds\n" : "busy\n";
PHP;

$extensions = array_filter(['shmpack', 'ctype', 'mbstring', 'iconv'], fn($name) => is_file(extension_file($name)));
$holder = start_php($extensions, $hold);
echo fgets($holder['out']);
echo run_php($extensions, $try);
fwrite($holder['in'], "\n");
echo fgets($holder['out']);
echo run_php($extensions, $try);
echo finish_php($holder);
?>
--CLEAN--
<?php
sem_remove(sem_get(unpack('i', md5('shmpack_test', true))[1]));
?>
--EXPECT--
holds
busy
released
holds
