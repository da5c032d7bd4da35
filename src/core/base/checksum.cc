// SPDX-License-Identifier: BSD-3-Clause

#include "core/base/checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace shmpack {

namespace {

constexpr int kSlices = 8;  // Bytes per step: a table each.

constexpr auto kTables = [] {
  std::array<std::array<uint32_t, 256>, kSlices> tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb8'8320 : 0);
    tables[0][i] = crc;
  }
  for (int slice = 1; slice < kSlices; ++slice) {
    for (uint32_t i = 0; i < 256; ++i) {
      const uint32_t before = tables[slice - 1][i];
      tables[slice][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}();

}  // namespace

uint32_t Crc32(uint32_t crc, const void* data, uint64_t bytes) noexcept {
  const auto* at = static_cast<const uint8_t*>(data);
  crc = ~crc;
  if constexpr (std::endian::native == std::endian::little) {
    for (; bytes >= kSlices; bytes -= kSlices, at += kSlices) {
      uint32_t words[2];
      std::memcpy(words, at, sizeof words);
      words[0] ^= crc;
      crc = 0;
      for (int i = 0; i < 4; ++i) {
        crc ^= kTables[7 - i][words[0] >> (8 * i) & 0xff] ^ kTables[3 - i][words[1] >> (8 * i) & 0xff];
      }
    }
  }
  for (; bytes > 0; --bytes, ++at) crc = crc >> 8 ^ kTables[0][(crc ^ *at) & 0xff];
  return ~crc;
}

}  // namespace shmpack
