--TEST--
shmpack.allowed_classes: an object of a class that is not named is read as incomplete, without autoloading or running anything
--EXTENSIONS--
shmpack
--FILE--
<?php
class Expected { public $inner; }
class Gadget {
    public $command = 'rm';
    public function __wakeup() { echo "GADGET ran __wakeup\n"; }
    public function __destruct() { if ($this->command === 'stored') echo "GADGET ran __destruct\n"; }
}
enum Suit { case Hearts; }
spl_autoload_register(function ($class) { echo "autoloads $class\n"; });

$region = shm_attach(0, 10000);
$object = new Expected;
$object->inner = new Gadget;
$object->inner->command = 'stored';
shm_put_var($region, 1, [$object, new ArrayObject([1])]);
shm_put_var($region, 2, Suit::Hearts);
shm_put_var($region, 3, ['plain' => [1, 2.5, 'text']]);
$object->inner->command = '';

foreach (['*', 'Expected', ' \expected , ARRAYOBJECT', '', 'Suit,', 'Gadgets,Gadge'] as $allowed) {
    ini_set('shmpack.allowed_classes', $allowed);
    echo "== '$allowed'\n";
    [$outer, $array] = shm_get_var($region, 1);
    echo get_class($outer), ' ', get_class($array);
    if ($outer instanceof Expected) {
        echo ' ', get_class($outer->inner);
        if ($outer->inner instanceof Gadget) $outer->inner->command = '';
    }
    echo "\n";
    var_dump(shm_get_var($region, 2));
    if (shm_get_var($region, 3) !== ['plain' => [1, 2.5, 'text']]) echo "plain values are always read\n";
}
// An incomplete object is stored again as the object that it was.
ini_set('shmpack.allowed_classes', '');
shm_put_var($region, 4, shm_get_var($region, 1)[0]);
ini_set('shmpack.allowed_classes', 'Expected');
var_dump(get_class(shm_get_var($region, 4)));
?>
--EXPECTF--
== '*'
GADGET ran __wakeup
Expected ArrayObject Gadget
enum(Suit::Hearts)
== 'Expected'
Expected __PHP_Incomplete_Class __PHP_Incomplete_Class

Warning: shm_get_var(): Enum 'Suit' is not among shmpack.allowed_classes in %s on line %d

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)
== ' \expected , ARRAYOBJECT'
Expected ArrayObject __PHP_Incomplete_Class

Warning: shm_get_var(): Enum 'Suit' is not among shmpack.allowed_classes in %s on line %d

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)
== ''
__PHP_Incomplete_Class __PHP_Incomplete_Class

Warning: shm_get_var(): Enum 'Suit' is not among shmpack.allowed_classes in %s on line %d

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)
== 'Suit,'
__PHP_Incomplete_Class __PHP_Incomplete_Class
enum(Suit::Hearts)
== 'Gadgets,Gadge'
__PHP_Incomplete_Class __PHP_Incomplete_Class

Warning: shm_get_var(): Enum 'Suit' is not among shmpack.allowed_classes in %s on line %d

Warning: shm_get_var(): Variable data in shared memory is corrupted in %s on line %d
bool(false)
string(8) "Expected"
