--TEST--
shm_get_var(): when a class has changed since, reading accepts, refuses and cleans up as unserialize() does
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

function z(string $serialized): string
{
    return str_replace('~', "\0", $serialized);
}
const LOGGING = 'public function __destruct() { echo get_class($this), ": destruct\n"; }';

same_after_defining('now typed, fits', 'O:2:"A1":2:{s:1:"i";i:5;s:1:"s";s:1:"x";}', 'class A1 { public int $i; public ?string $s = null; }');
same_after_defining('int into float', 'O:2:"A2":1:{s:1:"f";i:5;}', 'class A2 { public float $f; }');
same_after_defining('does not fit', 'O:2:"A3":1:{s:1:"i";s:1:"5";}', 'class A3 { public int $i = 1; ' . LOGGING . ' }');
same_after_defining('array into int', 'O:2:"A4":1:{s:1:"i";a:1:{i:0;i:1;}}', 'class A4 { public int $i; }');
same_after_defining('object of a wrong class', 'O:2:"A5":1:{s:1:"o";O:8:"stdClass":0:{}}', 'class A5 { public A5 $o; }');
same_after_defining('public, now private', 'O:2:"B1":2:{s:1:"a";i:5;s:1:"b";i:6;}', 'class B1 { private $a = 1; protected int $b = 2; }');
same_after_defining('private, now public', z('O:2:"B2":2:{s:5:"~B2~a";i:5;s:4:"~*~b";i:6;}'), 'class B2 { public $a; public int $b; }');
same_after_defining('private of another class', z('O:2:"B3":1:{s:5:"~XX~a";i:5;}'), '#[AllowDynamicProperties] class B3 { public $a = 1; }');
same_after_defining('given twice', z('O:2:"B4":3:{s:1:"a";i:5;s:4:"~*~a";a:1:{i:0;O:8:"stdClass":0:{}}s:5:"~B4~a";i:7;}'), 'class B4 { public $a; }');
same_after_defining('badly mangled', z('O:2:"B5":1:{s:2:"~B";i:5;}'), 'class B5 { public $a; }');
same_after_defining('numeric names', 'O:2:"B6":2:{i:5;i:6;s:1:"7";i:8;}', '#[AllowDynamicProperties] class B6 { }');
same_after_defining('no longer declared', 'O:2:"C1":2:{s:1:"a";i:5;s:1:"b";i:6;}', 'class C1 { public $b; }');
same_after_defining('dynamic allowed', 'O:2:"C2":1:{s:1:"a";i:5;}', '#[AllowDynamicProperties] class C2 { }');
same_after_defining('readonly class property', 'O:2:"C3":1:{s:1:"a";i:5;}', 'class C3 { public readonly int $a; }');
same_after_defining('readonly class', 'O:2:"C4":2:{s:1:"a";i:5;s:1:"b";i:5;}', 'class C4 { public readonly int $a; public function __set($n, $v) { echo "set"; } }');
same_after_defining('abstract', 'a:1:{i:0;O:2:"D1":0:{}}', 'abstract class D1 {}');
same_after_defining('interface', 'O:2:"D2":0:{}', 'interface D2 {}');
same_after_defining('trait', 'O:2:"D3":0:{}', 'trait D3 {}');
same_after_defining('enum', 'O:2:"D4":0:{}', 'enum D4 { case X; }');
same_after_defining('not serializable', 'O:2:"D5":0:{}', 'class D5 extends SplFileInfo {}');
same_after_defining('alias', 'O:2:"D6":1:{s:1:"a";i:5;}', 'class D6Now { public int $a; } class_alias("D6Now", "D6");');
same_after_defining('now Serializable', 'O:2:"D7":1:{s:1:"a";i:5;}', 'error_reporting(E_ALL & ~E_DEPRECATED);
    class D7 implements Serializable { public function serialize() {} public function unserialize($x) {} }');

// References between typed properties.
same_after_defining('reference, both fit', 'O:2:"E1":2:{s:1:"a";i:5;s:1:"b";R:2;}', 'class E1 { public int $a; public ?int $b; }');
same_after_defining('reference keeps its types', 'a:2:{i:0;O:2:"E2":1:{s:1:"a";i:5;}i:1;R:3;}', 'class E2 { public int $a; }');
same_after_defining('reference, one does not fit', 'O:2:"E3":2:{s:1:"a";i:5;s:1:"b";R:2;}', 'class E3 { public int $a; public string $b; }');
same_after_defining('reference, int and float', 'O:2:"E4":2:{s:1:"a";i:5;s:1:"b";R:2;}', 'class E4 { public int $a; public float $b; }');
same_after_defining('reference to an outer value', 'O:2:"E5":2:{s:1:"a";a:1:{i:0;O:2:"E5":1:{s:1:"b";R:2;}}s:1:"c";i:1;}', 'class E5 { public array $a; public array $b; public int $c; }');

// The order of hooks; which ones run, and what is destructed, when one throws.
foreach (['none', 'a', 'b', 'c'] as $n => $bad) {
    $names = ["F{$n}W", "F{$n}U", "F{$n}D"];
    $classes = "class F{$n}W { public \$n, \$o; public function __wakeup() { echo \"wakeup {\$this->n}\\n\"; if (\$this->n === '$bad') throw new Exception('bad'); } " . LOGGING . ' }'
        . "class F{$n}U { public \$n; public function __unserialize(array \$d): void { echo \"unserialize {\$d['n']}\\n\"; \$this->n = \$d; if (\$d['n'] === '$bad') throw new Exception('bad'); } " . LOGGING . ' }'
        . "class F{$n}D { public \$n, \$o; " . LOGGING . ' }';
    [$w, $u, $d] = $names;
    same_after_defining("hooks, bad is $bad",
        "a:4:{i:0;O:3:\"$w\":2:{s:1:\"n\";s:1:\"a\";s:1:\"o\";O:3:\"$u\":2:{s:1:\"n\";s:1:\"b\";s:1:\"o\";r:2;}}"
        . "i:1;O:3:\"$d\":1:{s:1:\"o\";O:3:\"$w\":1:{s:1:\"n\";s:1:\"c\";}}i:2;O:3:\"$u\":1:{s:1:\"n\";s:1:\"d\";}i:3;O:3:\"$w\":1:{s:1:\"n\";s:1:\"e\";}}",
        $classes);
}
same_after_defining('hooks before a misfit', 'a:3:{i:0;O:2:"G1":0:{}i:1;O:2:"G2":1:{s:1:"o";O:2:"G3":2:{s:1:"a";i:1;s:1:"i";s:1:"x";}}i:2;O:2:"G1":0:{}}',
    'class G1 { public function __wakeup() { echo "wakeup"; } ' . LOGGING . ' }
     class G2 { public $o; public function __wakeup() { echo "wakeup"; } ' . LOGGING . ' }
     class G3 { public $a; public int $i; ' . LOGGING . ' }');
same_after_defining('misfit in data for __unserialize', 'O:2:"H1":1:{s:1:"o";O:2:"H2":1:{s:1:"i";s:1:"x";}}',
    'class H1 { public function __unserialize(array $d): void { echo "unserialize"; } ' . LOGGING . ' }
     class H2 { public int $i; ' . LOGGING . ' }');
same_after_defining('a warning becomes an exception', 'a:2:{i:0;O:2:"I1":1:{s:1:"a";i:1;}i:1;O:2:"I1":1:{s:1:"b";i:1;}}',
    '$GLOBALS["warnings_throw"] = true; class I1 { public $a; public function __wakeup() { echo "wakeup"; } }');
?>
--EXPECT--
now typed, fits: same
int into float: same
does not fit: same
array into int: same
object of a wrong class: same
public, now private: same
private, now public: same
private of another class: same
given twice: same
badly mangled: same
numeric names: same
no longer declared: same
dynamic allowed: same
readonly class property: same
readonly class: same
abstract: same
interface: same
trait: same
enum: same
not serializable: same
alias: same
now Serializable: same
reference, both fit: same
reference keeps its types: same
reference, one does not fit: same
reference, int and float: same
reference to an outer value: same
hooks, bad is none: same
hooks, bad is a: same
hooks, bad is b: same
hooks, bad is c: same
hooks before a misfit: same
misfit in data for __unserialize: same
a warning becomes an exception: same
