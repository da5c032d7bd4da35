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

// Each entry of the page (a bold text) has a part that some source has: none stays when its message goes.
preg_match_all('~\*\*`([^`]+)`\*\*~', $page, $entries);
echo count($entries[1]) > 40 ? 'many' : count($entries[1]), " entries\n";
foreach ($entries[1] as $entry) {
    $parts = array_filter(array_map('normal_text', explode('…', $entry)), fn(string $part) => strlen($part) > 2);
    usort($parts, fn(string $a, string $b) => strlen($b) <=> strlen($a));
    $known = array_filter(explode("\n", $sources), fn(string $text) => $text !== '' && (str_contains($parts[0], $text) || str_contains($text, $parts[0])));
    if ($known === []) echo "no such message: $entry\n";
}
?>
--EXPECT--
many messages
many entries
