--TEST--
config.m4 builds every source that PHP needs, knows every folder of sources, and versions agree everywhere
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/package.xml')) die('skip needs a checkout: PECL unpacks package.xml elsewhere');
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$config = file_get_contents("$root/config.m4");
preg_match('/shmpack_sources="([^"]*)"/', $config, $list);
preg_match_all('~PHP_ADD_BUILD_DIR\(\[\$ext_builddir/(.*?)\]\)~', $config, $folders);
$built = preg_split('/\s+/', trim($list[1]));
$there = [];
foreach (['core', 'php', 'port'] as $layer) {
    $before = count($there);
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$root/src/$layer", FilesystemIterator::SKIP_DOTS)) as $file) {
        if (str_ends_with($file, '.cc')) $there[] = substr($file, strlen("$root/"));
    }
    if (count($there) === $before) echo "no sources in src/$layer\n";
}
foreach (array_diff($there, $built) as $file) echo "config.m4 does not build $file\n";
foreach (array_diff($built, $there) as $file) echo "config.m4 builds $file, which is not there\n";
$wanted = array_unique(array_map(dirname(...), $there));
foreach (array_diff($wanted, $folders[1]) as $folder) echo "config.m4 makes no folder for objects of $folder\n";
foreach (array_diff($folders[1], $wanted) as $folder) echo "config.m4 makes a folder for $folder, which has no sources\n";

$version = phpversion('shmpack');
if (!str_contains(file_get_contents("$root/package.xml"), "<release>$version</release>")) {
    echo "package.xml is not of version $version\n";
}

// Both packages are for the same PHP, of one system.
preg_match('~<php>\s*<min>(\d+\.\d+)\.0</min>\s*<max>(\d+\.\d+)\.0</max>\s*<exclude>\2\.0</exclude>.*<os>\s*<name>(\w+)</name>\s*</os>~s',
    file_get_contents("$root/package.xml"), $pecl);
$composer = json_decode(file_get_contents("$root/composer.json"), true);
var_dump($composer['require']['php'] === ">=$pecl[1] <$pecl[2]", $composer['php-ext']['os-families'] === [$pecl[3]]);
echo "done\n";
?>
--EXPECT--
bool(true)
bool(true)
done
