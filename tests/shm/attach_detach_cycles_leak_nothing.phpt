--TEST--
Thousands of attach and detach, forks while attached and children that exit attached leave nothing behind
--EXTENSIONS--
shmpack
pcntl
posix
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip measures memory, which a sanitizer keeps back');
if (!is_readable('/proc/self/maps') || !is_readable('/proc/sysvipc/shm')) die('skip reads /proc');
?>
--FILE--
<?php
require __DIR__ . '/raw_segment.inc';
const KEY = 0x5b000031;

/** This process's memory in PHP, its resident pages without those of regions, and its mappings of segments. */
function used(): array
{
    gc_collect_cycles();
    preg_match('/^RssAnon:\s+(\d+) kB/m', file_get_contents('/proc/self/status'), $resident);
    return [
        'php' => memory_get_usage(),
        'resident' => 1024 * $resident[1],
        'mappings' => substr_count(file_get_contents('/proc/self/maps'), '/SYSV'),
        'all mappings' => count(file('/proc/self/maps')),
    ];
}

/** The system's objects under these keys, and their users. */
function objects(): string
{
    $found = [];
    foreach (['shm', 'sem'] as $kind) {
        foreach (array_slice(file("/proc/sysvipc/$kind"), 1) as $line) {
            $fields = preg_split('/\s+/', trim($line));
            if ((int) $fields[0] === KEY) $found[] = $kind === 'shm' ? "shm, attached $fields[6] times" : $kind;
        }
    }
    return implode('; ', $found) ?: 'none';
}

function cycles(int $count, callable $cycle): void
{
    // Once before the count begins: the first cycle may keep memory that the next ones reuse.
    for ($i = 0; $i < 50; $i++) $cycle($i);
    $before = used();
    for (; $i < 50 + $count; $i++) $cycle($i);
    $after = used();
    // Far less than a page, an entry or an object for each cycle.
    $grown = [];
    if ($after['php'] - $before['php'] > 16 * 1024) $grown[] = 'PHP memory';
    if ($after['resident'] - $before['resident'] > 1024 * 1024) $grown[] = 'resident memory';
    if ($after['mappings'] !== $before['mappings']) $grown[] = 'mapped segments';
    if ($after['all mappings'] - $before['all mappings'] > 8) $grown[] = 'mappings';
    echo $grown === [] ? 'nothing grew' : 'GREW: ' . implode(', ', $grown) . ' ' . json_encode([$before, $after]), '; ', objects(), "\n";
}

function forked(callable $work): int
{
    $child = pcntl_fork();
    if ($child !== 0) return $child;
    $work();
    exit(0);
}

function finish(int $child): void
{
    pcntl_waitpid($child, $status);
    if ($status !== 0) echo "a child ended with $status\n";
}

function round_trip(SysvSharedMemory $region, int $i): void
{
    $value = ['i' => $i, 'text' => str_repeat('x', $i % 3000)];
    if (!shm_put_var($region, $i % 7, $value) || shm_get_var($region, $i % 7) !== $value) echo "lost at $i\n";
}

echo 'attach and detach: ';
$other = shm_attach(KEY, 100000);
cycles(5000, function (int $i) {
    $region = shm_attach(KEY);
    round_trip($region, $i);
    shm_detach($region);
});

echo 'attach, and let go of the handle: ';
cycles(5000, function (int $i) {
    round_trip(shm_attach(KEY), $i);
});

echo 'create, remove and detach: ';
cycles(1000, function (int $i) {
    $region = shm_attach(KEY + 1, 100000);
    round_trip($region, $i);
    shm_remove($region);
    if ($i % 2) shm_detach($region);
});

echo 'private to its process: ';
cycles(1000, function (int $i) {
    round_trip(shm_attach(0, 100000), $i);
});

echo 'an attach that is refused: ';
raw_create(KEY + 2, 4096);
cycles(1000, function () {
    if (@shm_attach(KEY + 2) !== false) echo "attached\n";
});
raw_remove(KEY + 2);

echo 'fork while attached, the child detaches: ';
cycles(100, function (int $i) {
    $region = shm_attach(KEY);
    $child = forked(function () use ($region, $i) {
        round_trip($region, $i);
        shm_detach($region);
    });
    finish($child);
    round_trip($region, $i);
    shm_detach($region);
});

echo 'fork while attached, the child just exits, or is killed: ';
cycles(100, function (int $i) {
    $region = shm_attach(KEY);
    $child = forked(function () use ($i, $region) {
        round_trip(shm_attach(KEY), $i);
        round_trip($region, $i);
        if ($i % 2) posix_kill(posix_getpid(), SIGKILL);
    });
    pcntl_waitpid($child, $status);
    if ($status !== ($i % 2 ? SIGKILL : 0)) echo "a child ended with $status\n";
    shm_detach($region);
});

echo 'fork while another process puts without a pause: ';
$writer = forked(function () use ($other) {
    $value = str_repeat('w', 20000);
    while (posix_getppid() !== 1) shm_put_var($other, 100, $value);
});
cycles(100, function (int $i) {
    $region = shm_attach(KEY);
    finish(forked(function () use ($region, $i) {
        round_trip($region, $i);
    }));
    round_trip($region, $i);
    shm_detach($region);
});
posix_kill($writer, SIGKILL);
pcntl_waitpid($writer, $status);

// The writer may have been killed inside a put: the next call continues, and no room is lost.
for ($key = 0; $key < 7; $key++) shm_remove_var($other, $key);
if (shm_has_var($other, 100)) shm_remove_var($other, 100);
var_dump(shm_put_var($other, 1, str_repeat('f', 99900)));
shm_remove($other);
shm_detach($other);
echo 'at the end: ', objects(), "\n";
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
foreach ([0x5b000031, 0x5b000032, 0x5b000033] as $key) raw_remove($key);
?>
--EXPECT--
attach and detach: nothing grew; shm, attached 1 times
attach, and let go of the handle: nothing grew; shm, attached 1 times
create, remove and detach: nothing grew; shm, attached 1 times
private to its process: nothing grew; shm, attached 1 times
an attach that is refused: nothing grew; shm, attached 1 times
fork while attached, the child detaches: nothing grew; shm, attached 1 times
fork while attached, the child just exits, or is killed: nothing grew; shm, attached 1 times
fork while another process puts without a pause: nothing grew; shm, attached 2 times
bool(true)
at the end: none
