--TEST--
shm_put_var() and shm_get_var(): objects keep class, visibility, types and uninitialised properties
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

class Base
{
    private string $hidden = 'of Base';
    protected array $inherited = ['b'];
    public $untyped;

    public function hidden(): string
    {
        return $this->hidden;
    }
}

class Child extends Base
{
    private string $hidden = 'of Child';
    public readonly int $id;
    public ?self $parent = null;
    public int|string $union = 'u';
    public float $float = 1.0;
    public int $never_set;

    public function __construct(int $id)
    {
        $this->id = $id;
        $this->untyped = [$id];
        $this->inherited[] = 'c';
    }
}

#[AllowDynamicProperties]
class Dynamic
{
    public $declared = 1;
}

class NoProperties
{
}

$child = new Child(7);
$child->parent = new Child(8);
$back = round_trip($child);
var_dump($back);
var_dump($back->hidden(), $back == $child, $back->parent->id);
try {
    $back->id = 9;
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
try {
    $back->never_set;
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
try {
    $back->union = [];
} catch (TypeError $error) {
    echo $error->getMessage(), "\n";
}

$dynamic = new Dynamic;
$dynamic->{'added'} = true;
$dynamic->{'7'} = 'numeric';
unset($dynamic->declared);
var_dump(round_trip($dynamic));

var_dump(round_trip([new NoProperties, new stdClass, (object) ['a' => 1, 2 => 'two', '' => 'empty name']]));
?>
--EXPECTF--
object(Child)#%d (8) {
  ["hidden":"Base":private]=>
  string(7) "of Base"
  ["inherited":protected]=>
  array(2) {
    [0]=>
    string(1) "b"
    [1]=>
    string(1) "c"
  }
  ["untyped"]=>
  array(1) {
    [0]=>
    int(7)
  }
  ["hidden":"Child":private]=>
  string(8) "of Child"
  ["id"]=>
  int(7)
  ["parent"]=>
  object(Child)#%d (8) {
    ["hidden":"Base":private]=>
    string(7) "of Base"
    ["inherited":protected]=>
    array(2) {
      [0]=>
      string(1) "b"
      [1]=>
      string(1) "c"
    }
    ["untyped"]=>
    array(1) {
      [0]=>
      int(8)
    }
    ["hidden":"Child":private]=>
    string(8) "of Child"
    ["id"]=>
    int(8)
    ["parent"]=>
    NULL
    ["union"]=>
    string(1) "u"
    ["float"]=>
    float(1)
    ["never_set"]=>
    uninitialized(int)
  }
  ["union"]=>
  string(1) "u"
  ["float"]=>
  float(1)
  ["never_set"]=>
  uninitialized(int)
}
string(7) "of Base"
bool(true)
int(8)
Cannot modify readonly property Child::$id
Typed property Child::$never_set must not be accessed before initialization
Cannot assign array to property Child::$union of type string|int
object(Dynamic)#%d (3) {
  ["declared"]=>
  int(1)
  ["added"]=>
  bool(true)
  ["7"]=>
  string(7) "numeric"
}
array(3) {
  [0]=>
  object(NoProperties)#%d (0) {
  }
  [1]=>
  object(stdClass)#%d (0) {
  }
  [2]=>
  object(stdClass)#%d (3) {
    ["a"]=>
    int(1)
    ["2"]=>
    string(3) "two"
    [""]=>
    string(10) "empty name"
  }
}
