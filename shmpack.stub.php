<?php

/**
 * @generate-class-entries
 */

// SPDX-License-Identifier: BSD-3-Clause
//
// The PHP surface of shmpack: the source of src/php/shmpack_arginfo.h (`./dev stubs` writes it) and of what editors show.
//
// The global names are taken only where ext/sysvsem or ext/sysvshm has not taken them. The twins in the namespace
// Shmpack always exist and are the same functions.

namespace {

    /**
     * A semaphore obtained by sem_get(). When the last reference goes, and at the end of the request, what is still
     * acquired is released, unless sem_get() was told otherwise.
     *
     * @strict-properties
     * @not-serializable
     */
    final class SysvSemaphore
    {
    }

    /**
     * A shared memory region obtained by shm_attach(). It is detached when the last reference goes.
     *
     * @strict-properties
     * @not-serializable
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
     * @return SysvSemaphore|false false and a warning when the system refuses
     * @throws ValueError when $key is out of range
     */
    function sem_get(int $key, int $max_acquire = 1, int $permissions = 0666, bool $auto_release = true): SysvSemaphore|false {}

    /**
     * Acquires a semaphore, waiting until it is free.
     *
     * @param bool $non_blocking return false at once instead of waiting
     * @param float|null $timeout new: seconds to wait at most; null and INF wait for ever, 0 does not wait
     * @return bool false without a warning when it did not come free in time, with a warning when the system refuses
     * @throws ValueError when $timeout is negative or NAN
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
     * @return SysvSharedMemory|false false and a warning when the system refuses, or the segment is not shmpack's
     * @throws ValueError when $key is out of range or $size is below 1
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
     * @throws Error when the region was detached
     */
    function shm_has_var(SysvSharedMemory $shm, int $key): bool {}

    /**
     * Removes a region from the system. Processes that are attached go on with theirs until they detach.
     *
     * @return bool false and a warning when it is not ours to remove; true, too, when it was removed already
     * @throws Error when the region was detached
     */
    function shm_remove(SysvSharedMemory $shm): bool {}

    /**
     * Stores a value. Other processes see the old value or the new one, never a mix; when it fails, the old one stays.
     *
     * @param mixed $value anything serialize() takes
     * @return bool false and a warning when there is no room, or the region is attached read-only
     * @throws Error when the region was detached
     */
    function shm_put_var(SysvSharedMemory $shm, int $key, mixed $value): bool {}

    /**
     * Reads a value.
     *
     * @return mixed the value; false and a warning when there is none
     * @throws Error when the region was detached
     */
    function shm_get_var(SysvSharedMemory $shm, int $key): mixed {}

    /**
     * Removes a variable.
     *
     * @return bool false and a warning when there is none
     * @throws Error when the region was detached
     */
    function shm_remove_var(SysvSharedMemory $shm, int $key): bool {}
}

namespace Shmpack {

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
}
