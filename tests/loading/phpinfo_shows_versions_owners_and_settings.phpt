--TEST--
php --ri and phpinfo() show versions, formats, the runtime folder, the owner of each name with advice, and every setting
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

$ri = fn(array $extensions, string $name) => shell_exec(implode(' ', array_map('escapeshellarg', [...php_command($extensions), '--ri', $name])));
echo strstr($ri(['shmpack'], 'shmpack'), "\nDirective", true);
echo $ri(['shmpack'], 'sysvshm');
foreach ([['sysvsem'], ['sysvshm'], ['sysvsem', 'sysvshm']] as $stock) {
    preg_match_all('/^sem_\*.*$|^shm_\*.*$/m', $ri(['shmpack', ...$stock], 'shmpack'), $lines);
    echo "\nBeside ", implode(' and ', $stock), ":\n", implode("\n", $lines[0]), "\n";
}

// The stand-ins have PHP's version, as the stock extensions have: Composer asks for ext-sysvshm ^8.
var_dump(phpversion('sysvshm') === PHP_VERSION, phpversion('sysvsem') === PHP_VERSION, phpversion('shmpack') === PHP_VERSION,
    (new ReflectionExtension('sysvshm'))->getVersion() === PHP_VERSION);

// No setting of shmpack is missing on the page.
ob_start();
phpinfo(INFO_MODULES);
$page = ob_get_clean();
foreach (ini_get_all('shmpack') as $name => $setting) {
    $value = $setting['global_value'] ?: 'no value';
    if (!str_contains($page, "\n$name => $value => $value\n")) echo "$name is missing\n";
}
?>
--EXPECTF--

shmpack

shmpack support => enabled
Version => %d.%d.%d
Codec library => msgpack-c %d.%d.%d
Region format => %d
Slot table format => %d
Slot tables of relative names => /dev/shm/shmpack-%d
sem_* and SysvSemaphore => shmpack
shm_* and SysvSharedMemory => shmpack

sysvshm

sysvshm => provided by shmpack %d.%d.%d
Version => %d.%d.%s

Beside sysvsem:
sem_* and SysvSemaphore => ext/sysvsem has them; call Shmpack\sem_get() and so on, or disable ext/sysvsem (Debian: phpdismod sysvsem)
shm_* and SysvSharedMemory => shmpack

Beside sysvshm:
sem_* and SysvSemaphore => shmpack
shm_* and SysvSharedMemory => ext/sysvshm has them; call Shmpack\shm_attach() and so on, or disable ext/sysvshm (Debian: phpdismod sysvshm)

Beside sysvsem and sysvshm:
sem_* and SysvSemaphore => ext/sysvsem has them; call Shmpack\sem_get() and so on, or disable ext/sysvsem (Debian: phpdismod sysvsem)
shm_* and SysvSharedMemory => ext/sysvshm has them; call Shmpack\shm_attach() and so on, or disable ext/sysvshm (Debian: phpdismod sysvshm)
bool(true)
bool(true)
bool(false)
bool(true)
