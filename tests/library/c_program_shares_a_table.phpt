--TEST--
A program in C, compiled as C99 and linked with libshmpack.a alone, shares a table with PHP
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(getenv('SHMPACK_LIBRARY') ?: '')) die('skip needs SHMPACK_LIBRARY=<libshmpack.a>, which ./dev test sets');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$folder = sys_get_temp_dir() . '/shmpack_library_' . getmypid();
mkdir($folder, 0700);
$program = "$folder/program";
// cc, not c++: nothing of C++ is needed to link.
$command = ['cc', '-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror', "-I$root/include", '-o', $program,
    __DIR__ . '/c_program.c', getenv('SHMPACK_LIBRARY')];
passthru(implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1', $status);
echo 'compiled: ', $status, "\n";

$run = function (string $what) use ($program, $folder): void {
    passthru("$program $what $folder/table 2>&1", $status);
    echo "$what: $status\n";
};
$run('all');
$run('make');
$slots = slotmem_attach("$folder/table");
var_dump(slotmem_num_slots($slots), slotmem_slot_size($slots), rtrim(slotmem_get($slots, 0), "\0"));
slotmem_put($slots, 0, str_pad('from PHP', 40, "\0"));
$run('answer');
var_dump(rtrim(slotmem_get($slots, 1), "\0"));
slotmem_remove($slots);
array_map('unlink', [$program, ...glob("$folder/table*")]);
rmdir($folder);
?>
--EXPECT--
compiled: 0
all: 0
make: 0
int(4)
int(40)
string(6) "from C"
answer: 0
string(8) "FROM PHP"
