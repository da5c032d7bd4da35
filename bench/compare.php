<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Peers side by side: one process per peer (bench/peer.php), only one of them working at any moment, in rounds that
// take every peer in turn, so that a change of the machine's speed meets all alike. The best round of each counts.
//   php compare.php --shmpack SO --key KEY --apcu SO [--yac SO] [--quick] [--write FOLDER --command TEXT]
// KEY and KEY + 1 are used for the peers that need one.

$options = getopt('', ['shmpack:', 'key:', 'apcu:', 'yac:', 'quick', 'write:', 'command:']);
$quick = isset($options['quick']);
// Many short rounds rather than few long ones: the best is then one that nothing else on the machine interrupted.
$rounds = $quick ? 12 : 25;
$passes = $quick ? 4 : 12;
$round_ns = 3e6;
$key = (int) $options['key'];

final class Peer
{
    public string $version;
    private $process;
    private array $pipes = [];

    public function __construct(public readonly string $title, string $name, int $key, string ...$settings)
    {
        $command = [PHP_BINARY, '-n', '-d', 'memory_limit=1G', '-d', 'display_errors=stderr'];
        foreach ($settings as $setting) {
            array_push($command, '-d', $setting);
        }
        array_push($command, __DIR__ . '/peer.php', $name, (string) $key);
        $this->process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $this->pipes);
        $this->version = $this->order(['do' => 'about']);
    }

    public function order(array $order): mixed
    {
        fwrite($this->pipes[0], json_encode($order) . "\n");
        $answer = fgets($this->pipes[1]);
        if ($answer === false) {
            fwrite(STDERR, "bench: {$this->title} ended at " . json_encode($order) . "\n");
            exit(1);
        }
        return json_decode($answer, true);
    }

    public function close(): void
    {
        $this->order(['do' => 'remove']);
        fclose($this->pipes[0]);
        proc_close($this->process);
    }
}

$peers = [
    'stock' => new Peer('ext/sysvshm', 'stock', $key, 'extension=sysvsem', 'extension=sysvshm'),
    'apcu' => new Peer('APCu', 'apcu', 0, "extension={$options['apcu']}", 'apc.enable_cli=1', 'apc.shm_size=256M'),
];
if (isset($options['yac'])) {
    $peers['yac'] = new Peer(
        'Yac',
        'yac',
        0,
        "extension={$options['yac']}",
        'yac.enable_cli=1',
        'yac.keys_memory_size=16M',
        'yac.values_memory_size=256M'
    );
}
$peers['shmpack'] = new Peer('shmpack', 'shmpack', $key + 1, "extension={$options['shmpack']}");

$cases = [];
foreach (['int', '32 B', '1 KiB', '64 KiB', '20 fields', '1,000 rows'] as $value) {
    foreach (['get', 'put', 'put and get'] as $operation) {
        $cases[] = ['variables' => 1, 'value' => $value, 'operation' => $operation, 'peers' => array_keys($peers)];
    }
}
foreach (['get', 'put'] as $operation) {
    $cases[] = ['variables' => 20000, 'value' => 'int', 'operation' => $operation, 'peers' => array_keys($peers)];
}
$semaphore_peers = ['stock', 'shmpack'];
$cases[] = ['variables' => 1, 'value' => 'int', 'operation' => 'acquire and release', 'peers' => $semaphore_peers];

/** How many calls fill a round, found by doing ever more of them. */
function calls_per_round(Peer $peer, array $order, float $round_ns): int
{
    for ($calls = 1;; $calls *= 4) {
        $ns = $peer->order($order + ['calls' => $calls])['spent'];
        if ($ns > $round_ns / 8) {
            return max(1, (int) ($calls * $round_ns / $ns));
        }
    }
}

// Several passes over all cases: a slow spell of the machine then spoils one pass of a case and not all its rounds.
$calls = $best = $lost = [];
for ($pass = 1; $pass <= $passes; $pass++) {
    $filled = null;
    foreach ($cases as $number => $case) {
        $filling = ['do' => 'fill', 'variables' => $case['variables'], 'value' => $case['value']];
        if ($filling !== $filled) {
            foreach ($peers as $name => $peer) {
                $missing = $case['variables'] - $peer->order($filling);
                $lost[$case['variables']][$name] = max($lost[$case['variables']][$name] ?? 0, $missing);
            }
            $filled = $filling;
        }
        $order = ['do' => 'time', 'operation' => $case['operation'], 'value' => $case['value']];
        foreach ($case['peers'] as $name) {
            $calls[$number][$name] ??= calls_per_round($peers[$name], $order, $round_ns);
            $best[$number][$name] ??= ['spent' => INF, 'empty' => INF];
        }
        for ($round = 0; $round < $rounds; $round++) {
            foreach ($case['peers'] as $name) {
                $count = $calls[$number][$name];
                foreach ($peers[$name]->order($order + ['calls' => $count]) as $part => $ns) {
                    $best[$number][$name][$part] = min($best[$number][$name][$part], $ns / $count);
                }
            }
        }
        if (stream_isatty(STDERR)) {
            fprintf(STDERR, "\r\e[Kpass %d of %d, %d of %d", $pass, $passes, $number + 1, count($cases));
        }
    }
}

