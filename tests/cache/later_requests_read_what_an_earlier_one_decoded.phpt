--TEST--
A later request in the same process reads what an earlier one decoded, without memory of its own, and sees each change
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip measures memory, which a sanitizer keeps back');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$page = sys_get_temp_dir() . '/shmpack_kept_' . getmypid() . '.inc';
file_put_contents($page, <<<'PHP'
    <?php
    $region = shm_attach(0x5b000022, 4 << 20);
    $before = memory_get_usage();
    $value = shm_get_var($region, 1);
    $cost = memory_get_usage() - $before;
    $text = shm_get_var($region, 2);
    // All operations on a value that belongs to no request.
    $copy = $value;
    $copy['rows'][1]['name'] .= '!';
    unset($copy['rows'][0]);
    foreach ($value['rows'] as $key => &$row) $row['id']++;
    unset($row);
    $name = $value['rows'][2]['name'];
    $GLOBALS[$name] = [$text, $name => $value['rows'][3]];
    usort($value['rows'], fn ($a, $b) => $b['id'] <=> $a['id']);
    define('KEPT_' . $name, $value);
    class Keeper { public static $value; }
    Keeper::$value = [$text, shm_get_var($region, 1)];
    shm_detach($region);
    echo $cost < 1000 ? 'kept' : 'decoded', ' ', shm_hash(Keeper::$value), "\n";
    function shm_hash($value) { return substr(md5(serialize($value)), 0, 8); }
    if (isset($_GET['fatal'])) { ini_set('display_errors', '0'); not_a_function(); }
    if (isset($_GET['rss'])) echo preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $found) ? $found[1] : '?';
    PHP);
[$server, $port] = start_php_server(['shmpack'], $page);
$read = fn (string $query = '') => file_get_contents("http://127.0.0.1:$port/$query", false,
    stream_context_create(['http' => ['ignore_errors' => true]]));

$region = shm_attach(0x5b000022, 4 << 20);
$put = function (int $seed) use ($region): string {
    $rows = array_map(fn ($id) => ['id' => $id, 'name' => "name $id", 'price' => $id / 8, 'tags' => [], 'more' => ['x', "$id"]],
        range($seed, $seed + 400));
    $value = ['rows' => $rows, 'long' => str_repeat("$seed", 1000), 7 => null];
    shm_put_var($region, 1, $value);
    shm_put_var($region, 2, "text $seed");
    return substr(md5(serialize(["text $seed", $value])), 0, 8);
};

foreach ([1, 2] as $seed) {
    $expected = $put($seed);
    for ($i = 0; $i < 4; $i++) {
        [$how, $hash] = explode(' ', trim($read($i === 2 ? '?fatal' : '')));
        echo $how, ' ', $hash === $expected ? 'right' : 'WRONG', "\n";
    }
}

// Values change between requests, and each is read often enough to be kept: the process does not grow.
$grown = [];
for ($seed = 3; $seed < 303; $seed++) {
    $expected = $put($seed);
    $read();
    $read();
    [, $rss] = explode("\n", $read('?rss'));
    $grown[] = (int) $rss;
}
$kib = max(array_slice($grown, -50)) - max(array_slice($grown, 0, 50));
echo $kib < 3000 ? "does not grow\n" : "grew by $kib KiB\n";
// It still keeps values: outdated ones do not count against the budget.
echo strtok($read(), ' '), "\n";
proc_terminate($server);
unlink($page);
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000022);
?>
--EXPECT--
decoded right
kept right
kept right
kept right
decoded right
kept right
kept right
kept right
does not grow
kept
