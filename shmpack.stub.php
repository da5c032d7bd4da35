<?php

/**
 * @generate-class-entries
 */

// SPDX-License-Identifier: BSD-3-Clause
//
// The PHP surface of shmpack. `./dev stubs` makes of it src/php/shmpack_arginfo.h, and ide/shmpack.php for editors and
// analysers. In the latter, @phpstan-param and the like are @param: PHP's generator cannot read all of their types.
//
// The global names of sem_* and shm_* are shmpack's only where ext/sysvsem or ext/sysvshm does not have them. The twins in
// the namespace Shmpack always exist and are the same functions.

namespace {

    /**
     * A semaphore from sem_get(). When the last reference goes, at the latest at the end of the request, it releases what it
     * still holds, unless sem_get() was told not to.
     *
     * It has no properties. var_dump() shows, with null for what the system does not let this user see:
     *
     * - key
     * - id, as in `ipcs -s`
     * - held: how often this object holds it
     * - max_acquire: null if another user of the set chose it
     * - removed
     * - value: how many are left
     * - users: how many objects are open
     * - mode
     * - owner, a uid
     *
     * @strict-properties
     * @not-serializable
     */
    final class SysvSemaphore
    {
    }

    /**
     * A shared memory region from shm_attach(). It is detached when the last reference goes.
     *
     * It has no properties. var_dump() takes no lock and shows:
     *
     * - key
     * - attached
     * - size and used: bytes of the segment
     * - values_size and values_used: bytes of the part for values of more than 16 bytes
     * - variables: how many there are
     * - read_only
     * - unless the key is 0: id, as in `ipcs -m`; removed; mode; owner, a uid
     *
     * @strict-properties
     * @not-serializable
     */
    final class SysvSharedMemory
    {
    }

    /**
     * Opens the semaphore of a key, and makes it if it does not exist.
     *
     * The kernel object is that of ext/sysvsem, byte for byte: processes with either extension share it. New here:
     *
     * - a key outside the range of a key_t throws, instead of meaning some other key
     * - another process may remove the semaphore meanwhile
     * - the wait for another process inside sem_get() ends after shmpack.lock_timeout seconds
     *
     * @param int $key -2147483648 to 4294967295, so that crc32() values work; 0 makes a semaphore without a key
     * @param int $max_acquire how many may hold it at a time; only the first user's number counts
     * @param int $permissions mode of a new semaphore, as for chmod()
     * @param bool $auto_release release what the object holds when it goes
     * @return SysvSemaphore|false false and a warning when the system refuses, or when shmpack.trusted_owners does not name
     *     the set's creator
     * @throws ValueError when $key is out of range
     */
    function sem_get(int $key, int $max_acquire = 1, int $permissions = 0666, bool $auto_release = true): SysvSemaphore|false {}

    /**
     * Acquires a semaphore, and waits until it is free.
     *
     * @param bool $non_blocking return false at once instead of waiting
     * @param float|null $timeout new: seconds to wait at most; null and INF wait for ever, 0 does not wait
     * @return bool false without a warning when the time ran out, false and a warning when the system refuses
     * @throws ValueError when $timeout is negative or NAN
     */
    function sem_acquire(SysvSemaphore $semaphore, bool $non_blocking = false, ?float $timeout = null): bool {}

    /**
     * Releases a semaphore once.
     *
     * @return bool false and a warning when this object does not hold it
     */
    function sem_release(SysvSemaphore $semaphore): bool {}

    /**
     * Removes the semaphore from the system. Waiters wake up and get false.
     *
     * @return bool false and a warning when it was removed already, or when this user may not remove it
     */
    function sem_remove(SysvSemaphore $semaphore): bool {}

