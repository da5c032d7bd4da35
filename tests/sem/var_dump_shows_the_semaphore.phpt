--TEST--
var_dump() of a semaphore shows key, id, value, users, what this handle holds, mode and owner
--EXTENSIONS--
shmpack
--FILE--
<?php
$semaphore = sem_get(0x5e00000f, 3, 0640);
sem_acquire($semaphore);
sem_acquire($semaphore);
var_dump($semaphore);
// The handle whose sem_get() named no limit.
print_r(sem_get(0x5e00000f, 5, 0640));

// var_dump() does not wait for a held guard.
system('perl -e \'$id = semget(0x5e00000f, 3, 0); semop($id, pack("s!3", 2, 1, 0)) or die\'');
$start = hrtime(true);
ob_start();
var_dump($semaphore);
ob_end_clean();
var_dump(hrtime(true) - $start < 2e9);

sem_remove($semaphore);
var_dump($semaphore);
var_dump((new ReflectionClass($semaphore))->getMethods(), (array) $semaphore, json_encode($semaphore));
?>
--CLEAN--
<?php
shell_exec('ipcrm -S 0x5e00000f 2>&1');
?>
--EXPECTF--
object(SysvSemaphore)#%d (9) {
  ["key"]=>
  int(1577058319)
  ["id"]=>
  int(%d)
  ["held"]=>
  int(2)
  ["max_acquire"]=>
  int(3)
  ["removed"]=>
  bool(false)
  ["value"]=>
  int(1)
  ["users"]=>
  int(1)
  ["mode"]=>
  string(4) "0640"
  ["owner"]=>
  int(%d)
}
SysvSemaphore Object
(
    [key] => 1577058319
    [id] => %d
    [held] => 0
    [max_acquire] => 
    [removed] => 
    [value] => 1
    [users] => 2
    [mode] => 0640
    [owner] => %d
)
bool(true)
object(SysvSemaphore)#%d (5) {
  ["key"]=>
  int(1577058319)
  ["id"]=>
  int(%d)
  ["held"]=>
  int(2)
  ["max_acquire"]=>
  int(3)
  ["removed"]=>
  bool(true)
}
array(0) {
}
array(0) {
}
string(2) "{}"