$results = $notes = [];
foreach ($cases as $number => $case) {
    $ns = [];
    foreach ($best[$number] as $name => $parts) {
        // A peer that lost variables (Yac is allowed to) did not do the same work.
        if ($lost[$case['variables']][$name] === 0) {
            $ns[$name] = round(max(0, $parts['spent'] - $parts['empty']), 1);
        }
    }
    unset($case['peers']);
    $results[] = $case + ['ns' => $ns];
}
foreach ($lost as $variables => $by_peer) {
    foreach (array_filter($by_peer) as $name => $missing) {
        $notes[] = "{$peers[$name]->title} lost $missing of $variables variables while storing them: left out there.";
    }
}
if (stream_isatty(STDERR)) {
    fwrite(STDERR, "\r\e[K");
}
foreach ($peers as $peer) {
    $peer->close();
}

preg_match('/^model name\s*:\s*(.*)$/m', (string) @file_get_contents('/proc/cpuinfo'), $cpu);
$about = [
    'date' => gmdate('Y-m-d'),
    'cpu' => $cpu[1] ?? php_uname('m'),
    'cores' => (int) shell_exec('nproc'),
    'kernel' => php_uname('s') . ' ' . php_uname('r'),
    'php' => PHP_VERSION,
    'versions' => array_map(fn (Peer $peer) => $peer->version, $peers),
    'command' => $options['command'] ?? '',
    'rounds' => $rounds * $passes,
];

$titles = array_map(fn (Peer $peer) => $peer->title, $peers);
$text = "Nanoseconds per call, loop overhead subtracted, best of {$about['rounds']} rounds; ";
$text .= "one process at a time, no contention.\n";
$text .= "A get reads a value that did not change; put and get is one of each, so the value always did.\n";
$text .= "A ratio above 1: shmpack is that many times faster.\n\n";
$text .= "{$about['cpu']}, {$about['cores']} cores, {$about['kernel']}, PHP {$about['php']}, {$about['date']}\n";
foreach ($peers as $peer) {
    $text .= "{$peer->title} {$peer->version}  ";
}
$text = rtrim($text) . "\n";

$others = array_diff_key($titles, ['shmpack' => 0]);
$group = null;
foreach ($results as $result) {
    $title = $result['operation'] === 'acquire and release' ? 'semaphore'
        : number_format($result['variables']) . ($result['variables'] === 1 ? ' variable' : ' variables');
    if ($title !== $group) {
        $text .= sprintf("\n%-26s", $title);
        foreach ($titles as $peer_title) {
            $text .= sprintf('%13s', $peer_title);
        }
        foreach ($others as $name => $_) {
            $text .= sprintf('%13s', "$name/ours");
        }
        $text .= "\n";
        $group = $title;
    }
    $what = $title === 'semaphore' ? $result['operation'] : "{$result['value']}, {$result['operation']}";
    $text .= sprintf('  %-24s', $what);
    foreach ($titles as $name => $_) {
        $text .= sprintf('%13s', isset($result['ns'][$name]) ? number_format($result['ns'][$name]) : '-');
    }
    foreach ($others as $name => $_) {
        $text .= isset($result['ns'][$name])
            ? sprintf('%13s', sprintf('%.2f', $result['ns'][$name] / max(0.1, $result['ns']['shmpack'])))
            : sprintf('%13s', '-');
    }
    $text .= "\n";
}
foreach ($notes as $note) {
    $text .= "\n$note\n";
}
echo $text;

if (isset($options['write'])) {
    $folder = $options['write'];
    is_dir($folder) || mkdir($folder, 0777, true);
    file_put_contents("$folder/compare.txt", $text . "\nMade by: {$about['command']}\n");
    $json = json_encode($about + ['results' => $results], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES);
    file_put_contents("$folder/compare.json", $json . "\n");
    echo "\nWritten: $folder/compare.txt and compare.json\n";
}
