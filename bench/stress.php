<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Unrelated processes do mixed operations on one region, and every value proves itself when it is read.
//   php stress.php --extension SO[,SO] [--seconds 60] [--processes 8] [--kill-every MS]
// --kill-every: a process picked by chance is killed (SIGKILL) that often on average, at random instants, and a new one
// takes its place.
//
// What has to hold, and is counted when it does not:
//   torn      a value that is not whole: its key, length or checksum does not fit, or it is no value of ours at all
//   backward  a reader saw an older value of a writer after a newer one, or met a value again that was overwritten
//   lost      a key that only one process writes does not hold what that process wrote last
//   complaint a warning or exception that no operation here may cause
//   crash     a process that ended by a signal (other than our own kill) or with an exit code above 0
//   stall     a process that finished no operation for STALL_MS
// Prints a table; the exit code is 0 only when all are 0, as much fits into the region as into a fresh one, and no IPC
// object is left.
//
// Stalls are measured process by process, since one that is never woken is a stall, however busy the others are. Each
// process says every few milliseconds when it last finished an operation, so that nothing is lost when it is killed;
// what counts is the longest time between two such instants, or between the last one and the kill. A busy machine takes the
// processor away, too: the starting process, which only sleeps and never touches the region, measures how late it is
// woken at worst, and that much is added to the limit.

const REGION_BYTES = 1 << 17;
const SHARED_KEYS = 40;
/** Keys only one process writes: this number, plus 100 times the process's place, plus 0 .. OWN_KEYS - 1. */
const OWN_KEYS_FROM = 1000;
const OWN_KEYS = 5;
const LARGEST_STRING = 60000;
const STALL_MS = 1000;
const SIGN_OF_LIFE_MS = 5;
const NO_ROOM = 'Not enough shared memory left';

// ---------------------------------------------------------------------------------------------------------------------
// Values that prove themselves: each carries its key, its writer, the writer's serial number, and a checksum.

function make_value(int $key, int $writer, int $serial, int $size): mixed
{
    switch ($serial % 4) {
        case 0:
            $filling = str_repeat(chr(33 + $serial % 90), $size);
            $checksum = sprintf('%08x', crc32("$key:$writer:$serial:$filling"));
            return "$key:$writer:$serial:$size:$checksum:$filling";
        case 1:
            // 20 bits of serial, their complement, the writer: any mix of two values shows.
            return ($key & 0xfff) << 50 | ($writer & 0x3ff) << 40 | ($serial & 0xfffff) << 20 | (~$serial & 0xfffff);
        case 2:
            $rows = [];
            for ($i = 0; $i < intdiv($size, 40); $i++) {
                $rows[] = ['id' => $serial + $i, 'name' => "row $i of $writer", 'ratio' => $i / 3];
            }
            $value = ['key' => $key, 'writer' => $writer, 'serial' => $serial, 'rows' => $rows];
            return $value + ['checksum' => crc32(serialize($value))];
        default:
            $value = new stdClass();
            $value->key = $key;
            $value->writer = $writer;
            $value->serial = $serial;
            $value->filling = str_repeat('o', $size % 300);
            $value->checksum = crc32("$key:$writer:$serial:{$value->filling}");
            return $value;
    }
}

/** @return array{int, int}|null writer and serial number of a whole value, null of a torn one */
function prove(int $key, mixed $value): ?array
{
    if (is_string($value)) {
        $parts = explode(':', $value, 6);
        if (count($parts) !== 6) {
            return null;
        }
        [$its_key, $writer, $serial, $size, $checksum, $filling] = $parts;
        $whole = (int) $its_key === $key && strlen($filling) === (int) $size
            && sprintf('%08x', crc32("$its_key:$writer:$serial:$filling")) === $checksum;
        return $whole ? [(int) $writer, (int) $serial] : null;
    }
    if (is_int($value)) {
        $serial = $value >> 20 & 0xfffff;
        $whole = $value >> 50 === ($key & 0xfff) && ($value & 0xfffff) === (~$serial & 0xfffff);
        return $whole ? [$value >> 40 & 0x3ff, $serial] : null;
    }
    if (is_array($value)) {
        $checksum = $value['checksum'] ?? null;
        unset($value['checksum']);
        $whole = ($value['key'] ?? null) === $key && crc32(serialize($value)) === $checksum;
        return $whole ? [$value['writer'], $value['serial']] : null;
    }
    if ($value instanceof stdClass) {
        $whole = ($value->key ?? null) === $key
            && crc32("$key:{$value->writer}:{$value->serial}:{$value->filling}") === $value->checksum;
        return $whole ? [$value->writer, $value->serial] : null;
    }
    return null;
}

