// SPDX-License-Identifier: BSD-3-Clause
//
// Compares both checks of UTF-8, by bytes and by vectors, with a slow and plain decoder.

#include "php/values/utf8_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>

namespace {

/// Whether a text is UTF-8 by RFC 3629: each sequence decodes to a scalar value, in the fewest bytes.
bool Decodes(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const auto head = static_cast<uint8_t>(text[at]);
    const size_t more = head < 0x80 ? 0 : head < 0xc0 ? 4 : head < 0xe0 ? 1 : head < 0xf0 ? 2 : head < 0xf8 ? 3 : 4;
    if (more == 4 || text.size() - at - 1 < more) return false;
    uint32_t point = more == 0 ? head : head & (0x3fu >> more);
    for (size_t i = 1; i <= more; ++i) {
      const auto byte = static_cast<uint8_t>(text[at + i]);
      if ((byte & 0xc0) != 0x80) return false;
      point = point << 6 | (byte & 0x3f);
    }
    const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    at += more + 1;
  }
  return true;
}

/// Checks a copy of exactly this size, so that AddressSanitizer sees a read beyond it.
void ExpectRight(const std::string& text) {
  const bool expected = Decodes(text);
  const auto copy = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), copy.get());
  ASSERT_EQ(shmpack::php::IsUtf8(copy.get(), text.size()), expected) << testing::PrintToString(text);
  ASSERT_EQ(shmpack::php::IsAscii(copy.get(), text.size()) || shmpack::php::IsUtf8Multibyte(copy.get(), text.size()),
            expected)
      << testing::PrintToString(text);
}

// The bytes at which the rules change.
constexpr uint8_t kEdges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
                              0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff};

TEST(Utf8Check, AgreesOnAllSequencesOfFourEdges) {
  // In short text; across the borders of vectors and blocks and at the end of long text.
  const struct {
    size_t size, at;
  } places[] = {{4, 0}, {6, 1}, {128, 30}, {128, 124}, {131, 126}, {200, 126}, {200, 196}, {300, 254}};
  for (const auto& place : places) {
    std::string text(place.size, 'x');
    for (const uint8_t a : kEdges) {
      for (const uint8_t b : kEdges) {
        for (const uint8_t c : kEdges) {
          for (const uint8_t d : kEdges) {
            const char bytes[] = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                                  static_cast<char>(d)};
            text.replace(place.at, 4, bytes, 4);
            ExpectRight(text);
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST(Utf8Check, AgreesOnTextOfManyScriptsWithOneByteChanged) {
  const std::string pieces[] = {"plain ",
                                "gr\xc3\xbcn ",
                                "\xd0\x9f\xd1\x80\xd0\xb8 ",
                                "\xe6\x97\xa5\xe6\x9c\xac",
                                "\xf0\x9f\x98\x80",
                                "\xed\x9f\xbf\xee\x80\x80",
                                "\xf4\x8f\xbf\xbf"};
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    const size_t size = random() % 400;
    const size_t kinds = 1 + random() % std::size(pieces);
    while (text.size() < size) text += pieces[random() % kinds];
    ExpectRight(text);
    if (!text.empty()) {
      text[random() % text.size()] = static_cast<char>(kEdges[random() % std::size(kEdges)]);
      ExpectRight(text);
      text.resize(random() % text.size());
      ExpectRight(text);
    }
    if (HasFatalFailure()) return;
  }
}

TEST(Utf8Check, AgreesOnOnePieceAnywhereInLongAscii) {
  const std::string pieces[] = {"\xff", "\xc3\xbc", "\xc3", "\xbc", "\xe6\x97\xa5", "\xf0\x9f\x98"};
  const size_t least = 16 * 1024;
  for (const size_t size : {least - 1, least, least + 1, least + 31, least + 127, least + 200}) {
    const std::string ascii(size, 'x');
    ExpectRight(ascii);
    // At every place near both ends, where blocks begin and end, and at some places between.
    for (size_t at = 0; at < size; at += at < 300 || at > size - 300 ? 1 : 131) {
      for (const std::string& piece : pieces) {
        std::string text = ascii;
        text.replace(at, piece.size(), piece);
        text.resize(size);
        ExpectRight(text);
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
