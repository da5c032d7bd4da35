// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a slot table, as docs/format/slots.md specifies them. They hold no address of a process. All are reached
// by atomic accesses, or copied by CopyIn() and CopyOut().
//
//   0          header (192 bytes)
//              in use: a bit per slot
//              ever used: a bit per slot, set once the slot has been in use
//              owners: one per slot
//              slots: each has sync words (128 bytes) and two buffers
//   total_bytes
//
// Where each part lies follows from the number and size of the slots (SlotGeometry), so the table holds no position.
// The truth is in the bits, the owners of slots in use, and each slot's state and buffers. Two things are derived: the
// number of free slots, and where a search for one begins. When a holder of the table's lock has died, the next one
// computes them anew.

#pragma once

#include <cstddef>
#include <cstdint>

#include "shmpack/shared_word.h"

namespace shmpack {

inline constexpr uint64_t kSlotTableMagic = 0x0054'4f4c'534d'4853;    // "SHMSLOT" and a zero byte.
inline constexpr uint64_t kStoredSlotsMagic = 0x0054'5345'524d'4853;  // "SHMREST" and a zero byte.
inline constexpr uint32_t kSlotTableVersion = 1;
inline constexpr uint32_t kMaxTableSlots = uint32_t{1} << 24;
inline constexpr uint32_t kMaxTableSlotBytes = uint32_t{1} << 30;

/// What a table is for: mod_slotmem_shm's values.
enum : uint32_t {
  kSlotsPersist = 1,     // Made from the slots that SlotTable::Sync() stored.
  kSlotsNotMpSafe = 2,   // Unused, as in the original.
  kSlotsPregrab = 4,     // A slot must be grabbed before it is read or written.
  kSlotsClearInUse = 8,  // Storing clears the marks; slots that were never used are granted first.
  kSlotsAllTypes = 15,
};

struct SlotTableShm {
  SharedU64 magic;  // From here to `boot_id`: stored before the table has a path, never changed after.
  SharedU32 format_version;
  SharedU32 byte_order;
  SharedU64 total_bytes;
  SharedU32 slot_count;
  SharedU32 slot_bytes;  // As asked for.
  SharedU32 type;
  SharedU32 header_bytes;
  SharedU64 table_id;    // Random.
  SharedU64 created_us;  // Microseconds since 1970-01-01 UTC.
  SharedU64 boot_id;     // Of the running kernel; a disk may keep a table of an earlier one. 0: not known.
  LockShm lock;          // The table's. Stores to the bits, the owners and what is derived need it.
  uint8_t lock_padding[48];
  SharedU32 free_slots;  // Derived.
  SharedU32 creator_pid;
  SharedU32 creator_uid;
  SharedU32 full_words;       // Derived: no word of "in use" below this one has a clear bit.
  SharedU32 ever_used_words;  // The same of "ever used".
  uint8_t padding[44];
};

/// The process that grabbed a slot. Valid while the slot is in use. Stores need the table's lock.
struct SlotOwnerShm {
  SharedU64 start_time;     // Of the process, in clock ticks since boot; 0: not known.
  SharedU64 pid_namespace;  // In which the pid is valid.
  SharedU32 pid;            // 0: no process in particular (restored from a file).
  uint32_t reserved;
};

/// A slot's words; its two buffers follow. Stores need its lock; loads need none.
struct SlotShm {
  LockShm lock;  // The slot's: one put at a time.
  uint8_t lock_padding[48];
  SharedU64 state;      // How often the value went to the other buffer. Bit 0 names the buffer that holds it.
  SharedU32 put_bytes;  // Of a pinned slot with an odd state: how many bytes of buffer 1 belong into buffer 0.
  SharedU32 pinned;     // Not 0: processes may have an address in buffer 0, so the value is there between puts.
  uint8_t padding[48];
};

/// The start of a stored file; bits and slots follow. Not shared: written once, then renamed into place.
struct StoredSlotsHeader {
  uint64_t magic;
  uint32_t format_version;
  uint32_t byte_order;
  uint64_t file_bytes;
  uint32_t slot_count;
  uint32_t slot_bytes;
  uint32_t type;
  uint32_t header_bytes;
  uint64_t table_id;
  uint64_t stored_us;
  uint32_t checksum;  // CRC-32 (zlib's) of all bytes before it, and of all behind the header.
  uint32_t reserved;
};

/// Number and size of a table's slots, and where everything lies that follows from them. Made from private copies.
struct SlotGeometry {
  uint32_t slot_count = 0;
  uint32_t slot_bytes = 0;