// ---------------------------------------------------------------------------------------------------------------------
// One process.

final class Worker
{
    private array $counts = ['put' => 0, 'no room' => 0, 'get' => 0, 'missing' => 0, 'has' => 0, 'remove' => 0,
        'attach' => 0, 'torn' => 0, 'backward' => 0, 'lost' => 0, 'complaint' => 0];
    private SysvSharedMemory $region;
    private int $serial = 0;
    private string $message = '';
    /** What this process wrote last to each key of its own; null: removed. */
    private array $own = [];
    /** Serial number seen last, by key and writer. */
    private array $seen = [];
    private int $signed = 0;
    private int $slowest = 0;

    public function __construct(private int $region_key, private int $place, private int $writer)
    {
        set_error_handler(function (int $level, string $message): bool {
            $this->message = $message;
            return true;
        });
        mt_srand($writer * 7919 + $region_key);
        $this->signOfLife(hrtime(true));
        $this->attach();
        // A killed predecessor may have left values under our own keys.
        for ($i = 0; $i < OWN_KEYS; $i++) {
            $key = $this->ownKey($i);
            if (shm_has_var($this->region, $key)) {
                $this->check($key, shm_get_var($this->region, $key), 'left by the predecessor');
                shm_remove_var($this->region, $key);
            }
            $this->own[$key] = null;
        }
    }

    public function work(float $until): void
    {
        while (microtime(true) < $until) {
            // Two seconds of growing until nothing fits any more, one of shrinking.
            $growing = (int) microtime(true) % 3 !== 0;
            $began = hrtime(true);
            for ($i = 0; $i < 50; $i++) {
                $this->step($growing);
                $ended = hrtime(true);
                $this->slowest = max($this->slowest, $ended - $began);
                if ($ended - $this->signed > SIGN_OF_LIFE_MS * 1e6) {
                    $this->signOfLife($ended);
                }
                $began = $ended;
            }
        }
        $this->signOfLife(hrtime(true));
    }

    /** When the last operation ended, how long the slowest took since the sign before, and all counts: one line. */
    private function signOfLife(int $now): void
    {
        // One write of less than a pipe's page: whole, or not there.
        echo json_encode([$now, $this->slowest, $this->counts]), "\n";
        $this->signed = $now;
        $this->slowest = 0;
    }

    private function step(bool $growing): void
    {
        $chance = mt_rand(1, 1000);
        $key = mt_rand(1, SHARED_KEYS);
        $own_key = $this->ownKey(mt_rand(0, OWN_KEYS - 1));
        if ($chance <= 300) {
            $this->put($key, $growing);
        } elseif ($chance <= 400) {
            $this->put($own_key, $growing);
        } elseif ($chance <= 700) {
            $this->get($key);
        } elseif ($chance <= 830) {
            $this->getOwn($own_key);
        } elseif ($chance <= 890) {
            $this->counts['has']++;
            shm_has_var($this->region, $key);
        } elseif ($chance <= ($growing ? 920 : 960)) {
            $this->remove($key);
        } elseif ($chance <= 990) {
            // Somebody else's own key: written by one process only.
            $this->get(OWN_KEYS_FROM + mt_rand(0, 7) * 100 + mt_rand(0, OWN_KEYS - 1));
        } elseif ($chance <= 993) {
            $this->remove($own_key);
        } elseif ($chance <= 997) {
            shm_detach($this->region);
            $this->attach();
        } else {
            // A second handle on the same region, gone at once.
            $second = shm_attach($this->region_key, REGION_BYTES);
            shm_has_var($second, $key);
            $this->counts['attach']++;
        }
        $this->complainUnlessExpected('');
    }

    private function put(int $key, bool $growing): void
    {
        $sizes = $growing ? [0, 10, 100, 1000, 5000, 20000, LARGEST_STRING] : [0, 5, 20, 50, 100, 200, 1000];
        $size = mt_rand(0, $sizes[mt_rand(0, 6)]);
        $value = make_value($key, $this->writer, ++$this->serial, $size);
        $stored = shm_put_var($this->region, $key, $value);
        $this->counts['put']++;
        if (!$stored) {
            $this->counts['no room']++;
            $this->complainUnlessExpected(NO_ROOM);
        }
        if ($key >= OWN_KEYS_FROM) {
            if ($stored) {
                $this->own[$key] = $value;
            }
            // A write that failed must have left the old value.
            $this->getOwn($key);
        }
    }

