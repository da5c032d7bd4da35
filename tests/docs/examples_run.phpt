--TEST--
Each PHP example of README and docs/ is a script that runs without the stock extensions, ends well, warns of nothing and removes what it makes
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/markdown.inc';
skip_without_pages();
if (!extension_loaded('session')) die('skip needs the extension session');
if (!function_exists('pcntl_fork')) die('skip needs the extension pcntl');
exec('unshare --ipc true 2>/dev/null || unshare --ipc --map-root-user true 2>/dev/null', $output, $status);
if ($status !== 0) die('skip needs unshare, to give each example an IPC namespace of its own');
?>
--FILE--
<?php
require __DIR__ . '/markdown.inc';
require dirname(__DIR__) . '/loading/run_php.inc';

// Pages with objects that stay, because the next request or process is to find them.
const LEAVE_THEIR_OBJECTS = ['README.md', 'docs/cookbook.md'];

$folder = sys_get_temp_dir() . '/shmpack-phpt-examples';
mkdir($folder, 0700);
$command = [...php_command(['shmpack'], [
    'error_reporting' => -1,
    'shmpack.runtime_dir' => "$folder/tables",
    'session.save_path' => $folder,
    'sys_temp_dir' => $folder,
]), "$folder/example.php"];
exec('unshare --ipc true 2>/dev/null', $output, $status);
$unshare = 'unshare --ipc' . ($status === 0 ? '' : ' --map-root-user');
// Behind the example: the keys of what it left.
$script = implode(' ', array_map('escapeshellarg', $command))
    . " >$folder/printed 2>&1 </dev/null; status=$?; tail -qn +2 /proc/sysvipc/shm /proc/sysvipc/sem | awk '{ print \$1 }' >$folder/left; exit \$status";

$count = 0;
foreach (all_pages() as $page) {
    foreach (blocks_of($page) as [$language, $code, $place]) {
        if ($language !== 'php') continue;
        $count++;
        file_put_contents("$folder/example.php", str_starts_with($code, '<?php') ? $code : "<?php\n$code");
        exec("$unshare sh -c " . escapeshellarg($script), $output, $status);
        $printed = file_get_contents("$folder/printed");
        if ($status !== 0 || preg_match('~(Warning|Notice|Deprecated|Error): ~', $printed)) {
            echo "$place: ended with $status, printed:\n$printed\n";
        }
        $left = [...file("$folder/left", FILE_IGNORE_NEW_LINES), ...array_map('basename', glob("$folder/tables/*"))];
        if ($left !== [] && !in_array($page, LEAVE_THEIR_OBJECTS, true)) echo "$place: leaves ", implode(' ', $left), "\n";
        array_map('unlink', [...glob("$folder/tables/*"), ...glob("$folder/*.*")]);
    }
}
echo $count > 20 ? 'many' : $count, " examples\n";
?>
--CLEAN--
<?php
$folder = sys_get_temp_dir() . '/shmpack-phpt-examples';
array_map('unlink', [...glob("$folder/tables/*"), ...array_filter(glob("$folder/*"), 'is_file')]);
@rmdir("$folder/tables");
@rmdir($folder);
?>
--EXPECT--
many examples
