--TEST--
A worker of the old generation goes on with the slots that it had, after a graceful restart and after a kill -9 of its parent
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd();
?>
--FILE--
<?php
require __DIR__ . '/balancer.inc';

$server = new HttpdServer('cross', getenv('SHMPACK_SLOTMEM_MODULE'));
$balancer = new Balancer($server, 'one', 'two');
$server->configure($balancer->configuration(), ...BALANCER_MODULES);
// Starts a request that waits in its backend, and returns how to finish it.
$begin = function () use ($server): Closure {
    $until = "$server->folder/until";
    $client = stream_socket_client("tcp://127.0.0.1:$server->port");
    fwrite($client, "GET /app?until=$until HTTP/1.0\r\n\r\n");
    usleep(300000);
    return function () use ($client, $until): string {
        touch($until);
        $answer = stream_get_contents($client);
        unlink($until);
        return preg_match('/^HTTP\S+ 200 .*\r\n\r\n(one|two)$/s', $answer) ? 'right' : $answer;
    };
};
try {
    if (!$server->start()) throw new RuntimeException('httpd did not start');
    $finish = $begin();
    echo 'graceful: ', $server->graceful(1) ? 'up' : 'is not up', "\n";
    // The old one's slots are the same file's no longer; what it stores there now is not the new generation's.
    $balancer->edit('two', ['w_wr' => 'edited']);
    echo 'it answers: ', $finish(), "\n", $balancer->members();

    $finish = $begin();
    $old = $server->workers();
    posix_kill($server->pid(), SIGKILL);
    $server->wait_for_end();
    unlink("$server->folder/pid");
    // The old workers have the port.
    $server->port = free_port();
    $server->configure($balancer->configuration(), ...BALANCER_MODULES);
    echo 'another parent: ', $server->start() ? 'up' : 'is not up', "\n";
    echo 'it answers: ', $finish(), "\n", $balancer->members();
    foreach ($old as $worker) posix_kill($worker, SIGKILL);
    echo implode("\n", $server->complaints()), "\n";
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n", implode("\n", $server->complaints()), "\n";
} finally {
    $balancer->end();
}
?>
--EXPECT--
graceful: up
it answers: right
one: route one, factor 1.00
two: route edited, factor 1.00
another parent: up
it answers: right
one: route one, factor 1.00
two: route edited, factor 1.00

