--TEST--
Each link of README, CONTRIBUTING and docs/ leads to a file and a heading that are there, and the site's navigation has each page
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/markdown.inc';
skip_without_pages();
?>
--FILE--
<?php
require __DIR__ . '/markdown.inc';

$root = dirname(__DIR__, 2);
$links = 0;
$headings = 0;
foreach (all_pages() as $page) {
    $text = page_without_code($page);
    preg_match_all('~\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)~m', $text, $found);
    foreach (array_filter([...$found[1], ...$found[2]]) as $link) {
        if (preg_match('~^[a-z]+:~', $link)) continue;   // another site's
        $links++;
        [$path, $anchor] = explode('#', "$link#");
        $target = $path === '' ? $page : ltrim(substr(realpath(dirname("$root/$page") . "/$path") ?: '', strlen($root)), '/');
        if ($target === '' && $path !== '.') {
            echo "$page: no such file: $link\n";
        } elseif ($anchor !== '') {
            $headings++;
            if (!in_array($anchor, anchors_of($target), true)) echo "$page: no such heading: $link\n";
        }
    }
}
echo $links > 100 && $headings > 20 ? 'many' : "$links, $headings", " links\n";

$navigation = file_get_contents("$root/mkdocs.yml");
foreach (all_pages() as $page) {
    if (preg_match_all('~: ' . preg_quote($page) . '$~m', $navigation) !== 1) echo "not once in the navigation of mkdocs.yml: $page\n";
}
preg_match_all('~: (\S+\.md)$~m', $navigation, $named);
foreach ($named[1] as $page) if (!is_file("$root/$page")) echo "in the navigation, but not there: $page\n";
?>
--EXPECT--
many links
