--TEST--
Key 0 makes a region that only forked children share, and that is gone with its last user
--EXTENSIONS--
shmpack
pcntl
--FILE--
<?php
function segment_ids(): array
{
    $lines = array_slice(file('/proc/sysvipc/shm'), 1);
    $mine = array_filter($lines, fn ($line) => (int) preg_split('/\s+/', trim($line))[4] === getmypid());
    return array_map(fn ($line) => (int) preg_split('/\s+/', trim($line))[1], $mine);
}

$region = shm_attach(0, 1000);
$other = shm_attach(0, 1000);
shm_put_var($region, 1, 'from the parent');
var_dump(shm_has_var($other, 1));
var_dump(segment_ids()); // No id: else a killed process could leave it behind.

$child = pcntl_fork();
if ($child === 0) {
    var_dump(shm_get_var($region, 1));
    shm_put_var($region, 2, 'from the child');
    shm_detach($region);
    exit;
}
pcntl_waitpid($child, $status);
var_dump(shm_get_var($region, 2));

var_dump(shm_remove($other));
shm_detach($region);
unset($other);
var_dump(segment_ids());
?>
--EXPECT--
bool(false)
array(0) {
}
string(15) "from the parent"
string(14) "from the child"
bool(true)
array(0) {
}
