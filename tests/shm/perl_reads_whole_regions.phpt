--TEST--
Perl, knowing only docs/format/, reads whole regions with values of every kind, at rest and beside writers
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/docs/format/region.md')) die('skip needs docs/format/ of a checkout');
exec('perl -MIPC::SharedMem -e 1 2>&1', $output, $status);
if ($status !== 0) die('skip needs Perl with IPC::SharedMem');
if (PHP_INT_SIZE < 8) die('skip needs 64 bits');
?>
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
require __DIR__ . '/every_kind.inc';
const KEY = 0x5b000f0e;

/** What Perl prints of each variable. */
function in_perl(): array
{
    $document = escapeshellarg(dirname(__DIR__, 2) . '/docs/format/region.md');
    $lines = shell_exec('perl ' . escapeshellarg(__DIR__ . '/read_region_pl.inc') . " $document " . KEY . ' Hooked 2>&1');
    $notes = [];
    foreach (explode("\n", rtrim($lines)) as $line) {
        [$key, $note] = explode(' ', $line, 2);
        $notes[$key] = $note;
    }
    return $notes;
}

/** Whether $actual has each of $expected; prints the first one that differs. */
function compare(string $name, array $expected, array $actual): void
{
    $wrong = 0;
    foreach ($expected as $key => $note) {
        if (($actual[$key] ?? 'nothing') === $note) continue;
        if ($wrong++ === 0) echo "$key: ", substr($actual[$key] ?? 'nothing', 0, 400), "\nnot ", substr($note, 0, 400), "\n";
    }
    echo "$name: ", $wrong === 0 ? 'all as stored' : "$wrong wrong", "\n";
}

$shm = shm_attach(KEY, 40_000_000);
$expected = [];
for ($n = 1; count($expected) < 2000; $n++) {
    foreach (every_kind($n) as $value) {
        $note = notation($value);
        if ($n > 1 && strlen($note) > 10000) continue;
        // Negative, small and large keys that no writer below uses.
        $key = (count($expected) + 1) * [1, -1, 1 << 40][count($expected) % 3];
        if (!shm_put_var($shm, $key, $value)) die("no room\n");
        $expected[$key] = $note;
    }
}
$actual = in_perl();
compare('at rest', $expected, $actual);
var_dump(count($actual) === count($expected));

// Each of their values proves itself whole: a list of the key, a length, and that many equal letters.
$code = '$shm = shm_attach(' . KEY . ');
    $mine = (int) fgets(STDIN);
    stream_set_blocking(STDIN, false);
    for ($n = 0; $n % 64 || fgets(STDIN) === false; $n++) {
        $key = $mine + $n * 7 % 50;
        $length = [0, 3, 8, 40, 41, 3000][$n % 6];
        if ($n % 11 === 0) @shm_remove_var($shm, $key);
        else shm_put_var($shm, $key, [$key, $length, str_repeat(chr(97 + $n % 26), $length)]);
    }
    echo "wrote\n";';
$writers = [];
foreach ([1_000_000, 2_000_000] as $first) {
    $writers[] = $writer = start_php(['shmpack'], $code);
    fwrite($writer['in'], "$first\n");
    while (!shm_has_var($shm, $first + 7)) usleep(1000);
}
for ($round = 0; $round < 2; $round++) {
    $actual = in_perl();
    compare('beside writers', $expected, $actual);
    $torn = 0;
    foreach (array_diff_key($actual, $expected) as $key => $note) {
        $whole = preg_match('/^\[i0=i(\d+),i1=i(\d+),i2=s((..)\4*)?\]$/', $note, $match)
            && (int) $match[1] === $key && strlen($match[3] ?? '') === 2 * $match[2];
        if (!$whole) $torn++;
    }
    echo $torn === 0 ? 'theirs whole' : "torn: $torn", "\n";
}
foreach ($writers as $writer) {
    fwrite($writer['in'], "end\n");
    echo finish_php($writer);
}
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b000f0e);
?>
--EXPECT--
at rest: all as stored
bool(true)
beside writers: all as stored
theirs whole
beside writers: all as stored
theirs whole
wrote
wrote
