--TEST--
Every call of ap_slotmem.h answers as the stock module does, right or wrong, but for the differences that docs/httpd.md lists
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd('SHMPACK_PROBE_MODULE');
if (!is_file(HTTPD_MODULES . '/mod_slotmem_shm.so')) die('skip needs the stock mod_slotmem_shm.so');
if (posix_getuid() !== 0) die('skip only root can make another user\'s file');
?>
--FILE--
<?php
require __DIR__ . '/probe.inc';

$documented = [];
preg_match('/^## Answers that differ\n(.*?)^## /ms', file_get_contents(dirname(__DIR__, 2) . '/docs/httpd.md'), $section);
foreach (explode("\n", $section[1]) as $line) {
    if (preg_match('/^\| ([^|]+) \| ([A-Z0-9_]+) \| ([A-Z0-9_]+) \| [^|]+ \|$/', $line, $cell)) {
        $documented[$cell[1]] = "$cell[2], now $cell[3]";
    }
}

$answers = [];
foreach ([HTTPD_MODULES . '/mod_slotmem_shm.so', getenv('SHMPACK_SLOTMEM_MODULE')] as $module) {
    $server = new HttpdServer('answers', $module, 'event');
    file_put_contents("$server->run/foreign", str_repeat('x', 5000));
    symlink("$server->run/foreign", "$server->run/link");
    mkdir("$server->run/folder");
    slotmem_create("$server->run/others", 20, 4);
    chown("$server->run/others", 65534);
    slotmem_create("$server->run/own", 20, 4);
    slotmem_create("$server->run/readable", 20, 4);
    chmod("$server->run/readable", 0644);
    slotmem_create("$server->run/private", 20, 4);
    $segments = glob('/dev/shm/ShM.*');
    $all = probe($server, 'calls');
    $answers[] = [...$all, ...probe($server, 'worker', "ServerLimit 1\nStartServers 1\nMaxRequestWorkers 25")];
    $server->stop();
    // What the stock module's worker made outlives it.
    foreach (array_diff(glob('/dev/shm/ShM.*'), $segments) as $file) {
        if (@filesize($file) === 116) @unlink($file);
    }
    $complaints = $server->complaints();
    echo 'what is in the way is as it was: ';
    var_dump(filesize("$server->run/foreign") === 5000 && is_link("$server->run/link")
        && fileowner("$server->run/others") === 65534);
    rmdir("$server->run/folder");
    $server->remove();
}
[$stock, $ours] = $answers;
var_dump(count($stock) > 100, count($ours) === count($stock));
$met = [];
$refused = 0;
foreach ($stock as $i => $line) {
    [$call, $answer] = preg_split('/: (?=[^:]*$)/', $line);
    [$own_call, $own_answer] = preg_split('/: (?=[^:]*$)/', $ours[$i]);
    if ($own_call !== $call) die("asked for '$call' and '$own_call'\n");
    // No line for what is an answer, not an error: a slot that is free; or before there is a log.
    if (str_contains($own_answer, 'APR_E') && !preg_match('/stopped at|before the configuration/', $call)) ++$refused;
    if ($answer === $own_answer) continue;
    $met[preg_replace('/^PREGRAB: /', '', $call)] = "$answer, now $own_answer";
}
foreach (array_diff_assoc($met, $documented) as $call => $how) echo "not documented: $call: $how\n";
foreach (array_diff_assoc($documented, $met) as $call => $how) echo "documented, but not so: $call: $how\n";
// The last complaint is httpd's, because of the probe; and of the tables that are full two grabs were tried each.
$lines = array_filter($complaints, fn ($line) => str_starts_with($line, 'slotmem_shm error: slotmem '));
echo 'lines in the log: ', count($lines) - 2 === $refused ? 'one for each refusal' : count($lines) . " for $refused", "\n";
foreach ($lines as $line) {
    if (!preg_match('/^slotmem_shm error: slotmem \w+ (refused|failed) for .+: .+$/', $line)) echo "says little: $line\n";
}
?>
--EXPECT--
what is in the way is as it was: bool(true)
what is in the way is as it was: bool(true)
bool(true)
bool(true)
lines in the log: one for each refusal
