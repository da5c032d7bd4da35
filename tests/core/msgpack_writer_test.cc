// SPDX-License-Identifier: BSD-3-Clause
//
// Compares the writer's forms with those of msgpack-c's packer, the library's.

#include "core/values/msgpack_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <msgpack.hpp>
#include <random>
#include <string>

namespace {

using Packer = msgpack::packer<msgpack::sbuffer>;

std::string Library(auto&& pack) {
  msgpack::sbuffer buffer;
  Packer packer(buffer);
  pack(packer);
  return {buffer.data(), buffer.size()};
}

/// What `pack` writes into exactly as many bytes as it needs.
std::string Ours(size_t room, auto&& pack) {
  const auto bytes = std::make_unique<char[]>(room);
  char* const end = pack(bytes.get());
  return end == nullptr ? "refused" : std::string(bytes.get(), end);
}

std::string BytesOf(const shmpack::ShortBytes& value) {
  return {reinterpret_cast<const char*>(value.words), value.count};
}

void ExpectSameInt(int64_t value) {
  EXPECT_EQ(BytesOf(shmpack::ShortInt(value)), Library([value](Packer& packer) { packer.pack_int64(value); })) << value;
  EXPECT_EQ(Ours(shmpack::kPackedBytes, [value](char* at) { return shmpack::PackInt(at, value); }),
            Library([value](Packer& packer) { packer.pack_int64(value); }))
      << value;
}

TEST(MsgpackWriter, PacksIntegersAroundPowersOfTwoLikeTheLibrary) {
  for (int shift = 0; shift < 64; ++shift) {
    for (int64_t distance = -3; distance <= 3; ++distance) {
      const auto value = static_cast<int64_t>((uint64_t{1} << shift) + static_cast<uint64_t>(distance));
      ExpectSameInt(value);
      ExpectSameInt(static_cast<int64_t>(-static_cast<uint64_t>(value)));
    }
  }
  for (int64_t value = -70000; value <= 70000; ++value) ExpectSameInt(value);
}

TEST(MsgpackWriter, PacksRandomIntegersLikeTheLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200000; ++i) ExpectSameInt(static_cast<int64_t>(random()) >> (random() % 64));
}

TEST(MsgpackWriter, PacksStringHeadsLikeTheLibrary) {
  for (const uint32_t edge : {0U, 32U, 256U, 65536U, UINT32_MAX}) {
    for (uint32_t size = edge - std::min(edge, 3U), i = 0; i < 5; ++size, ++i) {
      EXPECT_EQ(Ours(shmpack::kPackedBytes, [size](char* at) { return shmpack::PackStringHead(at, size, true); }),
                Library([size](Packer& packer) { packer.pack_str(size); }))
          << size;
      EXPECT_EQ(Ours(shmpack::kPackedBytes, [size](char* at) { return shmpack::PackStringHead(at, size, false); }),
                Library([size](Packer& packer) { packer.pack_bin(size); }))
          << size;
      if (size == UINT32_MAX) break;
    }
  }
}

TEST(MsgpackWriter, PacksEveryDoubleAsFloat64) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    const uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof(value));
    std::string expected = Library([bits](Packer& packer) { packer.pack_fix_uint64(bits); });
    expected[0] = static_cast<char>(0xcb);
    EXPECT_EQ(Ours(shmpack::kPackedBytes, [value](char* at) { return shmpack::PackDouble(at, value); }), expected);
    EXPECT_EQ(BytesOf(shmpack::ShortDouble(value)), expected);
  }
  EXPECT_EQ(Ours(shmpack::kPackedBytes, [](char* at) { return shmpack::PackDouble(at, -0.0); }),
            std::string("\xcb\x80\0\0\0\0\0\0\0", 9));
}

std::string OursText(const std::string& text) {
  // A copy of exactly this size, without the NUL, so that AddressSanitizer sees a read beyond it.
  const auto copy = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), copy.get());
  if (text.size() <= shmpack::kMaxFixStr) {
    return Ours(shmpack::kPackedBytes, [&](char* at) { return shmpack::PackShortAscii(at, copy.get(), text.size()); });
  }
  return Ours(shmpack::kPackedBytes + text.size(),
              [&](char* at) { return shmpack::PackMediumAscii(at, copy.get(), text.size()); });
}

TEST(MsgpackWriter, PacksAsciiOfEverySizeLikeTheLibrary) {
  for (uint32_t size = 0; size <= shmpack::kMaxStr8; ++size) {
    std::string text;
    for (uint32_t i = 0; i < size; ++i) text += static_cast<char>((i * 7 + size) % 128);
    EXPECT_EQ(OursText(text), Library([&](Packer& packer) {
                packer.pack_str(size);
                packer.pack_str_body(text.data(), size);
              }))
        << size;
  }
}

TEST(MsgpackWriter, RefusesTextWithOneByteThatIsNotAscii) {
  for (uint32_t size = 1; size <= shmpack::kMaxStr8; ++size) {
    for (uint32_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = static_cast<char>(0x80);
      EXPECT_EQ(OursText(text), "refused") << size << " " << at;
    }
  }
}

}  // namespace