    private function get(int $key): void
    {
        $this->counts['get']++;
        $value = shm_get_var($this->region, $key);
        if ($value === false) {
            $this->counts['missing']++;
            $this->complainUnlessExpected("doesn't exist");
            return;
        }
        $this->check($key, $value, 'read');
    }

    private function getOwn(int $key): void
    {
        $this->counts['get']++;
        $value = shm_get_var($this->region, $key);
        if ($value === false) {
            $this->complainUnlessExpected("doesn't exist");
            $value = null;
        }
        // Objects are equal, not identical, when they come back.
        if (is_object($value) ? $value != $this->own[$key] : $value !== $this->own[$key]) {
            $this->wrong('lost', $key, $value, 'expected ' . self::show($this->own[$key]));
        }
    }

    private function remove(int $key): void
    {
        $this->counts['remove']++;
        if (!shm_remove_var($this->region, $key)) {
            $this->complainUnlessExpected("doesn't exist");
        }
        if ($key >= OWN_KEYS_FROM) {
            $this->own[$key] = null;
        }
    }

    private function attach(): void
    {
        $this->region = shm_attach($this->region_key, REGION_BYTES);
        $this->counts['attach']++;
    }

    private function check(int $key, mixed $value, string $how): void
    {
        $origin = prove($key, $value);
        if ($origin === null) {
            $this->wrong('torn', $key, $value, $how);
            return;
        }
        [$writer, $serial] = $origin;
        // An integer keeps only 20 bits of its serial number; long runs go beyond, and then it tells no order.
        if (is_int($value)) {
            return;
        }
        // The same writer's values under one key can only get newer.
        if ($serial < ($this->seen[$key][$writer] ?? 0)) {
            $this->wrong('backward', $key, $value, "after serial number {$this->seen[$key][$writer]}");
        }
        $this->seen[$key][$writer] = $serial;
    }

    private function complainUnlessExpected(string $expected): void
    {
        if ($this->message !== '' && ($expected === '' || !str_contains($this->message, $expected))) {
            $this->wrong('complaint', 0, null, $this->message);
        }
        $this->message = '';
    }

    private function wrong(string $what, int $key, mixed $value, string $why): void
    {
        if ($this->counts[$what]++ === 0) {
            fwrite(STDERR, "process {$this->place}: $what: key $key holds " . self::show($value) . ", $why\n");
        }
    }

    private function ownKey(int $number): int
    {
        return OWN_KEYS_FROM + $this->place * 100 + $number;
    }

    private static function show(mixed $value): string
    {
        return substr(preg_replace('/\s+/', ' ', var_export($value, true)), 0, 120);
    }
}

/** @return array{int, int} the longest string that fits into an empty region, and how many short ones do */
function measure_room(SysvSharedMemory $region): array
{
    [$fits, $too_long] = [0, 4 * REGION_BYTES];
    while ($too_long - $fits > 1) {
        $length = intdiv($fits + $too_long, 2);
        if (@shm_put_var($region, 1, str_repeat('x', $length))) {
            $fits = $length;
        } else {
            $too_long = $length;
        }
    }
    shm_remove_var($region, 1);
    for ($count = 0; @shm_put_var($region, $count, 'the value of a variable that is not inline'); $count++);
    for ($key = 0; $key < $count; $key++) {
        shm_remove_var($region, $key);
    }
    return [$fits, $count];
}

/** After everybody has gone: every value left is whole, there is as much room as in a fresh region, and it can be removed. */
function inspect(int $region_key): array
{
    $region = shm_attach($region_key, REGION_BYTES);
    $torn = $left = 0;
    $keys = range(1, SHARED_KEYS);
    for ($place = 0; $place < 100; $place++) {
        array_push($keys, ...range(OWN_KEYS_FROM + $place * 100, OWN_KEYS_FROM + $place * 100 + OWN_KEYS - 1));
    }
    foreach ($keys as $key) {
        if (shm_has_var($region, $key)) {
            $left++;
            $torn += prove($key, shm_get_var($region, $key)) === null ? 1 : 0;
            shm_remove_var($region, $key);
        }
    }
    $room = measure_room($region);
    $fresh = measure_room(shm_attach(0, REGION_BYTES));
    $removed = shm_remove($region);
    return ['left' => $left, 'torn' => $torn, 'room' => $room, 'fresh' => $fresh, 'removed' => $removed];
}

