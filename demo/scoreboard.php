<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

use Shmpack\SlotTable;

/**
 * A board of httpd's workers: each keeps in its own slot what it is doing, for any process to read.
 *
 * A worker's state is one value, stored whole: a reader never sees a mix of two. It needs no lock, because only its owner
 * writes to a slot. A killed worker leaves its last state in the slot, which every process can recognise as an orphan.
 */
final class Scoreboard
{
    public const SLOTS = 12;
    private const SLOT_BYTES = 256;

    private function __construct(public readonly SlotTable $slots)
    {
    }

    /** For workers: makes the table if this is the first one. */
    public static function open(string $path): self
    {
        $slots = slotmem_create($path, self::SLOT_BYTES, self::SLOTS, SLOTMEM_TYPE_PREGRAB);
        return new self($slots ?: throw new RuntimeException("cannot make the scoreboard $path"));
    }

    /** For readers of the board. Null: no worker has made the table yet. */
    public static function watch(string $path): ?self
    {
        return is_file($path) && ($slots = slotmem_attach($path)) ? new self($slots) : null;
    }

    /** This worker's slot, grabbed on its first request and kept as long as it lives. */
    public function own(): ?int
    {
        for ($id = 0; $id < self::SLOTS; $id++) {
            // This process may have the pid of one that has ended; then the slot is an orphan.
            if ($this->slots->owner($id) === getmypid() && !in_array($id, $this->slots->orphans())) {
                return $id;
            }
        }
        $id = $this->slots->grab();
        if ($id === false) {
            return null;
        }
        $this->slots->putVar($id, ['pid' => getmypid(), 'requests' => 0, 'doing' => null, 'since' => microtime(true)]);
        return $id;
    }

    public function begin(int $id, string $doing): void
    {
        $this->slots->putVar($id, ['doing' => $doing, 'since' => microtime(true)] + $this->slots->getVar($id));
    }

    public function end(int $id): void
    {
        $state = $this->slots->getVar($id);
        $this->slots->putVar($id, ['requests' => $state['requests'] + 1, 'doing' => null, 'since' => microtime(true)] + $state);
    }

    /** @return array<int, array{pid: int, requests: int, doing: ?string, since: float, orphan: bool}> by slot, those in use */
    public function states(): array
    {
        $orphans = array_flip($this->slots->orphans());
        $states = [];
        $this->slots->doall(function (int $id) use ($orphans, &$states) {
            // A worker that has grabbed a slot, and not stored its first state yet, shows what was there before.
            $state = @$this->slots->getVar($id);
            $pid = $this->slots->owner($id);
            if (!is_array($state) || $state['pid'] !== $pid) {
                $state = ['pid' => $pid, 'requests' => 0, 'doing' => null, 'since' => microtime(true)];
            }
            $states[$id] = $state + ['orphan' => isset($orphans[$id])];
        });
        return $states;
    }
}
