--TEST--
A table whose header contradicts itself is refused untouched; no other damage makes a function crash or hang
--EXTENSIONS--
shmpack
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
shmpack.lock_timeout=0.01
error_reporting=0
--FILE--
<?php
const NAME = 'damaged';
$path = ini_get('shmpack.runtime_dir') . '/' . NAME;
$slots = slotmem_create(NAME, 100, 70);
for ($i = 0; $i < 40; $i++) slotmem_put_var($slots, slotmem_grab($slots), ['number' => $i]);
$good = file_get_contents($path);
slotmem_remove($slots);

$why = function () {
    $text = error_get_last()['message'] ?? '';
    error_clear_last();
    return preg_replace('/^.*": |; nothing was changed$/', '', $text);
};
foreach ([
    'empty' => '',
    'one byte' => 'S',
    'cut' => substr($good, 0, -1),
    'longer' => $good . 'x',
    'no magic' => substr_replace($good, "\0", 0, 1),
    'other order' => strrev(substr($good, 0, 8)) . substr($good, 8),
    'newer' => substr_replace($good, "\x02", 8, 1),
    'more slots' => substr_replace($good, pack('V', 71), 24, 4),
    'all slots' => substr_replace($good, pack('V', 0xffffffff), 24, 4),
    'no slots' => substr_replace($good, pack('V', 0), 24, 4),
    'larger slots' => substr_replace($good, pack('V', 0xffffffff), 28, 4),
    'earlier boot' => substr_replace($good, str_repeat("\x01", 8), 56, 8),
] as $what => $bytes) {
    file_put_contents($path, $bytes);
    $refused = slotmem_attach(NAME) === false ? 'refused' : 'attached';
    echo "$what: $refused, ", $why(), file_get_contents($path) === $bytes ? '' : ', changed', "\n";
    unlink($path);
}

// Random bytes in bits, owners, locks and slots.
mt_srand(5);
$operations = 0;
for ($round = 0; $round < 60; $round++) {
    $bytes = $good;
    for ($n = 0; $n < 1 << ($round % 9); $n++) {
        $at = mt_rand(64, $round % 2 ? 4000 : strlen($good) - 1);
        $bytes[$at] = chr([0, 255, mt_rand(0, 255)][mt_rand(0, 2)]);
    }
    file_put_contents($path, $bytes);
    $slots = slotmem_attach(NAME, read_only: $round % 5 === 0);
    foreach ([0, 5, 63, 64, 69] as $id) {
        $results = [slotmem_get($slots, $id), slotmem_put($slots, $id, 'text'), slotmem_get_var($slots, $id),
            slotmem_put_var($slots, $id, 'value'), slotmem_fgrab($slots, $id), slotmem_release($slots, $id),
            $slots->owner($id), $slots->inUse($id), $slots->reclaim($id), slotmem_dptr($slots, $id)];
        if ($results[9]) $results[] = $results[9]->read();
        $operations += count($results);
    }
    $free = slotmem_num_free_slots($slots);
    if ($free < 0 || $free > 70) echo "$free free slots\n";
    for ($grabbed = 0; $grabbed < 200 && slotmem_grab($slots) !== false; $grabbed++);
    if ($grabbed > 70) echo "granted too many\n";
    slotmem_doall($slots, fn($id, $bytes) => strlen($bytes) === 100);
    $slots->orphans();
    unset($results, $slots);
    unlink($path);
}
var_dump($operations > 2500);
?>
--CLEAN--
<?php
@unlink('/tmp/shmpack-phpt-slots/damaged');
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
empty: refused, it is empty
one byte: refused, it is not a slot table
cut: refused, its header contradicts its size
longer: refused, its header contradicts its size
no magic: refused, it is not a slot table
other order: refused, it was written with the other byte order
newer: refused, its format is newer
more slots: refused, its header contradicts its size
all slots: refused, its header contradicts its size
no slots: refused, its header contradicts its size
larger slots: refused, its header contradicts its size
earlier boot: refused, it does not exist
bool(true)