    /**
     * Attaches the shared memory region of a key, and makes it if it does not exist.
     *
     * @param int $key -2147483648 to 4294967295, so that crc32() values work; 0 makes a region for this process and the
     *     children that it forks, which is gone with the last of them
     * @param int|null $size bytes for data of a new region; null: sysvshm.init_mem
     * @param int $permissions mode of a new region, as for chmod()
     * @return SysvSharedMemory|false false and a warning when the system refuses, when the segment is not shmpack's, or when
     *     shmpack.trusted_owners does not name its creator
     * @throws ValueError when $key is out of range or $size is below 1
     */
    function shm_attach(int $key, ?int $size = null, int $permissions = 0666): SysvSharedMemory|false {}

    /**
     * Detaches from a region. The object cannot be used any more; the region stays.
     *
     * @return bool always true
     */
    function shm_detach(SysvSharedMemory $shm): bool {}

    /**
     * Whether a variable exists.
     *
     * @throws Error when the region was detached
     */
    function shm_has_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * Removes a region from the system. Attached processes go on with it until they detach.
     *
     * @return bool false and a warning when this user may not remove it; true, too, when it was removed already
     * @throws Error when the region was detached
     */
    function shm_remove(SysvSharedMemory $shm): bool {}

    /**
     * Stores a value. Other processes see the old value or the new one, never a mix. If it fails, the old one stays.
     *
     * @param mixed $value anything that serialize() takes
     * @return bool false and a warning when there is no room, when the region is attached for reading only, or when its lock
     *     stays held for shmpack.lock_timeout seconds
     * @throws Error when the region was detached
     */
    function shm_put_var(SysvSharedMemory $shm, int $key, mixed $value): bool {}

    /**
     * Reads a value.
     *
     * @return mixed the value; false and a warning when it does not exist
     * @throws Error when the region was detached
     */
    function shm_get_var(SysvSharedMemory $shm, int $key): mixed {}

    /**
     * Removes a variable.
     *
     * @return bool false and a warning when it does not exist, and as shm_put_var()
     * @throws Error when the region was detached
     */
    function shm_remove_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * A new table takes its slots from the file that slotmem_sync() stored.
     *
     * @var int
     * @cvalue shmpack::kSlotsPersist
     */
    const SLOTMEM_TYPE_PERSIST = UNKNOWN;

    /**
     * Without effect, as in httpd's mod_slotmem_shm.
     *
     * @var int
     * @cvalue shmpack::kSlotsNotMpSafe
     */
    const SLOTMEM_TYPE_NOTMPSAFE = UNKNOWN;

    /**
     * A slot must be grabbed before it is read or written.
     *
     * @var int
     * @cvalue shmpack::kSlotsPregrab
     */
    const SLOTMEM_TYPE_PREGRAB = UNKNOWN;

    /**
     * slotmem_sync() stores all slots as free. slotmem_grab() takes slots that never were in use before others.
     *
     * @var int
     * @cvalue shmpack::kSlotsClearInUse
     */
    const SLOTMEM_TYPE_CLEARINUSE = UNKNOWN;

    /**
     * Makes a table of slots, or attaches to an existing one. That one must be this user's, and have the same number, size and
     * type of slots.
     *
     * @param string $name "none" or "": shared with forked children only; a relative name: a file in shmpack.runtime_dir;
     *     an absolute path: that file
     * @param int $item_size bytes of a slot, up to 1 GiB
     * @param int $item_num how many slots, up to 16777216
     * @phpstan-param int-mask<1, 2, 4, 8> $type some of SLOTMEM_TYPE_PERSIST, _NOTMPSAFE, _PREGRAB and _CLEARINUSE
     * @return Shmpack\SlotTable|false false and a warning when the system refuses, or when another table or file has the
     *     name. A stored file that cannot be restored is renamed, with a warning, and the table starts empty
     * @throws ValueError when a number is out of range, or when the name has ".." in it or ends in "/" or ".persist"
     */
    function slotmem_create(string $name, int $item_size, int $item_num, int $type = 0): Shmpack\SlotTable|false {}

