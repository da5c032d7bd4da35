<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// A load client that counts exactly what was answered. It sends --requests requests over --connections keep-alive
// connections to 127.0.0.1:--port, and writes to --out (JSON) what came back, counted by path and by worker.
// Every response carries its hit number; no number may come twice or lie outside 1..requests.
// Exit code 1 and a message when a request is not answered as it should be.

const PATHS = ['/', '/products', '/products/17', '/', '/cart', '/blog/hello', '/', '/search', '/about', '/products'];
const AGENTS = ['Firefox/143.0', 'Chrome/141.0', 'Safari/26.0', 'curl/8.14', 'Googlebot/2.1', 'Lynx/2.9', 'Edge/141.0'];
const PATIENCE_SECONDS = 15;

function give_up(string $why): never
{
    fwrite(STDERR, "load: $why\n");
    exit(1);
}

function connect(int $port)
{
    $socket = @stream_socket_client("tcp://127.0.0.1:$port", $errno, $reason, PATIENCE_SECONDS);
    if ($socket === false) {
        give_up("no connection to 127.0.0.1:$port: $reason");
    }
    stream_set_blocking($socket, false);
    return $socket;
}

function ask($socket, int $number): string
{
    $path = PATHS[$number % count(PATHS)];
    $agent = AGENTS[$number % count(AGENTS)];
    $request = "GET $path HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: $agent\r\n\r\n";
    // A request is far smaller than a socket's buffer: either all of it is written, or the connection is broken.
    if (@fwrite($socket, $request) !== strlen($request)) {
        give_up("request $number could not be sent: the server closed the connection");
    }
    return $path;
}

/** The headers and the total length of the response in $bytes, or null while it is not whole. */
function whole_response(string $bytes): ?array
{
    $head_end = strpos($bytes, "\r\n\r\n");
    if ($head_end === false) {
        return null;
    }
    $lines = explode("\r\n", substr($bytes, 0, $head_end));
    $headers = ['status' => $lines[0]];
    foreach (array_slice($lines, 1) as $line) {
        [$name, $value] = explode(':', $line, 2);
        $headers[strtolower($name)] = trim($value);
    }
    if (!isset($headers['content-length'])) {
        give_up("response without Content-Length: {$lines[0]}");
    }
    return strlen($bytes) < $head_end + 4 + (int) $headers['content-length'] ? null : $headers;
}

$options = getopt('', ['port:', 'requests:', 'connections:', 'out:']);
$port = (int) $options['port'];
$requests = (int) $options['requests'];

$seen = str_repeat("\0", $requests + 1);
$sent = $answered = 0;
$paths = $workers = $working_ns = $waiting_ns = [];
$sockets = $buffers = $asked = [];

$began = hrtime(true);
for ($i = 0; $i < min((int) $options['connections'], $requests); $i++) {
    $sockets[$i] = connect($port);
    $buffers[$i] = '';
    $asked[$i] = ask($sockets[$i], $sent++);
}
while ($sockets) {
    $readable = $sockets;
    $none = null;
    $ready = @stream_select($readable, $none, $none, PATIENCE_SECONDS);
    if ($ready === false) {
        // Interrupted by a signal that is ignored here.
        continue;
    }
    if ($ready === 0) {
        give_up('no response within ' . PATIENCE_SECONDS . " s after $answered answered requests");
    }
    foreach ($readable as $i => $socket) {
        $bytes = fread($socket, 65536);
        if ($bytes === '' || $bytes === false) {
            if (feof($socket)) {
                give_up("the server closed a connection instead of answering {$asked[$i]} (after $answered answers)");
            }
            continue;
        }
        $buffers[$i] .= $bytes;
        $headers = whole_response($buffers[$i]);
        if ($headers === null) {
            continue;
        }
        $hit = (int) ($headers['x-hit'] ?? 0);
        if ($headers['status'] !== 'HTTP/1.1 200 OK' || $hit === 0) {
            give_up("{$asked[$i]} was answered with:\n" . substr($buffers[$i], 0, 1000));
        }
        if ($hit > $requests || $seen[$hit] !== "\0") {
            $how = $hit > $requests ? 'is out of range' : 'came twice';
            give_up("hit number $hit $how: an update was lost or doubled");
        }
        $seen[$hit] = "\1";
        $answered++;
        $paths[$asked[$i]] = ($paths[$asked[$i]] ?? 0) + 1;
        $workers[$headers['x-worker']] = ($workers[$headers['x-worker']] ?? 0) + 1;
        $waiting_ns[] = (int) $headers['x-waited-ns'];
        $working_ns[] = $headers['x-shared-ns'] - $headers['x-waited-ns'];
        $buffers[$i] = '';

        if ($sent === $requests) {
            fclose($socket);
            unset($sockets[$i]);
            continue;
        }
        if (($headers['connection'] ?? '') === 'close') {
            fclose($socket);
            $sockets[$i] = connect($port);
        }
        $asked[$i] = ask($sockets[$i], $sent++);
    }
}
$seconds = (hrtime(true) - $began) / 1e9;

sort($working_ns);
ksort($workers);
file_put_contents($options['out'], json_encode([
    'requests' => $requests,
    'answered' => $answered,
    'seconds' => $seconds,
    'requests_per_second' => $answered / $seconds,
    'shared_ns_mean' => (array_sum($working_ns) + array_sum($waiting_ns)) / $answered,
    'waiting_ns_mean' => array_sum($waiting_ns) / $answered,
    'working_ns_median' => $working_ns[intdiv($answered, 2)],
    'paths' => $paths,
    'workers' => $workers,
], JSON_PRETTY_PRINT) . "\n");
