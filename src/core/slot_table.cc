// SPDX-License-Identifier: BSD-3-Clause
//
// Reading and writing slots.
//
// A slot has two buffers, and its state says which one holds the value: bit 0, while the whole counts the changes. A
// put copies into the other one and adds 1 to the state, the commit. So a reader that finds the state unchanged after
// its copy has read a buffer that nobody was writing to, and a put that was killed has changed nothing.
//
// A pinned slot has an address that others keep, in buffer 0. A put goes on there: copies buffer 1 to buffer 0 and adds
// 1 once more. A kill in between leaves the new value, in buffer 1; the next to take the slot's lock finishes the copy.

#include <ctime>

#include "core/slot_table_view.h"
#include "port/monotonic_clock.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr int kLockFreeTries = 64;

/// Brings the value of a pinned slot home to buffer 0. A kill before the last store leaves it in buffer 1.
void SettleLocked(const SlotTableView& view, uint32_t id, uint64_t state, uint32_t bytes) noexcept {
  CopyIn(view.buffer(id, 0), view.buffer(id, 1), bytes);
  Store(view.slot(id).state, state + 1);
}

/// Takes a slot's lock, and finishes what a dead holder began. kTimeout.
Status LockSlot(const SlotTableView& view, uint32_t id, uint32_t timeout_ms) noexcept {
  TableSlotShm& slot = view.slot(id);
  if (AcquireRobustLock(slot.lock, timeout_ms) == Acquired::kTimeout) return Status(Code::kTimeout, "its lock is held");
  // Whoever holds the lock leaves a pinned slot even, unless it died. (Or the bytes are hostile: then this costs a
  // copy.)
  const uint64_t state = Load(slot.state);
  if ((state & 1) != 0 && Load(slot.pinned) != 0) [[unlikely]] {
    const uint32_t put_bytes = Load(slot.put_bytes);
    SettleLocked(view, id, state, put_bytes < view.geometry().slot_bytes ? put_bytes : view.geometry().slot_bytes);
  }
  return {};
}

/// One try without a lock. False: a put came in between.
inline bool TryRead(const SlotTableView& view, uint32_t id, void* out, uint32_t length) noexcept {
  const SharedU64& state = view.slot(id).state;
  const uint64_t before = Load(state);
  CopyOut(out, view.buffer(id, before), length);
  return Load(state) == before;
}

[[gnu::noinline]] Status ReadPersistently(const SlotTableView& view, bool read_only, uint32_t id, void* out,
                                          uint32_t length, uint32_t timeout_ms) noexcept {
  for (int tries = 1; tries < kLockFreeTries; ++tries) {
    if (TryRead(view, id, out, length)) return {};
  }
  if (!read_only) {
    Status status = LockSlot(view, id, timeout_ms);
    if (!status.ok()) return status;
    // Nobody puts now; only hostile bytes could still change.
    (void)TryRead(view, id, out, length);
    ReleaseRobustLock(view.slot(id).lock, true);
    return {};
  }
  const double deadline = MonotonicSeconds() + timeout_ms * 1e-3;
  while (!TryRead(view, id, out, length)) {
    if (MonotonicSeconds() >= deadline) return Status(Code::kTimeout, "it is being written to");
    const timespec a_moment = {0, 100'000};
    nanosleep(&a_moment, nullptr);
  }
  return {};
}

}  // namespace

Status ReadTableSlot(const SlotTableView& view, bool read_only, uint32_t id, void* out, uint32_t length,
                     uint32_t timeout_ms) noexcept {
  if (TryRead(view, id, out, length)) [[likely]]
    return {};
  return ReadPersistently(view, read_only, id, out, length, timeout_ms);
}

Status SlotTable::Get(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return Status(Code::kNotFound, "the slot is not in use");
    if (!read_only_) {
      const Status status = GrabThis(id, timeout_ms);
      if (!status.ok()) return status;
    }
  }
  return ReadTableSlot(view, read_only_, id, out, length, timeout_ms);
}

Status SlotTable::Look(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  return ReadTableSlot(SlotTableView(*this), read_only_, id, out, length, timeout_ms);
}

Status SlotTable::Put(uint32_t id, const void* data, uint32_t length, uint32_t timeout_ms) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (length > geometry_.slot_bytes) return Status(Code::kTooLarge, "its slots are smaller");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  if (!view.InUse(id)) [[unlikely]] {
    if ((type_ & kSlotsPregrab) != 0) return Status(Code::kNotFound, "the slot is not in use");
    const Status status = GrabThis(id, timeout_ms);
    if (!status.ok()) return status;
  }
  const Status status = LockSlot(view, id, timeout_ms);
  if (!status.ok()) return status;
  TableSlotShm& slot = view.slot(id);
  const uint64_t state = Load(slot.state);
  uint8_t* const target = view.buffer(id, state + 1);
  CopyIn(target, data, length);
  if (length < geometry_.slot_bytes) {
    CopyIn(target + length, view.buffer(id, state) + length, geometry_.slot_bytes - length);
  }
  const bool pinned = Load(slot.pinned) != 0;
  if (pinned) Store(slot.put_bytes, length);
  Store(slot.state, state + 1);  // The commit.
  if (pinned && ((state + 1) & 1) != 0) SettleLocked(view, id, state + 1, length);
  ReleaseRobustLock(slot.lock, true);
  return {};
}

Status SlotTable::Window(uint32_t id, uint32_t timeout_ms, void** out) const noexcept {
  if (id >= geometry_.slot_count) return Status(Code::kInvalid, "it has no such slot");
  if (read_only_) return Status(Code::kReadOnly, "it is attached for reading only");
  const SlotTableView view(*this);
  TableSlotShm& slot = view.slot(id);
  if (Load(slot.pinned) == 0 || (Load(slot.state) & 1) != 0) {
    const Status status = LockSlot(view, id, timeout_ms);
    if (!status.ok()) return status;
    const uint64_t state = Load(slot.state);
    // Not pinned yet, so nobody writes to buffer 0 but us.
    if ((state & 1) != 0) SettleLocked(view, id, state, geometry_.slot_bytes);
    // A kill before it: a slot whose value happens to lie in buffer 0.
    Store(slot.pinned, 1U);
    ReleaseRobustLock(slot.lock, true);
  }
  *out = view.buffer(id, 0);
  return {};
}

}  // namespace shmpack
