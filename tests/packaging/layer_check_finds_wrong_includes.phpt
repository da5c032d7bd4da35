--TEST--
The layer check finds a wrong include in each folder, a folder or header without a rule, and a rule without a source
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/scripts/lib/checks.sh')) die('skip needs a checkout: PECL installs no scripts');
if (trim((string) shell_exec('command -v bash')) === '') die('skip needs bash');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$copy = sys_get_temp_dir() . '/shmpack-layers-' . getmypid();

function run(string ...$command): array
{
    exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
    return [$status, implode("\n", $lines)];
}

/** The exit code and output of check_layers for the copy. */
function check(): array
{
    global $root, $copy;
    return run('bash', '-c', 'root=$1; source "$2/scripts/lib/checks.sh"; check_layers', 'bash', $copy, $root);
}

/** Puts $text at the top of $file of the copy for one check, which must fail and print $words. */
function plant(string $what, string $file, string $text, string $words): void
{
    global $copy;
    $before = is_file("$copy/$file") ? file_get_contents("$copy/$file") : null;
    if (!is_dir(dirname("$copy/$file"))) mkdir(dirname("$copy/$file"));
    file_put_contents("$copy/$file", $text . $before);
    [$status, $output] = check();
    if ($status === 0 || !str_contains($output, $words)) echo "not found: $what\n$output\n";
    $before === null ? unlink("$copy/$file") : file_put_contents("$copy/$file", $before);
}

mkdir($copy);
run('cp', '-r', "$root/src", "$root/include", $copy);
[$status, $output] = check();
echo $status, $output, "\n";

// In each folder, one file gets includes of another family, or of a layer above it.
$files = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$copy/src", FilesystemIterator::SKIP_DOTS)) as $file) {
    $name = substr($file, strlen("$copy/"));
    if (preg_match('/\.(cc|h|c)$/', $name)) $files[dirname($name)][] = $name;
}
foreach ($files as $folder => $names) {
    sort($names);
    $wrong = match ($folder) {
        'src/php' => ['core/base/shared_access.h', 'core/region/heap.h'],
        'src/php/region', 'src/core/region' => ['core/slots/slot_bitmap.h', 'shmpack/semaphore.h', 'httpd'],
        'src/core/slots', 'src/php/slots' => ['core/region/heap.h', 'shmpack/region_layout.h', 'php/region/region_report.h'],
        default => ['core/region/heap.h', 'php/region/region_report.h', 'shmpack/region.h'],
    };
    $name = current(preg_grep('~/(module\.cc|arginfo\.h|php_shmpack\.h|decoded_cache\.\w+|persistent_copy\.\w+)$~', $names, PREG_GREP_INVERT) ?: $names);
    foreach ($wrong as $include) {
        if ($include === 'httpd') {
            plant("httpd in $folder", $name, "#include \"httpd.h\"\n", str_contains($folder, 'php') ? '' : 'included below');
        } elseif (!($folder === 'src/php/cache' && $include === 'shmpack/region.h')) {
            plant("$include in $folder", $name, "#include \"$include\"\n", "includes $include");
        }
    }
}
echo count($files) >= 13 ? 'every folder' : 'folders: ' . count($files), "\n";

plant('a family in a public header', 'include/shmpack/status.h', "#include \"shmpack/region.h\"\n", 'includes shmpack/region.h');
plant('the core in a public header', 'include/shmpack/region.h', "#include \"core/base/checksum.h\"\n", 'includes core/base/checksum.h');
plant('PHP in the core', 'src/core/slots/slot_grab.cc', "#include \"php.h\"\n", 'included below');
plant('the system in the core', 'src/core/region/heap.cc', "#include <unistd.h>\n", 'outside of src/port');
plant('a name of PHP', 'src/core/region/heap.cc', "zval* value;\n", 'heap.cc:1:');
plant('a public header of no family', 'include/shmpack/more.h', "#pragma once\n", 'more.h is in no folder');
plant('a folder without a rule', 'src/core/queue/queue.cc', "\n", 'queue.cc is in no folder');
rename("$copy/src/httpd", "$copy/httpd");
[$status, $output] = check();
echo str_contains($output, 'httpd, and there is no such source') ? "a rule without a source\n" : $output;
run('rm', '-rf', $copy);
?>
--EXPECT--
0
every folder
a rule without a source