    /**
     * Attaches to an existing table. One that this user may only read is attached for reading only.
     *
     * @param bool $read_only attach for reading only, even if this user may write
     * @return Shmpack\SlotTable|false false and a warning when it does not exist, when it is neither this user's nor root's
     *     (root attaches to all), or when the system refuses
     * @throws ValueError for names as in slotmem_create()
     */
    function slotmem_attach(string $name, bool $read_only = false): Shmpack\SlotTable|false {}

    /**
     * Calls $callback(int $id, string $bytes, mixed $data) for each slot, in ascending order. Of a SLOTMEM_TYPE_PREGRAB table,
     * it visits the slots in use only. It stops when the callback returns false. No lock is held meanwhile: the callback may
     * do anything with the table.
     *
     * A callback whose second parameter is declared as Shmpack\SlotView gets a view, as from slotmem_dptr(), instead of bytes.
     *
     * @template TData
     * @phpstan-param (callable(int, string, TData): mixed)|(callable(int, Shmpack\SlotView, TData): mixed) $callback
     * @phpstan-param TData $data
     * @return bool true when all were visited; false when the callback returned false; false and a warning when a slot could
     *     not be read
     */
    function slotmem_doall(Shmpack\SlotTable $slots, callable $callback, mixed $data = null): bool {}

    /**
     * A window on the memory of a slot, in use or not, that shows what others write to it.
     *
     * @return Shmpack\SlotView|false false and a warning when the slot's lock stays held for shmpack.lock_timeout seconds
     * @throws ValueError when there is no such slot
     */
    function slotmem_dptr(Shmpack\SlotTable $slots, int $id): Shmpack\SlotView|false {}

    /**
     * The bytes of a slot as one slotmem_put() left them, never a mix of two. Marks the slot as in use.
     *
     * @param int|null $length how many of the first bytes; null: all
     * @return string|false false and a warning when a slot of a SLOTMEM_TYPE_PREGRAB table is not in use
     * @throws ValueError when there is no such slot, or when it is shorter
     */
    function slotmem_get(Shmpack\SlotTable $slots, int $id, ?int $length = null): string|false {}

    /**
     * Replaces the first bytes of a slot at once. Marks the slot as in use.
     *
     * @return bool false and a warning when a slot of a SLOTMEM_TYPE_PREGRAB table is not in use, or when the table is
     *     attached for reading only
     * @throws ValueError when there is no such slot, or when it is shorter
     */
    function slotmem_put(Shmpack\SlotTable $slots, int $id, string $data): bool {}

    /** How many slots the table has. */
    function slotmem_num_slots(Shmpack\SlotTable $slots): int {}

    /** How many slots of the table are not in use. */
    function slotmem_num_free_slots(Shmpack\SlotTable $slots): int {}

    /** How many bytes a slot has. */
    function slotmem_slot_size(Shmpack\SlotTable $slots): int {}

    /**
     * Grants the lowest free slot to this process. Its bytes stay as they were.
     *
     * @return int|false the slot's id; false when no slot is free
     */
    function slotmem_grab(Shmpack\SlotTable $slots): int|false {}

    /**
     * Marks one slot as in use.
     *
     * @return bool true, too, when it was in use already
     * @throws ValueError when there is no such slot
     */
    function slotmem_fgrab(Shmpack\SlotTable $slots, int $id): bool {}

    /**
     * Frees a slot. Its bytes stay.
     *
     * @return bool false when it was free already
     * @throws ValueError when there is no such slot
     */
    function slotmem_release(Shmpack\SlotTable $slots, int $id): bool {}

    /**
     * Stores a value in a slot, as msgpack.
     *
     * @param mixed $value anything that serialize() takes
     * @return bool false and a warning when it does not fit, and as slotmem_put()
     */
    function slotmem_put_var(Shmpack\SlotTable $slots, int $id, mixed $value): bool {}

