--TEST--
shm_put_var() and shm_get_var(): an object that occurs twice comes back as one, and cycles work
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

class Node
{
    public array $children = [];
    public ?Node $parent = null;

    public function __construct(public string $name)
    {
    }
}

$object = new stdClass;
$back = round_trip([$object, 'again' => $object, [[$object]], new stdClass]);
var_dump($back[0] === $back['again'], $back[0] === $back[1][0][0], $back[0] === $back[2]);

$root = new Node('root');
for ($i = 0; $i < 3; $i++) {
    $child = new Node("child $i");
    $child->parent = $root;
    $root->children[] = $child;
}
$back = round_trip($root);
var_dump($back->name, count($back->children), $back->children[2]->name);
foreach ($back->children as $child) {
    var_dump($child->parent === $back);
}

$self = new stdClass;
$self->self = $self;
$self->list = [$self, &$self->self];
$back = round_trip($self);
var_dump($back->self === $back, $back->list[0] === $back);
$back->list[1] = 'changed';
var_dump($back->self);

// A long chain, and many objects that all know one.
$chain = null;
for ($i = 0; $i < 2000; $i++) {
    $chain = (object) ['next' => $chain, 'first' => $object];
}
$back = round_trip($chain);
for ($length = 0, $at = $back; $at !== null; $at = $at->next) {
    $length += $at->first === $back->first ? 1 : 0;
}
var_dump($length);
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
string(4) "root"
int(3)
string(7) "child 2"
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(7) "changed"
int(2000)
