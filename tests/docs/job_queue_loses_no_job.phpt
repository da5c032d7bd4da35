--TEST--
The cookbook's job queue loses no job when workers are killed at any instant, keeps its order, refuses when it is full, and gives up a job that kills its workers
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/cookbook.inc';
skip_without_cookbook();
?>
--FILE--
<?php
require __DIR__ . '/cookbook.inc';
$recipe = recipe('Job queue');
$folder = cookbook_folder('queue');

// Four workers note each job that they begin and each that they have done. Every so often one is killed and replaced.
$open = "\$queue = new JobQueue('shmpack-phpt-queue', 500, 100, 1000);\n";
$work = $open . <<<PHP
    for (\$done = 0; ; ) {
        \$taken = \$queue->take();
        if (\$taken === null) { usleep(1000); continue; }
        if (\$taken[1] === 'end') { \$queue->done(\$taken[0]); break; }
        file_put_contents('$folder/begun', "\$taken[1]\n", FILE_APPEND);
        usleep(random_int(0, 3000));
        file_put_contents('$folder/done', "\$taken[1]\n", FILE_APPEND);
        \$queue->done(\$taken[0]);
    }
    PHP;
$push = $open . 'for ($i = 0; $i < 400; $i++) while (!$queue->push("job $process-$i")) usleep(1000);';
$pushers = array_map(fn(int $i) => start_recipe($recipe, "\$process = $i;\n$push", $folder), range(1, 2));
$workers = array_map(fn() => start_recipe($recipe, $work, $folder), range(1, 4));
$kills = 0;
do {
    usleep(random_int(5_000, 40_000));
    $i = array_rand($workers);
    echo kill_php($workers[$i]);
    $kills++;
    $workers[$i] = start_recipe($recipe, $work, $folder);
    $done = is_file("$folder/done") ? array_unique(file("$folder/done", FILE_IGNORE_NEW_LINES)) : [];
} while (count($done) < 700 && $kills < 500);
echo implode(array_map('finish_php', $pushers));
echo implode(run_recipe(1, $recipe, $open . 'for ($i = 0; $i < 4; $i++) $queue->push("end");', $folder));
echo implode(array_map('finish_php', $workers));

$begun = file("$folder/begun", FILE_IGNORE_NEW_LINES);
$done = file("$folder/done", FILE_IGNORE_NEW_LINES);
echo count(array_unique($done)), ' jobs done, ', $kills > 10 ? 'many' : $kills, " kills\n";
$again = [count($begun) - count(array_unique($begun)), count($done) - count(array_unique($done))];
echo max($again) <= $kills ? 'none again but for a kill' : json_encode([...$again, $kills]), "\n";

// All room is there again: the queue takes exactly what it should. A new worker gets the jobs in order.
echo run_recipe(1, $recipe, $open . <<<'PHP'
    for ($count = 0; $queue->push("job $count"); ) $count++;
    for ($i = 0; $i < $count; $i++) {
        [$number, $job] = $queue->take();
        if ($job !== "job $i") die("$job in the place of $i\n");
        if ($i === 0) echo json_encode($queue->push('one too many')), ' ';
        $queue->done($number);
    }
    echo "$count jobs in order, ", json_encode($queue->take()), "\n";
    PHP, $folder)[0];

// A job that ends each of its workers is tried twice, and those behind it are done.
$open = "\$queue = new JobQueue('shmpack-phpt-few', 10, 100, 2);\n";
run_recipe(1, $recipe, $open . '$queue->push("bad"); $queue->push("good");', $folder);
for ($i = 0; $i < 3; $i++) {
    echo run_recipe(1, $recipe, $open . <<<PHP
        ini_set('error_log', '$folder/log');
        [\$number, \$job] = \$queue->take();
        echo "\$job\n";
        if (\$job === 'bad') exec('kill -9 ' . getmypid());
        \$queue->done(\$number);
        PHP, $folder)[0];
}
echo preg_replace('/^\[.*?\] /', '', file_get_contents("$folder/log"));
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('queue', crc32('shmpack-phpt-queue'), crc32('shmpack-phpt-few'));
?>
--EXPECT--
800 jobs done, many kills
none again but for a kill
false 500 jobs in order, null
bad
ended with 9
bad
ended with 9
good
Gave up job 0, which ended 2 workers: bad
