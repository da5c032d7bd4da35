--TEST--
shm_get_var(): an unknown class is autoloaded, asked of unserialize_callback_func, or stays incomplete
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

// Stores three values as incomplete objects.
$shm = shm_attach(0, 65536);
shm_put_var($shm, 1, unserialize('a:2:{i:0;O:7:"Unknown":2:{s:1:"a";i:1;s:4:"' . "\0*\0" . 'b";O:5:"Other":0:{}}i:1;r:2;}'));
shm_put_var($shm, 2, unserialize('O:5:"Third":0:{}'));

$back = shm_get_var($shm, 1);
var_dump($back, $back[0] === $back[1]);
echo str_replace("\0", '~', serialize($back)), "\n";

spl_autoload_register($autoload = function ($name) {
    echo "autoload $name\n";
    if ($name === 'Unknown') {
        eval('class Unknown { public $a = "default"; public $c = "default"; protected $b; }');
    }
});
var_dump(shm_get_var($shm, 1)[0]);
spl_autoload_unregister($autoload);

function define_class($name)
{
    echo "callback $name\n";
    if ($name === 'Other') {
        eval('class Other {}');
    }
}
ini_set('unserialize_callback_func', 'define_class');
var_dump(get_class((fn() => $this->b)->call(shm_get_var($shm, 1)[0])));
var_dump(get_class(shm_get_var($shm, 2)));

// An exception of the autoloader comes out, and the variable stays.
ini_set('unserialize_callback_func', '');
spl_autoload_register(fn($name) => throw new Exception("cannot load $name"));
try {
    shm_get_var($shm, 2);
} catch (Exception $exception) {
    echo $exception->getMessage(), "\n";
}
try {
    shm_get_var($shm, 2);
} catch (Exception $exception) {
    echo $exception->getMessage(), "\n";
}
?>
--EXPECTF--
array(2) {
  [0]=>
  object(__PHP_Incomplete_Class)#%d (3) {
    ["__PHP_Incomplete_Class_Name"]=>
    string(7) "Unknown"
    ["a"]=>
    int(1)
    ["b":protected]=>
    object(__PHP_Incomplete_Class)#%d (1) {
      ["__PHP_Incomplete_Class_Name"]=>
      string(5) "Other"
    }
  }
  [1]=>
  object(__PHP_Incomplete_Class)#%d (3) {
    ["__PHP_Incomplete_Class_Name"]=>
    string(7) "Unknown"
    ["a"]=>
    int(1)
    ["b":protected]=>
    object(__PHP_Incomplete_Class)#%d (1) {
      ["__PHP_Incomplete_Class_Name"]=>
      string(5) "Other"
    }
  }
}
bool(true)
a:2:{i:0;O:7:"Unknown":2:{s:1:"a";i:1;s:4:"~*~b";O:5:"Other":0:{}}i:1;r:2;}
autoload Unknown
autoload Other
object(Unknown)#%d (3) {
  ["a"]=>
  int(1)
  ["c"]=>
  string(7) "default"
  ["b":protected]=>
  object(__PHP_Incomplete_Class)#%d (1) {
    ["__PHP_Incomplete_Class_Name"]=>
    string(5) "Other"
  }
}
callback Other
string(5) "Other"
callback Third

Warning: shm_get_var(): Function define_class() hasn't defined the class it was called for in %s on line %d
string(22) "__PHP_Incomplete_Class"
cannot load Third
cannot load Third
