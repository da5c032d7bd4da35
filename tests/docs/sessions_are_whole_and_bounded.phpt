--TEST--
The cookbook's sessions: requests of one session take turns, a killed one leaves what the last finished one wrote, and the memory is bounded
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/cookbook.inc';
skip_without_cookbook('session');
?>
--FILE--
<?php
require __DIR__ . '/cookbook.inc';
$folder = cookbook_folder('sessions');
$recipe = recipe('Sessions') . <<<'PHP'

    ob_start();   // as behind a web server, where headers are still to come
    ini_set('session.use_cookies', '0');
    ini_set('session.cache_limiter', '');
    function use_handler(int $buckets): void { session_set_save_handler(new SharedSessions(0x5e000300, $buckets, 1000), true); }
    function request(string $id, Closure $run): void { session_id($id); session_start(); $run(); session_write_close(); }

    PHP;

// Four processes count in one session and in one each. One is killed inside of a request, where it holds the session.
$killed = start_recipe($recipe, <<<'PHP'
    use_handler(4);
    request('common', function () { $_SESSION['count'] = 100; });
    request('common', function () { $_SESSION['count'] = -1; fwrite(STDOUT, 'inside'); sleep(1000); });
    PHP, $folder);
echo fread($killed['out'], 6), "\n";
$others = [];
for ($i = 0; $i < 4; $i++) $others[] = start_recipe($recipe, "\$process = $i;\n" . <<<'PHP'
    use_handler(4);
    for ($i = 0; $i < 200; $i++) {
        request('common', function () { $_SESSION['count']++; });
        request("own-$process", function () { $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1; });
    }
    request("own-$process", function () use ($process) { echo "$process: $_SESSION[count]\n"; });
    PHP, $folder);
usleep(100_000);
kill_php($killed);
echo implode(array_map('finish_php', $others));

echo run_recipe(1, $recipe, <<<'PHP'
    use_handler(4);
    request('common', function () { echo $_SESSION['count'], " in the common one\n"; });

    // What is destroyed or expired is gone; a new id keeps the data.
    session_id('own-0'); session_start(); session_destroy();
    request('own-0', function () { echo count($_SESSION), " left of a destroyed one\n"; });
    session_id('own-1'); session_start(); session_regenerate_id(true); $new = session_id(); session_write_close();
    request($new, function () { echo $_SESSION['count'], ' under the new id, '; });
    request('own-1', function () { echo count($_SESSION), " under the old one\n"; });
    ini_set('session.gc_maxlifetime', '-1');
    request('own-2', function () {});
    ini_set('session.gc_maxlifetime', '1440');
    for ($i = 0; crc32("collector-$i") % 4 === crc32('own-2') % 4;) $i++;   // a session in use keeps its bucket
    request("collector-$i", function () { echo session_gc(), " collected\n"; });
    PHP, $folder)[0];

// Bounded: of many sessions the newest are there, and each has its own data.
echo run_recipe(1, $recipe, <<<'PHP'
    use_handler(4);
    for ($i = 0; $i < 500; $i++) request("visitor-$i", function () use ($i) { $_SESSION = ['i' => $i, 'text' => str_repeat('x', 900)]; });
    $there = $wrong = 0;
    for ($i = 499; $i >= 0; $i--) {
        session_id("visitor-$i");
        session_start(['read_and_close' => true]);
        if ($_SESSION !== []) $_SESSION['i'] === $i ? $there++ : $wrong++;
    }
    echo $there > 40 && $there <= 64 ? 'at most 64' : $there, " there, $wrong wrong\n";
    ob_start();
    var_dump(shm_attach(0x5e000300));
    preg_match('/"variables"\]=>\s*int\((\d+)\)/', ob_get_clean(), $variables);
    echo $variables[1] <= 64 + 4 ? 'bounded' : $variables[1], "\n";
    PHP, $folder)[0];
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('sessions', ...range(0x5e000300, 0x5e000304));
?>
--EXPECT--
inside
0: 200
1: 200
2: 200
3: 200
900 in the common one
0 left of a destroyed one
200 under the new id, 0 under the old one
1 collected
at most 64 there, 0 wrong
bounded
