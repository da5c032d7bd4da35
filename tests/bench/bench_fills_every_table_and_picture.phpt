--TEST--
The bench fills every table for shmpack and ext/sysvshm, writes valid JSON, and draws well-formed pictures
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/bench/compare.php')) die('skip needs a checkout: PECL installs no bench');
if (!function_exists('pcntl_fork')) die('skip needs pcntl');
if (!is_file(PHP_EXTENSION_DIR . '/sysvshm.so') || !is_file(PHP_EXTENSION_DIR . '/sysvsem.so')) die('skip needs the stock extensions');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$folder = sys_get_temp_dir() . '/shmpack-bench-test-' . getmypid();
$key = random_int(0x10000, 0x7ffffff0);
$command = [PHP_BINARY, '-n', "$root/bench/compare.php", '--shmpack', ini_get('extension_dir') . '/shmpack.so',
    '--key', $key, '--effort', 'tiny', '--into', $folder, '--command', 'a test'];
$absent = [];
$version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
foreach (['apcu' => 'APCu', 'yac' => 'Yac'] as $peer => $title) {
    $file = PHP_EXTENSION_DIR . "/$peer.so";
    // Where ./dev bench unpacks them.
    $found = array_filter([$file, "$root/out/deb/php$version-$peer$file"], 'is_file');
    if ($found) {
        array_push($command, "--$peer", current($found));
    } else {
        $absent[] = $title;
    }
}
// As ./dev bench builds it.
$slot_cost = sys_get_temp_dir() . '/shmpack-slot-cost-' . getmypid();
$sources = implode(' ', array_map(escapeshellarg(...), [
    "$root/bench/slot_cost.cc", ...glob("$root/src/{core/base,core/slots,port}/*.cc", GLOB_BRACE),
]));
exec("g++ -std=c++20 -I$root/include -I$root/src -o $slot_cost $sources 2>&1", $lines, $status);
if ($status === 0) array_push($command, '--slot-cost', $slot_cost); else $absent[] = 'slots';
exec(implode(' ', array_map(escapeshellarg(...), array_map(strval(...), $command))) . ' 2>&1', $lines, $status);
@unlink($slot_cost);
echo $status === 0 ? "it ran\n" : implode("\n", $lines) . "\nexit status $status\n";

$run = json_decode(file_get_contents("$folder/compare.json"), true, 512, JSON_THROW_ON_ERROR);
foreach ($run['tables'] as $name => $table) {
    foreach (['shmpack', 'stock'] as $peer) {
        // In growth and room a row is one peer; elsewhere a peer's figures are in columns of their own.
        $with_figures = array_filter($table['rows'], fn ($row) => ($row['peer'] ?? '') === $peer
            || is_numeric($row[$peer] ?? $row["{$peer}_p50"] ?? null));
        printf("%s, %s: %s\n", $name, $peer, match (count($with_figures)) {
            0 => 'none',
            count($table['rows']) => isset($table['rows'][0]['peer']) ? 'some' : 'in every row',
            default => 'some',
        });
    }
    if (!str_contains(file_get_contents("$folder/compare.txt"), $table['title'])) echo "not in the text: $name\n";
}

$pictures = glob("$folder/*.svg");
$can_parse = extension_loaded('xml') || (function_exists('dl') && @dl('xml.so'));
if ($pictures === [] && trim((string) shell_exec('command -v gnuplot')) === '') {
    $absent[] = 'gnuplot';
} elseif (!$can_parse) {
    $absent[] = "PHP's xml";
} else {
    $plots = preg_grep('~/style\.gp$~', glob("$root/bench/plots/*.gp"), PREG_GREP_INVERT);
    if (count($plots) < 4 || count($plots) !== count($pictures)) echo count($plots), ' plots, ', count($pictures), " pictures\n";
    foreach ($plots as $plot) {
        $picture = "$folder/" . basename($plot, '.gp') . '.svg';
        $parser = xml_parser_create();
        if (!is_file($picture) || !xml_parse($parser, file_get_contents($picture), true)) echo "bad picture: $picture\n";
    }
}
if (array_filter(file('/proc/sysvipc/shm'), fn ($line) => in_array(strtok($line, ' '), [$key, $key + 1]))) echo "a segment is left\n";
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
echo $absent ? 'done without ' . implode(', ', $absent) : 'done', "\n";
?>
--EXPECTF--
it ran
put, shmpack: in every row
put, stock: in every row
get, shmpack: in every row
get, stock: in every row
changed, shmpack: in every row
changed, stock: in every row
locking, shmpack: in every row
locking, stock: in every row
get_among_many, shmpack: in every row
get_among_many, stock: in every row
put_among_many, shmpack: in every row
put_among_many, stock: in every row
growth, shmpack: some
growth, stock: none
room, shmpack: some
room, stock: some
slots, shmpack: in every row
slots, stock: none
processes_fields, shmpack: in every row
processes_fields, stock: in every row
latencies_fields, shmpack: in every row
latencies_fields, stock: in every row
processes_int, shmpack: in every row
processes_int, stock: in every row
latencies_int, shmpack: in every row
latencies_int, stock: in every row
readers, shmpack: in every row
readers, stock: in every row
done%S
