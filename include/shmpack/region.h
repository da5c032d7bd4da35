// SPDX-License-Identifier: BSD-3-Clause
//
// Region: variables under integer keys in shared memory that unrelated processes attach by one System V key.
//
// Every operation is atomic with respect to every other process.
//
//   - Reading takes no lock.
//   - Writing holds the region's lock for the time of a copy. To replace a value by one that takes as much room, it
//     holds the lock of a sixteenth of all keys instead.
//   - A process that is killed with a lock held freezes nobody. The next holder learns of it from the kernel, puts the
//     half-done change back or completes it, and goes on.
//
// A Region is a process's handle: trivially copyable and destructible, to be closed by Detach(). It is not thread-safe;
// threads attach each for themselves. A forked child's copy is a handle of its own: parent and child both go on and
// both detach. Values are opaque bytes here; docs/format specifies region and values.
//
// Nothing in the region is trusted: positions and lengths are loaded once, checked against the size the kernel reported
// at attach, and used from private memory. Contradictions give Code::kCorrupt.
//
// `timeout_ms` bounds the wait for the lock in every function that has it; then Code::kTimeout, and nothing has
// changed. Once a wait has timed out, this process waits only a moment for that lock until its word changes.
//
// Every function but Detach() and RemoveSegment() gives kOverwritten, at once, when another program has stored into the
// header; nothing has changed then.

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/entry_read.h"
#include "shmpack/lock_holder.h"
#include "shmpack/region_layout.h"
#include "shmpack/status.h"
#include "shmpack/trusted_owners.h"
#include "shmpack/value_bytes.h"

namespace shmpack {

/// What Peek() saw: one version of one variable.
struct Peeked {
  uint64_t version = 0;  // Never reused in this region.
  uint64_t length = 0;   // Bytes.
  uint32_t entry = 0;    // Where it lay; Copy() needs it.
  Offset block = Offset::kNone;
  uint8_t head[kInlineBytes] = {};  // The first bytes, as many as there are; all of them if length <= kInlineBytes.
};

struct RegionStats {
  uint64_t total_bytes;
  uint64_t variables;
  uint64_t data_bytes;  // Of values in the heap.
  uint64_t free_bytes;  // That neither a variable nor the header takes: the same after removing all as in a new region.
  uint64_t quota_bytes;  // What `data_bytes` may come to.
};

/// What a value takes, and what there is: for the message after kNoRoom.
struct RegionRoom {
  bool replaces;    // There is a value under the key, which stays until the new one is there.
  uint64_t charge;  // What the value counts against the quota; it ran out if that is more than `free_quota`.
  uint64_t free_quota;
  uint64_t quota_bytes;
  uint64_t bytes;  // What it takes of the region beside what is there, its entry and the block's header included.
  uint64_t free_bytes;
  uint64_t total_bytes;
};

class Deadline;

class Region {
 public:
  /// Attaches the region under `key`, or creates one in which values of `size_bytes` fit (anything that fits an
  /// ext/sysvshm segment of that size fits). The size of an existing region is what it is. `permissions` are the read
  /// and write bits of a new one's mode. With no right to write, attaches for reading only. Key 0 (IPC_PRIVATE) creates
  /// a region that only this process and its later forks share and that is gone with the last of them; it is no segment
  /// of the system's. Errors: kTooSmall (below what ext/sysvshm takes, when creating), kTooLarge (above kMaxDataBytes,
  /// when creating), kStockSegment, kForeign, kVersion, kByteOrder, kCorrupt, kTimeout (its maker is stopped),
  /// kUntrusted (made by a user whom `trusted` does not contain, and left unread; null trusts all), kSystem. A segment
  /// that this call made and cannot use it removes, unless another process has mapped it.
  static Status Attach(int32_t key, uint64_t size_bytes, uint32_t permissions, uint32_t timeout_ms, Region* out,
                       const TrustedOwners* trusted = nullptr) noexcept;

  /// How large a segment Attach() makes for `size_bytes`, which is at most kMaxDataBytes: for messages.
  static uint64_t BytesFor(uint64_t size_bytes) noexcept;

  /// Unmaps it. The handle is detached afterwards; detaching twice does nothing.
  void Detach() noexcept;

  /// Removes the key, so that the next Attach() creates another region. Processes that are attached keep this one.
  /// kSystem.
  Status RemoveSegment() noexcept;

