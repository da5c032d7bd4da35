// SPDX-License-Identifier: BSD-3-Clause
//
// The operations on a region's variables.

#include "shmpack/region.h"

#include <algorithm>
#include <cstring>

#include "core/base/short_bytes.h"
#include "core/region/compact.h"
#include "core/region/heap.h"
#include "core/region/read.h"
#include "core/region/region_lock.h"
#include "core/region/region_status.h"
#include "core/region/region_view.h"
#include "core/region/stripe.h"
#include "core/region/update.h"
#include "port/clock.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

constexpr int kLockFreeTries = 64;
constexpr int kTriesBeforeYield = 16;

}  // namespace

Status Region::Put(int64_t key, const ValueBytes& value, uint32_t timeout_ms) noexcept {
  if (value.bytes() <= kInlineBytes) return Put(key, ToShort(value), timeout_ms);
  if (read_only_) return Status(Code::kReadOnly);
  if (value.bytes() > kMaxValueBytes) return Status(Code::kTooLarge, "a variable takes at most 4294967295 bytes");
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  return ReplaceInBlock(RegionView(*this), key, value, deadline) ? Status() : PutAnywhere(key, value, deadline);
}

Status Region::Put(int64_t key, const ShortBytes& value, uint32_t timeout_ms) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  if (ReplaceInEntry(RegionView(*this), key, ValueWords::InEntry(value), deadline)) return {};
  return PutAnywhere(key, {value.words, value.count}, deadline);
}

Status Region::PutAnywhere(int64_t key, const ValueBytes& value, Deadline& deadline) noexcept {
  const RegionView view(*this);
  for (;;) {
    Status status = LockKey(view, key, deadline);
    if (!status.ok()) return status;
    Left left = Left::kWhole;
    status = PutLocked(view, key, value, deadline, &left);
    UnlockRegion(view, status, left);
    if (status.code() != Code::kChanged) return status;
    // It has to be compacted, and a holder does not let go of a stripe.
    status = AwaitAllStripesUnlocked(view, deadline);
    if (!status.ok()) return status;
  }
}

Status Region::Remove(int64_t key, uint32_t timeout_ms) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  Left left = Left::kWhole;
  status = RemoveLocked(view, key, &left);
  UnlockRegion(view, status, left);
  return status;
}

Status Region::Peek(int64_t key, uint32_t timeout_ms, Peeked* out) noexcept {
  const RegionView view(*this);
  const Status intact = CheckIntact(view.header());
  if (!intact.ok()) return intact;
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  for (int tries = 0; tries < kLockFreeTries; ++tries) {
    const Status status = PeekOnce(view, key, out);
    // What looks damaged is looked at again under the lock, so that the next writer repairs what can be.
    if (status.code() == Code::kCorrupt) break;
    if (status.code() != Code::kChanged) return status;
    if (tries >= kTriesBeforeYield) YieldProcessor();
  }
  if (read_only_) return PeekReadOnly(view, key, deadline, out);
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  status = PeekLocked(view, key, out);
  UnlockRegion(view, status);
  return status;
}

Status Region::PeekAt(uint32_t entry, int64_t key, Peeked* out) noexcept {
  const RegionView view(*this);
  const uint32_t entry_count = view.LoadEntryCount();
  if (entry_count == kNoEntry || entry >= entry_count || !HeaderIsIntact(view.header())) return Status(Code::kChanged);
  return PeekEntry(view, entry, key, out);
}

Status Region::Copy(const Peeked& peeked, uint64_t skip, void* out) noexcept {
  if (skip >= peeked.length) return {};
  if (peeked.block == Offset::kNone) {
    std::memcpy(out, peeked.head + skip, peeked.length - skip);
    return {};
  }
  const RegionView view(*this);
  const auto offset = static_cast<uint32_t>(peeked.block);
  if (peeked.entry >= view.max_entries() || !view.ValueInBounds(offset, peeked.length)) return ValueCorrupt();
  CopyOut(out, view.at(offset) + sizeof(BlockShm) + skip, peeked.length - skip);
  if (!HasVersion(view.header(), view.entry(peeked.entry), peeked.entry, peeked.version)) return Status(Code::kChanged);
  return CheckIntact(view.header());
}

Status Region::ReadLocked(int64_t key, uint32_t timeout_ms, void* out, uint64_t capacity, Peeked* peeked) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockKey(view, key, deadline);
  if (!status.ok()) return status;
  status = PeekLocked(view, key, peeked);
  if (status.ok()) status = peeked->length > capacity ? Status(Code::kTooSmall) : Copy(*peeked, 0, out);
  UnlockRegion(view, status);
  return status;
}

Status Region::Stats(uint32_t timeout_ms, RegionStats* out) noexcept {
  if (read_only_) return Status(Code::kReadOnly);
  const RegionView view(*this);
  Deadline deadline(timeout_ms, ObjectOf(header_, segment_id_));
  Status status = LockRegion(view, deadline);
  if (!status.ok()) return status;
  *out = StatsNow();
  UnlockRegion(view, status);
  return status;
}

RegionStats Region::StatsNow() const noexcept {
  const RegionView view(*this);
  const WriterShm& writer = view.header().writer;
  const uint64_t entries = Load(writer.live_entries);
  const uint64_t used = sizeof(HeaderShm) + EntryBytes(entries) + uint64_t{Load(writer.live_units)} * kUnitBytes;
  return {bytes_, entries, Load(writer.data_bytes), bytes_ - std::min(used, bytes_), Load(view.header().quota_bytes)};
}

RegionRoom Region::Room(int64_t key, uint64_t size) const noexcept {
  const RegionView view(*this);
  const RegionStats stats = StatsNow();
  Peeked old;
  const bool replaces = PeekOnce(view, key, &old).ok();
  const uint64_t old_charge = !replaces || old.length <= kInlineBytes ? 0 : ChargedBytes(old.length);
  const uint64_t taken = stats.data_bytes - std::min(stats.data_bytes, old_charge);
  RegionRoom room = {};
  room.replaces = replaces;
  room.quota_bytes = stats.quota_bytes;
  room.free_quota = stats.quota_bytes - std::min(stats.quota_bytes, taken);
  room.total_bytes = bytes_;
  room.free_bytes = stats.free_bytes - std::min(stats.free_bytes, LeastGain(bytes_));
  if (size > kInlineBytes) {
    room.charge = ChargedBytes(size);
    room.bytes = (sizeof(BlockShm) + size + kUnitBytes - 1) / kUnitBytes * kUnitBytes;
  }
  if (!replaces) room.bytes += EntryBytes(stats.variables + 1) - EntryBytes(stats.variables);
  return room;
}

LockHolder Region::lock_holder() const noexcept {
  LockHolder holder = DescribeHolder(header_->lock);
  for (const StripeShm& stripe : header_->stripes) {
    if (holder.kind == LockHolder::Kind::kNobody) holder = DescribeHolder(stripe.lock);
  }
  return holder;
}

}  // namespace shmpack
