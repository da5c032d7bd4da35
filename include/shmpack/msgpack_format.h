// SPDX-License-Identifier: BSD-3-Clause
//
// The first bytes of msgpack's forms, by their names in the standard, and what else reader and writer must agree on.
// https://github.com/msgpack/msgpack/blob/master/spec.md

#pragma once

#include <cstddef>
#include <cstdint>

namespace shmpack {

/// A value's first byte: the head. It names the form; in the "Fix" forms its low bits are the value, count or size.
enum MsgpackHead : uint8_t {
  kHeadPositiveFixInt = 0x00,  // to 7f: the integers 0 to 127
  kHeadFixMap = 0x80,          // to 8f: up to 15 pairs
  kHeadFixArray = 0x90,        // to 9f: up to 15 elements
  kHeadFixStr = 0xa0,          // to bf: up to kMaxFixStr bytes
  kHeadNil = 0xc0,
  kHeadNeverUsed = 0xc1,
  kHeadFalse = 0xc2,
  kHeadTrue = 0xc3,
  kHeadBin8 = 0xc4,
  kHeadBin16 = 0xc5,
  kHeadBin32 = 0xc6,
  kHeadExt8 = 0xc7,
  kHeadExt16 = 0xc8,
  kHeadExt32 = 0xc9,
  kHeadFloat32 = 0xca,
  kHeadFloat64 = 0xcb,
  kHeadUint8 = 0xcc,
  kHeadUint16 = 0xcd,
  kHeadUint32 = 0xce,
  kHeadUint64 = 0xcf,
  kHeadInt8 = 0xd0,
  kHeadInt16 = 0xd1,
  kHeadInt32 = 0xd2,
  kHeadInt64 = 0xd3,
  kHeadFixExt1 = 0xd4,
  kHeadFixExt2 = 0xd5,
  kHeadFixExt4 = 0xd6,
  kHeadFixExt8 = 0xd7,
  kHeadFixExt16 = 0xd8,
  kHeadStr8 = 0xd9,
  kHeadStr16 = 0xda,
  kHeadStr32 = 0xdb,
  kHeadArray16 = 0xdc,
  kHeadArray32 = 0xdd,
  kHeadMap16 = 0xde,
  kHeadMap32 = 0xdf,
  kHeadNegativeFixInt = 0xe0,  // to ff: the integers -32 to -1
};

/// The longest str whose size is in its head.
inline constexpr size_t kMaxFixStr = 31;
/// The longest str or bin whose size is in one byte.
inline constexpr size_t kMaxStr8 = 255;
/// The most elements or pairs whose count is in the head.
inline constexpr uint32_t kMaxFixCount = 15;

/// Whether the head alone is an integer, as an int8_t has it.
constexpr bool IsFixIntHead(uint8_t head) noexcept { return head < kHeadFixMap || head >= kHeadNegativeFixInt; }
constexpr bool IsFixStrHead(uint8_t head) noexcept { return (head & 0xe0) == kHeadFixStr; }
constexpr bool IsFixArrayHead(uint8_t head) noexcept { return (head & 0xf0) == kHeadFixArray; }
constexpr bool IsFixMapHead(uint8_t head) noexcept { return (head & 0xf0) == kHeadFixMap; }

/// Bytes from the head to the end of the number, length or count behind it, of each form from nil to map 32. An ext's
/// type counts too. 0: there is no such form.
inline constexpr uint8_t kMsgpackHeaderBytes[32] = {
    1, 0, 1, 1,     // nil, never used, false, true
    2, 3, 5,        // bin 8, 16, 32
    3, 4, 6,        // ext 8, 16, 32
    5, 9,           // float 32, 64
    2, 3, 5, 9,     // uint 8, 16, 32, 64
    2, 3, 5, 9,     // int 8, 16, 32, 64
    2, 2, 2, 2, 2,  // fixext 1, 2, 4, 8, 16
    2, 3, 5,        // str 8, 16, 32
    3, 5,           // array 16, 32
    3, 5,           // map 16, 32
};

}  // namespace shmpack