    /**
     * Reads a value that slotmem_put_var() stored.
     *
     * @return mixed the value; false and a warning when the slot holds none, and as slotmem_get()
     */
    function slotmem_get_var(Shmpack\SlotTable $slots, int $id): mixed {}

    /**
     * Stores the slots in the file of the table's path and ".persist". If it fails, the old file stays. A file of that name
     * that holds no slots, or slots in a newer format, is renamed, with a warning.
     *
     * @return bool false and a warning when the system refuses
     * @throws ValueError when the table has no name
     */
    function slotmem_sync(Shmpack\SlotTable $slots): bool {}

    /**
     * Takes the table's name away: the next slotmem_create() makes another table. Attached processes keep this one.
     *
     * @param bool $stored remove the file that slotmem_sync() stored, too
     * @return bool false and a warning when the system refuses, or when the file there does not hold slots; true, too, when the
     *     table was removed already
     */
    function slotmem_remove(Shmpack\SlotTable $slots, bool $stored = false): bool {}
}

namespace Shmpack {

    /**
     * A table of slots, from slotmem_create() or slotmem_attach(). The functions slotmem_*() are its methods, too.
     *
     * @strict-properties
     * @not-serializable
     */
    final class SlotTable
    {
        /** @implementation-alias slotmem_create */
        public static function create(string $name, int $item_size, int $item_num, int $type = 0): SlotTable|false {}

        /** @implementation-alias slotmem_attach */
        public static function attach(string $name, bool $read_only = false): SlotTable|false {}

        /** @implementation-alias slotmem_doall */
        public function doall(callable $callback, mixed $data = null): bool {}

        /** @implementation-alias slotmem_dptr */
        public function dptr(int $id): SlotView|false {}

        /** @implementation-alias slotmem_get */
        public function get(int $id, ?int $length = null): string|false {}

        /** @implementation-alias slotmem_put */
        public function put(int $id, string $data): bool {}

        /** @implementation-alias slotmem_num_slots */
        public function numSlots(): int {}

        /** @implementation-alias slotmem_num_free_slots */
        public function numFreeSlots(): int {}

        /** @implementation-alias slotmem_slot_size */
        public function slotSize(): int {}

        /** @implementation-alias slotmem_grab */
        public function grab(): int|false {}

        /** @implementation-alias slotmem_fgrab */
        public function fgrab(int $id): bool {}

        /** @implementation-alias slotmem_release */
        public function release(int $id): bool {}

        /** @implementation-alias slotmem_put_var */
        public function putVar(int $id, mixed $value): bool {}

        /** @implementation-alias slotmem_get_var */
        public function getVar(int $id): mixed {}

        /** @implementation-alias slotmem_sync */
        public function sync(): bool {}

        /** @implementation-alias slotmem_remove */
        public function remove(bool $stored = false): bool {}

        /** Whether a slot is in use. */
        public function inUse(int $id): bool {}

        /** The id of the process that owns a slot; 0: it has no owner. */
        public function owner(int $id): int {}

        /**
         * The slots in use whose process has ended, by id.
         *
         * @return list<int>
         */
        public function orphans(): array {}

        /**
         * Frees a slot whose process has ended; with null, all such slots.
         *
         * @return int how many were freed
         */
        public function reclaim(?int $id = null): int {}

        /** Whether the table is attached for reading only. */
        public function isReadOnly(): bool {}
    }

    /**
     * A window on the memory of a slot, from slotmem_dptr(). It keeps its table attached. Others see at once what is written:
     * byte by byte, but an integer or float at a multiple of its size as a whole.
     *
     * $view[3] is the byte at offset 3. $view[3] += 1 reads and writes it, which is not atomic; add() is. $view[3]++ does
     * nothing, as with every ArrayAccess.
     *
     * @implements \ArrayAccess<int, int>
     * @strict-properties
     * @not-serializable
     */
    final class SlotView implements \ArrayAccess, \Countable
    {
        /** The slot's id. */
        public function id(): int {}

        /** How many bytes the slot has. */
        public function count(): int {}

