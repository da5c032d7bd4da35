<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

/**
 * The traffic of a site, kept in shared variables that every httpd worker and any other process can read.
 *
 * Works with shmpack and with the stock extensions, which have the same functions. They differ in what needs the semaphore:
 *
 * - Read-modify-write of what several workers change (hits, paths, visitors) needs it with both.
 * - One shm_put_var() or shm_get_var() is atomic in shmpack and needs nothing. In ext/sysvshm a write may move any other
 *   variable, so every access needs it.
 */
final class Traffic
{
    private const HITS = 1;
    private const PATHS = 2;
    private const VISITORS = 3;
    private const WORKERS = 4;
    /** Each worker has a variable of its own: this number plus its process id. */
    private const WORKER = 1000;

    private const REGION_BYTES = 1 << 20;
    private const LAST_VISITORS = 20;

    /** Nanoseconds that this request waited for the semaphore. */
    public int $waited_ns = 0;

    private SysvSemaphore $semaphore;
    private SysvSharedMemory $region;
    private bool $single_calls_are_atomic;

    public function __construct(int $key)
    {
        $semaphore = sem_get($key);
        $region = shm_attach($key, self::REGION_BYTES);
        if ($semaphore === false || $region === false) {
            throw new RuntimeException(sprintf('cannot reach the shared traffic data under key 0x%08x', $key));
        }
        $this->semaphore = $semaphore;
        $this->region = $region;
        $this->single_calls_are_atomic = extension_loaded('shmpack');
    }

    /** Counts one request and returns its number. */
    public function count(string $path, string $agent): int
    {
        $pid = getmypid();
        if ($this->single_calls_are_atomic) {
            $is_new = !shm_has_var($this->region, self::WORKER + $pid);
            $hit = $this->exclusively(fn () => $this->countShared($path, $agent, $pid, $is_new));
            $this->countOwn($path, $pid);
            return $hit;
        }
        return $this->exclusively(function () use ($path, $agent, $pid) {
            $is_new = !shm_has_var($this->region, self::WORKER + $pid);
            $hit = $this->countShared($path, $agent, $pid, $is_new);
            $this->countOwn($path, $pid);
            return $hit;
        });
    }

    public function hits(): int
    {
        return $this->one(self::HITS, 0);
    }

    /** @return array<string, array{requests: int, last: float}> */
    public function paths(): array
    {
        return $this->one(self::PATHS, []);
    }

    /** @return list<array{time: float, path: string, agent: string, pid: int}> the latest first */
    public function visitors(): array
    {
        return $this->one(self::VISITORS, []);
    }

    /** @return list<int> process ids of all workers that ever answered */
    public function workers(): array
    {
        return $this->one(self::WORKERS, []);
    }

    /** @return array{requests: int, path: string, time: float} */
    public function worker(int $pid): array
    {
        return $this->one(self::WORKER + $pid, ['requests' => 0, 'path' => '', 'time' => 0.0]);
    }

    /** Removes the region and the semaphore from the system. */
    public function remove(): bool
    {
        return shm_remove($this->region) && sem_remove($this->semaphore);
    }

    /** What several workers change: the caller holds the semaphore. */
    private function countShared(string $path, string $agent, int $pid, bool $is_new_worker): int
    {
        $hit = $this->read(self::HITS, 0) + 1;
        shm_put_var($this->region, self::HITS, $hit);

        $now = microtime(true);
        $paths = $this->read(self::PATHS, []);
        $paths[$path] = ['requests' => ($paths[$path]['requests'] ?? 0) + 1, 'last' => $now];
        shm_put_var($this->region, self::PATHS, $paths);

        $visitors = $this->read(self::VISITORS, []);
        array_unshift($visitors, ['time' => $now, 'path' => $path, 'agent' => $agent, 'pid' => $pid]);
        shm_put_var($this->region, self::VISITORS, array_slice($visitors, 0, self::LAST_VISITORS));

        if ($is_new_worker) {
            shm_put_var($this->region, self::WORKERS, [...$this->read(self::WORKERS, []), $pid]);
        }
        return $hit;
    }

    /** What only this worker writes: atomic calls need no semaphore for it. */
    private function countOwn(string $path, int $pid): void
    {
        $own = $this->read(self::WORKER + $pid, ['requests' => 0]);
        shm_put_var($this->region, self::WORKER + $pid, [
            'requests' => $own['requests'] + 1,
            'path' => $path,
            'time' => microtime(true),
        ]);
    }

    /** One variable, with the semaphore if the extension needs it for that. */
    private function one(int $variable, mixed $otherwise): mixed
    {
        if ($this->single_calls_are_atomic) {
            return $this->read($variable, $otherwise);
        }
        return $this->exclusively(fn () => $this->read($variable, $otherwise));
    }

    /** Nothing here is ever removed, so a variable that exists still exists on the next line. */
    private function read(int $variable, mixed $otherwise): mixed
    {
        return shm_has_var($this->region, $variable) ? shm_get_var($this->region, $variable) : $otherwise;
    }

    private function exclusively(callable $work): mixed
    {
        $began = hrtime(true);
        if (!sem_acquire($this->semaphore)) {
            throw new RuntimeException('the semaphore of the shared traffic data is gone');
        }
        $this->waited_ns += hrtime(true) - $began;
        try {
            return $work();
        } finally {
            sem_release($this->semaphore);
        }
    }
}
