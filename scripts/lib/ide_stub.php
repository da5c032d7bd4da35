<?php
// SPDX-License-Identifier: BSD-3-Clause
//
// Prints ide/shmpack.php, made from shmpack.stub.php; `./dev stubs` runs it. It relies on the layout of the stub: a declaration
// in a namespace is indented by four spaces, has its comment right above it, and ends with its line or the brace of its class.
//
// The global sem_*, shm_* and their classes are left out: editors know them from the stock extensions. Their comments go to
// the twins in Shmpack\, and those of functions to the methods that do the same.

const OWN_GLOBALS = '/^(const SLOTMEM_|function slotmem_)/';
const DECLARATION = '~(?<comment>^ *+/\*\*(?:(?!\*/).)*+\*/\n)?^(?<code> *+(?:const|function|public|public static function|final class) .*?)\n~ms';

$root = dirname(__DIR__, 2);
$stub = file_get_contents("$root/shmpack.stub.php");
preg_match_all('/^namespace (\w* ?)\{\n(.*?)^\}/ms', $stub, $parts, PREG_SET_ORDER);
[$global, $own] = [$parts[0][2], $parts[1][2]];

/** The comments above functions, by name. */
$comments = [];
preg_match_all(DECLARATION, $global, $found, PREG_SET_ORDER);
foreach ($found as ['comment' => $comment, 'code' => $code]) {
    if (preg_match('/^ *function (\w+)/', $code, $name)) $comments[$name[1]] = $comment;
}

/** The numbers of the constants that @cvalue names. */
preg_match_all('/^ *(kSlots\w+) = (\d+),/m', file_get_contents("$root/include/shmpack/slot_table_layout.h"), $found);
$numbers = array_combine($found[1], $found[2]);

/** A declaration as ide/shmpack.php has it. */
function shown(string $comment, string $code, bool $is_own): string
{
    global $comments, $numbers;
    if ($is_own && preg_match('/@implementation-alias (\w+)/', $comment, $twin)) {
        $depth = strspn($code, ' ');
        $comment = preg_replace('/^    /m', str_repeat(' ', $depth), $comments[$twin[1]]);
    }
    if (str_contains($code, 'UNKNOWN')) {
        preg_match('/@cvalue shmpack::(\w+)/', $comment, $name);
        $code = str_replace('UNKNOWN', $numbers[$name[1]], $code);
    }
    // Tags for PHP's generator.
    $comment = preg_replace('/^ *\* @(cvalue|strict-properties|not-serializable)\b.*\n/m', '', $comment);
    $comment = preg_replace('/^( *\*\n)+(?= *\*\/)/m', '', $comment);
    $comment = str_replace('@phpstan-', '@', $comment);
    if ($is_own) {
        // Names in the comment are now in another namespace.
        $comment = preg_replace(['/(@throws )(?=[A-Z])/', '/\bShmpack\\\\(?=[A-Z])/'], ['$1\\', ''], $comment);
    }
    return "$comment$code\n";
}

$globals = [];
preg_match_all(DECLARATION, $global, $found, PREG_SET_ORDER);
foreach ($found as ['comment' => $comment, 'code' => $code]) {
    if (preg_match(OWN_GLOBALS, ltrim($code))) $globals[] = shown($comment, $code, false);
}
$owns = preg_replace_callback(DECLARATION, fn($found) => shown($found['comment'], $found['code'], true), $own);

echo <<<'HEAD'
<?php

// SPDX-License-Identifier: BSD-3-Clause
//
// For editors and analysers, PHPStan and Psalm among them: what the extension shmpack has. Nothing loads it. Made from
// shmpack.stub.php by `./dev stubs`: do not edit it.
//
// Functions and classes are here under their names in Shmpack\, which always exist. sem_*, shm_*, SysvSemaphore and
// SysvSharedMemory are known to editors as the stock extensions have them.

namespace {


HEAD;
echo implode("\n", $globals), "}\n\nnamespace Shmpack {\n$owns}\n";
