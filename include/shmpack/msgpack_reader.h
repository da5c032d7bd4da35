// SPDX-License-Identifier: BSD-3-Clause
//
// MsgpackReader: takes a range of bytes apart into msgpack tokens, one at a time.
//
// The bytes may be hostile, but must be private: nobody may change them meanwhile. The reader allocates nothing, never
// throws, has no destructor, and a string token points into the range instead of copying it. Copying a reader copies
// its position. One reader belongs to one thread.
//
// The reader knows how many values must still follow (an array of n asks for n, a map for 2n), and refuses a count that
// the bytes left cannot hold, the still unread values of all enclosing containers included. So the counts of all
// containers of one document together never exceed its size, and a caller may allocate by them.
//
// Held to the library's parser by tests/core/msgpack_reader_test.cc; the format is in docs/format/values.md.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmpack/value_bytes.h"

namespace shmpack {

enum class MsgpackKind : uint8_t {
  kNil,
  kFalse,
  kTrue,
  kInt,   // every integer that fits an int64_t
  kUint,  // an integer above INT64_MAX
  kDouble,
  kString,
  kBinary,
  kExt,
  kArray,
  kMap,
};

struct MsgpackToken {
  MsgpackKind kind;
  int8_t ext_type;  // kExt only
  uint32_t size;    // bytes of kString, kBinary, kExt; elements of kArray; pairs of kMap
  union {
    int64_t integer;            // kInt
    uint64_t unsigned_integer;  // kUint
    double real;                // kDouble
    const char* data;           // kString, kBinary, kExt: the bytes, inside the reader's range
  };
};

/// Bytes from the head to the end of the number, length or count that every form from c0 to df has; 0: no such form.
inline constexpr uint8_t kMsgpackHeaderBytes[32] = {
    1, 0, 1, 1,     // c0: nil, never used, false, true
    2, 3, 5,        // c4: bin 8, 16, 32
    3, 4, 6,        // c7: ext 8, 16, 32, with the type
    5, 9,           // ca: float 32, 64
    2, 3, 5, 9,     // cc: uint 8, 16, 32, 64
    2, 3, 5, 9,     // d0: int 8, 16, 32, 64
    2, 2, 2, 2, 2,  // d4: fixext 1, 2, 4, 8, 16, with the type
    2, 3, 5,        // d9: str 8, 16, 32
    3, 5,           // dc: array 16, 32
    3, 5,           // de: map 16, 32
};

/// Big-endian, at any alignment. By the compiler's own byte swap: of a loop over the bytes gcc makes one.
template <typename T>
T LoadBig(const uint8_t* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(value));
  if constexpr (std::endian::native == std::endian::big) {
    return value;
  } else if constexpr (sizeof(T) == 8) {
    return __builtin_bswap64(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    static_assert(sizeof(T) == 2);
    return __builtin_bswap16(value);
  }
}

/// If `length` bytes, of which the first 16 are at `head`, are one str or bin, the bytes of its header; else 0. (Of
/// less than 16 the rest may be anything.)
inline uint32_t MsgpackStringHeader(const uint8_t* head, uint64_t length) noexcept {
  const uint8_t first = *head;
  if ((first & 0xe0) == 0xa0) {
    return 1u + (first & 0x1f) == length ? 1 : 0;
  }
  if (!((first >= 0xc4 && first <= 0xc6) || (first >= 0xd9 && first <= 0xdb))) {
    return 0;
  }
  const uint32_t header = kMsgpackHeaderBytes[first - 0xc0];
  const uint64_t size = LoadBig<uint64_t>(head + 1) >> (64 - 8 * (header - 1));
  return header + size == length ? header : 0;
}

class MsgpackReader {
 public:
  /// An unset reader; assign one before use.
  MsgpackReader() noexcept = default;
  /// Reads `values` whole values from `size` bytes at `data`, which must outlive the reader.
  MsgpackReader(const char* data, size_t size, uint32_t values = 1) noexcept
      : at_(reinterpret_cast<const uint8_t*>(data)), end_(at_ + size), pending_(values) {}

