--TEST--
Detaching inside __serialize or __unserialize gives stock's Error, and no crash
--EXTENSIONS--
shmpack
--FILE--
<?php
class DetachesWhenWritten {
    public function __serialize(): array {
        shm_detach($GLOBALS['region']);
        return ['a' => str_repeat('b', 1000)];
    }
}
class DetachesWhenRead {
    public $data = 'x';
    public function __serialize(): array { return ['data' => str_repeat('y', 1000)]; }
    public function __unserialize(array $data): void {
        shm_detach($GLOBALS['region']);
        $this->data = strlen($data['data']);
    }
}
class RemovesWhenWritten {
    public function __serialize(): array {
        shm_remove($GLOBALS['region']);
        return [];
    }
}

$region = shm_attach(0, 10000);
try {
    shm_put_var($region, 1, new DetachesWhenWritten);
} catch (Error $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
foreach (['shm_get_var', 'shm_has_var', 'shm_remove_var'] as $function) {
    try {
        $function($region, 1);
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$region = shm_attach(0, 10000);
shm_put_var($region, 1, [new DetachesWhenRead, 'rest']);
var_dump(shm_get_var($region, 1));
try {
    shm_put_var($region, 1, 1);
} catch (Error $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}

$region = shm_attach(0, 10000);
var_dump(shm_put_var($region, 1, new RemovesWhenWritten), shm_has_var($region, 1));
?>
--EXPECT--
Error: Shared memory block has been destroyed by the serialization function
Error: Shared memory block has already been destroyed
Error: Shared memory block has already been destroyed
Error: Shared memory block has already been destroyed
array(2) {
  [0]=>
  object(DetachesWhenRead)#2 (1) {
    ["data"]=>
    int(1000)
  }
  [1]=>
  string(4) "rest"
}
Error: Shared memory block has already been destroyed
bool(true)
bool(true)
