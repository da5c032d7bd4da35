<?php

// SPDX-License-Identifier: BSD-3-Clause
//
// For editors and analysers, PHPStan and Psalm among them: what the extension shmpack has. Nothing loads it. Made from
// shmpack.stub.php by `./dev stubs`: do not edit it.
//
// Functions and classes are here under their names in Shmpack\, which always exist. sem_*, shm_*, SysvSemaphore and
// SysvSharedMemory are known to editors as the stock extensions have them.

namespace {

    /**
     * The table's slots are restored from its file when it is made, see slotmem_sync().
     *
     * @var int
     */
    const SLOTMEM_TYPE_PERSIST = 1;

    /**
     * Without effect, as in the original.
     *
     * @var int
     */
    const SLOTMEM_TYPE_NOTMPSAFE = 2;

    /**
     * A slot must be grabbed before it is read or written.
     *
     * @var int
     */
    const SLOTMEM_TYPE_PREGRAB = 4;

    /**
     * What is stored has no slot in use; slots that never were in use are granted before others.
     *
     * @var int
     */
    const SLOTMEM_TYPE_CLEARINUSE = 8;

    /**
     * Makes a table of slots, or attaches to the one that is there, which must have the same slots and be this user's.
     *
     * @param string $name "none" or "": shared with forked children only; a relative name: a file in shmpack.runtime_dir;
     *     an absolute path: that file
     * @param int $item_size bytes of a slot, up to 1 GiB
     * @param int $item_num how many slots, up to 16777216
     * @param int-mask<1, 2, 4, 8> $type some of SLOTMEM_TYPE_PERSIST, _NOTMPSAFE, _PREGRAB and _CLEARINUSE
     * @return Shmpack\SlotTable|false false and a warning when the system refuses, or another table or file is there. A
     *     stored file that cannot be restored is renamed, with a warning, and the table starts empty
     * @throws ValueError when a number is out of range, or the name has ".." in it or ends in "/" or ".persist"
     */
    function slotmem_create(string $name, int $item_size, int $item_num, int $type = 0): Shmpack\SlotTable|false {}

    /**
     * Attaches to a table that is there. One that this user may only read is attached for reading.
     *
     * @param bool $read_only attach for reading even if more is allowed
     * @return Shmpack\SlotTable|false false and a warning when there is none, when it is neither this user's nor root's
     *     (root attaches to all), or the system refuses
     * @throws ValueError for names as in slotmem_create()
     */
    function slotmem_attach(string $name, bool $read_only = false): Shmpack\SlotTable|false {}

    /**
     * Calls $callback(int $id, string $bytes, mixed $data) for each slot, in ascending order; of a SLOTMEM_TYPE_PREGRAB
     * table, for each slot in use. Returning false stops. No lock is held meanwhile: the callback may do anything with
     * the table.
     *
     * A callback that declares its second parameter as Shmpack\SlotView is given a view, as of slotmem_dptr(), in the
     * place of the bytes.
     *
     * @template TData
     * @param (callable(int, string, TData): mixed)|(callable(int, Shmpack\SlotView, TData): mixed) $callback
     * @param TData $data
     * @return bool whether all were visited; false when the callback returned false, and with a warning when a slot could
     *     not be read
     */
    function slotmem_doall(Shmpack\SlotTable $slots, callable $callback, mixed $data = null): bool {}

    /**
     * A live window on a slot's memory, in use or not.
     *
     * @throws ValueError when there is no such slot
     */
    function slotmem_dptr(Shmpack\SlotTable $slots, int $id): Shmpack\SlotView|false {}

    /**
     * The bytes of a slot as one slotmem_put() left them, never a mix of two. Marks the slot as in use.
     *
     * @param int|null $length how many of the first bytes; null: all
     * @return string|false false and a warning when the slot had to be grabbed first
     * @throws ValueError when there is no such slot, or it is shorter
     */
    function slotmem_get(Shmpack\SlotTable $slots, int $id, ?int $length = null): string|false {}

