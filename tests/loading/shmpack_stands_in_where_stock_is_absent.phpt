--TEST--
Where the stock extensions are absent, shmpack provides their names, and every check for them finds them
--EXTENSIONS--
shmpack
--FILE--
<?php
foreach (['sysvsem' => 'sem_get', 'sysvshm' => 'shm_attach'] as $name => $function) {
    var_dump(extension_loaded($name), in_array($name, get_loaded_extensions()));
    echo implode(' ', get_extension_funcs($name)), "\n";
    // Reflection gives an alias in lower case.
    echo implode(' ', (new ReflectionExtension($name))->getClassNames()), "\n";
    echo (new ReflectionFunction($function))->getExtensionName(), "\n";
    echo (new ReflectionFunction("Shmpack\\$function"))->getExtensionName(), "\n";
}
var_dump(class_exists('SysvSemaphore'), class_exists('SysvSharedMemory'));

// The twins are the same functions in their own namespace.
foreach (preg_grep('/^shmpack\\\\/i', get_extension_funcs('shmpack')) as $twin) {
    $global = new ReflectionFunction(substr($twin, strlen('Shmpack\\')));
    $twin = new ReflectionFunction($twin);
    $text = fn(ReflectionFunction $f) => str_replace('Shmpack\\', '', implode(', ', $f->getParameters()) . ': ' . $f->getReturnType());
    if ($text($global) !== $text($twin)) echo "{$twin->getName()} differs\n";
}
?>
--EXPECT--
bool(true)
bool(true)
sem_get sem_acquire sem_release sem_remove
SysvSemaphore shmpack\sysvsemaphore
sysvsem
shmpack
bool(true)
bool(true)
shm_attach shm_detach shm_has_var shm_remove shm_put_var shm_get_var shm_remove_var
SysvSharedMemory shmpack\sysvsharedmemory
sysvshm
shmpack
bool(true)
bool(true)
