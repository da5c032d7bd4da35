--TEST--
shm_put_var() and shm_get_var(): an enum comes back as the one case it is
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

enum Suit
{
    case Hearts;
    case Spades;
    const Best = self::Spades;
}

enum Status: string
{
    case Open = 'o';
    case Closed = 'c';
}

class Card
{
    public function __construct(public readonly Suit $suit)
    {
    }
}

var_dump(round_trip(Suit::Hearts) === Suit::Hearts, round_trip(Suit::Best) === Suit::Spades);
var_dump(round_trip([Status::Open, Status::Closed, Status::Open]) === [Status::Open, Status::Closed, Status::Open]);
var_dump(round_trip(new Card(Suit::Spades))->suit === Suit::Spades);

// A case that occurs again is stored as a number: of all lengths, in objects, references and data of hooks.
eval('enum Many { ' . implode(' ', array_map(fn($i) => "case Case$i;", range(0, 299))) . ' }');
class Hand
{
    public $cards;
    public function __construct(...$cards) { $this->cards = $cards; }
    public function __serialize(): array { return $this->cards; }
    public function __unserialize(array $cards): void { $this->cards = $cards; }
}
$cases = Many::cases();
shuffle($cases);
$spades = Suit::Spades;
$value = [$cases, new Hand(...$cases), $cases, new Card(Suit::Spades), [&$spades, &$spades], new Card(Suit::Spades), Suit::Hearts];
$back = round_trip($value);
var_dump($back == $value, $back[0] === $cases, $back[1]->cards === $cases, $back[4][0] === Suit::Spades);
$back[4][0] = 'one reference';
var_dump($back[4][1], $back[5]->suit === Suit::Spades);

// So a thousand times the same case takes hardly more than the elements.
$small = shm_attach(0, 3000);
var_dump(shm_put_var($small, 1, array_fill(0, 1000, Status::Closed)));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
string(13) "one reference"
bool(true)
bool(true)