// ---------------------------------------------------------------------------------------------------------------------
// The process that starts the others. It touches the region itself only through them.

final class Stress
{
    private array $running = [];
    private array $sums = [];
    private array $crashes = [];
    private int $killed = 0;
    private int $started = 0;
    /** In nanoseconds: what a process took at worst, and how late this one was woken. */
    private int $slowest = 0;
    private int $longest_silence = 0;
    private int $latest = 0;
    private float $until;

    public function __construct(private string $extensions, private int $region_key, private int $processes)
    {
    }

    public function run(float $seconds, int $kill_every_ms): void
    {
        $this->until = microtime(true) + $seconds;
        for ($place = 0; $place < $this->processes; $place++) {
            $this->start($place);
        }
        $next_kill = $kill_every_ms > 0 ? self::randomInstant($kill_every_ms) : INF;
        while ($this->running) {
            $this->sleep((int) max(0, min(5000, 1e6 * ($next_kill - microtime(true)))));
            if (microtime(true) >= $next_kill) {
                if (microtime(true) < $this->until) {
                    $this->kill(array_rand($this->running));
                }
                $next_kill = self::randomInstant($kill_every_ms);
            }
            foreach (array_keys($this->running) as $place) {
                $this->listen($place);
                $this->collect($place);
            }
            if (microtime(true) > $this->until + 30) {
                foreach (array_keys($this->running) as $place) {
                    $this->crashes[] = "process $place hangs";
                    proc_terminate($this->running[$place]['process'], 9);
                    unset($this->running[$place]);
                }
            }
        }
    }

    private static function randomInstant(int $every_ms): float
    {
        return microtime(true) + random_int(0, 2000 * $every_ms) / 1e6;
    }

    private function sleep(int $microseconds): void
    {
        $began = hrtime(true);
        usleep($microseconds);
        $this->latest = max($this->latest, hrtime(true) - $began - 1000 * $microseconds);
    }

    public function inspect(): ?array
    {
        $command = $this->command('--inspect', (string) $this->region_key);
        $inspected = shell_exec(implode(' ', array_map('escapeshellarg', $command)));
        return json_decode((string) $inspected, true);
    }

    /** @return bool whether everything held */
    public function report(?array $inspected): bool
    {
        $clean = !str_contains((string) shell_exec('ipcs -m'), sprintf('0x%08x ', $this->region_key));
        $operations = 0;
        foreach (['put', 'no room', 'get', 'missing', 'has', 'remove', 'attach'] as $name) {
            $count = $this->sums[$name] ?? 0;
            $operations += in_array($name, ['no room', 'missing']) ? 0 : $count;
            printf("  %-10s %12s\n", $name, number_format($count));
        }
        printf("  %-10s %12s\n", 'all', number_format($operations));
        if ($this->killed > 0) {
            printf("  %-10s %12d\n", 'killed', $this->killed);
        }
        $bad = ['torn' => $inspected['torn'] ?? 0];
        foreach (['torn', 'backward', 'lost', 'complaint'] as $name) {
            $bad[$name] = ($bad[$name] ?? 0) + ($this->sums[$name] ?? 0);
        }
        $bad['crash'] = count($this->crashes);
        $bad['stall'] = (int) (max($this->slowest, $this->longest_silence) > STALL_MS * 1e6 + $this->latest);
        echo '  ', implode(', ', array_map(fn ($name, $count) => "$count $name", array_keys($bad), $bad)), "\n";
        foreach (array_slice($this->crashes, 0, 5) as $crash) {
            echo "  crash: $crash\n";
        }
        printf(
            "  longest operation %.0f ms, longest time that a process finished none %.0f ms (woken late by %.0f ms)\n",
            $this->slowest / 1e6,
            $this->longest_silence / 1e6,
            $this->latest / 1e6
        );
        $works = isset($inspected['room']) && $inspected['room'] === $inspected['fresh'] && $inspected['removed'];
        echo $works
            ? "  afterwards: {$inspected['left']} values left, as much room as in a fresh region, region removed\n"
            : "  afterwards: the region is not what it was: " . json_encode($inspected) . "\n";
        echo $clean ? "  ipcs: clean\n" : "  ipcs: the region is still there\n";
        return array_sum($bad) === 0 && $operations > 0 && $works && $clean;
    }

