--TEST--
What was edited and added in the balancer-manager survives three graceful restarts, a restart, a stop and start, and kill -9
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

$server = new HttpdServer('balancer', getenv('SHMPACK_SLOTMEM_MODULE'));
$balancer = new Balancer($server, 'one', 'two', 'three', 'four', 'five');
$server->configure($balancer->configuration(), ...BALANCER_MODULES);
try {
    if (!$server->start()) throw new RuntimeException('httpd did not start');
    $balancer->edit('one', ['w_lf' => '7', 'w_wr' => 'edited']);
    $balancer->add('three');
    echo $first = $balancer->members();
    echo 'answered: ', $balancer->answers(20), "\n";
    $show = function (string $what, bool $is_up) use ($balancer, $first, &$expected): void {
        $now = $balancer->members();
        echo $what, ': ', !$is_up ? 'is not up' : ($now === ($expected ?? $first) ? 'the same' : "\n$now"), "\n";
    };
    for ($i = 1; $i <= 3; $i++) $show("graceful $i", $server->graceful());
    $show('restart', $server->restart());
    $server->stop();
    $show('stop and start', $server->start());
    echo 'answered: ', $balancer->answers(20), "\n";

    $balancer->add('four');
    echo 'graceful: ', $server->graceful() ? 'up' : 'is not up', "\n";
    $balancer->add('five');
    echo $expected = $balancer->members();
    $show('graceful', $server->graceful());
    echo 'answered: ', $balancer->answers(40), "\n";

    $balancer->edit('two', ['w_wr' => 'late']);
    $server->kill();
    $expected = str_replace('route two', 'route late', $expected);
    // What the next one asks for need not be what was left.
    $server->configure(str_replace('growth=10', 'growth=12', $balancer->configuration()), ...BALANCER_MODULES);
    $show('kill -9 and start', $server->start());
    $show('graceful after it', $server->graceful());
    $server->stop();
    echo 'left behind: ', implode(' ', array_map(fn ($file) => preg_replace('/p[0-9a-f]+/', 'p...', basename($file), 1),
        glob("$server->run/*"))), "\n";
    foreach (glob("$server->run/*") as $file) printf("%o ", fileperms($file) & 0777);
    echo "\n", implode("\n", $server->complaints()), "\n";
} catch (RuntimeException $failure) {
    echo $failure->getMessage(), "\n", implode("\n", $server->complaints()), "\n";
} finally {
    $balancer->end();
}
?>
--EXPECT--
one: route edited, factor 7.00
three: route three, factor 1.00
two: route two, factor 1.00
answered: one three two
graceful 1: the same
graceful 2: the same
graceful 3: the same
restart: the same
stop and start: the same
answered: one three two
graceful: up
five: route five, factor 1.00
four: route four, factor 1.00
one: route edited, factor 7.00
three: route three, factor 1.00
two: route two, factor 1.00
graceful: the same
answered: five four one three two
kill -9 and start: the same
graceful after it: the same
left behind: slotmem-shm-p....shm.persist slotmem-shm-p..._cluster.shm.persist
600 600
