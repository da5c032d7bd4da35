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
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