    /**
     * Replaces the first bytes of a slot at once. Marks the slot as in use.
     *
     * @return bool false and a warning when the slot had to be grabbed first, or the table is attached for reading
     * @throws ValueError when there is no such slot, or it is shorter
     */
    function slotmem_put(Shmpack\SlotTable $slots, int $id, string $data): bool {}

    /** How many slots the table has. */
    function slotmem_num_slots(Shmpack\SlotTable $slots): int {}

    /** How many of them are not in use. */
    function slotmem_num_free_slots(Shmpack\SlotTable $slots): int {}

    /** Bytes of a slot. */
    function slotmem_slot_size(Shmpack\SlotTable $slots): int {}

    /**
     * Grants the lowest free slot to this process. Its bytes stay as they were.
     *
     * @return int|false the slot's id; false when none is free
     */
    function slotmem_grab(Shmpack\SlotTable $slots): int|false {}

    /**
     * Marks one slot as in use.
     *
     * @return bool true, too, when it was in use
     * @throws ValueError when there is no such slot
     */
    function slotmem_fgrab(Shmpack\SlotTable $slots, int $id): bool {}

    /**
     * Frees a slot. Its bytes stay.
     *
     * @return bool false when it was free
     * @throws ValueError when there is no such slot
     */
    function slotmem_release(Shmpack\SlotTable $slots, int $id): bool {}

    /**
     * Stores a value in a slot, as msgpack.
     *
     * @param mixed $value anything serialize() takes
     * @return bool false and a warning when it does not fit, and as slotmem_put()
     */
    function slotmem_put_var(Shmpack\SlotTable $slots, int $id, mixed $value): bool {}

    /**
     * Reads a value that slotmem_put_var() stored.
     *
     * @return mixed false and a warning when there is none, and as slotmem_get()
     */
    function slotmem_get_var(Shmpack\SlotTable $slots, int $id): mixed {}

    /**
     * Stores the slots in the file of the table's name and ".persist"; when it fails, the old file is still there. What
     * lies there and holds no slots, or slots in a newer format, is renamed, with a warning.
     *
     * @return bool false and a warning when the system refuses
     * @throws ValueError when the table has no name
     */
    function slotmem_sync(Shmpack\SlotTable $slots): bool {}

    /**
     * Takes the table's name away: the next slotmem_create() makes another one. Who is attached keeps this one.
     *
     * @param bool $stored remove the file that slotmem_sync() made, too
     * @return bool false and a warning when the system refuses, or what lies there is no such file; true, too, when it was removed already
     */
    function slotmem_remove(Shmpack\SlotTable $slots, bool $stored = false): bool {}
}

namespace Shmpack {

    /**
     * A table of slots, made by slotmem_create() or slotmem_attach(), whose functions are its methods, too.
     */
    final class SlotTable
    {
        /**
         * Makes a table of slots, or attaches to the one that is there, which must have the same slots and be this user's.
         *
         * @param string $name "none" or "": shared with forked children only; a relative name: a file in shmpack.runtime_dir;
         *     an absolute path: that file
         * @param int $item_size bytes of a slot, up to 1 GiB
         * @param int $item_num how many slots, up to 16777216
         * @param int-mask<1, 2, 4, 8> $type some of SLOTMEM_TYPE_PERSIST, _NOTMPSAFE, _PREGRAB and _CLEARINUSE
         * @return SlotTable|false false and a warning when the system refuses, or another table or file is there. A
         *     stored file that cannot be restored is renamed, with a warning, and the table starts empty
         * @throws \ValueError when a number is out of range, or the name has ".." in it or ends in "/" or ".persist"
         */
        public static function create(string $name, int $item_size, int $item_num, int $type = 0): SlotTable|false {}

        /**
         * Attaches to a table that is there. One that this user may only read is attached for reading.
         *
         * @param bool $read_only attach for reading even if more is allowed
         * @return SlotTable|false false and a warning when there is none, when it is neither this user's nor root's
         *     (root attaches to all), or the system refuses
         * @throws \ValueError for names as in slotmem_create()
         */
        public static function attach(string $name, bool $read_only = false): SlotTable|false {}

