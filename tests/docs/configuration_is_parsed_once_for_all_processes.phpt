--TEST--
The cookbook's configuration cache parses a changed file once for all processes, which go on with the old one meanwhile, also when the parser is killed
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
$recipe = recipe('Configuration cache');
$folder = cookbook_folder('config_cache');

function write_config(string $text): void
{
    global $folder;
    file_put_contents("$folder/new", $text);
    rename("$folder/new", "$folder/config");
}

/** Starts four that read until they see $last, and print what they saw on the way. Parsing takes them a while. */
function start_readers(string $last): array
{
    global $recipe, $folder;
    $code = <<<PHP
        \$config = new ConfigCache('$folder/config', function (string \$file): array {
            file_put_contents('$folder/parsed', '.', FILE_APPEND);
            \$text = file_get_contents(\$file);
            usleep(300_000);
            return ['text' => \$text];
        });
        for (\$seen = []; end(\$seen) !== '$last'; usleep(1000)) {
            \$text = \$config->get()['text'];
            if (\$text === end(\$seen)) continue;
            \$seen[] = \$text;
            touch("$folder/saw \$text " . getmypid());
        }
        echo implode(' ', \$seen), "\n";
        PHP;
    return array_map(fn() => start_recipe($recipe, $code, $folder), range(1, 4));
}

function await_all(string $text): void
{
    global $folder;
    for ($try = 0; count(glob("$folder/saw $text *")) < 4; $try++) {
        if ($try === 2000) die("not all have seen: $text\n");
        usleep(5000);
    }
}

function report_parsed(): void
{
    global $folder;
    clearstatcache();
    echo filesize("$folder/parsed"), " parsed\n";
}

write_config('first');
$readers = start_readers('second');
await_all('first');
report_parsed();
write_config('second');
echo implode(array_map('finish_php', $readers));
report_parsed();

// One that never comes to an end with it parses the third, and is killed.
write_config('third');
$endless = start_recipe($recipe, <<<PHP
    \$config = new ConfigCache('$folder/config', function (): array { echo 'parsing'; sleep(1000); });
    \$config->get();
    PHP, $folder);
echo fread($endless['out'], 7), "\n";
array_map('unlink', glob("$folder/saw *"));
$readers = start_readers('third');
await_all('second');
kill_php($endless);
echo implode(array_map('finish_php', $readers));
report_parsed();
?>
--CLEAN--
<?php
require __DIR__ . '/cookbook.inc';
clean_up_recipe('config_cache', crc32('configuration of ' . cookbook_folder('config_cache') . '/config'));
?>
--EXPECT--
1 parsed
first second
first second
first second
first second
2 parsed
parsing
second third
second third
second third
second third
3 parsed
