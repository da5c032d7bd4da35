--TEST--
A process that polls a changing value of 1 MB 100,000 times does not grow, and its kept values stay within their budget
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip measures memory, which a sanitizer keeps back');
?>
--FILE--
<?php
function rss_kib(): int
{
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $found);
    return (int) $found[1];
}
$region = shm_attach(0x5b000023, 8 << 20);
$text = str_repeat('0123456789abcdef', 1 << 16);
$poll = function (int $times) use ($region, &$text): void {
    for ($i = 0; $i < $times; $i++) {
        $text[$i % 1000] = chr(65 + $i % 26);
        shm_put_var($region, 1, $i % 100 ? $text : ['n' => $i, 'text' => $text]);
        $value = shm_get_var($region, 1);
        // At times twice, so that it is kept for a while.
        if ($i % 50 === 0 && shm_get_var($region, 1) !== $value) echo "torn\n";
        $got = $i % 100 ? $value : $value["text"];
        if ($got[$i % 1000] !== $text[$i % 1000] || strlen($got) !== strlen($text)) echo "wrong\n";
    }
};
$poll(200);
$rss = rss_kib();
$memory = memory_get_usage();
$poll(100000);
printf("request memory: %s\n", memory_get_usage() - $memory < 2e6 ? 'as before' : 'grew');
printf("process: %s\n", rss_kib() - $rss < 4000 ? 'as before' : 'grew by ' . (rss_kib() - $rss) . ' KiB');

// More than the budget: kept values go, and everything still reads right.
ini_set('shmpack.cache_size', '2M');
for ($round = 0; $round < 4; $round++) {
    for ($key = 2; $key < 12; $key++) {
        if ($round === 0) shm_put_var($region, $key, str_repeat("$key", 400000 >> ($key > 9)));
        if (shm_get_var($region, $key) !== str_repeat("$key", 400000 >> ($key > 9))) echo "wrong\n";
    }
}
$value = null;
printf("budget: %s\n", memory_get_usage() - $memory < 5e6 ? 'kept' : 'exceeded: ' . (memory_get_usage() - $memory));
?>
--CLEAN--
<?php
require __DIR__ . '/../shm/raw_segment.inc';
raw_remove(0x5b000023);
?>
--EXPECT--
request memory: as before
process: as before
budget: kept
