// SPDX-License-Identifier: BSD-3-Clause
//
// Attaching to a region, creating it where there is none, and telling it from what else may lie under its key.

#include <cstring>

#include "core/region/region_header.h"
#include "core/region/region_view.h"
#include "core/region/stripe.h"
#include "port/clock.h"
#include "port/deadline.h"
#include "port/process_identity.h"
#include "port/random_id.h"
#include "port/robust_lock.h"
#include "port/segment.h"
#include "port/users.h"
#include "shmpack/region.h"

namespace shmpack {

namespace {

constexpr int kTries = 1000;  // Removals and creations by other processes that one Attach() outlasts.
constexpr uint64_t kStockMinimumBytes = kStockHeaderBytes;  // ext/sysvshm's "memorysize too small".

/// What the heap's values may take: half as much again as asked, so that whatever fits a stock segment of `size_bytes`
/// fits. Only floats are longer in docs/format/values.md's forms than in the text of serialize():
///
///   an element of a list, of a map, a property     here          stock                    here / stock
///   float                                          9             i:0;d:0;     8 or more   1.13
///   float, in a map with keys of one digit         1 + 9         i:5;d:0;     8           1.25
///   reference to a float, beside an object         12            i:0;d:0;     8 or more   1.5
///   the same in a map, keys of one digit           1 + 12        i:5;d:0;     8           1.63
///   the same in a map, other keys                  1 + 12        i:10;d:0;    9 or more   1.44
///   the same as a property                         2 + 12        s:1:"a";d:0; 12 or more  1.17
///   any other, referred to or not                  at most as long
///
/// No map has more than ten keys of one digit, so it exceeds 1.5 by 10 bytes at most. Its own text in stock, key
/// included, has 10 more than its heads and the head of a reference to it here, and 1.5 of that is 15. What stands
/// alone has no key, but a chunk, of 32 bytes in stock, that does not count here. Rounding up to 8 is in there, too.
constexpr uint64_t QuotaOf(uint64_t size_bytes) noexcept {
  constexpr uint64_t kHalfGroup = sizeof(EntryGroupShm) / 2;
  return (size_bytes + size_bytes / 2 + kHalfGroup - 1) / kHalfGroup * kHalfGroup;
}

/// Twice the quota: an overwrite needs room for the old value and the new one, and entries and blocks have headers. And
/// a group of entries, because of the last one as little as an entry may be used. Behind the header is room for whole
/// groups, so that no entry lies in two cache lines.
constexpr uint64_t RegionBytes(uint64_t quota) noexcept {
  return sizeof(HeaderShm) + sizeof(EntryGroupShm) + 2 * quota;
}
constexpr uint64_t QuotaOfRegion(uint64_t bytes) noexcept {
  return (bytes - sizeof(HeaderShm) - sizeof(EntryGroupShm)) / 2;
}
constexpr bool IsRegionSize(uint64_t bytes) noexcept {
  return bytes >= RegionBytes(0) && bytes <= kMaxRegionBytes &&
         (bytes - sizeof(HeaderShm)) % sizeof(EntryGroupShm) == 0;
}

/// Until `decoy` is there, a stock process that attaches takes the segment for a fresh one and makes it its own.
void StoreDecoy(HeaderShm& header, uint64_t bytes) noexcept {
  DecoyShm& decoy = header.decoy;
  Store(decoy.start, kStockHeaderBytes);
  Store(decoy.end, uint64_t{0});
  Store(decoy.free, uint64_t{0});
  Store(decoy.total_bytes, bytes);
  Store(decoy.magic, kStockMagic);
}

void InitialiseLocked(HeaderShm& header, uint64_t bytes) noexcept {
  // All that takes time comes first: between the decoy and the magic, a stock process that was just about to write may
  // still do so.
  const uint64_t now_us = WallClockUs();
  const uint64_t hash_key = RandomId();
  const uint64_t region_id = RandomId();
  const auto creator_pid = OwnProcess();
  const auto creator_uid = OwnUser();
  StoreDecoy(header, bytes);
  OriginShm& origin = header.origin;
  Store(header.format_version, kFormatVersion);
  Store(header.byte_order, kByteOrderMark);
  Store(header.quota_bytes, QuotaOfRegion(bytes));
  Store(header.index.hash_key, hash_key);
  Store(origin.region_id, region_id);
  Store(origin.created_us, now_us);
  Store(origin.creator_pid, creator_pid);
  Store(origin.creator_uid, creator_uid);
  Store(origin.header_bytes, static_cast<uint32_t>(sizeof(HeaderShm)));
  Store(origin.group_bytes, static_cast<uint32_t>(sizeof(EntryGroupShm)));
  Store(header.writer.heap_end, RegionView::heap_begin());
  // The commit: without it the next one to attach does all of the above again.
  Store(header.magic, kMagic);
}

/// Whether the first bytes are those of a segment that ext/sysvshm made, and not a region's, which begins like one.
bool IsStock(const SegmentHandle& segment) noexcept {
  if (segment.bytes < sizeof(DecoyShm)) {
    return segment.bytes >= sizeof kStockMagicBytes &&
           std::memcmp(segment.base, kStockMagicBytes, sizeof kStockMagicBytes) == 0;
  }
  const DecoyShm& decoy = *static_cast<const DecoyShm*>(segment.base);
  if (Load(decoy.magic) != kStockMagic) return false;
  // What stock makes ends behind its own header; and what is neither that nor a decoy is not for us to finish.
  return Load(decoy.start) != kStockHeaderBytes || Load(decoy.end) != 0 || Load(decoy.free) != 0;
}

/// Whether the bytes are a region that this program can use.
Status Check(const SegmentHandle& segment) noexcept {
  const Status stock(Code::kStockSegment, "it is a segment of ext/sysvshm");
  if (segment.bytes < sizeof(HeaderShm)) {
    return IsStock(segment) ? stock : Status(Code::kForeign, "it is not a shmpack region");
  }
  const HeaderShm& header = *static_cast<const HeaderShm*>(segment.base);
  const uint64_t magic = Load(header.magic);
  // First: of the other byte order, what begins like a stock segment cannot be told from one.
  if (magic == __builtin_bswap64(kMagic)) return Status(Code::kByteOrder, "it was written with the other byte order");
  if (IsStock(segment)) return stock;
  if (magic != kMagic) return Status(Code::kForeign, "it is not a shmpack region");
  const Status intact = CheckIntact(header);
  if (!intact.ok()) return intact;
  if (Load(header.format_version) != kFormatVersion) {
    return Load(header.format_version) > kFormatVersion ? Status(Code::kVersion, "its format is newer")
                                                        : Status(Code::kVersion, "its format is older");
  }
  if (Load(header.byte_order) != kByteOrderMark || !IsRegionSize(segment.bytes) ||
      Load(header.decoy.start) != kStockHeaderBytes || Load(header.decoy.total_bytes) != segment.bytes ||
      Load(header.origin.header_bytes) != sizeof(HeaderShm) ||
      Load(header.origin.group_bytes) != sizeof(EntryGroupShm)) {
    return Status(Code::kCorrupt, "its header contradicts its size");
  }
  return {};
}

/// Whether a maker is still filling it in, or was killed at that.
bool IsHalfMade(const SegmentHandle& segment) noexcept {
  return segment.half_made && IsRegionSize(segment.bytes) && !IsStock(segment) &&
         Load(static_cast<const HeaderShm*>(segment.base)->magic) == 0;
}

/// Initialises a segment that carries the mark and no magic: just made by this process, or left by a killed maker.
/// Several processes may try. As soon as the magic is there it is a region for all, held lock or not.
Acquired FinishRegion(const SegmentHandle& segment, Deadline& deadline) noexcept {
  HeaderShm& header = *static_cast<HeaderShm*>(segment.base);
  const Acquired acquired = AcquireRobustLock(header.lock, deadline);
  if (acquired == Acquired::kTimeout) return acquired;
  const bool half_made = Load(header.magic) == 0;
  // Between the last look and the lock there may have been a wait, and stock.
  if (half_made && !IsStock(segment)) InitialiseLocked(header, segment.bytes);
  // Another process may have finished it meanwhile, and died writing to it: then the repair is still to be done.
  ReleaseRobustLock(header.lock, half_made || acquired == Acquired::kClean);
  return acquired;
}

/// Finishes a half-made segment, or, where it may not be written to, gives its maker a moment. kTimeout: a maker that
/// lives is done in less than a millisecond, so what kept us waiting is remembered, whatever process it names. As the
/// magic's, which will be there when the lock's word has another meaning.
Status AwaitMaker(const SegmentHandle& segment, Deadline& deadline) noexcept {
  HeaderShm& header = *static_cast<HeaderShm*>(segment.base);
  const bool is_stuck = deadline.IsKnownStuck(&header.magic, Load(header.lock.word));
  if (!segment.read_only) {
    Deadline brief(kBriefMs, deadline);
    (void)FinishRegion(segment, is_stuck ? brief : deadline);
  } else if (!is_stuck) {
    SleepUs(1000);
  }
  // Hostile bytes may be half-made again and again.
  if ((!is_stuck && deadline.SecondsLeft() > 0) || !IsHalfMade(segment)) return {};
  deadline.RememberStuck(&header.magic, Load(header.lock.word));
  return Status(Code::kTimeout, "another process is creating it and does not finish");
}

/// Maps a segment and makes sure that it is a whole region, finishing it where that is to be done.
Status Open(int32_t id, uint32_t timeout_ms, SegmentHandle* segment) noexcept {
  Status status = MapSegment(id, segment);
  if (!status.ok()) return status;
  Deadline deadline(timeout_ms, ObjectOf(segment->base, segment->id));
  while (status.ok() && IsHalfMade(*segment)) status = AwaitMaker(*segment, deadline);
  if (status.ok()) status = Check(*segment);
  if (status.ok() && segment->half_made) status = FinishSegment(id);
  if (!status.ok()) UnmapSegment(segment->base, segment->bytes, segment->id);
  return status;
}

Status CheckSize(uint64_t size_bytes) noexcept {
  if (size_bytes < kStockMinimumBytes) return Status(Code::kTooSmall, "memorysize too small, the smallest is 40 bytes");
  if (size_bytes > kMaxDataBytes) return Status(Code::kTooLarge, "at most 5368709120 bytes can be asked for");
  return {};
}

/// Makes a segment for a new region, unless this process could not map it. From now on other processes may use it,
/// whatever becomes of this one.
Status Create(int32_t key, uint64_t size_bytes, uint32_t permissions, int32_t* id) noexcept {
  Status status = CheckSize(size_bytes);
  if (status.ok()) status = TryMapping(RegionBytes(QuotaOf(size_bytes)));
  if (status.ok()) status = CreateSegment(key, RegionBytes(QuotaOf(size_bytes)), permissions, id);
  return status;
}

/// Whether a segment that is there is one of a trusted user, before anything of it is looked at.
Status CheckCreator(int32_t id, const TrustedOwners* trusted) noexcept {
  if (trusted == nullptr || trusted->anybody) return {};
  SegmentInfo info;
  const Status status = DescribeSegment(id, &info);
  if (!status.ok() || trusted->Contains(info.creator_uid, OwnUser())) return status;
  return Status(Code::kUntrusted, "its creator is not trusted");
}

/// A region without a key: no other process can attach to it.
Status CreatePrivate(uint64_t size_bytes, SegmentHandle* segment) noexcept {
  Status status = CheckSize(size_bytes);
  if (status.ok()) status = MapPrivateSegment(RegionBytes(QuotaOf(size_bytes)), segment);
  if (status.ok()) InitialiseLocked(*static_cast<HeaderShm*>(segment->base), segment->bytes);
  return status;
}

static_assert(RegionBytes(QuotaOf(kMaxDataBytes)) <= kMaxRegionBytes);

}  // namespace

uint64_t Region::BytesFor(uint64_t size_bytes) noexcept { return RegionBytes(QuotaOf(size_bytes)); }

Status Region::Attach(int32_t key, uint64_t size_bytes, uint32_t permissions, uint32_t timeout_ms, Region* out,
                      const TrustedOwners* trusted) noexcept {
  SegmentHandle segment;
  Status status(Code::kChanged);
  if (key == 0) status = CreatePrivate(size_bytes, &segment);
  for (int tries = 0; status.code() == Code::kChanged && tries < kTries; ++tries) {
    int32_t id = -1;
    bool made = false;
    status = FindSegment(key, &id);
    if (status.code() == Code::kNotFound) {
      status = Create(key, size_bytes, permissions, &id);
      made = status.ok();
    } else if (status.ok()) {
      status = CheckCreator(id, trusted);
    }
    if (status.ok()) status = Open(id, timeout_ms, &segment);
    if (made && !status.ok()) RemoveUnmappedSegment(id);
  }
  if (!status.ok()) return status;
  out->header_ = static_cast<HeaderShm*>(segment.base);
  out->bytes_ = segment.bytes;
  out->segment_id_ = segment.id;
  out->read_only_ = segment.read_only;
  return {};
}

void Region::Detach() noexcept {
  if (header_ != nullptr) UnmapSegment(header_, bytes_, segment_id_);
  *this = Region();
}

Status Region::RemoveSegment() noexcept { return RemoveSegmentId(segment_id_); }

}  // namespace shmpack