        /**
         * Calls $callback(int $id, string $bytes, mixed $data) for each slot, in ascending order; of a SLOTMEM_TYPE_PREGRAB
         * table, for each slot in use. Returning false stops. No lock is held meanwhile: the callback may do anything with
         * the table.
         *
         * A callback that declares its second parameter as SlotView is given a view, as of slotmem_dptr(), in the
         * place of the bytes.
         *
         * @template TData
         * @param (callable(int, string, TData): mixed)|(callable(int, SlotView, TData): mixed) $callback
         * @param TData $data
         * @return bool whether all were visited; false when the callback returned false, and with a warning when a slot could
         *     not be read
         */
        public function doall(callable $callback, mixed $data = null): bool {}

        /**
         * A live window on a slot's memory, in use or not.
         *
         * @throws \ValueError when there is no such slot
         */
        public function dptr(int $id): SlotView|false {}

        /**
         * The bytes of a slot as one slotmem_put() left them, never a mix of two. Marks the slot as in use.
         *
         * @param int|null $length how many of the first bytes; null: all
         * @return string|false false and a warning when the slot had to be grabbed first
         * @throws \ValueError when there is no such slot, or it is shorter
         */
        public function get(int $id, ?int $length = null): string|false {}

        /**
         * Replaces the first bytes of a slot at once. Marks the slot as in use.
         *
         * @return bool false and a warning when the slot had to be grabbed first, or the table is attached for reading
         * @throws \ValueError when there is no such slot, or it is shorter
         */
        public function put(int $id, string $data): bool {}

        /** How many slots the table has. */
        public function numSlots(): int {}

        /** How many of them are not in use. */
        public function numFreeSlots(): int {}

        /** Bytes of a slot. */
        public function slotSize(): int {}

        /**
         * Grants the lowest free slot to this process. Its bytes stay as they were.
         *
         * @return int|false the slot's id; false when none is free
         */
        public function grab(): int|false {}

        /**
         * Marks one slot as in use.
         *
         * @return bool true, too, when it was in use
         * @throws \ValueError when there is no such slot
         */
        public function fgrab(int $id): bool {}

        /**
         * Frees a slot. Its bytes stay.
         *
         * @return bool false when it was free
         * @throws \ValueError when there is no such slot
         */
        public function release(int $id): bool {}

        /**
         * Stores a value in a slot, as msgpack.
         *
         * @param mixed $value anything serialize() takes
         * @return bool false and a warning when it does not fit, and as slotmem_put()
         */
        public function putVar(int $id, mixed $value): bool {}

        /**
         * Reads a value that slotmem_put_var() stored.
         *
         * @return mixed false and a warning when there is none, and as slotmem_get()
         */
        public function getVar(int $id): mixed {}

        /**
         * Stores the slots in the file of the table's name and ".persist"; when it fails, the old file is still there. What
         * lies there and holds no slots, or slots in a newer format, is renamed, with a warning.
         *
         * @return bool false and a warning when the system refuses
         * @throws \ValueError when the table has no name
         */
        public function sync(): bool {}

        /**
         * Takes the table's name away: the next slotmem_create() makes another one. Who is attached keeps this one.
         *
         * @param bool $stored remove the file that slotmem_sync() made, too
         * @return bool false and a warning when the system refuses, or what lies there is no such file; true, too, when it was removed already
         */
        public function remove(bool $stored = false): bool {}

        /** Whether a slot is in use. */
        public function inUse(int $id): bool {}

        /** The process that was granted a slot, 0 if nobody in particular has it. */
        public function owner(int $id): int {}

        /**
         * The slots in use whose process has ended.
         *
         * @return list<int>
         */
        public function orphans(): array {}

        /**
         * Frees a slot if the process that has it has ended, at once; null: all of them.
         *
         * @return int how many were freed
         */
        public function reclaim(?int $id = null): int {}

        public function isReadOnly(): bool {}
    }

