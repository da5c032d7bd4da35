--TEST--
ide/shmpack.php is made from the stub as it is now, and has every constant, function, class and method, with the same signatures
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/ide/shmpack.php')) die('skip needs a checkout: PECL installs it elsewhere');
?>
--FILE--
<?php
require __DIR__ . '/signatures.inc';

$root = dirname(__DIR__, 2);
$ide = "$root/ide/shmpack.php";
// A PHP that has neither shmpack nor the stock extensions.
$php = fn(string ...$arguments) => shell_exec(implode(' ', array_map('escapeshellarg', [PHP_BINARY, '-n', '-d', 'display_errors=1', ...$arguments])) . ' 2>&1');

if ($php("$root/scripts/lib/ide_stub.php") !== file_get_contents($ide)) echo "ide/shmpack.php was not made from the stub as it is now: run ./dev stubs\n";
echo $php('-l', $ide);

$loaded = own_signatures();
$shown = explode("\n", trim($php('-r', 'require $argv[1]; require $argv[2]; echo implode("\n", own_signatures());', $ide, __DIR__ . '/signatures.inc')));
foreach (array_diff($loaded, $shown) as $line) echo "not in ide/shmpack.php: $line\n";
foreach (array_diff($shown, $loaded) as $line) echo "not in the extension: $line\n";

foreach (['const', 'function slotmem_', 'function Shmpack\\', 'Shmpack\\SlotTable: ', 'Shmpack\\SlotView: '] as $kind) {
    printf("%s: %s\n", $kind, count(preg_grep('/^' . preg_quote($kind) . '/', $loaded)) > 3 ? 'some' : 'too few');
}
var_dump(preg_match('/UNKNOWN|@(cvalue|implementation-alias|phpstan-)/', file_get_contents($ide)));
?>
--EXPECTF--
No syntax errors detected in %s
const: some
function slotmem_: some
function Shmpack\: some
Shmpack\SlotTable: : some
Shmpack\SlotView: : some
int(0)
