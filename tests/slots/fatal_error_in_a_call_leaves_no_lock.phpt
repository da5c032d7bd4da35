--TEST--
A fatal error inside a call, in the function or in user code, leaves no lock and no half value
--EXTENSIONS--
shmpack
pcntl
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip a sanitizer knows no memory limit');
?>
--INI--
memory_limit=24M
display_errors=0
log_errors=0
shmpack.lock_timeout=0.2
--FILE--
<?php
// 30 MiB of a slot are more than the limit; a table without a name takes memory only where it is touched.
class Greedy
{
    public function __serialize(): array { return [str_repeat('x', 30 << 20)]; }
}

$slots = slotmem_create('none', 30 << 20, 3);
$slots->put(0, 'old');
$slots->put(2, "\xc6\x01\xd0\0\0"); // As slotmem_put_var() begins a value of 29 MiB.
$attempts = [
    'get' => fn() => slotmem_get($slots, 0),
    'get_var' => fn() => slotmem_get_var($slots, 2),
    'read' => fn() => slotmem_dptr($slots, 0)->read(),
    'doall' => fn() => slotmem_doall($slots, fn($id, $bytes) => 1),
    'put_var' => fn() => slotmem_put_var($slots, 0, new Greedy()),
    'in a callback' => fn() => slotmem_doall($slots, function (int $id, Shmpack\SlotView $slot) {
        $slot->write('seen', 4);
        str_repeat('x', 30 << 20);
    }),
];
foreach ($attempts as $what => $attempt) {
    if (pcntl_fork() === 0) {
        // The table works as before.
        register_shutdown_function(function () use ($slots, $what) {
            $id = slotmem_grab($slots);
            $works = slotmem_put($slots, 0, 'old') && $id === 1 && slotmem_release($slots, $id);
            echo "$what: ", preg_match('/memory/i', error_get_last()['message'] ?? '') ? 'out of memory, ' : 'no error, ';
            echo slotmem_get($slots, 0, 8) === "old\0" . ($what === 'in a callback' ? 'seen' : "\0\0\0\0") ? 'whole, ' : 'changed, ';
            echo $works ? "works\n" : "does not work\n";
        });
        $attempt();
        exit;
    }
    pcntl_wait($status);
}
?>
--EXPECT--
get: out of memory, whole, works
get_var: out of memory, whole, works
read: out of memory, whole, works
doall: out of memory, whole, works
put_var: out of memory, whole, works
in a callback: out of memory, whole, works