    /**
     * A live window on the memory of a slot, made by slotmem_dptr(). It keeps its table attached. What is written is
     * seen by all at once, byte by byte; whole, if it is an integer or float at a multiple of its size.
     *
     * $view[3] is the byte at offset 3. $view[3] += 1 reads and writes it, which is not atomic; ++ does nothing, as with all
     * ArrayAccess. add() is atomic.
     *
     * @implements \ArrayAccess<int, int>
     */
    final class SlotView implements \ArrayAccess, \Countable
    {
        /** The slot's id. */
        public function id(): int {}

        /** Bytes of the slot. */
        public function count(): int {}

        /**
         * @param int|null $length null: up to the end
         * @throws \ValueError when it does not lie inside, as for the following
         */
        public function read(int $offset = 0, ?int $length = null): string|false {}

        /** @return bool false and a warning when the table is attached for reading, as for the following */
        public function write(string $data, int $offset = 0): bool {}

        /**
         * An integer in the machine's byte order.
         *
         * @param 1|2|4|8 $bytes
         */
        public function getInt(int $offset, int $bytes = 8, bool $signed = true): int|false {}

        /** @param 1|2|4|8 $bytes */
        public function setInt(int $offset, int $value, int $bytes = 8): bool {}

        /** @param 4|8 $bytes */
        public function getFloat(int $offset, int $bytes = 8): float|false {}

        /** @param 4|8 $bytes */
        public function setFloat(int $offset, float $value, int $bytes = 8): bool {}

        /**
         * Adds to an integer, atomically, and wraps at its ends.
         *
         * @param int $offset a multiple of $bytes
         * @param 4|8 $bytes
         * @return int|false the sum, signed
         */
        public function add(int $offset, int $delta, int $bytes = 8): int|false {}

        /**
         * Replaces an integer if it is what was expected, atomically.
         *
         * @param int $offset a multiple of $bytes
         * @param 4|8 $bytes
         */
        public function compareExchange(int $offset, int $expected, int $desired, int $bytes = 8): bool {}

        /** @param int $offset */
        public function offsetExists(mixed $offset): bool {}

        /**
         * The byte at an offset.
         *
         * @param int $offset
         * @return int<0, 255>|false
         */
        public function offsetGet(mixed $offset): int|false {}

        /**
         * @param int $offset
         * @param int<0, 255> $value
         */
        public function offsetSet(mixed $offset, mixed $value): void {}

        /** @throws \Error always */
        public function offsetUnset(mixed $offset): void {}
    }

    /**
     * The class of the semaphores made by Shmpack\sem_get(): an alias of the global SysvSemaphore where shmpack has
     * that name, a class of its own beside ext/sysvsem.
     */
    final class SysvSemaphore
    {
    }

    /**
     * The class of the regions made by Shmpack\shm_attach(): an alias of the global SysvSharedMemory where shmpack has
     * that name, a class of its own beside ext/sysvshm.
     */
    final class SysvSharedMemory
    {
    }

    /**
     * Opens the semaphore of a key, and makes it when there is none.
     *
     * The kernel object is that of ext/sysvsem, byte for byte: processes with either extension share it.
     * New: a key outside the range of a key_t throws instead of meaning some other key, a removal by another process
     * meanwhile is survived, and the wait for another process inside sem_get() ends after shmpack.lock_timeout seconds.
     *
     * @param int $key -2147483648 to 4294967295, so that crc32() values work; 0 makes a semaphore without a key
     * @param int $max_acquire how many may hold it at a time; only the first user's number counts
     * @param int $permissions mode of a new semaphore, as for chmod()
     * @param bool $auto_release release what is held when the object goes
     * @return SysvSemaphore|false false and a warning when the system refuses, or shmpack.trusted_owners does not name who
     *     made the set
     * @throws \ValueError when $key is out of range
     */
    function sem_get(int $key, int $max_acquire = 1, int $permissions = 0666, bool $auto_release = true): SysvSemaphore|false {}

