// SPDX-License-Identifier: BSD-3-Clause
//
// What a process has waited for in vain costs its later calls a moment only.

#include "port/stuck_words.h"

#include <linux/futex.h>
#include <sys/wait.h>

#include <thread>

#include "core/base/shared_access.h"
#include "core/region/region_view.h"
#include "port/deadline.h"
#include "test_region.h"

namespace shmpack {
namespace {

uint32_t GoneProcess() {
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  return static_cast<uint32_t>(gone);
}

TEST(StuckWordsTest, AReaderWaitsForAWriterInVainOnce) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  ASSERT_EQ(Put(*region, 2, "other"), Code::kOk);
  const RegionView view(*region);
  EntryShm& entry = view.entry(0);
  const uint64_t version = entry.version;
  entry.version = version | 1;
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  EXPECT_EQ(reader.Peek(1, 100, &peeked).code(), Code::kTimeout);
  EXPECT_EQ(reader.Peek(1, kForEverMs, &peeked).code(), Code::kTimeout);
  EXPECT_EQ(reader.Peek(2, kForEverMs, &peeked).code(), Code::kOk);
  entry.version = version;
  EXPECT_EQ(reader.Peek(1, kForEverMs, &peeked).code(), Code::kOk);
}

TEST(StuckWordsTest, AReaderWaitsAnewForAWriterThatExists) {
  for (const bool has_stripe : {false, true}) {
    TestRegion region(1'000);
    ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
    HeaderShm& header = RegionTestPeer::Header(*region);
    (has_stripe ? header.stripes[TestStripeOf(1)].lock : header.lock).word = static_cast<uint32_t>(getppid());
    EntryShm& entry = RegionView(*region).entry(0);
    const uint64_t version = entry.version;
    entry.version = version | 1;
    Region reader = RegionTestPeer::ReadOnly(*region);
    Peeked peeked;
    EXPECT_EQ(reader.Peek(1, 100, &peeked).code(), Code::kTimeout);
    std::thread writes([&] {
      usleep(50'000);
      entry.version = version;
    });
    EXPECT_EQ(reader.Peek(1, kForEverMs, &peeked).code(), Code::kOk);
    writes.join();
  }
}

SharedU64* busy_sequence;
const void* busy_slot;

/// Whenever a reader looks at the entry, writers have done something elsewhere.
void WriteElsewhere(const void* word) {
  if (word == busy_slot) *busy_sequence += 2;
}

TEST(StuckWordsTest, AReaderTakesNoSlotForStuckWhileWritersAreAtWork) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  const RegionView view(*region);
  SharedU64& version = view.entry(0).version;
  version = version | 1;
  busy_sequence = &view.header().index.structure_sequence;
  busy_slot = &version;
  Region reader = RegionTestPeer::ReadOnly(*region);
  Peeked peeked;
  load_hook = WriteElsewhere;
  EXPECT_EQ(reader.Peek(1, 50, &peeked).code(), Code::kTimeout);
  load_hook = nullptr;
  const SharedObject object = ObjectOf(&view.header(), reader.segment_id());
  EXPECT_FALSE(IsKnownStuck(object, &version, version));
}

TEST(StuckWordsTest, AReaderTakesNoSlotForStuckWhoseWriterExists) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  const RegionView view(*region);
  HeaderShm& header = view.header();
  SharedU64& version = view.entry(0).version;
  version = version | 1;
  Region reader = RegionTestPeer::ReadOnly(*region);
  const auto is_known = [&] {
    const SharedObject object = ObjectOf(&header, reader.segment_id());
    return IsKnownStuck(object, &version, version ^ header.index.structure_sequence << 32);
  };
  Peeked peeked;
  for (LockShm* lock : {&header.lock, &header.stripes[TestStripeOf(1)].lock}) {
    lock->word = static_cast<uint32_t>(getppid());
    EXPECT_EQ(reader.Peek(1, 50, &peeked).code(), Code::kTimeout);
    EXPECT_FALSE(is_known());
    lock->word = 0;
  }
  EXPECT_EQ(reader.Peek(1, 50, &peeked).code(), Code::kTimeout);
  EXPECT_TRUE(is_known());
}

TEST(StuckWordsTest, AWordIsKnownByObjectPlaceAndValue) {
  uint64_t words[4] = {};
  uint64_t mapped_again[4] = {};
  const SharedObject object = {words, 7};
  RememberStuck(object, &words[1], 5);
  EXPECT_TRUE(IsKnownStuck(object, &words[1], 5));
  EXPECT_TRUE(IsKnownStuck({mapped_again, 7}, &mapped_again[1], 5));
  EXPECT_FALSE(IsKnownStuck(object, &words[2], 5));
  EXPECT_FALSE(IsKnownStuck({words, 8}, &words[1], 5));
  // Last, because a word that is seen to have changed is forgotten.
  EXPECT_FALSE(IsKnownStuck(object, &words[1], 6));
  RememberStuck({words, 0}, &words[1], 5);
  EXPECT_FALSE(IsKnownStuck({words, 0}, &words[1], 5));
}

TEST(StuckWordsTest, OnlyWhatStoodMostOfTheTimeIsRemembered) {
  uint64_t word = 0;
  const SharedObject object = {&word, 9};
  Deadline(0, object).RememberStuck(&word, 1);
  EXPECT_FALSE(IsKnownStuck(object, &word, 1)) << "it was not waited for";
  Deadline(1'000, object).RememberStuckSince(0.4, &word, 1);
  EXPECT_FALSE(IsKnownStuck(object, &word, 1));
  Deadline(1'000, object).RememberStuckSince(0.6, &word, 1);
  EXPECT_TRUE(IsKnownStuck(object, &word, 1));
}

TEST(StuckWordsTest, ADeadlineInsideOfAnotherIsOverWithIt) {
  Deadline over(0);
  EXPECT_LE(Deadline(kForEverMs, over).SecondsLeft(), 0);
  Deadline for_ever(kForEverMs);
  EXPECT_LT(Deadline(1, for_ever).SecondsLeft(), 1);
}

TEST(StuckWordsTest, ALockThatNobodyGivesBackCostsTheTimeoutOnceInAProcess) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  HeaderShm& header = RegionTestPeer::Header(*region);
  for (LockShm* lock : {&header.lock, &header.stripes[TestStripeOf(1)].lock}) {
    lock->word = GoneProcess();
    EXPECT_EQ(region->Put(1, "new", 3, 100).code(), Code::kTimeout);
    // Through another handle, too, as the next request has one.
    Region again = region.AttachAgain();
    EXPECT_EQ(again.Put(1, "new", 3, kForEverMs).code(), Code::kTimeout);
    EXPECT_EQ(again.Put(1, std::string(100, 'n').data(), 100, kForEverMs).code(), Code::kTimeout);
    EXPECT_EQ(again.Remove(1, kForEverMs).code(), Code::kTimeout);
    EXPECT_EQ(Get(again, 1), "old");
    again.Detach();
    lock->word = 0;
    EXPECT_EQ(region->Put(1, "old", 3, kForEverMs).code(), Code::kOk);
  }
}

TEST(StuckWordsTest, AWordThatWasSeenToChangeIsForgotten) {
  const uint64_t words[2] = {};
  const SharedObject object = {words, 7};
  RememberStuck(object, &words[0], 5);
  EXPECT_TRUE(IsKnownStuck(object, &words[0], 5));
  // Of another place nothing follows.
  EXPECT_FALSE(IsKnownStuck(object, &words[1], 6));
  EXPECT_TRUE(IsKnownStuck(object, &words[0], 5));
  EXPECT_FALSE(IsKnownStuck(object, &words[0], 6));
  EXPECT_FALSE(IsKnownStuck(object, &words[0], 5));
}

TEST_F(AttachOverTest, AMakerThatWasTooSlowIsWaitedForWhenItHoldsTheRegionsLock) {
  auto* header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  const uint32_t maker = static_cast<uint32_t>(getppid()) | FUTEX_WAITERS;
  header->lock.word = maker;
  ASSERT_EQ(AttachCode(), Code::kTimeout);
  header->lock.word = 0;  // It is done.
  Region region;
  ASSERT_EQ(Region::Attach(key_, 600, 0666, kForEverMs, &region).code(), Code::kOk);
  header->lock.word = maker;  // And writes a value.
  std::thread writes([&] {
    usleep(50'000);
    header->lock.word = 0;
  });
  EXPECT_EQ(region.Put(1, "new", 3, kForEverMs).code(), Code::kOk);
  writes.join();
  region.Detach();
}

TEST(StuckWordsTest, AMomentsWaitIsNotRemembered) {
  TestRegion region(1'000);
  ASSERT_EQ(Put(*region, 1, "old"), Code::kOk);
  LockShm& stripe = RegionTestPeer::Header(*region).stripes[TestStripeOf(1)].lock;
  stripe.word = GoneProcess();
  std::thread frees([&] {
    usleep(50'000);
    stripe.word = 0;
  });
  // It is waited for with the region's lock in hand first, for a moment.
  EXPECT_EQ(region->Remove(1, kForEverMs).code(), Code::kOk);
  frees.join();
}

TEST_F(AttachOverTest, WhoDidNotWaitForAMakerHasNotWaitedInVain) {
  auto* header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  header->lock.word = static_cast<uint32_t>(getppid()) | FUTEX_WAITERS;
  Region region;
  EXPECT_EQ(Region::Attach(key_, 600, 0666, 0, &region).code(), Code::kTimeout);
  std::thread makes([&] {
    usleep(50'000);
    header->lock.word = 0;
  });
  EXPECT_EQ(Region::Attach(key_, 600, 0666, kForEverMs, &region).code(), Code::kOk);
  makes.join();
  region.Detach();
}

TEST_F(AttachOverTest, ASquattedKeyCostsTheTimeoutOnce) {
  auto* header = reinterpret_cast<HeaderShm*>(Foreign(Region::BytesFor(600), 0677));
  header->lock.word = static_cast<uint32_t>(getppid());
  EXPECT_EQ(AttachCode(), Code::kTimeout);
  Region region;
  EXPECT_EQ(Region::Attach(key_, 600, 0666, kForEverMs, &region).code(), Code::kTimeout);
  header->lock.word = 0;
  EXPECT_EQ(Region::Attach(key_, 600, 0666, kForEverMs, &region).code(), Code::kOk);
  region.Detach();
}

}  // namespace
}  // namespace shmpack
