// SPDX-License-Identifier: BSD-3-Clause
//
// MsgpackReader: splits a range of bytes into msgpack tokens, one at a time.
//
// The bytes may be hostile but must be private: no other process or thread may change them meanwhile. The reader
// allocates nothing, never throws and has no destructor. A string token points into the range. Copying a reader copies
// its position. One reader belongs to one thread.
//
// The reader counts the values that must still follow: an array of n adds n, a map 2n. Each needs a byte at least. So a
// count is refused if the bytes left cannot hold it and what the enclosing containers still need. The counts of one
// document together therefore never exceed its size, and a caller may allocate by them.
//
// tests/core/msgpack_reader_test.cc compares it with msgpack-c's parser. The format is in docs/format/values.md.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shmpack/msgpack_format.h"
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

/// Loads a big-endian number, at any alignment. With the compiler's byte swap: gcc keeps a loop over the bytes as it
/// is.
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

/// The bytes of the header, if a document of `length` bytes is one str or bin; else 0. At `head` are 16 bytes: the
/// document's first ones, and of a shorter document anything behind it.
inline uint32_t MsgpackStringHeader(const uint8_t* head, uint64_t length) noexcept {
  const uint8_t first = *head;
  if (IsFixStrHead(first)) return 1u + (first & kMaxFixStr) == length ? 1 : 0;
  const bool is_bin = first >= kHeadBin8 && first <= kHeadBin32;
  const bool is_str = first >= kHeadStr8 && first <= kHeadStr32;
  if (!is_bin && !is_str) return 0;
  const uint32_t header = kMsgpackHeaderBytes[first - kHeadNil];
  const uint64_t size = LoadBig<uint64_t>(head + 1) >> (64 - 8 * (header - 1));
  return header + size == length ? header : 0;
}

class MsgpackReader {
 public:
  /// An unset reader; assign one before use.
  MsgpackReader() noexcept = default;
  /// Reads `values` whole values from the `size` bytes at `data`, which must outlive the reader.
  MsgpackReader(const char* data, size_t size, uint32_t values = 1) noexcept
      : at_(reinterpret_cast<const uint8_t*>(data)), end_(at_ + size), pending_(values) {}

  /// Reads the next token. False: the bytes are malformed or end too early, or all values were read. Then `*token` is
  /// unspecified and the position unchanged.
  bool Next(MsgpackToken* token) noexcept;

  /// Next() after ReadScalar() returned false: reads a container or an ext.
  bool ReadOther(MsgpackToken* token) noexcept;

  /// Reads the next token if it is neither container nor ext. Gives it to one of sink.Nil(), Bool(bool), Int(int64_t),
  /// Uint(uint64_t), Double(double), String(const char*, uint32_t) and Binary(const char*, uint32_t). False: it is a
  /// container or an ext, or Next() would fail too; nothing was read. Inlined with its sink, so no token is made.
  template <typename Sink>
  [[gnu::always_inline]] bool ReadScalar(Sink sink) noexcept {
    if (pending_ == 0 || at_ == end_) return false;
    const uint8_t head = *at_;
    if (IsFixIntHead(head)) {
      Take(1);
      sink.Int(static_cast<int8_t>(head));
      return true;
    }
    if (IsFixStrHead(head)) {
      const uint32_t size = head & kMaxFixStr;
      if (bytes_left() - 1 < size) return false;
      const uint8_t* const text = at_ + 1;
      Take(1 + size);
      sink.String(reinterpret_cast<const char*>(text), size);
      return true;
    }
    const size_t header = head < kHeadNil ? 0 : kMsgpackHeaderBytes[head - kHeadNil];
    if (header == 0 || bytes_left() < header) return false;
    const uint8_t* const field = at_ + 1;
    uint32_t size;
    switch (head) {
      case kHeadNil:
        Take(1);
        sink.Nil();
        return true;
      case kHeadFalse:
      case kHeadTrue:
        Take(1);
        sink.Bool(head == kHeadTrue);
        return true;
      case kHeadFloat32:
        Take(5);
        sink.Double(std::bit_cast<float>(LoadBig<uint32_t>(field)));
        return true;
      case kHeadFloat64:
        Take(9);
        sink.Double(std::bit_cast<double>(LoadBig<uint64_t>(field)));
        return true;
      case kHeadUint8:
        Take(2);
        sink.Int(*field);
        return true;
      case kHeadUint16:
        Take(3);
        sink.Int(LoadBig<uint16_t>(field));
        return true;
      case kHeadUint32:
        Take(5);
        sink.Int(LoadBig<uint32_t>(field));
        return true;
      case kHeadUint64: {
        const uint64_t value = LoadBig<uint64_t>(field);
        Take(9);
        if (value > INT64_MAX) {
          sink.Uint(value);
        } else {
          sink.Int(static_cast<int64_t>(value));
        }
        return true;
      }
      case kHeadInt8:
        Take(2);
        sink.Int(static_cast<int8_t>(*field));
        return true;
      case kHeadInt16:
        Take(3);
        sink.Int(static_cast<int16_t>(LoadBig<uint16_t>(field)));
        return true;
      case kHeadInt32:
        Take(5);
        sink.Int(static_cast<int32_t>(LoadBig<uint32_t>(field)));
        return true;
      case kHeadInt64:
        Take(9);
        sink.Int(static_cast<int64_t>(LoadBig<uint64_t>(field)));
        return true;
      case kHeadBin8:
      case kHeadStr8:
        size = *field;
        break;
      case kHeadBin16:
      case kHeadStr16:
        size = LoadBig<uint16_t>(field);
        break;
      case kHeadBin32:
      case kHeadStr32:
        size = LoadBig<uint32_t>(field);
        break;
      default:
        return false;
    }
    if (bytes_left() - header < size) return false;
    const char* const text = reinterpret_cast<const char*>(at_ + header);
    Take(header + size);
    if (head < kHeadStr8) {
      sink.Binary(text, size);
    } else {
      sink.String(text, size);
    }
    return true;
  }