  /// Reads the next token. False: the bytes are malformed or end too early, or every value was read; `*token` is then
  /// unspecified and the position unchanged.
  bool Next(MsgpackToken* token) noexcept;

  /// The same, for who knows from ReadScalar() that a container or an ext comes, or nothing good.
  bool ReadOther(MsgpackToken* token) noexcept;

  /// Reads the next token if it is neither container nor ext, and gives it to one of sink.Nil(), Bool(bool),
  /// Int(int64_t), Uint(uint64_t), Double(double), String(const char*, uint32_t), Binary(const char*, uint32_t). False:
  /// it is one of those, or Next() would fail too; nothing was read. All of it is meant to be inlined: no token is
  /// made.
  template <typename Sink>
  [[gnu::always_inline]] bool ReadScalar(Sink sink) noexcept {
    if (pending_ == 0 || at_ == end_) {
      return false;
    }
    const uint8_t head = *at_;
    if (head < 0x80 || head >= 0xe0) {
      Take(1);
      sink.Int(static_cast<int8_t>(head));
      return true;
    }
    if ((head & 0xe0) == 0xa0) {
      const uint32_t size = head & 0x1f;
      if (bytes_left() - 1 < size) {
        return false;
      }
      const uint8_t* const text = at_ + 1;
      Take(1 + size);
      sink.String(reinterpret_cast<const char*>(text), size);
      return true;
    }
    const size_t header = head < 0xc0 ? 0 : kMsgpackHeaderBytes[head - 0xc0];
    if (header == 0 || bytes_left() < header) {
      return false;
    }
    const uint8_t* const field = at_ + 1;
    uint32_t size;
    switch (head) {
      case 0xc0:
        Take(1);
        sink.Nil();
        return true;
      case 0xc2:
      case 0xc3:
        Take(1);
        sink.Bool(head == 0xc3);
        return true;
      case 0xca:
        Take(5);
        sink.Double(std::bit_cast<float>(LoadBig<uint32_t>(field)));
        return true;
      case 0xcb:
        Take(9);
        sink.Double(std::bit_cast<double>(LoadBig<uint64_t>(field)));
        return true;
      case 0xcc:
        Take(2);
        sink.Int(*field);
        return true;
      case 0xcd:
        Take(3);
        sink.Int(LoadBig<uint16_t>(field));
        return true;
      case 0xce:
        Take(5);
        sink.Int(LoadBig<uint32_t>(field));
        return true;
      case 0xcf: {
        const uint64_t value = LoadBig<uint64_t>(field);
        Take(9);
        if (value > INT64_MAX) {
          sink.Uint(value);
        } else {
          sink.Int(static_cast<int64_t>(value));
        }
        return true;
      }
      case 0xd0:
        Take(2);
        sink.Int(static_cast<int8_t>(*field));
        return true;
      case 0xd1:
        Take(3);
        sink.Int(static_cast<int16_t>(LoadBig<uint16_t>(field)));
        return true;
      case 0xd2:
        Take(5);
        sink.Int(static_cast<int32_t>(LoadBig<uint32_t>(field)));
        return true;
      case 0xd3:
        Take(9);
        sink.Int(static_cast<int64_t>(LoadBig<uint64_t>(field)));
        return true;
      case 0xc4:
      case 0xd9:
        size = *field;
        break;
      case 0xc5:
      case 0xda:
        size = LoadBig<uint16_t>(field);
        break;
      case 0xc6:
      case 0xdb:
        size = LoadBig<uint32_t>(field);
        break;
      default:
        return false;
    }
    if (bytes_left() - header < size) {
      return false;
    }
    const char* const text = reinterpret_cast<const char*>(at_ + header);
    Take(header + size);
    if (head < 0xd0) {
      sink.Binary(text, size);
    } else {
      sink.String(text, size);
    }
    return true;
  }

  /// Reads the next token if it is the str of these bytes, at most kShortTextBytes, in its shortest form. False: it is
  /// not, and nothing was read.
  [[gnu::always_inline]] bool ReadShortText(const char* text, size_t size) noexcept {
    if (pending_ == 0 || bytes_left() < 1 + size || *at_ != (0xa0 | size) || !IsSame(at_ + 1, text, size)) {
      return false;
    }
    Take(1 + size);
    return true;
  }
  static constexpr size_t kShortTextBytes = 31;