    private function start(int $place): void
    {
        // The writer's number tells a process from the one it took the place of.
        $arguments = ['--worker', $this->region_key, $place, $this->started++, sprintf('%.3f', $this->until)];
        $command = $this->command(...array_map('strval', $arguments));
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR], $pipes);
        stream_set_blocking($pipes[1], false);
        $this->running[$place] = ['process' => $process, 'output' => $pipes[1], 'heard' => '', 'alive' => null,
            'counts' => []];
    }

    private function kill(int $place): void
    {
        $killed_at = hrtime(true);
        proc_terminate($this->running[$place]['process'], 9);
        // Its end of the pipe closes when it is dead.
        stream_set_blocking($this->running[$place]['output'], true);
        $this->listen($place);
        $alive = $this->running[$place]['alive'];
        $this->longest_silence = max($this->longest_silence, $killed_at - ($alive ?? $killed_at));
        while (($status = proc_get_status($this->running[$place]['process']))['running']) {
            usleep(100);
        }
        if (!$status['signaled'] || $status['termsig'] !== 9) {
            $this->ended($place, $status); // It had come to its end just before.
            return;
        }
        $this->killed++;
        $this->count($place);
        $this->start($place);
    }

    /** Takes in what a process has written meanwhile. */
    private function listen(int $place): void
    {
        $running = &$this->running[$place];
        $lines = explode("\n", $running['heard'] . stream_get_contents($running['output']));
        $running['heard'] = array_pop($lines);
        foreach ($lines as $line) {
            [$alive, $slowest, $running['counts']] = json_decode($line, true);
            $this->slowest = max($this->slowest, $slowest);
            $this->longest_silence = max($this->longest_silence, $alive - ($running['alive'] ?? $alive));
            $running['alive'] = $alive;
        }
    }

    private function collect(int $place): void
    {
        $status = proc_get_status($this->running[$place]['process']);
        if (!$status['running']) {
            $this->listen($place);
            $this->ended($place, $status);
        }
    }

    private function ended(int $place, array $status): void
    {
        if ($status['signaled']) {
            $this->crashes[] = "process $place ended by signal {$status['termsig']}";
        } elseif ($status['exitcode'] !== 0) {
            $this->crashes[] = "process $place ended with exit code {$status['exitcode']}";
        }
        $this->count($place);
        unset($this->running[$place]);
    }

    private function count(int $place): void
    {
        foreach ($this->running[$place]['counts'] as $name => $count) {
            $this->sums[$name] = ($this->sums[$name] ?? 0) + $count;
        }
    }

    /** @return list<string> */
    private function command(string ...$arguments): array
    {
        $parts = [PHP_BINARY, '-n', '-d', 'display_errors=stderr'];
        foreach (explode(',', $this->extensions) as $extension) {
            array_push($parts, '-d', "extension=$extension");
        }
        return [...$parts, __FILE__, ...$arguments];
    }
}

if (($argv[1] ?? '') === '--worker') {
    [, , $region_key, $place, $writer, $until] = $argv;
    (new Worker((int) $region_key, (int) $place, (int) $writer))->work((float) $until);
    exit(0);
}
if (($argv[1] ?? '') === '--inspect') {
    echo json_encode(inspect((int) $argv[2]));
    exit(0);
}

$options = getopt('', ['extension:', 'seconds:', 'processes:', 'kill-every:']);
if (!isset($options['extension'])) {
    fwrite(STDERR, "usage: php stress.php --extension SO [--seconds 60] [--processes 8] [--kill-every MS]\n");
    exit(2);
}
$seconds = (float) ($options['seconds'] ?? 60);
$processes = (int) ($options['processes'] ?? 8);
$kill_every_ms = (int) ($options['kill-every'] ?? 0);
$region_key = random_int(0x10000, 0x7fffffff);

$stress = new Stress($options['extension'], $region_key, $processes);
// Interrupted or not, the region goes away: the workers notice the same signal or the time being up.
register_shutdown_function(fn () => shell_exec("ipcrm -M $region_key 2>/dev/null"));
if (function_exists('pcntl_async_signals')) {
    pcntl_async_signals(true);
    pcntl_signal(SIGINT, fn () => exit(130));
    pcntl_signal(SIGTERM, fn () => exit(143));
}
printf("stress: %d processes, %g s, one region of %d bytes\n", $processes, $seconds, REGION_BYTES);
$stress->run($seconds, $kill_every_ms);
$held = $stress->report($stress->inspect());
echo $held ? "  everything held\n" : "  FAILED\n";
exit($held ? 0 : 1);
