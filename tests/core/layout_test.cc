// SPDX-License-Identifier: BSD-3-Clause
//
// Holds the tables of docs/format to the structs of include/shmpack/region_layout.h, both ways.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <string>

#include "core/region/heap.h"
#include "core/region/index.h"
#include "core/region/stripe.h"
#include "shmpack/region_layout.h"
#include "shmpack/slot_table_layout.h"

namespace shmpack {
namespace {

using Fields = std::map<std::string, size_t>;

/// The fields that the table under `heading` of docs/format/<page>.md names in backquotes, with their offsets.
Fields FieldsOf(const std::string& page, const std::string& heading) {
  std::ifstream document(SHMPACK_ROOT "/docs/format/" + page + ".md");
  EXPECT_TRUE(document.is_open());
  const std::regex row(R"(\| (\d+) \| [^|]+ \| `([a-z_.]+)` \|.*)");
  Fields fields;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.rfind("## ", 0) == 0) inside = line == "## " + heading;
    std::smatch match;
    if (inside && std::regex_match(line, match, row)) fields[match[2]] = std::stoul(match[1]);
  }
  return fields;
}

#define HEADER_FIELD(name) \
  { #name, offsetof(HeaderShm, name) }

TEST(LayoutTest, HeaderIsAsDocumented) {
  const Fields expected = {
      HEADER_FIELD(decoy.magic),
      HEADER_FIELD(decoy.start),
      HEADER_FIELD(decoy.end),
      HEADER_FIELD(decoy.free),
      HEADER_FIELD(decoy.total_bytes),
      HEADER_FIELD(magic),
      HEADER_FIELD(format_version),
      HEADER_FIELD(byte_order),
      HEADER_FIELD(quota_bytes),
      HEADER_FIELD(origin.region_id),
      HEADER_FIELD(origin.created_us),
      HEADER_FIELD(origin.creator_pid),
      HEADER_FIELD(origin.creator_uid),
      HEADER_FIELD(origin.header_bytes),
      HEADER_FIELD(origin.group_bytes),
      HEADER_FIELD(lock.word),
      HEADER_FIELD(lock.pid_namespace),
      HEADER_FIELD(index.structure_sequence),
      HEADER_FIELD(index.entry_count),
      HEADER_FIELD(index.hash_key),
      HEADER_FIELD(writer.heap_end),
      HEADER_FIELD(writer.free_entry),
      HEADER_FIELD(writer.live_entries),
      HEADER_FIELD(writer.live_units),
      HEADER_FIELD(writer.data_bytes),
      HEADER_FIELD(move.armed),
      HEADER_FIELD(move.from),
      HEADER_FIELD(move.to),
      HEADER_FIELD(move.units),
      HEADER_FIELD(move.moved_units),
      HEADER_FIELD(move.entry_from),
      HEADER_FIELD(move.entry_to),
      HEADER_FIELD(stripes),
      HEADER_FIELD(bins.used),
      HEADER_FIELD(bins.head),
  };
  EXPECT_EQ(FieldsOf("region", "Header"), expected);
}

#define STRIPE_FIELD(name) \
  { #name, offsetof(StripeShm, name) }

TEST(LayoutTest, StripeIsAsDocumented) {
  const Fields expected = {
      STRIPE_FIELD(lock.word), STRIPE_FIELD(lock.pid_namespace), STRIPE_FIELD(last_version), STRIPE_FIELD(undo.armed),
      STRIPE_FIELD(undo.meta), STRIPE_FIELD(undo.payload),       STRIPE_FIELD(spare_block),
  };
  EXPECT_EQ(FieldsOf("region", "Stripe"), expected);
  EXPECT_EQ(StripeOfKeyed(0), 0U);
  EXPECT_EQ(StripeOfKeyed(1), 9U);
  EXPECT_EQ(StripeOfKeyed(~uint64_t{0}), 6U);
}

TEST(LayoutTest, EntryAndBlockAreAsDocumented) {
  const Fields entry = {
      {"version", offsetof(EntryShm, version)}, {"key", offsetof(EntryShm, key)},
      {"next", offsetof(EntryShm, next)},       {"meta", offsetof(EntryShm, meta)},
      {"payload", offsetof(EntryShm, payload)},
  };
  EXPECT_EQ(FieldsOf("region", "Entry"), entry);
  const Fields tail = {{"payload", offsetof(EntryTailShm, payload)}, {"bucket", offsetof(EntryTailShm, bucket)}};
  EXPECT_EQ(FieldsOf("region", "Tail of an entry"), tail);
  for (uint64_t i = 0; i < 100; ++i) {
    const uint64_t group_below_end = (i / kGroupEntries + 1) * sizeof(EntryGroupShm);
    EXPECT_EQ(EntryBelowEnd(i), group_below_end - i % kGroupEntries * sizeof(EntryShm)) << i;
    EXPECT_EQ(TailBelowEnd(i),
              group_below_end - offsetof(EntryGroupShm, tails) - i % kGroupEntries * sizeof(EntryTailShm))
        << i;
  }
  const Fields block = {{"units", offsetof(BlockShm, units)}, {"owner", offsetof(BlockShm, owner)}};
  EXPECT_EQ(FieldsOf("region", "Block"), block);
}

TEST(LayoutTest, SlotTableIsAsDocumented) {
  const Fields table = {
      {"magic", offsetof(SlotTableShm, magic)},
      {"format_version", offsetof(SlotTableShm, format_version)},
      {"byte_order", offsetof(SlotTableShm, byte_order)},
      {"total_bytes", offsetof(SlotTableShm, total_bytes)},
      {"slot_count", offsetof(SlotTableShm, slot_count)},
      {"slot_bytes", offsetof(SlotTableShm, slot_bytes)},
      {"type", offsetof(SlotTableShm, type)},
      {"header_bytes", offsetof(SlotTableShm, header_bytes)},
      {"table_id", offsetof(SlotTableShm, table_id)},
      {"created_us", offsetof(SlotTableShm, created_us)},
      {"boot_id", offsetof(SlotTableShm, boot_id)},
      {"lock.word", offsetof(SlotTableShm, lock.word)},
      {"lock.pid_namespace", offsetof(SlotTableShm, lock.pid_namespace)},
      {"free_slots", offsetof(SlotTableShm, free_slots)},
      {"creator_pid", offsetof(SlotTableShm, creator_pid)},
      {"creator_uid", offsetof(SlotTableShm, creator_uid)},
      {"full_words", offsetof(SlotTableShm, full_words)},
      {"ever_used_words", offsetof(SlotTableShm, ever_used_words)},
  };
  EXPECT_EQ(FieldsOf("slots", "Slot table"), table);
  const Fields owner = {
      {"start_time", offsetof(SlotOwnerShm, start_time)},
      {"pid_namespace", offsetof(SlotOwnerShm, pid_namespace)},
      {"pid", offsetof(SlotOwnerShm, pid)},
  };
  EXPECT_EQ(FieldsOf("slots", "Slot owner"), owner);
  const Fields slot = {
      {"lock.word", offsetof(SlotShm, lock.word)}, {"lock.pid_namespace", offsetof(SlotShm, lock.pid_namespace)},
      {"state", offsetof(SlotShm, state)},         {"put_bytes", offsetof(SlotShm, put_bytes)},
      {"pinned", offsetof(SlotShm, pinned)},
  };
  EXPECT_EQ(FieldsOf("slots", "Slot of a table"), slot);
  const Fields stored = {
      {"magic", offsetof(StoredSlotsHeader, magic)},
      {"format_version", offsetof(StoredSlotsHeader, format_version)},
      {"byte_order", offsetof(StoredSlotsHeader, byte_order)},
      {"file_bytes", offsetof(StoredSlotsHeader, file_bytes)},
      {"slot_count", offsetof(StoredSlotsHeader, slot_count)},
      {"slot_bytes", offsetof(StoredSlotsHeader, slot_bytes)},
      {"type", offsetof(StoredSlotsHeader, type)},
      {"header_bytes", offsetof(StoredSlotsHeader, header_bytes)},
      {"table_id", offsetof(StoredSlotsHeader, table_id)},
      {"stored_us", offsetof(StoredSlotsHeader, stored_us)},
      {"checksum", offsetof(StoredSlotsHeader, checksum)},
  };
  EXPECT_EQ(FieldsOf("slots", "Stored slots"), stored);
}

TEST(LayoutTest, PartsOfASlotTableLieWhereTheDocumentSays) {
  constexpr SlotGeometry kGeometry = {100, 20};
  EXPECT_EQ(kGeometry.in_use_at(), 192U);
  EXPECT_EQ(kGeometry.ever_used_at(), 192U + 8 * 2);
  EXPECT_EQ(kGeometry.owners_at(), 192U + 8 * 4);
  EXPECT_EQ(kGeometry.slots_at(), 2624U);
  EXPECT_EQ(kGeometry.total_bytes(), 2624U + 100 * (128 + 2 * 64));
  EXPECT_EQ(kGeometry.stored_bytes(), 64U + 2 * 16 + 100 * 20);
}

TEST(LayoutTest, MagicIsTheBytesThatAreDocumented) {
  const uint64_t table = kSlotTableMagic;
  const uint64_t stored = kStoredSlotsMagic;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&table), sizeof table), std::string("SHMSLOT", 8));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&stored), sizeof stored), std::string("SHMREST", 8));
  const uint64_t magic = kMagic;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&magic), sizeof magic), std::string("SHMPACK", 8));
}

TEST(LayoutTest, BucketsAndBinsFollowTheDocumentedFormulas) {
  // 2^n - 1 at least B; h & M if below B, else h & (M >> 1).
  EXPECT_EQ(BucketOf(0b1101, 2), 1U);
  EXPECT_EQ(BucketOf(0b1101, 12), 5U);
  EXPECT_EQ(BucketOf(0b1101, 14), 13U);
  EXPECT_EQ(BinOf(15), 15U);
  EXPECT_EQ(BinOf(16), 16U);
  EXPECT_EQ(BinOf(0b11011), 16U + 0b101);
  EXPECT_EQ(BinOf(0b1010000), 16U + 8 * 2 + 0b010);
  EXPECT_LT(BinOf(~uint32_t{0}), kBinCount);
}

}  // namespace
}  // namespace shmpack