  /// The next token's first 8 bytes, or less if it is a shorter str; 0 if it is not a str of the shortest form, or 8
  /// bytes are not left. For telling apart what begins alike.
  uint64_t PeekShortText() const noexcept {
    if (bytes_left() < 8 || (*at_ & 0xe0) != 0xa0) {
      return 0;
    }
    const unsigned size = 1u + (*at_ & 0x1f);
    const uint64_t bytes = LoadBig<uint64_t>(at_);
    return size >= 8 ? bytes : bytes >> (64 - 8 * size);
  }

  /// True when all values were read and no byte follows them.
  bool Finished() const noexcept { return pending_ == 0 && at_ == end_; }
  size_t bytes_left() const noexcept { return static_cast<size_t>(end_ - at_); }

 private:
  void Take(size_t bytes) noexcept {
    at_ += bytes;
    --pending_;
  }

  /// By loads that overlap, each of a size known here.
  static bool IsSame(const uint8_t* left, const char* right, size_t size) noexcept {
    const auto differ = [left, right](auto zero, size_t at) {
      auto l = zero, r = zero;
      std::memcpy(&l, left + at, sizeof(l));
      std::memcpy(&r, right + at, sizeof(r));
      return l ^ r;
    };
    if (size >= 8) {
      uint64_t different = differ(uint64_t{0}, 0) | differ(uint64_t{0}, size - 8);
      if (size > 16) {
        different |= differ(uint64_t{0}, 8) | differ(uint64_t{0}, size - 16);
      }
      return different == 0;
    }
    if (size >= 4) {
      return (differ(uint32_t{0}, 0) | differ(uint32_t{0}, size - 4)) == 0;
    }
    if (size >= 2) {
      return (differ(uint16_t{0}, 0) | differ(uint16_t{0}, size - 2)) == 0;
    }
    return size == 0 || *left == static_cast<uint8_t>(*right);
  }

  bool TakeExt(size_t header, uint32_t size, MsgpackToken* token) noexcept;
  bool TakeContainer(MsgpackKind kind, size_t header, uint32_t count, MsgpackToken* token) noexcept;

  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t pending_;  // values still to be read, at all levels; each needs a byte at least
};

/// What ReadScalar() reads of a value that has no bytes elsewhere: nil, a bool, an integer or a float 64, and nothing
/// behind it. In registers. False: it is something else, and nothing was given to the sink.
template <typename Sink>
[[gnu::always_inline]] inline bool ReadShort(const ShortBytes& value, Sink sink) noexcept {
  if constexpr (std::endian::native != std::endian::little) {
    return false;
  } else {
    const auto head = static_cast<uint8_t>(value.words[0]);
    if (head < 0x80 || head >= 0xe0) {
      if (value.count == 1) sink.Int(static_cast<int8_t>(head));
      return value.count == 1;
    }
    // The eight bytes behind the head, the first of them highest.
    const uint64_t behind = __builtin_bswap64(value.words[0] >> 8 | value.words[1] << 56);
    const unsigned bytes = 1u << (head & 3);  // Of an integer.
    const uint64_t number = behind >> (64 - 8 * bytes);
    if (head >= 0xcc && head <= 0xcf && value.count == 1 + bytes && number <= INT64_MAX) {
      sink.Int(static_cast<int64_t>(number));
    } else if (head >= 0xd0 && head <= 0xd3 && value.count == 1 + bytes) {
      sink.Int(static_cast<int64_t>(behind) >> (64 - 8 * bytes));
    } else if (head == 0xcb && value.count == 9) {
      sink.Double(std::bit_cast<double>(behind));
    } else if ((head == 0xc2 || head == 0xc3) && value.count == 1) {
      sink.Bool(head == 0xc3);
    } else if (head == 0xc0 && value.count == 1) {
      sink.Nil();
    } else {
      return false;
    }
    return true;
  }
}

}  // namespace shmpack
