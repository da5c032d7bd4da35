// SPDX-License-Identifier: BSD-3-Clause
//
// Compares MsgpackReader with msgpack-c, the library: both must accept the same bytes and see the same tokens in them.

#include "shmpack/msgpack_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack.hpp>

namespace shmpack {
namespace {

/// Tokens as text, the same for both parsers.
class TokenLog {
 public:
  void Plain(const char* name) { text_ += name; }
  void Number(const char* name, uint64_t value) { (text_ += name) += std::to_string(value) + " "; }
  void Double(double value) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    Number("double ", bits);
  }
  void Bytes(const char* name, const char* data, uint32_t size) {
    Number(name, size);
    text_.append(data, size);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct LibraryVisitor : msgpack::null_visitor {
  bool visit_nil() { return log.Plain("nil "), true; }
  bool visit_boolean(bool value) { return log.Plain(value ? "true " : "false "), true; }
  bool visit_positive_integer(uint64_t value) {
    log.Number(value > INT64_MAX ? "uint " : "int ", value);
    return true;
  }
  bool visit_negative_integer(int64_t value) { return log.Number("int ", static_cast<uint64_t>(value)), true; }
  bool visit_float32(float value) { return log.Double(value), true; }
  bool visit_float64(double value) { return log.Double(value), true; }
  bool visit_str(const char* data, uint32_t size) { return log.Bytes("str ", data, size), true; }
  bool visit_bin(const char* data, uint32_t size) { return log.Bytes("bin ", data, size), true; }
  bool visit_ext(const char* data, uint32_t size) { return log.Bytes("ext ", data, size), true; }
  bool start_array(uint32_t count) { return log.Number("array ", count), true; }
  bool start_map(uint32_t count) { return log.Number("map ", count), true; }
  void parse_error(size_t, size_t) { failed = true; }
  void insufficient_bytes(size_t, size_t) { failed = true; }

  TokenLog log;
  bool failed = false;
};

/// Whether `bytes` begins with a whole document, of `*used` bytes.
bool ReadWithLibrary(const std::string& bytes, std::string* tokens, size_t* used) {
  LibraryVisitor visitor;
  *used = 0;
  const bool whole = msgpack::parse(bytes.data(), bytes.size(), *used, visitor) && !visitor.failed;
  *tokens = visitor.log.text();
  return whole;
}

bool ReadWithReader(const std::string& bytes, std::string* tokens, size_t* used) {
  // A copy of exactly this size, so that AddressSanitizer sees a read beyond it.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  MsgpackReader reader(exact.data(), exact.size());
  TokenLog log;
  uint64_t pending = 1;
  while (pending > 0) {
    MsgpackToken token;
    const size_t before = reader.bytes_left();
    if (!reader.Next(&token)) {
      EXPECT_EQ(reader.bytes_left(), before);
      return false;
    }
    EXPECT_LT(reader.bytes_left(), before);
    --pending;
    switch (token.kind) {
      case MsgpackKind::kNil:
        log.Plain("nil ");
        break;
      case MsgpackKind::kFalse:
        log.Plain("false ");
        break;
      case MsgpackKind::kTrue:
        log.Plain("true ");
        break;
      case MsgpackKind::kInt:
        log.Number("int ", static_cast<uint64_t>(token.integer));
        break;
      case MsgpackKind::kUint:
        log.Number("uint ", token.unsigned_integer);
        break;
      case MsgpackKind::kDouble:
        log.Double(token.real);
        break;
      case MsgpackKind::kString:
        log.Bytes("str ", token.data, token.size);
        break;
      case MsgpackKind::kBinary:
        log.Bytes("bin ", token.data, token.size);
        break;
      case MsgpackKind::kExt: {
        // The library counts the type as the first byte of the payload.
        const std::string with_type = std::string(1, static_cast<char>(token.ext_type)).append(token.data, token.size);
        log.Bytes("ext ", with_type.data(), token.size + 1);
        break;
      }
      case MsgpackKind::kArray:
        pending += token.size;
        log.Number("array ", token.size);
        break;
      case MsgpackKind::kMap:
        pending += uint64_t{token.size} * 2;
        log.Number("map ", token.size);
        break;
    }
    if (token.kind == MsgpackKind::kArray || token.kind == MsgpackKind::kMap) {
      EXPECT_LE(pending, reader.bytes_left());  // what makes it safe to allocate by a count
    }
  }
  *used = exact.size() - reader.bytes_left();
  EXPECT_EQ(reader.Finished(), reader.bytes_left() == 0);
  MsgpackToken token;
  EXPECT_FALSE(reader.Next(&token));
  *tokens = log.text();
  return true;
}

std::string Hex(const std::string& bytes) {
  static const char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<uint8_t>(c) >> 4];
    text += kDigits[c & 15];
  }
  return text;
}

void ExpectSame(const std::string& bytes, uint64_t* accepted) {
  std::string library_tokens, reader_tokens;
  size_t library_end = 0, reader_end = 0;
  const bool library_accepts = ReadWithLibrary(bytes, &library_tokens, &library_end);
  const bool reader_accepts = ReadWithReader(bytes, &reader_tokens, &reader_end);
  ASSERT_EQ(reader_accepts, library_accepts) << Hex(bytes);
  if (reader_accepts) {
    ASSERT_EQ(reader_end, library_end) << Hex(bytes);
    ASSERT_EQ(reader_tokens, library_tokens) << Hex(bytes);
    ++*accepted;
  }
}

using Packer = msgpack::packer<msgpack::sbuffer>;

std::string RandomBytes(std::mt19937_64& random, size_t size) {
  std::string bytes(size, 0);
  for (char& c : bytes) {
    c = static_cast<char>(random());
  }
  return bytes;
}

/// Sizes around the borders of the short, 8-bit and 16-bit forms.
uint32_t RandomSize(std::mt19937_64& random) {
  static const uint32_t kBorders[] = {0, 1, 2, 4, 8, 15, 16, 17, 31, 32, 255, 256, 300};
  return random() % 4 ? static_cast<uint32_t>(random() % 6) : kBorders[random() % std::size(kBorders)];
}

void PackRandomValue(std::mt19937_64& random, int depth, Packer& packer) {
  const uint64_t bits = random() >> (random() % 64);
  switch (random() % (depth > 0 ? 12 : 9)) {
    case 0:
      packer.pack_nil();
      break;
    case 1:
      random() % 2 ? packer.pack_true() : packer.pack_false();
      break;
    case 2:
      packer.pack_uint64(bits);
      break;
    case 3:
      packer.pack_int64(static_cast<int64_t>(~bits));
      break;
    case 4:
      packer.pack_float(static_cast<float>(static_cast<int64_t>(bits)) / 3);
      break;
    case 5:
      packer.pack_double(static_cast<double>(static_cast<int64_t>(bits)) / 3);
      break;
    case 6: {
      const std::string text = RandomBytes(random, RandomSize(random));
      packer.pack_str(static_cast<uint32_t>(text.size()))
          .pack_str_body(text.data(), static_cast<uint32_t>(text.size()));
      break;
    }
    case 7: {
      const std::string data = RandomBytes(random, RandomSize(random));
      packer.pack_bin(static_cast<uint32_t>(data.size()))
          .pack_bin_body(data.data(), static_cast<uint32_t>(data.size()));
      break;
    }
    case 8: {
      const std::string data = RandomBytes(random, RandomSize(random));
      packer.pack_ext(data.size(), static_cast<int8_t>(random()));
      packer.pack_ext_body(data.data(), static_cast<uint32_t>(data.size()));
      break;
    }
    case 9:
    case 10: {
      const uint32_t count = depth > 2 ? static_cast<uint32_t>(random() % 4) : RandomSize(random);
      packer.pack_array(count);
      for (uint32_t i = 0; i < count; ++i) {
        PackRandomValue(random, depth - 1, packer);
      }
      break;
    }
    default: {
      const uint32_t count = depth > 2 ? static_cast<uint32_t>(random() % 4) : RandomSize(random);
      packer.pack_map(count);
      for (uint32_t i = 0; i < 2 * count; ++i) {
        PackRandomValue(random, depth - 1, packer);
      }
    }
  }
}

std::string RandomDocument(std::mt19937_64& random) {
  msgpack::sbuffer buffer;
  Packer packer(buffer);
  PackRandomValue(random, static_cast<int>(random() % 6), packer);
  return std::string(buffer.data(), buffer.size());
}

TEST(MsgpackReader, AgreesWithLibraryOnDocuments) {
  std::mt19937_64 random(1);
  uint64_t accepted = 0;
  for (int i = 0; i < 40000 && !HasFatalFailure(); ++i) {
    ExpectSame(RandomDocument(random), &accepted);
  }
  EXPECT_EQ(accepted, 40000u);
}

TEST(MsgpackReader, AgreesWithLibraryOnMutatedDocuments) {
  std::mt19937_64 random(2);
  uint64_t accepted = 0;
  for (int i = 0; i < 60000 && !HasFatalFailure(); ++i) {
    std::string bytes = RandomDocument(random);
    for (uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (random() % 2) {
      bytes.resize(random() % (bytes.size() + 4));
    }
    ExpectSame(bytes, &accepted);
  }
  EXPECT_GT(accepted, 5000u);
  EXPECT_LT(accepted, 55000u);
}

TEST(MsgpackReader, AgreesWithLibraryOnRandomBytes) {
  std::mt19937_64 random(3);
  uint64_t accepted = 0;
  for (int i = 0; i < 100000 && !HasFatalFailure(); ++i) {
    std::string bytes = RandomBytes(random, random() % 48);
    if (!bytes.empty() && random() % 4) {
      bytes[0] = static_cast<char>(0x80 + random() % 0x60);  // anything but a small integer
    }
    ExpectSame(bytes, &accepted);
  }
  EXPECT_GT(accepted, 5000u);
}

TEST(MsgpackReader, AgreesWithLibraryOnEveryHeadAndLength) {
  uint64_t accepted = 0;
  for (int head = 0; head < 256 && !HasFatalFailure(); ++head) {
    for (size_t size = 0; size < 40; ++size) {
      for (const char fill : {'\0', '\1', '\x7f', '\xff'}) {
        ExpectSame(std::string(1, static_cast<char>(head)) + std::string(size, fill), &accepted);
      }
    }
  }
  EXPECT_GT(accepted, 10000u);
}

TEST(MsgpackReader, RefusesCountThatOuterContainersLeaveNoBytesFor) {
  // [[nil, nil, nil], ...]: the inner array would need the byte that the outer one still needs.
  const std::string bytes = "\x92\x93\xc0\xc0\xc0";
  MsgpackReader reader(bytes.data(), bytes.size());
  MsgpackToken token;
  ASSERT_TRUE(reader.Next(&token));
  EXPECT_FALSE(reader.Next(&token));
}

TEST(MsgpackReader, ReadsAsManyValuesAsAsked) {
  const std::string bytes = "\x01\x02\x03";
  MsgpackReader reader(bytes.data(), bytes.size(), 2);
  MsgpackToken token;
  ASSERT_TRUE(reader.Next(&token));
  ASSERT_TRUE(reader.Next(&token));
  EXPECT_EQ(token.integer, 2);
  EXPECT_FALSE(reader.Next(&token));
  EXPECT_FALSE(reader.Finished());
}

TEST(MsgpackReader, StringHeaderEndsWhereTheReadersStringBegins) {
  std::mt19937 random(7);
  int found = 0;
  for (int i = 0; i < 300000; ++i) {
    std::string bytes(16 + random() % 400, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 != 0 ? random() % 2 : random());
    const size_t length = 1 + random() % bytes.size();
    bytes[0] = static_cast<char>(random());
    if (i % 2 == 0) bytes[0] = static_cast<char>(i % 4 == 0 ? 0xd9 : 0xc4), bytes[1] = static_cast<char>(length - 2);
    MsgpackReader reader(bytes.data(), length);
    MsgpackToken token;
    const bool is_string = reader.Next(&token) && reader.Finished() &&
                           (token.kind == MsgpackKind::kString || token.kind == MsgpackKind::kBinary);
    const uint32_t header = MsgpackStringHeader(reinterpret_cast<const uint8_t*>(bytes.data()), length);
    ASSERT_EQ(header, is_string ? token.data - bytes.data() : 0) << i;
    found += is_string;
  }
  EXPECT_GT(found, 1000);
}

TEST(MsgpackReader, ReadsShortTextOnlyIfItIsTheSame) {
  for (size_t size = 0; size <= kMaxFixStr; ++size) {
    const std::string text = std::string("abcdefghijklmnopqrstuvwxyz012345").substr(0, size);
    const std::string document = static_cast<char>(0xa0 | size) + text;
    const auto reads = [&document](const std::string& wanted, size_t length) {
      // A copy of exactly this size, so that AddressSanitizer sees a read beyond it.
      const std::vector<char> copy(document.begin(), document.begin() + static_cast<ptrdiff_t>(length));
      MsgpackReader reader(copy.data(), copy.size());
      return reader.ReadShortText(wanted.data(), wanted.size()) ? reader.Finished() : !(reader.bytes_left() == length);
    };
    EXPECT_TRUE(reads(text, document.size()));
    EXPECT_FALSE(reads(text, document.size() - 1)) << size;
    EXPECT_FALSE(reads(text + "x", document.size())) << size;
    for (size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] ^= 1;
      EXPECT_FALSE(reads(other, document.size())) << size << " " << at;
      EXPECT_FALSE(reads(text.substr(0, at), document.size())) << size << " " << at;
    }
  }
  MsgpackReader none("\xa0", 1, 0);
  EXPECT_FALSE(none.ReadShortText("", 0));
}

/// A sink of ReadScalar() that notes its calls as text.
struct Noted {
  std::string* text;
  void Nil() { *text = "nil"; }
  void Bool(bool value) { *text = value ? "true" : "false"; }
  void Int(int64_t value) { *text = "int " + std::to_string(value); }
  void Uint(uint64_t) { *text = "uint"; }
  void Double(double value) { *text = "double " + std::to_string(std::bit_cast<uint64_t>(value)); }
  void String(const char*, uint32_t) { *text = "string"; }
  void Binary(const char*, uint32_t) { *text = "binary"; }
};

TEST(MsgpackReader, ReadsValuesInRegistersAsInMemory) {
  std::mt19937_64 random(8);
  int read = 0;
  for (int i = 0; i < 400000; ++i) {
    ShortBytes value;
    value.words[0] = (random() & ~uint64_t{0xff}) | static_cast<uint64_t>(i & 0xff);
    value.words[1] = random();
    value.count = static_cast<uint32_t>(i / 256) % (sizeof(ShortBytes::words) + 1);
    if (i % 3 == 0) value.words[0] &= random() & ~uint64_t{0x8000};
    std::string expected;
    MsgpackReader reader(reinterpret_cast<const char*>(value.words), value.count);
    const bool whole = reader.ReadScalar(Noted{&expected}) && reader.Finished();
    // ReadShort() leaves a float 32, and what does not fit in registers, to the reader.
    const auto head = static_cast<uint8_t>(value.words[0]);
    const bool is_short = whole && head != 0xca && expected != "uint" && expected != "string" && expected != "binary";
    std::string text;
    ASSERT_EQ(ReadShort(value, Noted{&text}), is_short) << i << " " << expected;
    ASSERT_EQ(text, is_short ? expected : "") << i;
    read += is_short;
  }
  EXPECT_GT(read, 10000);
}

TEST(MsgpackReader, PeeksAtTheNextStringAndNotBeyond) {
  const auto peek = [](const std::string& bytes) { return MsgpackReader(bytes.data(), bytes.size()).PeekShortText(); };
  EXPECT_NE(peek("\xa2"
                 "ab"
                 "12345"),
            0u);
  EXPECT_EQ(peek("\xa2"
                 "ab"
                 "12345"),
            peek("\xa2"
                 "ab"
                 "67890"));
  EXPECT_NE(peek("\xa2"
                 "ab"
                 "12345"),
            peek("\xa2"
                 "ac"
                 "12345"));
  EXPECT_NE(peek("\xa1"
                 "a"
                 "b12345"),
            peek("\xa2"
                 "ab"
                 "12345"));
  EXPECT_EQ(peek("\xa2"
                 "ab"
                 "1234"),
            0u);
  EXPECT_EQ(peek("\xd9\x02"
                 "ab"
                 "12345"),
            0u);
}

}  // namespace
}  // namespace shmpack
