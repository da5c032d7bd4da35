--TEST--
Three processes grab, count and release: no slot is granted twice, no count is lost
--EXTENSIONS--
shmpack
pcntl
--INI--
shmpack.runtime_dir=/tmp/shmpack-phpt-slots
--FILE--
<?php
const ROUNDS = 50000;
$slots = slotmem_create('shared', 16, 8);
$total = slotmem_create('none', 8, 1)->dptr(0);
for ($i = 0; $i < 3; $i++) {
    if (pcntl_fork() !== 0) continue;
    $mine = slotmem_attach('shared');
    $views = array_map(fn($id) => $mine->dptr($id), range(0, 7));
    for ($n = 0; $n < ROUNDS; $n++) {
        $id = slotmem_grab($mine);
        // No other process has this slot, so a count that is not atomic loses nothing.
        if (!$views[$id]->compareExchange(0, 0, getmypid())) exit(1);
        $views[$id]->setInt(8, $views[$id]->getInt(8) + 1);
        $total->add(0, 1);
        if (!$views[$id]->compareExchange(0, getmypid(), 0)) exit(2);
        if (!slotmem_release($mine, $id)) exit(3);
    }
    exit(0);
}
for ($i = 0; $i < 3; $i++) {
    pcntl_wait($status);
    var_dump(pcntl_wexitstatus($status));
}
$sum = 0;
for ($id = 0; $id < 8; $id++) $sum += slotmem_dptr($slots, $id)->getInt(8);
var_dump($sum === 3 * ROUNDS, $total->getInt(0) === 3 * ROUNDS, slotmem_num_free_slots($slots));
?>
--CLEAN--
<?php
foreach (['shared'] as $name) {
    foreach (glob("/tmp/shmpack-phpt-slots/$name*") as $file) unlink($file);
}
@rmdir('/tmp/shmpack-phpt-slots');
?>
--EXPECT--
int(0)
int(0)
int(0)
bool(true)
bool(true)
int(8)
