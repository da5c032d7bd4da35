--TEST--
Unrelated processes share variables, while they attach and detach
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/../loading/run_php.inc';
$key = 0x5b00000f;
$code = '$s = shm_attach(' . $key . ', 50000);
    [, $me] = explode(" ", fgets(STDIN));
    for ($i = 0; $i < 3000; $i++) {
        // Attaches anew at times: the region lives on while no process is attached.
        if ($i % 500 === 0) { shm_detach($s); $s = shm_attach(' . $key . ', 50000); }
        shm_put_var($s, (int) $me, ["me" => $me, "i" => $i, "pad" => str_repeat($me, $i % 700)]);
        foreach ([1, 2, 3] as $other) {
            if (!shm_has_var($s, $other)) continue;
            $v = shm_get_var($s, $other);
            if ($v["pad"] !== str_repeat($v["me"], $v["i"] % 700)) { echo "torn\n"; exit; }
        }
    }
    echo "ok ", shm_get_var($s, (int) $me)["i"], "\n";';
$running = [];
foreach ([1, 2, 3] as $me) {
    $running[] = $process = start_php(['shmpack'], $code);
    fwrite($process['in'], "i $me");
}
foreach ($running as $process) echo finish_php($process);
shm_remove(shm_attach($key));
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000f);
?>
--EXPECT--
ok 2999
ok 2999
ok 2999