    /**
     * Acquires a semaphore, waiting until it is free.
     *
     * @param bool $non_blocking return false at once instead of waiting
     * @param float|null $timeout new: seconds to wait at most; null and INF wait for ever, 0 does not wait
     * @return bool false without a warning when it did not come free in time, with a warning when the system refuses
     * @throws \ValueError when $timeout is negative or NAN
     */
    function sem_acquire(SysvSemaphore $semaphore, bool $non_blocking = false, ?float $timeout = null): bool {}

    /**
     * Releases a semaphore once.
     *
     * @return bool false and a warning when it is not acquired
     */
    function sem_release(SysvSemaphore $semaphore): bool {}

    /**
     * Removes the semaphore from the system; whoever waits for it is woken and gets false.
     *
     * @return bool false and a warning when it is not ours to remove; true, too, when it was removed already
     */
    function sem_remove(SysvSemaphore $semaphore): bool {}

    /**
     * Attaches the shared memory region of a key, and makes it when there is none.
     *
     * @param int $key -2147483648 to 4294967295, so that crc32() values work; 0 makes a region for this process and the
     *     children it forks, gone with its last user
     * @param int|null $size bytes for data of a new region; null takes sysvshm.init_mem
     * @param int $permissions mode of a new region, as for chmod()
     * @return SysvSharedMemory|false false and a warning when the system refuses, the segment is not shmpack's, or
     *     shmpack.trusted_owners does not name who made it
     * @throws \ValueError when $key is out of range or $size is below 1
     */
    function shm_attach(int $key, ?int $size = null, int $permissions = 0666): SysvSharedMemory|false {}

    /**
     * Detaches from a region; the object cannot be used any more. The region stays.
     *
     * @return bool always true
     */
    function shm_detach(SysvSharedMemory $shm): bool {}

    /**
     * Whether a variable exists.
     *
     * @throws \Error when the region was detached
     */
    function shm_has_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * Removes a region from the system. Processes that are attached go on with theirs until they detach.
     *
     * @return bool false and a warning when it is not ours to remove; true, too, when it was removed already
     * @throws \Error when the region was detached
     */
    function shm_remove(SysvSharedMemory $shm): bool {}

    /**
     * Stores a value. Other processes see the old value or the new one, never a mix; when it fails, the old one stays.
     *
     * @param mixed $value anything serialize() takes
     * @return bool false and a warning when there is no room, or the region is attached read-only
     * @throws \Error when the region was detached
     */
    function shm_put_var(SysvSharedMemory $shm, int $key, mixed $value): bool {}

    /**
     * Reads a value.
     *
     * @return mixed the value; false and a warning when there is none
     * @throws \Error when the region was detached
     */
    function shm_get_var(SysvSharedMemory $shm, int $key): mixed {}

    /**
     * Removes a variable.
     *
     * @return bool false and a warning when there is none
     * @throws \Error when the region was detached
     */
    function shm_remove_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * Makes a table of slots, or attaches to the one that is there, which must have the same slots and be this user's.
     *
     * @param string $name "none" or "": shared with forked children only; a relative name: a file in shmpack.runtime_dir;
     *     an absolute path: that file
     * @param int $item_size bytes of a slot, up to 1 GiB
     * @param int $item_num how many slots, up to 16777216
     * @param int-mask<1, 2, 4, 8> $type some of SLOTMEM_TYPE_PERSIST, _NOTMPSAFE, _PREGRAB and _CLEARINUSE
     * @return SlotTable|false false and a warning when the system refuses, or another table or file is there. A
     *     stored file that cannot be restored is renamed, with a warning, and the table starts empty
     * @throws \ValueError when a number is out of range, or the name has ".." in it or ends in "/" or ".persist"
     */
    function slotmem_create(string $name, int $item_size, int $item_num, int $type = 0): SlotTable|false {}

    /**
     * Attaches to a table that is there. One that this user may only read is attached for reading.
     *
     * @param bool $read_only attach for reading even if more is allowed
     * @return SlotTable|false false and a warning when there is none, when it is neither this user's nor root's
     *     (root attaches to all), or the system refuses
     * @throws \ValueError for names as in slotmem_create()
     */
    function slotmem_attach(string $name, bool $read_only = false): SlotTable|false {}

