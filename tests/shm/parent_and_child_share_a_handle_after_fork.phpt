--TEST--
After a fork parent and child both use one handle, and the child's exit takes nothing from the parent
--EXTENSIONS--
shmpack
pcntl
--FILE--
<?php
$region = shm_attach(0x5b00000b, 20000);
shm_put_var($region, 0, 'before');
$children = [];
for ($i = 1; $i <= 4; $i++) {
    $child = pcntl_fork();
    if ($child === 0) {
        for ($n = 0; $n < 2000; $n++) {
            if (!shm_put_var($region, $i, ['child' => $i, 'n' => $n])) exit(1);
            if (shm_get_var($region, $i)['n'] !== $n) exit(2);
        }
        if ($i % 2) shm_detach($region);
        exit(0);
    }
    $children[] = $child;
}
for ($n = 0; $n < 2000; $n++) shm_put_var($region, 99, $n);
foreach ($children as $child) {
    pcntl_waitpid($child, $status);
    echo pcntl_wexitstatus($status), ' ';
}
echo "\n";
for ($i = 1; $i <= 4; $i++) echo json_encode(shm_get_var($region, $i)), ' ';
var_dump(shm_get_var($region, 0), shm_get_var($region, 99));
shm_remove($region);
?>
--CLEAN--
<?php
require __DIR__ . '/raw_segment.inc';
raw_remove(0x5b00000b);
?>
--EXPECT--
0 0 0 0 
{"child":1,"n":1999} {"child":2,"n":1999} {"child":3,"n":1999} {"child":4,"n":1999} string(6) "before"
int(1999)