        /**
         * Bytes of the slot.
         *
         * @param int|null $length null: up to the end
         * @return string|false false and a warning when the table is attached for reading only and the slot is written to for
         *     shmpack.lock_timeout seconds; this holds for all that read
         * @throws \ValueError when the bytes do not lie inside the slot; this holds for all that follow
         */
        public function read(int $offset = 0, ?int $length = null): string|false {}

        /**
         * Writes bytes to the slot.
         *
         * @return bool false and a warning when the table is attached for reading only; this holds for all that write
         */
        public function write(string $data, int $offset = 0): bool {}

        /**
         * An integer in the machine's byte order.
         *
         * @phpstan-param 1|2|4|8 $bytes
         */
        public function getInt(int $offset, int $bytes = 8, bool $signed = true): int|false {}

        /**
         * Writes an integer, signed or not.
         *
         * @phpstan-param 1|2|4|8 $bytes
         * @throws \ValueError when $value does not fit in so many bytes
         */
        public function setInt(int $offset, int $value, int $bytes = 8): bool {}

        /**
         * A float, or a double of 8 bytes.
         *
         * @phpstan-param 4|8 $bytes
         */
        public function getFloat(int $offset, int $bytes = 8): float|false {}

        /**
         * Writes a float, or a double of 8 bytes.
         *
         * @phpstan-param 4|8 $bytes
         */
        public function setFloat(int $offset, float $value, int $bytes = 8): bool {}

        /**
         * Adds to an integer, atomically. The sum wraps around.
         *
         * @param int $offset a multiple of $bytes
         * @phpstan-param 4|8 $bytes
         * @return int|false the sum, signed
         */
        public function add(int $offset, int $delta, int $bytes = 8): int|false {}

        /**
         * Replaces an integer if it is the expected one, atomically.
         *
         * @param int $offset a multiple of $bytes
         * @phpstan-param 4|8 $bytes
         */
        public function compareExchange(int $offset, int $expected, int $desired, int $bytes = 8): bool {}

        /**
         * Whether the slot has a byte at an offset.
         *
         * @param int $offset
         */
        public function offsetExists(mixed $offset): bool {}

        /**
         * The byte at an offset.
         *
         * @param int $offset
         * @return int<0, 255>|false
         */
        public function offsetGet(mixed $offset): int|false {}

        /**
         * Writes the byte at an offset.
         *
         * @param int $offset
         * @phpstan-param int<0, 255> $value
         */
        public function offsetSet(mixed $offset, mixed $value): void {}

        /** @throws \Error always */
        public function offsetUnset(mixed $offset): void {}
    }

    /**
     * The class of the semaphores made by Shmpack\sem_get(): an alias of the global SysvSemaphore where shmpack has
     * that name, a class of its own beside ext/sysvsem.
     *
     * @strict-properties
     * @not-serializable
     */
    final class SysvSemaphore
    {
    }

    /**
     * The class of the regions made by Shmpack\shm_attach(): an alias of the global SysvSharedMemory where shmpack has
     * that name, a class of its own beside ext/sysvshm.
     *
     * @strict-properties
     * @not-serializable
     */
    final class SysvSharedMemory
    {
    }

    /**
     * @see \sem_get()
     * @implementation-alias sem_get
     */
    function sem_get(int $key, int $max_acquire = 1, int $permissions = 0666, bool $auto_release = true): SysvSemaphore|false {}

    /**
     * @see \sem_acquire()
     * @implementation-alias sem_acquire
     */
    function sem_acquire(SysvSemaphore $semaphore, bool $non_blocking = false, ?float $timeout = null): bool {}

    /**
     * @see \sem_release()
     * @implementation-alias sem_release
     */
    function sem_release(SysvSemaphore $semaphore): bool {}

    /**
     * @see \sem_remove()
     * @implementation-alias sem_remove
     */
    function sem_remove(SysvSemaphore $semaphore): bool {}

