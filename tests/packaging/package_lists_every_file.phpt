--TEST--
package.xml lists every file that is under version control, once, with the role of its kind
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!file_exists(dirname(__DIR__, 2) . '/.git') || trim((string) shell_exec('command -v git')) === '') die('skip needs a git checkout');
?>
--FILE--
<?php
// Files that only a checkout needs.
const NOT_SHIPPED = '~^\.(ci|github)/|^fuzz/corpus/|^tests/mutants/|^\.(clang-format|gitignore|gitattributes)$|^package\.xml$~';

function role(string $file): string
{
    return match (true) {
        str_starts_with($file, 'tests/') => 'test',
        str_starts_with($file, 'ide/') => 'data',
        str_starts_with($file, 'docs/'), str_ends_with($file, '.md'), $file === 'LICENSE' => 'doc',
        default => 'src',
    };
}

$root = dirname(__DIR__, 2);
$git = 'git -c safe.directory=* -C ' . escapeshellarg($root) . ' ls-files -z';
$shipped = array_filter(
    explode("\0", rtrim(shell_exec($git), "\0")),
    fn($file) => !preg_match(NOT_SHIPPED, $file) && is_file("$root/$file"),
);
// As plain text, without an XML extension: a <file> on each line, with its whole path.
preg_match_all('~<file name="([^"]+)" role="([^"]+)"/>~', file_get_contents("$root/package.xml"), $matches, PREG_SET_ORDER);
$listed = [];
foreach ($matches as [, $file, $role]) {
    if (isset($listed[$file])) echo "listed twice: $file\n";
    $listed[$file] = $role;
}
sort($shipped);
foreach (array_diff($shipped, array_keys($listed)) as $file) {
    echo "missing: <file name=\"$file\" role=\"", role($file), "\"/>\n";
}
foreach (array_diff(array_keys($listed), $shipped) as $file) {
    echo "listed but not there: $file\n";
}
foreach ($listed as $file => $role) {
    if ($role !== role($file)) echo "$file has role $role, not ", role($file), "\n";
}
var_dump(count($listed) > 50);
?>
--EXPECT--
bool(true)
