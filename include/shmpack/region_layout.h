// SPDX-License-Identifier: BSD-3-Clause
//
// The bytes of a region, as docs/format/region.md specifies them. Nothing here knows a process: these structs lie in
// shared memory, are the same for every program that maps it, and are only ever reached through atomic accesses.
//
//   0            header (2,432 bytes), which begins with what ext/sysvshm takes for a full segment of its own
//   header end   heap: blocks, one after the other, growing up        | heap_end
//   ...          room that neither has taken yet
//   ...          entries in groups of four, growing down: group g ends 192 * g bytes before the end  | entry_count
//   total_bytes
//
// What is true and what is derived. The entries' versions, keys and values, `entry_count`, `heap_end` and the blocks'
// sizes are the truth; each changes by one store. The hash chains, the free lists, the owners and the counters can be
// computed from them, and are, whenever a process died while it held the lock.
//
// Who may store: a holder of a lock. The region's lock guards everything. A stripe's lock, of which each key has one,
// guards the stripe's words, its spare block, and the version and value words of its variables, for replacing a value
// by one that takes as much room. How the two exclude each other: src/core/region/stripe.h. Who may load: every
// process, at any time, checking what it loads.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "shmpack/shared_word.h"

namespace shmpack {

/// A position in a region, in units of 8 bytes from its start. 0, inside the header, means "none".
enum class Offset : uint32_t { kNone = 0 };

inline constexpr uint32_t kUnitBytes = 8;
inline constexpr uint64_t kMagic = 0x004b'4341'504d'4853;  // "SHMPACK" and a zero byte, on a little-endian machine.
/// How a segment of ext/sysvshm begins, on any machine.
inline constexpr char kStockMagicBytes[8] = {'P', 'H', 'P', '_', 'S', 'M', 0, 0};
inline constexpr uint64_t kStockMagic = std::bit_cast<uint64_t>(kStockMagicBytes);
inline constexpr uint64_t kStockHeaderBytes = 40;
inline constexpr uint32_t kFormatVersion = 1;
/// A block's size has 31 bits of 8-byte units.
inline constexpr uint64_t kMaxRegionBytes = uint64_t{1} << 34;
/// What can be asked for; with the bookkeeping on top of it, it stays below the above.
inline constexpr uint64_t kMaxDataBytes = uint64_t{5} << 30;
/// An entry says with 32 bits how long its value is.
inline constexpr uint64_t kMaxValueBytes = UINT32_MAX;

/// The header of a segment of ext/sysvshm that has no variable and no room. A stock process that attaches to a region
/// takes it for one of its own: it finds nothing, stores nothing, and leaves every byte alone. That needs start >= end
/// and free == 0, also in the halves that a 32-bit PHP reads. Constant after creation.
struct DecoyShm {
  SharedU64 magic;        // kStockMagic.
  SharedU64 start;        // kStockHeaderBytes: where stock's variables would begin,
  SharedU64 end;          // 0: and end.
  SharedU64 free;         // 0. Stock adds a variable only where it has room, and compares after removing the old one.
  SharedU64 total_bytes;  // Of the segment: the region's own size, too.
};

/// What readers without the lock need to find an entry. Guarded by the region's lock for storing.
struct IndexShm {
  SharedU64 structure_sequence;  // Odd while chains change: a reader that found nothing then must look again.
  SharedU32 entry_count;         // Entries [0, entry_count) exist; twice as many hash buckets.
  uint32_t reserved;
  SharedU64 hash_key;  // Random, constant after creation: users who choose keys cannot choose chains and stripes.
  uint8_t padding[40];
};

/// The writers' own words. Guarded by the region's lock.
struct WriterShm {
  SharedU32 heap_end;      // Offset of the first unit above the heap.
  SharedU32 free_entry;    // Derived: 1 + index of the first free entry, 0: none. Linked through payload.
  SharedU32 live_entries;  // Derived: variables in the region.
  SharedU32 live_units;    // Derived: units of the heap that variables own.
  SharedU64 data_bytes;    // Derived: bytes of values in the heap, each rounded up to 8; held to the quota.
  uint8_t padding[40];
};

/// One entry's words as they were before an overwrite. Armed: the entry is put back unless it already carries the
/// version that the stripe gave last.
struct UndoShm {
  SharedU32 armed;  // 1 + index of the entry, 0: nothing to undo.
  SharedU32 meta;
  SharedU64 payload[2];
};

inline constexpr uint32_t kStripeBits = 4;
inline constexpr uint32_t kStripeCount = uint32_t{1} << kStripeBits;

/// What belongs to the keys whose hash begins with the same bits. Guarded by its lock, or by the region's: see above.
struct StripeShm {
  LockShm lock;
  SharedU64 last_version;  // The version given last to one of its keys: even, growing, never given twice in the region.
  UndoShm undo;
  SharedU32 spare_block;  // Derived: Offset of the block that one of its values lay in last, in no list yet; 0: none.
  uint8_t padding[12];
};

/// What compaction is moving. Guarded by the region's lock. A block on its way down the heap, armed: the move is
/// finished, from moved_units on. An entry on its way down the table, entry_from set: if the copy has its version, the
/// original is freed.
struct MoveShm {
  SharedU32 armed;        // 1 + index of the entry that owns the block, 0: no block moves.
  SharedU32 from;         // Offset.
  SharedU32 to;           // Offset, below from.
  SharedU32 units;        // The block's size.
  SharedU32 moved_units;  // How much of it has arrived.
  SharedU32 entry_from;   // 1 + index, 0: no entry moves.
  SharedU32 entry_to;     // Index.
  uint8_t padding[36];
};

inline constexpr uint32_t kBinCount = 256;

/// Free blocks by size. Guarded by the region's lock, derived. src/core/region/heap.h says which size goes into which
/// bin.
struct FreeBinsShm {
  SharedU64 used[kBinCount / 64];  // Bit b: bin b is not empty.
  SharedU32 head[kBinCount];       // Offset of the bin's first block, if bit b is set.
};

/// Where a region comes from, and what lies where in it. Constant after creation.
struct OriginShm {
  SharedU64 region_id;   // Random.
  SharedU64 created_us;  // Microseconds since 1970-01-01 UTC.
  SharedU32 creator_pid;
  SharedU32 creator_uid;
  SharedU32 header_bytes;
  SharedU32 group_bytes;
};

struct HeaderShm {
  DecoyShm decoy;   // Stored first, so that the time in which stock takes the segment for a fresh one is short.
  SharedU64 magic;  // Stored last, so that a region is either whole or seen to be half-made.
  SharedU32 format_version;
  SharedU32 byte_order;
  SharedU64 quota_bytes;     // Values in the heap may take this much; the rest is bookkeeping and room for overwrites.
  LockShm lock;              // The region's.
  uint8_t lock_padding[48];  // Readers without the lock never touch this cache line.
  IndexShm index;
  WriterShm writer;
  MoveShm move;
  StripeShm stripes[kStripeCount];
  FreeBinsShm bins;
  OriginShm origin;
};

/// Whether the words that any program would overwrite which takes the segment for its own are still a region's.
/// Relaxed: they are constant; four loads of one cache line that nobody stores to.
inline bool HeaderIsIntact(const HeaderShm& header) noexcept {
  const auto word = [](const SharedU64& shared) { return shared.load(std::memory_order_relaxed); };
  return ((word(header.decoy.magic) ^ kStockMagic) | word(header.decoy.end) | word(header.decoy.free) |
          (word(header.magic) ^ kMagic)) == 0;
}

inline constexpr uint32_t kInlineBytes = 16;
inline constexpr uint32_t kMetaHeap =
    1;  // meta: the value lies in the heap; payload is bytes << 32 | Offset of its block.
inline constexpr uint32_t kMetaInlineShift = 8;  // meta of a value kept in its entry: bytes << 8.

/// One variable. Half a cache line and never in two of them: a reader beside a writer waits for one line.
struct EntryShm {
  SharedU64 version;  // 0: free. Even: the words below are this version's. Odd: they are being replaced.
  SharedU64 key;      // The variable's key, two's complement.
  SharedU32 next;     // Derived: 1 + index of the next entry of the chain, 0: the last.
  SharedU32 meta;
  SharedU64 payload;  // Of a value kept here: its first 8 bytes.
};

/// What is needed less often. Entry i brings two buckets of the hash index along, which therefore grows with the
/// entries.
struct EntryTailShm {
  SharedU64 payload;    // Of a value kept in its entry: its bytes from the ninth on, if it has more than 8.
  SharedU32 bucket[2];  // Derived: heads of chains 2i and 2i + 1: 1 + index of the first entry, 0: empty.
};

/// Whether an entry's tail holds a part of its value.
constexpr bool UsesTail(uint32_t meta) noexcept {
  return meta > uint32_t{sizeof(EntryShm::payload)} << kMetaInlineShift;
}

inline constexpr uint32_t kGroupEntries = 4;

/// Entries 4g to 4g + 3: three cache lines.
struct EntryGroupShm {
  EntryShm entries[kGroupEntries];
  EntryTailShm tails[kGroupEntries];
};

/// Where they begin, in bytes below the region's end: 192 * (i / 4 + 1) - 32 * (i % 4), in the form that takes the
/// fewest instructions, because a put computes four of them.
constexpr uint64_t EntryBelowEnd(uint64_t index) noexcept {
  return sizeof(EntryGroupShm) + 16 * (3 * index - 5 * (index % kGroupEntries));
}
constexpr uint64_t TailBelowEnd(uint64_t index) noexcept {
  return sizeof(EntryTailShm[kGroupEntries]) + 16 * (3 * index - 4 * (index % kGroupEntries));
}

/// A block of the heap. Sizes include these 8 bytes.
struct BlockShm {
  SharedU32 units;  // Size in units; kPreviousFree is derived.
  SharedU32 owner;  // Derived: 0: free. Else not, and after a rebuild 1 + index of the entry whose value lies here.
};

inline constexpr uint32_t kPreviousFree = uint32_t{1} << 31;

/// What a free block holds behind its BlockShm; its last 4 bytes repeat its size, for the block behind it.
struct FreeLinksShm {
  SharedU32 next;  // Offset.
  SharedU32 previous;
};

static_assert(sizeof(HeaderShm) == 2432 && sizeof(StripeShm) == 64 && sizeof(EntryShm) == 32 &&
              sizeof(EntryTailShm) == 16 && sizeof(EntryGroupShm) == 192 && sizeof(BlockShm) == 8 &&
              sizeof(FreeLinksShm) == 8);
static_assert(sizeof(DecoyShm) == kStockHeaderBytes && offsetof(HeaderShm, decoy) == 0);
static_assert(offsetof(DecoyShm, start) == 8 && offsetof(DecoyShm, end) == 16 && offsetof(DecoyShm, free) == 24);
static_assert(offsetof(DecoyShm, total_bytes) == 32 && offsetof(HeaderShm, magic) == 40);
static_assert(offsetof(HeaderShm, format_version) == 48 && offsetof(HeaderShm, byte_order) == 52);
static_assert(offsetof(HeaderShm, quota_bytes) == 56 && offsetof(HeaderShm, lock) == 64);
static_assert(offsetof(HeaderShm, origin) == 2400 && offsetof(OriginShm, created_us) == 8);
static_assert(offsetof(OriginShm, creator_pid) == 16 && offsetof(OriginShm, creator_uid) == 20);
static_assert(offsetof(OriginShm, header_bytes) == 24 && offsetof(OriginShm, group_bytes) == 28);
static_assert(offsetof(IndexShm, entry_count) == 8 && offsetof(IndexShm, hash_key) == 16 && sizeof(IndexShm) == 64);
static_assert(offsetof(HeaderShm, index) == 128);
static_assert(offsetof(HeaderShm, writer) == 192);
static_assert(offsetof(WriterShm, free_entry) == 4 && offsetof(WriterShm, live_entries) == 8);
static_assert(offsetof(WriterShm, live_units) == 12 && offsetof(WriterShm, data_bytes) == 16);
static_assert(offsetof(HeaderShm, stripes) == 320 && offsetof(StripeShm, last_version) == 16);
static_assert(offsetof(StripeShm, undo) == 24 && sizeof(UndoShm) == 24);
static_assert(offsetof(StripeShm, spare_block) == 48);
static_assert(offsetof(UndoShm, meta) == 4 && offsetof(UndoShm, payload) == 8);
static_assert(offsetof(HeaderShm, move) == 256 && offsetof(MoveShm, moved_units) == 16);
static_assert(offsetof(MoveShm, entry_from) == 20 && offsetof(MoveShm, entry_to) == 24);
static_assert(offsetof(HeaderShm, bins) == 1344 && offsetof(FreeBinsShm, head) == 32);
static_assert(offsetof(EntryShm, key) == 8 && offsetof(EntryShm, next) == 16 && offsetof(EntryShm, meta) == 20);
static_assert(offsetof(EntryShm, payload) == 24 && offsetof(EntryTailShm, bucket) == 8);
static_assert(offsetof(EntryGroupShm, tails) == 128);
static_assert(EntryBelowEnd(0) == 192 && EntryBelowEnd(3) == 96 && EntryBelowEnd(4) == 384 && EntryBelowEnd(6) == 320);
static_assert(TailBelowEnd(0) == 64 && TailBelowEnd(3) == 16 && TailBelowEnd(4) == 256 && TailBelowEnd(6) == 224);

}  // namespace shmpack