  /// Reads the next token if it is a str of just these bytes, at most kMaxFixStr, in its shortest form. False: it is
  /// not, and nothing was read.
  [[gnu::always_inline]] bool ReadShortText(const char* text, size_t size) noexcept {
    if (pending_ == 0 || bytes_left() < 1 + size || *at_ != (kHeadFixStr | size) || !IsSame(at_ + 1, text, size)) {
      return false;
    }
    Take(1 + size);
    return true;
  }

  /// The first 8 bytes of the next token, fewer if it is a shorter str. 0: it is no str in its shortest form, or fewer
  /// than 8 bytes are left. Tells strings apart that differ in these bytes.
  uint64_t PeekShortText() const noexcept {
    if (bytes_left() < 8 || !IsFixStrHead(*at_)) return 0;
    const unsigned size = 1u + (*at_ & kMaxFixStr);
    const uint64_t bytes = LoadBig<uint64_t>(at_);
    return size >= 8 ? bytes : bytes >> (64 - 8 * size);
  }

  /// Whether all values were read and no byte follows them.
  bool Finished() const noexcept { return pending_ == 0 && at_ == end_; }
  size_t bytes_left() const noexcept { return static_cast<size_t>(end_ - at_); }

 private:
  void Take(size_t bytes) noexcept {
    at_ += bytes;
    --pending_;
  }

  /// Compares with loads that overlap, each of a constant size.
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
  uint64_t pending_;  // values still to be read, at all levels
};

/// ReadScalar() of a value in registers: a nil, bool, integer or float 64 with nothing behind it. False: it is
/// something else, and the sink was not called.
template <typename Sink>
[[gnu::always_inline]] inline bool ReadShort(const ShortBytes& value, Sink sink) noexcept {
  if constexpr (std::endian::native != std::endian::little) {
    return false;
  } else {
    const auto head = static_cast<uint8_t>(value.words[0]);
    if (IsFixIntHead(head)) {
      if (value.count == 1) sink.Int(static_cast<int8_t>(head));
      return value.count == 1;
    }
    // The eight bytes behind the head, the first of them highest.
    const uint64_t behind = __builtin_bswap64(value.words[0] >> 8 | value.words[1] << 56);
    const unsigned bytes = 1u << (head & 3);  // Right if it is an integer.
    const uint64_t number = behind >> (64 - 8 * bytes);
    if (head >= kHeadUint8 && head <= kHeadUint64 && value.count == 1 + bytes && number <= INT64_MAX) {
      sink.Int(static_cast<int64_t>(number));
    } else if (head >= kHeadInt8 && head <= kHeadInt64 && value.count == 1 + bytes) {
      sink.Int(static_cast<int64_t>(behind) >> (64 - 8 * bytes));
    } else if (head == kHeadFloat64 && value.count == 9) {
      sink.Double(std::bit_cast<double>(behind));
    } else if ((head == kHeadFalse || head == kHeadTrue) && value.count == 1) {
      sink.Bool(head == kHeadTrue);
    } else if (head == kHeadNil && value.count == 1) {
      sink.Nil();
    } else {
      return false;
    }
    return true;
  }
}

}  // namespace shmpack
