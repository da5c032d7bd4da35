--TEST--
A stored file that is damaged, or the stock module's, is refused as a whole, renamed, and the error log says so; a full one is restored
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd('SHMPACK_PROBE_MODULE');
if (!is_file(HTTPD_MODULES . '/mod_slotmem_shm.so')) die('skip needs the stock mod_slotmem_shm.so');
?>
--FILE--
<?php
require __DIR__ . '/probe.inc';

// What a line of the log says was wrong, or all of the line.
function reason(string $line): string
{
    return preg_match('/^slotmem_shm error: slotmem refused the stored file (<folder>\S+): ([^;]+); it was renamed to '
        . '\1\.refused-\.\.\., and the slots are (empty|stored in its place); remove it /', $line, $part)
        ? "the log says why: $part[2]" . ($part[3] === 'empty' ? '' : ', and the slots were stored') : $line;
}

$module = getenv('SHMPACK_SLOTMEM_MODULE');
$server = new HttpdServer('refused', $module, 'event');
$stored = "$server->run/slotmem-shm-kept.shm.persist";
$said = 0;
$show = function (string $what) use ($server, $stored, &$said): void {
    echo "$what: ", implode(', ', probe($server, 'kept')), "\n";
    foreach (glob("$stored.refused-*") as $file) {
        echo '  renamed, ', is_link($file) ? 'a link' : filesize($file) . ' bytes', "\n";
        unlink($file);
    }
    $complaints = array_filter($server->complaints(), fn ($line) => !str_contains($line, 'Configuration Failed'));
    foreach (array_slice($complaints, $said) as $line) echo '  ', reason($line), "\n";
    $said = count($complaints);
};
$show('nothing stored');
$show('stored');
$whole = file_get_contents($stored);
foreach (['cut short' => substr($whole, 0, -1), 'empty' => '', 'longer' => "$whole\0", 'flipped' => substr($whole, 0, -20) . 'S' . substr($whole, -19),
    'another version' => substr_replace($whole, "\x09", 8, 1)] as $what => $bytes) {
    file_put_contents($stored, $bytes);
    $show($what);
}
unlink($stored);
symlink("$server->run/elsewhere", $stored);
$show('a symbolic link');
echo file_exists("$server->run/elsewhere") ? "it was followed\n" : '';
// As an httpd that was killed leaves it.
slotmem_put(slotmem_create("$server->run/slotmem-shm-kept.shm", 20, 4, SLOTMEM_TYPE_PERSIST), 0, "live\0");
file_put_contents($stored, 'a text of somebody');
$show('a text where a live table is to be stored');

$server->remove();

// What the stock module stored, by way of a module that has something to keep.
$server = new HttpdServer('migrated', HTTPD_MODULES . '/mod_slotmem_shm.so');
$configuration = <<<CONF
    BalancerPersist On
    <Proxy "balancer://cluster">
    BalancerMember http://127.0.0.1:9
    </Proxy>
    ProxyPass "/app" "balancer://cluster"
    CONF;
$modules = ['proxy', 'proxy_http', 'proxy_balancer', 'lbmethod_byrequests'];
$server->configure($configuration, ...$modules);
echo "stock's: ", $server->start() && $server->graceful() ? 'up' : 'is not up', ', ';
$server->stop();
echo count(glob("$server->run/*.persist")), " files stored\n";
$server->slotmem_module = $module;
$server->configure($configuration, ...$modules);
foreach (['ours', 'and again'] as $what) {
    echo "$what: ", $server->start() ? 'up' : 'is not up', "\n";
    foreach ($server->complaints() as $line) echo '  ', reason($line), "\n";
    file_put_contents("$server->folder/error.log", '');
    $server->stop();
    echo '  ', count(glob("$server->run/*.refused-*")), ' files renamed, ', count(glob("$server->run/*.persist")), " stored\n";
}
$server->remove();
?>
--EXPECT--
nothing stored: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
stored: create: APR_SUCCESS, num_free_slots: 3, slot 0: stored, put: APR_SUCCESS
cut short: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, 159 bytes
  the log says why: it is cut short
empty: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, 0 bytes
  the log says why: it is empty
longer: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, 161 bytes
  the log says why: its header contradicts its size
flipped: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, 160 bytes
  the log says why: its checksum is wrong
another version: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, 160 bytes
  the log says why: its format is newer
a symbolic link: create: APR_SUCCESS, num_free_slots: 4, slot 0: , put: APR_SUCCESS
  renamed, a link
  the log says why: it is a symbolic link
a text where a live table is to be stored: create: APR_SUCCESS, num_free_slots: 3, slot 0: live, put: APR_SUCCESS
  renamed, 18 bytes
  the log says why: it does not hold slots, and the slots were stored
stock's: up, 2 files stored
ours: up
  the log says why: it does not hold slots
  the log says why: it does not hold slots
  2 files renamed, 2 stored
and again: up
  2 files renamed, 2 stored
