--TEST--
shm_put_var() and shm_get_var(): text and binary strings of any length keep every byte
--EXTENSIONS--
shmpack
--FILE--
<?php
require __DIR__ . '/round_trip.inc';

$strings = ['', 'a', "\0", "\xff", 'Grüße', '日本語', '😀', "nul\0inside", '7', '-0', "\u{10ffff}",
    // Not UTF-8: cut short, overlong, a surrogate, above U+10FFFF, a stray continuation byte.
    "\xe2\x82", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\x80", "\xc3("];
for ($byte = 0; $byte < 256; $byte++) {
    $strings[] = chr($byte);
    $strings[] = "text " . chr($byte) . " text";
}
foreach ([1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 255, 256, 257, 65535, 65536, 1 << 20] as $length) {
    $text = substr(str_repeat('0123456789abcdef', 1 + intdiv($length, 16)), 0, $length);
    array_push($strings, $text, substr_replace($text, "\xfe", -1), substr_replace($text, "\xfe", 0, 1), str_repeat("\x80", $length));
}
foreach ($strings as $string) {
    if (round_trip($string) !== $string) {
        echo 'changed: ', bin2hex(substr($string, 0, 40)), "\n";
    }
    if (strlen($string) < 300 && round_trip([$string => 1]) !== [$string => 1]) {
        echo 'changed as a key: ', bin2hex($string), "\n";
    }
}
echo count($strings), " strings\n";
?>
--EXPECT--
616 strings