    /**
     * Calls $callback(int $id, string $bytes, mixed $data) for each slot, in ascending order; of a SLOTMEM_TYPE_PREGRAB
     * table, for each slot in use. Returning false stops. No lock is held meanwhile: the callback may do anything with
     * the table.
     *
     * A callback that declares its second parameter as SlotView is given a view, as of slotmem_dptr(), in the
     * place of the bytes.
     *
     * @template TData
     * @param (callable(int, string, TData): mixed)|(callable(int, SlotView, TData): mixed) $callback
     * @param TData $data
     * @return bool whether all were visited; false when the callback returned false, and with a warning when a slot could
     *     not be read
     */
    function slotmem_doall(SlotTable $slots, callable $callback, mixed $data = null): bool {}

    /**
     * A live window on a slot's memory, in use or not.
     *
     * @throws \ValueError when there is no such slot
     */
    function slotmem_dptr(SlotTable $slots, int $id): SlotView|false {}

    /**
     * The bytes of a slot as one slotmem_put() left them, never a mix of two. Marks the slot as in use.
     *
     * @param int|null $length how many of the first bytes; null: all
     * @return string|false false and a warning when the slot had to be grabbed first
     * @throws \ValueError when there is no such slot, or it is shorter
     */
    function slotmem_get(SlotTable $slots, int $id, ?int $length = null): string|false {}

    /**
     * Replaces the first bytes of a slot at once. Marks the slot as in use.
     *
     * @return bool false and a warning when the slot had to be grabbed first, or the table is attached for reading
     * @throws \ValueError when there is no such slot, or it is shorter
     */
    function slotmem_put(SlotTable $slots, int $id, string $data): bool {}

    /** How many slots the table has. */
    function slotmem_num_slots(SlotTable $slots): int {}

    /** How many of them are not in use. */
    function slotmem_num_free_slots(SlotTable $slots): int {}

    /** Bytes of a slot. */
    function slotmem_slot_size(SlotTable $slots): int {}

    /**
     * Grants the lowest free slot to this process. Its bytes stay as they were.
     *
     * @return int|false the slot's id; false when none is free
     */
    function slotmem_grab(SlotTable $slots): int|false {}

    /**
     * Marks one slot as in use.
     *
     * @return bool true, too, when it was in use
     * @throws \ValueError when there is no such slot
     */
    function slotmem_fgrab(SlotTable $slots, int $id): bool {}

    /**
     * Frees a slot. Its bytes stay.
     *
     * @return bool false when it was free
     * @throws \ValueError when there is no such slot
     */
    function slotmem_release(SlotTable $slots, int $id): bool {}

    /**
     * Stores a value in a slot, as msgpack.
     *
     * @param mixed $value anything serialize() takes
     * @return bool false and a warning when it does not fit, and as slotmem_put()
     */
    function slotmem_put_var(SlotTable $slots, int $id, mixed $value): bool {}

    /**
     * Reads a value that slotmem_put_var() stored.
     *
     * @return mixed false and a warning when there is none, and as slotmem_get()
     */
    function slotmem_get_var(SlotTable $slots, int $id): mixed {}

    /**
     * Stores the slots in the file of the table's name and ".persist"; when it fails, the old file is still there. What
     * lies there and holds no slots, or slots in a newer format, is renamed, with a warning.
     *
     * @return bool false and a warning when the system refuses
     * @throws \ValueError when the table has no name
     */
    function slotmem_sync(SlotTable $slots): bool {}

    /**
     * Takes the table's name away: the next slotmem_create() makes another one. Who is attached keeps this one.
     *
     * @param bool $stored remove the file that slotmem_sync() made, too
     * @return bool false and a warning when the system refuses, or what lies there is no such file; true, too, when it was removed already
     */
    function slotmem_remove(SlotTable $slots, bool $stored = false): bool {}
}
