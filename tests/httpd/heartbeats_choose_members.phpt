--TEST--
mod_heartmonitor and mod_lbmethod_heartbeat run on our slots as on the stock module's, and PHP sees the heartbeats
--EXTENSIONS--
shmpack
posix
--SKIPIF--
<?php
require __DIR__ . '/httpd_server.inc';
skip_without_httpd();
foreach (['slotmem_shm', 'heartmonitor', 'lbmethod_heartbeat'] as $name) {
    if (!is_file(HTTPD_MODULES . "/mod_$name.so")) die("skip needs mod_$name.so");
}
?>
--FILE--
<?php
require __DIR__ . '/balancer.inc';

/** Tells the monitor how a server is, as that server. */
function beat(HttpdServer $server, string $address, int $ready): string
{
    $http = ['method' => 'POST', 'timeout' => 10, 'content' => "v=1&ready=$ready&busy=0",
        'header' => "Content-Type: application/x-www-form-urlencoded\r\nConnection: close"];
    $context = stream_context_create(['http' => $http, 'socket' => ['bindto' => "$address:0"]]);
    return (string) @file_get_contents("http://127.0.0.1:$server->port/beat", false, $context);
}

$seen = [];
foreach ([HTTPD_MODULES . '/mod_slotmem_shm.so', getenv('SHMPACK_SLOTMEM_MODULE')] as $module) {
    $server = new HttpdServer('heartbeat', $module);
    $balancer = new Balancer($server, 'one');
    $listen = free_port();
    $watchdog = is_file(HTTPD_MODULES . '/mod_watchdog.so') ? ['watchdog'] : []; // Debian has it built in.
    $server->configure(<<<CONF
        HeartbeatMaxServers 10
        # Not used: where there is no multicast, the monitor says so and goes on.
        HeartbeatListen 239.255.0.1:$listen
        <Location "/beat">
        SetHandler heartbeat
        </Location>
        <Proxy "balancer://cluster">
        BalancerMember {$balancer->url('one')}
        ProxySet lbmethod=heartbeat
        </Proxy>
        ProxyPass "/app" "balancer://cluster"
        CONF, ...$watchdog, ...['heartmonitor', 'proxy', 'proxy_http', 'proxy_balancer', 'lbmethod_heartbeat', 'lbmethod_byrequests']);
    $lines = [];
    $look = function (string $when) use ($server, &$lines): void {
        $path = "$server->run/slotmem-shm-mod_heartmonitor.shm";
        if (!is_file($path)) return; // Nothing but ours can be looked at.
        $slots = slotmem_attach($path, true);
        $line = "$when: " . slotmem_num_free_slots($slots) . ' of ' . slotmem_num_slots($slots) . ' free';
        slotmem_doall($slots, function (int $id, string $bytes) use (&$line): void {
            $line .= ", slot $id " . strstr($bytes, "\0", true);
        });
        $lines[] = $line;
    };
    $answer = [];
    try {
        $answer[] = $server->start() ? 'up' : 'is not up';
        $answer[] = 'without a beat: ' . $balancer->answers(2);
        $look('without a beat');
        $answer[] = 'beats: ' . beat($server, '127.0.0.2', 10) . ' ' . beat($server, '127.0.0.1', 50);
        $answer[] = 'answers: ' . $balancer->answers(4);
        $answer[] = 'beats again: ' . beat($server, '127.0.0.1', 40) . ' ' . beat($server, '127.0.0.2', 20);
        $look('after beats');
        $answer[] = 'answers: ' . $balancer->answers(4);
        $answer[] = $server->graceful() ? 'graceful' : 'is not up';
        $answer[] = 'without a beat: ' . $balancer->answers(2);
        $look('after a graceful restart');
        $answer[] = 'beats: ' . beat($server, '127.0.0.1', 50);
        $answer[] = 'answers: ' . $balancer->answers(4);
        $server->stop();
        $answer = [...$answer, ...array_filter($server->complaints(),
            fn ($line) => !preg_match('/^heartmonitor |All workers are in error state/', $line))];
    } finally {
        $balancer->end();
    }
    $seen[] = implode("\n", $answer) . "\n";
}
echo $seen[0], $seen[1] === $seen[0] ? "ours the same\n" : "ours:\n$seen[1]", implode("\n", $lines), "\n";
?>
--EXPECT--
up
without a beat: an error
beats: OK OK
answers: one
beats again: OK OK
answers: one
graceful
without a beat: an error
beats: OK
answers: one
ours the same
without a beat: 10 of 10 free
after beats: 8 of 10 free, slot 0 127.0.0.2, slot 1 127.0.0.1
after a graceful restart: 10 of 10 free
