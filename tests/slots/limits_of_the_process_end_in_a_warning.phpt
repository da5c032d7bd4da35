--TEST--
When a limit of this process forbids a table, a warning names the limit and nothing is left
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
exec('ulimit -v 1000000 && ' . escapeshellarg(PHP_BINARY) . ' -n -v 2>&1', $output, $status);
if ($status !== 0) die('skip this PHP does not run with a limit of its address space');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$folder = sys_get_temp_dir() . '/shmpack_' . getmypid();
mkdir($folder);

function with_limit(string $limit, string $code): void
{
    global $folder;
    $php = implode(' ', array_map('escapeshellarg', [...php_command(['shmpack']), '-r', "chdir('$folder'); $code"]));
    echo "$limit:", shell_exec("$limit && $php 2>&1");
    var_dump(array_diff(scandir($folder), ['.', '..', 'stored']));
}

with_limit('ulimit -v 1000000', "var_dump(slotmem_create('$folder/table', 1 << 29, 2));");
with_limit('ulimit -f 100', "var_dump(slotmem_create('$folder/table', 100_000, 64));");
with_limit('ulimit -n 20', "\$open = []; while (\$file = @fopen('/dev/null', 'r')) \$open[] = \$file;
    var_dump(slotmem_create('$folder/table', 100, 64));");

// Storing makes a file, too.
$slots = slotmem_create("$folder/stored", 100_000, 64);
with_limit('ulimit -f 100', "var_dump(slotmem_sync(slotmem_attach('$folder/stored')));");
slotmem_remove($slots);
rmdir($folder);
?>
--EXPECTF--
ulimit -v 1000000:
Warning: slotmem_create(): Failed for slot table "%s/table": mmap: Cannot allocate memory; raise this process's limit on address space, `ulimit -v` (RLIMIT_AS), now 1000000 KiB with %d in use in Command line code on line %d
bool(false)
array(0) {
}
ulimit -f 100:
Warning: slotmem_create(): Failed for slot table "%s/table": posix_fallocate: File too large; raise this process's limit on the size of a file, `ulimit -f` (RLIMIT_FSIZE) in Command line code on line %d
bool(false)
array(0) {
}
ulimit -n 20:
Warning: slotmem_create(): Failed for slot table "%s/table": open: Too many open files; raise this process's limit on open files, `ulimit -n` (RLIMIT_NOFILE) in Command line code on line %d
bool(false)
array(0) {
}
ulimit -f 100:
Warning: slotmem_sync(): Failed for slot table "%s/stored": posix_fallocate: File too large; raise this process's limit on the size of a file, `ulimit -f` (RLIMIT_FSIZE) in Command line code on line %d
bool(false)
array(0) {
}
