// SPDX-License-Identifier: BSD-3-Clause
//
// The first bytes of a region: what stock takes them for, what else may lie there, and what is noticed when another
// program stores into them.

#include "core/region/region_header.h"

#include <linux/futex.h>

#include <cstring>
#include <thread>
#include <vector>

#include "core/base/shared_access.h"
#include "core/region/region_view.h"
#include "port/fault_point.h"
#include "test_region.h"

namespace shmpack {
namespace {

/// What ext/sysvshm stores at the start of a segment: magic, start, end, free, total.
void StoreStockHeader(uint8_t* bytes, uint64_t total) {
  uint64_t words[5] = {0, kStockHeaderBytes, kStockHeaderBytes, total - kStockHeaderBytes, total};
  std::memcpy(words, "PHP_SM", 7);
  std::memcpy(bytes, words, sizeof words);
}

uint8_t* raced_segment;  // What hooks store into.

TEST_F(AttachOverTest, RefusesAStockSegment) {
  uint8_t* bytes = Foreign(200);
  StoreStockHeader(bytes, 200);
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
}

TEST_F(AttachOverTest, RefusesAFullStockSegment) {
  const uint64_t bytes = Region::BytesFor(600);
  auto* const decoy = reinterpret_cast<DecoyShm*>(Foreign(bytes));
  StoreStockHeader(reinterpret_cast<uint8_t*>(decoy), bytes);
  decoy->end = bytes;
  decoy->free = 0;
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
}

TEST_F(AttachOverTest, RefusesAStockSegmentOf32Bits) {
  const auto bytes = static_cast<uint32_t>(Region::BytesFor(600));
  uint8_t* const at = Foreign(bytes);
  const uint32_t words[4] = {24, 24, bytes - 24, bytes};
  std::memcpy(at, kStockMagicBytes, sizeof kStockMagicBytes);
  std::memcpy(at + sizeof kStockMagicBytes, words, sizeof words);
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
}

TEST_F(AttachOverTest, RefusesAStockSegmentWhoseFirstVariableHasOurMagicForItsKey) {
  const uint64_t bytes = Region::BytesFor(600);
  uint8_t* const at = Foreign(bytes);
  StoreStockHeader(at, bytes);
  const uint64_t key = kMagic;
  std::memcpy(at + kStockHeaderBytes, &key, sizeof key);
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
}

TEST_F(AttachOverTest, RefusesWhatStockMadeOfARegionThatWasHalfMade) {
  const uint64_t bytes = Region::BytesFor(600);
  uint8_t* const at = Foreign(bytes, 0677);
  StoreStockHeader(at, bytes);
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
  for (uint64_t i = kStockHeaderBytes; i < bytes; ++i) ASSERT_EQ(at[i], 0);
}

TEST_F(AttachOverTest, RefusesOurMagicBehindOtherBytes) {
  uint8_t* const at = Foreign(Region::BytesFor(600), 0677);
  ASSERT_EQ(AttachCode(), Code::kOk);
  auto* const header = reinterpret_cast<HeaderShm*>(at);
  header->decoy.magic = 0;
  EXPECT_EQ(AttachCode(), Code::kOverwritten);
  StoreStockHeader(at, Region::BytesFor(600));
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
}

TEST_F(AttachOverTest, RefusesADecoyOfWhichOneWordIsNot) {
  const uint64_t bytes = Region::BytesFor(600);
  auto* const header = reinterpret_cast<HeaderShm*>(Foreign(bytes, 0677));
  for (int word = 0; word < 3; ++word) {
    header->decoy.magic = kStockMagic;
    header->decoy.start = kStockHeaderBytes + (word == 0 ? 1 : 0);
    header->decoy.end = word == 1 ? 1 : 0;
    header->decoy.free = word == 2 ? 1 : 0;
    EXPECT_EQ(AttachCode(), Code::kStockSegment) << word;
    EXPECT_EQ(header->magic, 0U);
  }
}

/// Another process finishes the region while its lock is being taken.
void AnotherIsFasterThanTheLock(const char* file, int) {
  if (std::strstr(file, "robust_lock") == nullptr) return;
  reinterpret_cast<HeaderShm*>(raced_segment)->magic = kMagic;
  fault_hook = nullptr;
}

TEST_F(AttachOverTest, WhoFindsTheRegionMadeLeavesTheLockAsItWas) {
  raced_segment = Foreign(Region::BytesFor(600), 0677);
  auto* const header = reinterpret_cast<HeaderShm*>(raced_segment);
  for (const uint32_t word : {0U, uint32_t{FUTEX_OWNER_DIED}}) {
    header->magic = 0;
    header->lock.word = word;
    fault_hook = AnotherIsFasterThanTheLock;
    (void)AttachCode();
    EXPECT_EQ(header->lock.word, word);
  }
}

/// A stock process stores its header while ours is being made: after our own decoy, before our magic.
void StockIsFaster(const char* file, int) {
  auto* const header = reinterpret_cast<HeaderShm*>(raced_segment);
  if (std::strstr(file, "region_attach") == nullptr || header->format_version != kFormatVersion) return;
  StoreStockHeader(raced_segment, Region::BytesFor(600));
  fault_hook = nullptr;
}

TEST_F(AttachOverTest, LooksAgainWhenTheHeaderIsStored) {
  raced_segment = Foreign(Region::BytesFor(600), 0677);
  fault_hook = StockIsFaster;
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
  EXPECT_EQ(fault_hook, nullptr);
}

/// A stock process makes the segment its own while the lock of the half-made region is being taken.
void StockIsFasterThanTheLock(const char* file, int) {
  if (std::strstr(file, "robust_lock") == nullptr) return;
  StoreStockHeader(raced_segment, Region::BytesFor(600));
  fault_hook = nullptr;
}

TEST_F(AttachOverTest, LooksAgainWhenTheLockIsTaken) {
  raced_segment = Foreign(Region::BytesFor(600), 0677);
  fault_hook = StockIsFasterThanTheLock;
  EXPECT_EQ(AttachCode(), Code::kStockSegment);
  uint8_t stock[kStockHeaderBytes];
  StoreStockHeader(stock, Region::BytesFor(600));
  EXPECT_EQ(std::memcmp(raced_segment, stock, sizeof stock), 0);
  for (uint64_t i = kStockHeaderBytes; i < Region::BytesFor(600); ++i) ASSERT_EQ(raced_segment[i], 0) << i;
}

/// Somebody takes our magic away as soon as it is stored.
void TakeTheMagicAway(const void* word) {
  auto* const header = reinterpret_cast<HeaderShm*>(raced_segment);
  if (reinterpret_cast<uintptr_t>(word) % 4096 == offsetof(HeaderShm, magic)) header->magic = 0;
}

TEST_F(AttachOverTest, ASegmentThatIsNeverMadeCostsTheTimeout) {
  raced_segment = Foreign(Region::BytesFor(600), 0677);
  load_hook = TakeTheMagicAway;
  EXPECT_EQ(AttachCode(), Code::kTimeout);
  load_hook = nullptr;
}

/// After each store of a maker: what stock would take the segment for.
HeaderShm* made_header;
int points_with_decoy;

void ExpectDecoyFirstAndWhole(const char* file, int) {
  if (std::strstr(file, "region_attach") == nullptr) return;
  const DecoyShm& decoy = made_header->decoy;
  if (decoy.magic == 0) {
    EXPECT_EQ(made_header->format_version, 0U) << "something was stored before the decoy";
    return;
  }
  ++points_with_decoy;
  EXPECT_EQ(decoy.start, kStockHeaderBytes);
  EXPECT_EQ(decoy.end, 0U);
  EXPECT_EQ(decoy.free, 0U);
  EXPECT_EQ(decoy.total_bytes, Region::BytesFor(600));
}

TEST_F(AttachOverTest, TheDecoyIsThereFirstAndWholeOnceItHasStocksMagic) {
  made_header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  // As another program may have left it.
  made_header->decoy.start = 1;
  fault_hook = ExpectDecoyFirstAndWhole;
  EXPECT_EQ(AttachCode(), Code::kOk);
  fault_hook = nullptr;
  EXPECT_GT(points_with_decoy, 5);
}

TEST(RegionHeaderTest, TheMessageNamesStockOnlyForWhatStockStores) {
  TestRegion region(1'000);
  HeaderShm& header = RegionTestPeer::Header(*region);
  auto* const bytes = reinterpret_cast<uint8_t*>(&header);
  const char* const others = "another program has overwritten its header";
  header.magic = 0;
  EXPECT_STREQ(CheckIntact(header).text(), others);
  std::memset(bytes + sizeof kStockMagicBytes, '4', 100);
  EXPECT_STREQ(CheckIntact(header).text(), others);
  StoreStockHeader(bytes, Region::BytesFor(1'000));
  EXPECT_STREQ(CheckIntact(header).text(), "ext/sysvshm has overwritten its header");
}

TEST(RegionHeaderTest, AnOverwrittenHeaderIsSeenByWhoeverIsAttached) {
  using Overwrite = void (*)(HeaderShm&);
  const Overwrite overwrites[] = {
      [](HeaderShm& header) { StoreStockHeader(reinterpret_cast<uint8_t*>(&header), header.decoy.total_bytes); },
      [](HeaderShm& header) { std::memset(static_cast<void*>(&header), 0, sizeof header); },
      [](HeaderShm& header) { std::memset(static_cast<void*>(&header), '4', 8); },
      [](HeaderShm& header) { std::memset(reinterpret_cast<char*>(&header) + 16, '4', 100); },
      [](HeaderShm& header) { header.magic = 0; },
      [](HeaderShm& header) { header.decoy.end = 1; },
      [](HeaderShm& header) { header.decoy.free = 1; },
  };
  for (const Overwrite overwrite : overwrites) {
    TestRegion region(2'000);
    const std::string large(200, 'l');
    for (int round = 0; round < 2; ++round) {
      ASSERT_EQ(Put(*region, 1, "small"), Code::kOk);
      ASSERT_EQ(Put(*region, 2, large), Code::kOk);
    }
    Peeked peeked;
    ASSERT_TRUE(region->Peek(2, kForEverMs, &peeked).ok());
    InlineValue value;
    ASSERT_TRUE(region->ReadInline(0, 1, &value));
    const std::vector<uint8_t> before(
        reinterpret_cast<uint8_t*>(&RegionTestPeer::Header(*region)) + sizeof(HeaderShm),
        reinterpret_cast<uint8_t*>(&RegionTestPeer::Header(*region)) + Region::BytesFor(2'000));
    overwrite(RegionTestPeer::Header(*region));
    Region reader = RegionTestPeer::ReadOnly(*region);
    std::string out(200, '\0');
    EXPECT_FALSE(region->IsCurrent(peeked.entry, peeked.version));
    EXPECT_FALSE(region->ReadInline(0, 1, &value));
    EXPECT_EQ(region->PeekAt(0, 1, &peeked).code(), Code::kChanged);
    EXPECT_FALSE(region->Copy(peeked, 0, out.data()).ok());
    for (Region* handle : {&*region, &reader}) {
      EXPECT_EQ(handle->Peek(1, kForEverMs, &peeked).code(), Code::kOverwritten);
      EXPECT_EQ(handle->Peek(99, kForEverMs, &peeked).code(), Code::kOverwritten);
    }
    EXPECT_EQ(region->Put(1, "new", 3, kForEverMs).code(), Code::kOverwritten);
    EXPECT_EQ(region->Put(2, large.data(), large.size(), kForEverMs).code(), Code::kOverwritten);
    EXPECT_EQ(region->Put(3, "new", 3, kForEverMs).code(), Code::kOverwritten);
    EXPECT_EQ(region->Remove(1, kForEverMs).code(), Code::kOverwritten);
    EXPECT_EQ(region->ReadLocked(1, kForEverMs, out.data(), out.size(), &peeked).code(), Code::kOverwritten);
    RegionStats stats;
    EXPECT_EQ(region->Stats(kForEverMs, &stats).code(), Code::kOverwritten);
    EXPECT_EQ(std::memcmp(before.data(), &RegionTestPeer::Header(*region) + 1, before.size()), 0);
  }
}

const void* watched_version;
HeaderShm* overwritten_header;

/// Behind all looks that come before a reader's wait.
void OverwriteAtTheHundredthLook(const void* word) {
  static int looks = 0;
  if (word == watched_version && ++looks == 100) overwritten_header->magic = 0;
}

TEST(RegionHeaderTest, AReaderDoesNotWaitForAWriterOfAHeaderThatIsGone) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  SharedU64& version = RegionView(*region).entry(0).version;
  version = version | 1;
  watched_version = &version;
  overwritten_header = &RegionTestPeer::Header(*region);
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  load_hook = OverwriteAtTheHundredthLook;
  EXPECT_EQ(reader.Peek(1, kTestTimeoutMs, &peeked).code(), Code::kOverwritten);
  load_hook = nullptr;
}

TEST(RegionHeaderTest, AHeaderThatIsOverwrittenDuringAWaitIsNotBlamedOnAHolder) {
  TestRegion region(1'000);
  HeaderShm& header = RegionTestPeer::Header(*region);
  header.lock.word = 1;
  std::thread other([&] {
    usleep(50'000);
    std::memset(static_cast<void*>(&header), '4', 80);
  });
  EXPECT_EQ(region->Put(1, "new", 3, 200).code(), Code::kOverwritten);
  other.join();
}

TEST(RegionHeaderTest, AHeaderThatIsOverwrittenDuringAWaitForAStripeIsNotBlamedOnAHolder) {
  for (const uint32_t region_word : {0U, uint32_t{FUTEX_OWNER_DIED}}) {
    TestRegion region(1'000);
    ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    LockShm& stripe = header.stripes[TestStripeOf(1)].lock;
    header.lock.word = region_word;
    stripe.word = 1;
    std::thread other([&] {
      usleep(50'000);
      std::memset(static_cast<void*>(&header), '4', 60);
    });
    EXPECT_EQ(region->Put(1, "new", 3, 200).code(), Code::kOverwritten);
    other.join();
  }
}

TEST(RegionHeaderTest, WhoGetsALockLooksOnceMore) {
  // The other program stores zeros: all locks come free.
  for (const bool whole_region : {true, false}) {
    TestRegion region(1'000);
    ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    StripeShm& stripe = header.stripes[TestStripeOf(1)];
    (whole_region ? header.lock : stripe.lock).word = 1;
    const uint64_t version = RegionView(*region).entry(0).version;
    std::thread other([&] {
      usleep(50'000);
      std::memset(static_cast<void*>(&header), 0, sizeof header.decoy + sizeof header.magic);
      header.lock.word = 0;
      stripe.lock.word = 0;
    });
    EXPECT_EQ(region->Put(1, "new", 3, kForEverMs).code(), Code::kOverwritten);
    other.join();
    EXPECT_EQ(RegionView(*region).entry(0).version, version);
    EXPECT_EQ(header.lock.word, 0U);
    EXPECT_EQ(stripe.lock.word, 0U);
  }
}

}  // namespace
}  // namespace shmpack