  bool attached() const noexcept { return header_ != nullptr; }
  bool read_only() const noexcept { return read_only_; }
  /// The system's id of the segment, -1 of a region under key 0.
  int32_t segment_id() const noexcept { return segment_id_; }
  /// The random number that the region was given when it was made, as the shared bytes have it now.
  uint64_t region_id() const noexcept { return header_->origin.region_id.load(std::memory_order_relaxed); }

  /// Whether the value that Peek() found in `entry` with `version`, in this or an earlier handle to the same segment,
  /// is still the variable's. For a reader that kept a copy of it: seven loads, no store. False in doubt.
  bool IsCurrent(uint32_t entry, uint64_t version) const noexcept {
    const EntryShm* const shm = FindEntryShm(*header_, bytes_, entry);
    return shm != nullptr && HeaderIsIntact(*header_) && HasVersion(*header_, *shm, entry, version);
  }

  /// The value of `key` if it lies in `entry`, where it was seen before, and is short enough to be kept there. False:
  /// it is not, or a writer is at it; ask Peek(). Never blocks.
  [[gnu::always_inline]] bool ReadInline(uint32_t entry, int64_t key, InlineValue* out) const noexcept {
    return ReadInlineValue(*header_, bytes_, entry, key, out);
  }

  /// Stores a value under `key`, new or in the place of the old one. kTooLarge (above kMaxValueBytes), kReadOnly,
  /// kNoRoom, kTimeout, kCorrupt: the old value is there, unchanged. kOk: the new one is there, even if damage was met
  /// after that.
  Status Put(int64_t key, const ValueBytes& value, uint32_t timeout_ms) noexcept;
  Status Put(int64_t key, const void* data, uint64_t size, uint32_t timeout_ms) noexcept {
    return Put(key, ValueBytes{data, size}, timeout_ms);
  }

  /// The same for a short one, which is stored a little faster this way. REQUIRES: count is at most kInlineBytes.
  Status Put(int64_t key, const ShortBytes& value, uint32_t timeout_ms) noexcept;

  /// Removes a variable. kNotFound, kReadOnly, kTimeout, kCorrupt.
  Status Remove(int64_t key, uint32_t timeout_ms) noexcept;

  /// Looks a variable up: its version, length and first bytes. kNotFound, kTimeout, kCorrupt.
  Status Peek(int64_t key, uint32_t timeout_ms, Peeked* out) noexcept;

  /// Peek() in the entry where the variable was seen before, without a search. kChanged: it is not there any more, or
  /// it is being written. kCorrupt. Never blocks.
  Status PeekAt(uint32_t entry, int64_t key, Peeked* out) noexcept;

  /// Copies bytes [skip, length) of the very version that was peeked at to `out`. kChanged: it has been replaced since,
  /// and `out` holds garbage.
  Status Copy(const Peeked& peeked, uint64_t skip, void* out) noexcept;

  /// Peek() and Copy() in one, holding the lock, for a reader whose Copy() came too late several times. kTooSmall:
  /// `capacity` does not suffice, peeked->length says what would. Else as Peek(); kReadOnly if the region cannot be
  /// locked.
  Status ReadLocked(int64_t key, uint32_t timeout_ms, void* out, uint64_t capacity, Peeked* peeked) noexcept;

  /// Counts, under the lock. kReadOnly, kTimeout, kCorrupt.
  Status Stats(uint32_t timeout_ms, RegionStats* out) noexcept;

  /// Why a value of `size` bytes found no room under `key`. Never blocks: it reads the counters without the lock, and
  /// may mix two moments.
  RegionRoom Room(int64_t key, uint64_t size) const noexcept;

  /// The same counts as Stats() as they are without the lock.
  RegionStats StatsNow() const noexcept;

  /// The holder of a lock of the region's: for the message after kTimeout.
  LockHolder lock_holder() const noexcept;

 private:
  friend class RegionView;
  friend struct RegionTestPeer;

  /// Put() by way of the region's lock.
  Status PutAnywhere(int64_t key, const ValueBytes& value, Deadline& deadline) noexcept;

  HeaderShm* header_ = nullptr;  // Where this process has it.
  uint64_t bytes_ = 0;           // As the kernel says; bounds every offset.
  int32_t segment_id_ = -1;
  bool read_only_ = false;
};

}  // namespace shmpack
