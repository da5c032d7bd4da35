<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Visitors of 127.0.0.1:--port, --at-once at a time, each with its own connection, until the file --stop exists.
// Writes to --out (JSON) how many were answered, by which worker, and how many connections broke before an answer, as
// those of a killed worker do. Exit code 1 when anything else comes back.
//   php visitors.php --port PORT --at-once N --stop FILE --out FILE

const PATHS = ['/', '/search', '/cart', '/', '/report', '/about', '/', '/search', '/products'];
const PATIENCE_SECONDS = 15;

$options = getopt('', ['port:', 'at-once:', 'stop:', 'out:']);
$sockets = $answers = $workers = [];
$sent = $answered = $broken = 0;
$began = hrtime(true);
while (true) {
    clearstatcache();
    $stopping = file_exists($options['stop']);
    while (!$stopping && count($sockets) < (int) $options['at-once']) {
        $socket = stream_socket_client("tcp://127.0.0.1:{$options['port']}", $errno, $reason, PATIENCE_SECONDS);
        if ($socket === false) {
            fwrite(STDERR, "visitors: no connection: $reason\n");
            exit(1);
        }
        $path = PATHS[$sent++ % count(PATHS)];
        fwrite($socket, "GET $path HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        stream_set_blocking($socket, false);
        $sockets[] = $socket;
        $answers[array_key_last($sockets)] = '';
    }
    if (!$sockets) {
        break;
    }
    $readable = $sockets;
    $none = null;
    if (@stream_select($readable, $none, $none, PATIENCE_SECONDS) === 0) {
        fwrite(STDERR, 'visitors: no answer within ' . PATIENCE_SECONDS . " s\n");
        exit(1);
    }
    foreach ($readable as $i => $socket) {
        $answers[$i] .= (string) @fread($socket, 65536);
        if (!feof($socket)) {
            continue;
        }
        if ($answers[$i] === '') {
            $broken++;
        } elseif (preg_match('~^HTTP/1\.1 200 OK\r\n.*\r\nX-Worker: (\d+)\r\n.*\nworker \1 in slot \d+\n$~s', $answers[$i], $match)) {
            $answered++;
            $workers[$match[1]] = ($workers[$match[1]] ?? 0) + 1;
        } else {
            fwrite(STDERR, "visitors: answered with:\n" . substr($answers[$i], 0, 1000) . "\n");
            exit(1);
        }
        fclose($socket);
        unset($sockets[$i], $answers[$i]);
    }
}
file_put_contents($options['out'], json_encode([
    'answered' => $answered,
    'broken' => $broken,
    'seconds' => (hrtime(true) - $began) / 1e9,
    'workers' => $workers,
]));