  constexpr bool valid() const noexcept {
    return slot_count >= 1 && slot_count <= kMaxTableSlots && slot_bytes >= 1 && slot_bytes <= kMaxTableSlotBytes;
  }
  constexpr uint32_t bit_words() const noexcept { return (slot_count + 63) / 64; }
  constexpr uint64_t in_use_at() const noexcept { return sizeof(SlotTableShm); }
  constexpr uint64_t ever_used_at() const noexcept { return in_use_at() + uint64_t{bit_words()} * 8; }
  constexpr uint64_t owners_at() const noexcept { return ever_used_at() + uint64_t{bit_words()} * 8; }
  constexpr uint64_t slots_at() const noexcept {
    return (owners_at() + uint64_t{slot_count} * sizeof(SlotOwnerShm) + 63) & ~uint64_t{63};
  }
  constexpr uint64_t buffer_bytes() const noexcept { return (uint64_t{slot_bytes} + 63) & ~uint64_t{63}; }
  constexpr uint64_t stride() const noexcept { return sizeof(SlotShm) + 2 * buffer_bytes(); }
  constexpr uint64_t total_bytes() const noexcept { return slots_at() + slot_count * stride(); }

  /// Of a stored file.
  constexpr uint64_t stored_slots_at() const noexcept {
    return sizeof(StoredSlotsHeader) + 2 * uint64_t{bit_words()} * 8;
  }
  constexpr uint64_t stored_bytes() const noexcept { return stored_slots_at() + uint64_t{slot_count} * slot_bytes; }

  constexpr bool operator==(const SlotGeometry&) const noexcept = default;
};

static_assert(sizeof(SlotTableShm) == 192 && sizeof(SlotOwnerShm) == 24 && sizeof(SlotShm) == 128);
static_assert(offsetof(SlotTableShm, magic) == 0 && offsetof(SlotTableShm, format_version) == 8);
static_assert(offsetof(SlotTableShm, byte_order) == 12 && offsetof(SlotTableShm, total_bytes) == 16);
static_assert(offsetof(SlotTableShm, slot_count) == 24 && offsetof(SlotTableShm, slot_bytes) == 28);
static_assert(offsetof(SlotTableShm, type) == 32 && offsetof(SlotTableShm, header_bytes) == 36);
static_assert(offsetof(SlotTableShm, table_id) == 40 && offsetof(SlotTableShm, created_us) == 48);
static_assert(offsetof(SlotTableShm, boot_id) == 56 && offsetof(SlotTableShm, lock) == 64);
static_assert(offsetof(SlotTableShm, free_slots) == 128 && offsetof(SlotTableShm, creator_uid) == 136);
static_assert(offsetof(SlotTableShm, full_words) == 140 && offsetof(SlotTableShm, ever_used_words) == 144);
static_assert(offsetof(SlotOwnerShm, pid_namespace) == 8 && offsetof(SlotOwnerShm, pid) == 16);
static_assert(offsetof(SlotShm, state) == 64 && offsetof(SlotShm, put_bytes) == 72);
static_assert(offsetof(SlotShm, pinned) == 76);
static_assert(sizeof(StoredSlotsHeader) == 64 && offsetof(StoredSlotsHeader, file_bytes) == 16);
static_assert(offsetof(StoredSlotsHeader, slot_count) == 24 && offsetof(StoredSlotsHeader, type) == 32);
static_assert(offsetof(StoredSlotsHeader, table_id) == 40 && offsetof(StoredSlotsHeader, checksum) == 56);

}  // namespace shmpack
