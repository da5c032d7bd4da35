--TEST--
docs/troubleshooting.md has each text that a warning or an exception can consist of, and none that the sources have not
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
$root = dirname(__DIR__, 2);
if (!is_file("$root/docs/troubleshooting.md") || !is_dir("$root/src/php")) die('skip needs a checkout');
?>
--FILE--
<?php
require __DIR__ . '/messages.inc';

$page = file_get_contents(dirname(__DIR__, 2) . '/docs/troubleshooting.md');
$normal_page = normal_text($page);

// Each part of each message stands on the page.
$sources = '';
$count = 0;
foreach (['src/php', 'src/core', 'src/port'] as $folder) {
    $found = 0;
    foreach (sources_in($folder) as $file) {
        foreach (messages_of($file) as [$place, $parts]) {
            $found++;
            $sources .= implode("\n", $parts) . "\n";
            foreach ($parts as $part) if (!str_contains($normal_page, $part)) echo "not explained: $place: $part\n";
        }
    }
    if ($found < 5) echo "the test finds no messages in $folder any more\n";
    $count += $found;
}
echo $count > 150 ? 'many' : $count, " messages\n";

// Each entry of the page, in bold or in a table, is like a message that there is: none stays when its message goes.
preg_match_all('~\*\*`([^`]+)`\*\*~', $page, $bold);
preg_match_all('~^\| (.*?) \|~m', substr($page, strpos($page, "\n## Attaching a region")), $cells);
preg_match_all('~`([^`]+)`~', implode("\n", $cells[1]), $in_tables);
$entries = [...$bold[1], ...array_filter($in_tables[1], fn(string $text) => preg_match('~\w .*\w ~', $text) === 1)];
echo count($entries) > 100 ? 'many' : count($entries), " entries\n";
$texts = array_filter(explode("\n", $sources));
foreach ($entries as $entry) {
    $parts = array_map(fn(string $part) => trim(normal_text($part), ' .:;,'), explode('…', $entry));
    usort($parts, fn(string $a, string $b) => strlen($b) <=> strlen($a));
    $alike = array_filter($texts, fn(string $text) => str_contains($parts[0], $text) || str_contains($text, $parts[0]));
    if ($alike === []) echo "no such message: $entry\n";
}
?>
--EXPECT--
many messages
many entries