    /**
     * @see \shm_attach()
     * @implementation-alias shm_attach
     */
    function shm_attach(int $key, ?int $size = null, int $permissions = 0666): SysvSharedMemory|false {}

    /**
     * @see \shm_detach()
     * @implementation-alias shm_detach
     */
    function shm_detach(SysvSharedMemory $shm): bool {}

    /**
     * @see \shm_has_var()
     * @implementation-alias shm_has_var
     */
    function shm_has_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * @see \shm_remove()
     * @implementation-alias shm_remove
     */
    function shm_remove(SysvSharedMemory $shm): bool {}

    /**
     * @see \shm_put_var()
     * @implementation-alias shm_put_var
     */
    function shm_put_var(SysvSharedMemory $shm, int $key, mixed $value): bool {}

    /**
     * @see \shm_get_var()
     * @implementation-alias shm_get_var
     */
    function shm_get_var(SysvSharedMemory $shm, int $key): mixed {}

    /**
     * @see \shm_remove_var()
     * @implementation-alias shm_remove_var
     */
    function shm_remove_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * @see \slotmem_create()
     * @implementation-alias slotmem_create
     */
    function slotmem_create(string $name, int $item_size, int $item_num, int $type = 0): SlotTable|false {}

    /**
     * @see \slotmem_attach()
     * @implementation-alias slotmem_attach
     */
    function slotmem_attach(string $name, bool $read_only = false): SlotTable|false {}

    /**
     * @see \slotmem_doall()
     * @implementation-alias slotmem_doall
     */
    function slotmem_doall(SlotTable $slots, callable $callback, mixed $data = null): bool {}

    /**
     * @see \slotmem_dptr()
     * @implementation-alias slotmem_dptr
     */
    function slotmem_dptr(SlotTable $slots, int $id): SlotView|false {}

    /**
     * @see \slotmem_get()
     * @implementation-alias slotmem_get
     */
    function slotmem_get(SlotTable $slots, int $id, ?int $length = null): string|false {}

    /**
     * @see \slotmem_put()
     * @implementation-alias slotmem_put
     */
    function slotmem_put(SlotTable $slots, int $id, string $data): bool {}

    /**
     * @see \slotmem_num_slots()
     * @implementation-alias slotmem_num_slots
     */
    function slotmem_num_slots(SlotTable $slots): int {}

    /**
     * @see \slotmem_num_free_slots()
     * @implementation-alias slotmem_num_free_slots
     */
    function slotmem_num_free_slots(SlotTable $slots): int {}

    /**
     * @see \slotmem_slot_size()
     * @implementation-alias slotmem_slot_size
     */
    function slotmem_slot_size(SlotTable $slots): int {}

    /**
     * @see \slotmem_grab()
     * @implementation-alias slotmem_grab
     */
    function slotmem_grab(SlotTable $slots): int|false {}

    /**
     * @see \slotmem_fgrab()
     * @implementation-alias slotmem_fgrab
     */
    function slotmem_fgrab(SlotTable $slots, int $id): bool {}

    /**
     * @see \slotmem_release()
     * @implementation-alias slotmem_release
     */
    function slotmem_release(SlotTable $slots, int $id): bool {}

    /**
     * @see \slotmem_put_var()
     * @implementation-alias slotmem_put_var
     */
    function slotmem_put_var(SlotTable $slots, int $id, mixed $value): bool {}

    /**
     * @see \slotmem_get_var()
     * @implementation-alias slotmem_get_var
     */
    function slotmem_get_var(SlotTable $slots, int $id): mixed {}

    /**
     * @see \slotmem_sync()
     * @implementation-alias slotmem_sync
     */
    function slotmem_sync(SlotTable $slots): bool {}

    /**
     * @see \slotmem_remove()
     * @implementation-alias slotmem_remove
     */
    function slotmem_remove(SlotTable $slots, bool $stored = false): bool {}
}
