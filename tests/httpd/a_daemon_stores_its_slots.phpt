--TEST--
httpd that goes into the background, as it does on servers, stores its slots at restarts and at its end
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

$server = new HttpdServer('daemon', getenv('SHMPACK_SLOTMEM_MODULE'));
$balancer = new Balancer($server, 'one', 'two');
$server->configure($balancer->configuration(), ...BALANCER_MODULES);
// Runs one of apachectl's commands, and waits until it was done.
$control = function (string $command) use ($server): void {
    $log = fn () => substr_count((string) @file_get_contents("$server->folder/error.log"), 'resuming normal operations');
    $before = $log();
    $pid = $command === 'start' ? 0 : $server->pid();
    $old = $command === 'start' ? [] : $server->workers();
    exec("env -i PATH=/usr/bin:/bin /usr/sbin/apache2 -k $command -f $server->folder/httpd.conf >/dev/null 2>&1");
    for ($try = 0; $try < 500; $try++) {
        if ($command === 'stop' ? !posix_kill($pid, 0) : $log() > $before && $server->wait_for_workers($old)) return;
        usleep(20000);
    }
    throw new RuntimeException("$command takes too long");
};
$pid = 0;
try {
    foreach (['start' => 'edited', 'graceful' => 'twice', 'restart' => 'thrice', 'stop' => ''] as $command => $route) {
        $control($command);
        if ($command === 'stop') break;
        $pid = $server->pid();
        echo "$command:\n", $balancer->members();
        $balancer->edit('one', ['w_wr' => $route]);
    }
    echo 'stop: ', implode(' ', array_map(fn ($file) => strrchr($file, '.'), glob("$server->run/*"))), "\n";
    $control('start');
    $pid = $server->pid();
    echo "start:\n", $balancer->members();
    $control('stop');
    $pid = 0;
    echo implode("\n", $server->complaints()), "\n";
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n", implode("\n", $server->complaints()), "\n";
} finally {
    for ($try = 0; $pid > 1 && posix_kill($pid, $try === 0 ? SIGTERM : 0) && $try < 500; $try++) usleep(20000);
    $balancer->end();
}
?>
--EXPECT--
start:
one: route one, factor 1.00
two: route two, factor 1.00
graceful:
one: route edited, factor 1.00
two: route two, factor 1.00
restart:
one: route twice, factor 1.00
two: route two, factor 1.00
stop: .persist .persist
start:
one: route thrice, factor 1.00
two: route two, factor 1.00

