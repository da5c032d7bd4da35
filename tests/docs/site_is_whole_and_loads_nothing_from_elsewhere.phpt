--TEST--
The site is built without a complaint, its links and anchors lead somewhere, its pages load nothing from elsewhere, and its search has each page
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/markdown.inc';
skip_without_pages();
exec('command -v mkdocs pygmentize && /usr/bin/python3 -c "import mkdocs, pymdownx"', $output, $status);
if ($status !== 0) die('skip needs what ./dev site installs: mkdocs, Pygments, pymdownx');
?>
--FILE--
<?php
require __DIR__ . '/markdown.inc';

$root = dirname(__DIR__, 2);
exec(escapeshellarg("$root/dev") . ' site 2>/dev/null', $output, $status);
$site = dirname(end($output));
if ($status !== 0) die("./dev site ended with $status: see out/site.log\n");

$pages = $styles = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($site, FilesystemIterator::SKIP_DOTS)) as $file) {
    if ($file->getExtension() === 'html') $pages[$file->getPathname()] = file_get_contents($file->getPathname());
    if ($file->getExtension() === 'css') $styles[] = $file->getPathname();
}
foreach (all_pages() as $page) {
    $name = preg_replace(['~README\.md$~', '~\.md$~'], ['index.html', '.html'], $page);
    if (!isset($pages["$site/$name"])) echo "no page of $page\n";
}
unset($pages["$site/404.html"]);   // It is for a server, and begins at its root.

// What a browser fetches by itself is of the site; where links lead is there.
$links = $fetched = 0;
foreach ($pages as $path => $html) {
    $here = substr($path, strlen($site) + 1);
    preg_match_all('~<(\w+)\b[^>]*?\s(href|src|srcset|action|data)="([^"]*)"~', $html, $found, PREG_SET_ORDER);
    foreach ($found as [, $tag, $attribute, $link]) {
        $is_elsewhere = preg_match('~^(\w+:)?//|^\w+:~', $link) === 1;
        if ($tag !== 'a') $fetched++;
        if ($is_elsewhere) {
            if ($tag !== 'a' && !str_starts_with($link, 'data:')) echo "$here: loads $link\n";
            continue;
        }
        $links++;
        [$file, $anchor] = explode('#', html_entity_decode("$link#"));
        $target = $file === '' ? $path : realpath(dirname($path) . "/$file");
        if ($target === false) {
            echo "$here: no such file: $link\n";
        } elseif ($anchor !== '' && isset($pages[$target]) && !str_contains($pages[$target], "id=\"$anchor\"")) {
            echo "$here: no such place: $link\n";
        }
    }
    if (preg_match('~\b(import|fetch|url)\(\s*[\'"]?(https?:)?//~', $html)) echo "$here: loads by a script or style\n";
}
foreach ($styles as $style) {
    preg_match_all('~(?:@import\s*|url\(\s*)[\'"]?([^\'"?#);]+)~', file_get_contents($style), $found);
    foreach ($found[1] as $link) {
        if (!str_starts_with($link, 'data:') && !is_file(dirname($style) . "/$link")) echo "$style: loads $link, which is not there\n";
    }
}
echo $links > 500 && $fetched > 100 ? 'many' : "$links, $fetched", " links\n";

// The index of the search, as a browser reads it of files, too.
$index = json_decode(file_get_contents("$site/search/search_index.json"), true);
$script = file_get_contents("$site/search/search_index.js");
var_dump(json_decode(substr($script, strlen('window.searchIndex = '), -2), true) === $index);
$locations = array_column($index['docs'], 'location');
foreach (array_keys($pages) as $path) {
    $location = substr($path, strlen($site) + 1);
    if ($location !== 'search.html' && !in_array($location, $locations, true)) echo "not found by the search: $location\n";
}
?>
--EXPECT--
many links
bool(true)
