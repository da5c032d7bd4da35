--TEST--
Scripts that look into folders of sources, tests or mutants, or into a library, fail when they find nothing there
--EXTENSIONS--
shmpack
--SKIPIF--
<?php
if (!is_file(dirname(__DIR__, 2) . '/scripts/lib/checks.sh')) die('skip needs a checkout: PECL installs no scripts');
foreach (['bash', 'nm', 'readelf'] as $program) {
    if (trim((string) shell_exec("command -v $program")) === '') die("skip needs $program");
}
?>
--FILE--
<?php
$root = dirname(__DIR__, 2);
$copy = sys_get_temp_dir() . '/shmpack-nothing-' . getmypid();

function run(string ...$command): array
{
    exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
    return [$status, implode("\n", $lines)];
}

/** Runs $code with the scripts of the copy, where $gone is empty; it must fail and print $words. */
function without(string $gone, string $code, string $words): void
{
    global $copy;
    if ($gone !== '') rename("$copy/$gone", "$copy/aside") && mkdir("$copy/$gone");
    [$status, $output] = run('bash', '-euo', 'pipefail', '-c', 'root=$1; cd "$1"; shift
        source scripts/lib/common.sh; source scripts/lib/checks.sh; source scripts/lib/run_tests.sh; trap - EXIT
        source scripts/lib/stock_tests.sh
        ' . $code, 'bash', $copy);
    if ($status === 0 || !str_contains($output, $words)) echo "not found: $code, without $gone (status $status)\n$output\n";
    if ($gone !== '') rmdir("$copy/$gone") && rename("$copy/aside", "$copy/$gone");
}

mkdir($copy);
$parts = ['bench', 'demo', 'dev', 'docs', 'fuzz', 'ide', 'include', 'scripts', 'src', 'tests', 'shmpack.stub.php'];
run('cp', '-r', ...[...array_map(fn ($name) => "$root/$name", $parts), $copy]);

// Each works while all is there.
foreach (['check_names', 'check_thread_locals', 'core_tests >/dev/null', 'phpt_folders stock >/dev/null', 'sources_of src/core >/dev/null'] as $code) {
    [$status, $output] = run('bash', '-euo', 'pipefail', '-c', "root=$copy; cd $copy; source scripts/lib/common.sh; source scripts/lib/checks.sh
        source scripts/lib/run_tests.sh; trap - EXIT; $code");
    if ($status !== 0) echo "$code: $output\n";
}

without('src/core/slots', 'sources_of src/core/base src/core/slots', 'in src/core/slots');
without('tests/core', 'check_names', 'tests/core');
without('src/c_api', 'check_thread_locals', 'src/c_api');
without('src/port', 'check_thread_locals', 'does not find them');
without('src/port', 'check_kill_points_cost out/kill', 'src/port');
without('src/core', 'check_kill_points_cost out/kill', 'src/core');
without('tests/core', 'core_tests', 'tests/core');
without('tests', 'phpt_folders stock', 'no phpt');
without('', 'phpt_folders "[a-z]*"', 'no phpt');
foreach (['check_symbols', 'check_thread_local_size', 'check_needs_no_cxx'] as $check) {
    without('', "$check scripts/lib/checks.sh", 'scripts/lib/checks.sh');
}
// A program without tests, and one with all of them filtered out by its caller.
without('', 'run_gtest empty true env; [[ $tests_failed -eq 0 ]]', 'empty has no test');
without('demo', 'source scripts/lint.sh', 'demo');
without('fuzz', 'source scripts/fuzz.sh --seconds 1', 'fuzz');
without('tests/mutants', 'source scripts/mutants.sh --list', 'tests/mutants');
without('docs/model', 'source scripts/model.sh', 'docs/model');
file_put_contents("$copy/docs/model/more.pml", '');
without('', 'source scripts/model.sh', 'more.pml has no check');
run('rm', '-rf', $copy);
echo "done\n";
?>
--EXPECT--
done
