--TEST--
README's first example runs where the stock extensions are disabled, and beside them with README's line in front
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
require __DIR__ . '/run_php.inc';
if (!is_file(dirname(__DIR__, 2) . '/README.md')) die('skip needs a checkout: PECL installs documents elsewhere');
skip_without_stock('sysvsem', 'sysvshm');
?>
--FILE--
<?php
require __DIR__ . '/run_php.inc';

$readme = file_get_contents(dirname(__DIR__, 2) . '/README.md');
preg_match('/^## Use it\n.*?^```php\n(use function .*?;)\n```\n.*?^```php\n(.*?)^```/ms', $readme, $parts);
[, $names, $example] = $parts;
// ftok() wants an existing file, and its key must be no other program's.
$example = preg_replace_callback("/ftok\(__FILE__, '(.)'\)/", fn($m) => 0x5e000200 + ord($m[1]), $example);
$example .= <<<'PHP'

    echo $hits + 1, "\n";
    Shmpack\shm_remove($region);
    Shmpack\sem_remove($semaphore);
    PHP;

echo "Alone:\n", run_php(['shmpack'], $example);
echo "Alone, with the line in front:\n", run_php(['shmpack'], $names . $example);
echo "Beside the stock extensions, with the line in front:\n", run_php(['shmpack', 'sysvsem', 'sysvshm'], $names . $example);
?>
--CLEAN--
<?php
foreach (['c', 's'] as $letter) shell_exec('ipcrm -M ' . (0x5e000200 + ord($letter)) . ' -S ' . (0x5e000200 + ord($letter)) . ' 2>/dev/null');
?>
--EXPECTF--
Alone:
array(1) {
  ["seen"]=>
  int(%d)
}
1
Alone, with the line in front:
array(1) {
  ["seen"]=>
  int(%d)
}
1
Beside the stock extensions, with the line in front:
array(1) {
  ["seen"]=>
  int(%d)
}
1
