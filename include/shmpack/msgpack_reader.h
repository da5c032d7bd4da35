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
// Held to the library's parser by tests/core/msgpack_reader_test.cc; the format is in docs/format.md.

#pragma once

#include <cstddef>
#include <cstdint>

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

class MsgpackReader {
 public:
  /// An unset reader; assign one before use.
  MsgpackReader() noexcept = default;
  /// Reads `values` whole values from `size` bytes at `data`, which must outlive the reader.
  MsgpackReader(const char* data, size_t size, uint32_t values = 1) noexcept
      : at_(reinterpret_cast<const uint8_t*>(data)), end_(at_ + size), pending_(values) {}

  /// Reads the next token. False: the bytes are malformed or end too early, or every value was read; `*token` is then
  /// unspecified and the position unchanged.
  bool Next(MsgpackToken* token) noexcept {
    if (pending_ == 0 || at_ == end_) {
      return false;
    }
    // The forms of one byte, and short text, are most of any document: they stay inline.
    const uint8_t head = *at_;
    if (head < 0x80 || head >= 0xe0) {
      token->kind = MsgpackKind::kInt;
      token->integer = static_cast<int8_t>(head);
    } else if ((head & 0xe0) == 0xa0) {
      const uint32_t size = head & 0x1f;
      if (bytes_left() - 1 < size) {
        return false;
      }
      token->kind = MsgpackKind::kString;
      token->size = size;
      token->data = reinterpret_cast<const char*>(at_ + 1);
      at_ += size;
    } else {
      return NextLong(head, token);
    }
    ++at_;
    --pending_;
    return true;
  }

  /// True when all values were read and no byte follows them.
  bool Finished() const noexcept { return pending_ == 0 && at_ == end_; }
  size_t bytes_left() const noexcept { return static_cast<size_t>(end_ - at_); }

 private:
  bool NextLong(uint8_t head, MsgpackToken* token) noexcept;
  bool TakeBytes(MsgpackKind kind, size_t header, uint32_t size, MsgpackToken* token) noexcept;
  bool TakeExt(size_t header, uint32_t size, MsgpackToken* token) noexcept;
  bool TakeContainer(MsgpackKind kind, size_t header, uint32_t count, MsgpackToken* token) noexcept;

  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t pending_;  // values still to be read, at all levels; each needs a byte at least
};

}  // namespace shmpack
