--TEST--
shm_put_var() and shm_get_var(): objects of PHP's own classes come back as by unserialize()
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

$shared = new stdClass;
$storage = new SplObjectStorage;
$storage[$shared] = 'data';
$storage[new DateTimeZone('Europe/Berlin')] = $shared;
$queue = new SplQueue;
$queue[] = $shared;
$queue[] = [1];
$heap = new ArrayObject(['b' => 2, 'self' => $shared, 5 => $shared], ArrayObject::ARRAY_AS_PROPS);
$fixed = SplFixedArray::fromArray([1, [2], $shared]);
class Collection extends ArrayObject
{
    protected $name = 'mine';
}

$values = [
    'DateTimeImmutable' => new DateTimeImmutable('2024-02-29 12:34:56.789 +05:30'),
    'DateTime' => new DateTime('2024-02-29', new DateTimeZone('America/New_York')),
    'DateInterval' => new DateInterval('P1Y2M3DT4H5M6S'),
    'DatePeriod' => new DatePeriod(new DateTime('2024-01-01 UTC'), new DateInterval('P1D'), 3),
    'ArrayObject' => $heap,
    'ArrayObject around an object' => new ArrayObject((object) ['a' => 1]),
    'a class based on ArrayObject' => new Collection([1, 2]),
    'ArrayIterator' => new ArrayIterator([1, 'k' => 2]),
    'SplObjectStorage' => $storage,
    'SplFixedArray' => $fixed,
    'SplDoublyLinkedList' => $queue,
    'SplStack' => (function () {
        $stack = new SplStack;
        $stack->push(1);
        return $stack;
    })(),
    'Exception' => new RuntimeException('message', 5, new LogicException('previous')),
    'all together' => [$storage, $queue, $heap, $fixed, $shared],
];
foreach ($values as $name => $value) {
    same_as_unserialize($name, $value);
}

var_dump(round_trip($values['DateTimeImmutable']) == $values['DateTimeImmutable']);
var_dump(round_trip($values['DateTimeImmutable'])->format('c u'));
[$storage, $queue, $heap, $fixed, $shared] = round_trip($values['all together']);
var_dump($storage[$shared], $queue[0] === $shared, $heap[5] === $shared, $fixed[2] === $shared, $fixed->getSize());
?>
--EXPECT--
DateTimeImmutable: same
DateTime: same
DateInterval: same
DatePeriod: same
ArrayObject: same
ArrayObject around an object: same
a class based on ArrayObject: same
ArrayIterator: same
SplObjectStorage: same
SplFixedArray: same
SplDoublyLinkedList: same
SplStack: same
Exception: same
all together: same
bool(true)
string(32) "2024-02-29T12:34:56+05:30 789000"
string(4) "data"
bool(true)
bool(true)
bool(true)
int(3)
