--TEST--
shmpack.runtime_dir defaults to this user's own folder; a relative one, or one that others could write to, is refused
--EXTENSIONS--
shmpack
posix
--FILE--
<?php
require dirname(__DIR__) . '/loading/run_php.inc';
$base = sys_get_temp_dir() . '/shmpack-phpt-folders';
@mkdir($base, 0755);
function attempt(string $what, string $folder, string $code = '$slots = slotmem_create("phpt-folders", 8, 1); var_dump($slots ? $slots->remove() : false);'): void
{
    global $base;
    echo "$what:\n", str_replace($base, '[base]', run_php(['shmpack'], $code, ['shmpack.runtime_dir' => $folder]));
}

$default = '/dev/shm/shmpack-' . posix_geteuid();
attempt('default', '', '$slots = slotmem_create("phpt-folders", 8, 1);
    printf("%d %o\n", file_exists("' . $default . '/phpt-folders"), fileperms("' . $default . '") & 0777);
    var_dump(ini_get("shmpack.runtime_dir"), $slots->remove(), ini_set("shmpack.runtime_dir", "/tmp"));');
attempt('is made', "$base/new");
printf("%o\n", fileperms("$base/new") & 07777);
attempt('with a slash at the end', "$base/new/");
attempt('nowhere', "$base/no/such");

mkdir("$base/open");
chmod("$base/open", 01777);
attempt('others may write', "$base/open");
chmod("$base/open", 0770);
attempt('the group may write', "$base/open");
symlink("$base/new", "$base/link");
attempt('a link', "$base/link");
touch("$base/file");
attempt('a file', "$base/file");
attempt('relative', 'shmpack-phpt-relative', 'var_dump(ini_get("shmpack.runtime_dir"));');
var_dump(file_exists('shmpack-phpt-relative'), count(scandir("$base/open")));
?>
--CLEAN--
<?php
$base = sys_get_temp_dir() . '/shmpack-phpt-folders';
foreach (['link', 'file'] as $name) @unlink("$base/$name");
foreach (["$base/new", "$base/open", $base, '/dev/shm/shmpack-' . posix_geteuid()] as $folder) @rmdir($folder);
?>
--EXPECTF--
default:
1 700
string(0) ""
bool(true)
bool(false)
is made:
bool(true)
700
with a slash at the end:
bool(true)
nowhere:

Warning: slotmem_create(): Failed for slot table "phpt-folders": mkdir: No such file or directory (shmpack.runtime_dir) in %s on line %d
bool(false)
others may write:

Warning: slotmem_create(): Failed for slot table "phpt-folders": other users can write to its folder (shmpack.runtime_dir) in %s on line %d
bool(false)
the group may write:

Warning: slotmem_create(): Failed for slot table "phpt-folders": other users can write to its folder (shmpack.runtime_dir) in %s on line %d
bool(false)
a link:

Warning: slotmem_create(): Failed for slot table "phpt-folders": its folder is not a directory (shmpack.runtime_dir) in %s on line %d
bool(false)
a file:

Warning: slotmem_create(): Failed for slot table "phpt-folders": its folder is not a directory (shmpack.runtime_dir) in %s on line %d
bool(false)
relative:

Warning: PHP Startup: shmpack.runtime_dir must be an absolute path; the default is used instead in Unknown on line 0
string(0) ""
bool(false)
int(2)
