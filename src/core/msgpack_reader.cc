// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/msgpack_reader.h"

#include <bit>

namespace shmpack {
namespace {

/// Big-endian, at any alignment.
template <typename T>
T Load(const uint8_t* from) noexcept {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(static_cast<uint64_t>(value) << 8 | from[i]);
  }
  return value;
}

}  // namespace

bool MsgpackReader::TakeBytes(MsgpackKind kind, size_t header, uint32_t size, MsgpackToken* token) noexcept {
  if (bytes_left() - header < size) {
    return false;
  }
  token->kind = kind;
  token->size = size;
  token->data = reinterpret_cast<const char*>(at_ + header);
  at_ += header + size;
  --pending_;
  return true;
}

bool MsgpackReader::TakeExt(size_t header, uint32_t size, MsgpackToken* token) noexcept {
  token->ext_type = static_cast<int8_t>(at_[header - 1]);
  return TakeBytes(MsgpackKind::kExt, header, size, token);
}

bool MsgpackReader::TakeContainer(MsgpackKind kind, size_t header, uint32_t count, MsgpackToken* token) noexcept {
  const uint64_t values = kind == MsgpackKind::kMap ? uint64_t{count} * 2 : count;
  if (bytes_left() - header < pending_ - 1 + values) {
    return false;
  }
  token->kind = kind;
  token->size = count;
  at_ += header;
  pending_ += values - 1;
  return true;
}

bool MsgpackReader::NextLong(uint8_t head, MsgpackToken* token) noexcept {
  if (head < 0x90) {
    return TakeContainer(MsgpackKind::kMap, 1, head & 0x0f, token);
  }
  if (head < 0xa0) {
    return TakeContainer(MsgpackKind::kArray, 1, head & 0x0f, token);
  }

  // Bytes from the head to the end of the number, length or count that every form has; 0: no such form.
  static constexpr uint8_t kHeaderBytes[32] = {
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
  const size_t header = kHeaderBytes[head - 0xc0];
  if (header == 0 || bytes_left() < header) {
    return false;
  }
  const uint8_t* const field = at_ + 1;

  switch (head) {
    case 0xc0:
      token->kind = MsgpackKind::kNil;
      break;
    case 0xc2:
      token->kind = MsgpackKind::kFalse;
      break;
    case 0xc3:
      token->kind = MsgpackKind::kTrue;
      break;
    case 0xc4:
      return TakeBytes(MsgpackKind::kBinary, header, *field, token);
    case 0xc5:
      return TakeBytes(MsgpackKind::kBinary, header, Load<uint16_t>(field), token);
    case 0xc6:
      return TakeBytes(MsgpackKind::kBinary, header, Load<uint32_t>(field), token);
    case 0xc7:
      return TakeExt(header, *field, token);
    case 0xc8:
      return TakeExt(header, Load<uint16_t>(field), token);
    case 0xc9:
      return TakeExt(header, Load<uint32_t>(field), token);
    case 0xca:
      token->kind = MsgpackKind::kDouble;
      token->real = std::bit_cast<float>(Load<uint32_t>(field));
      break;
    case 0xcb:
      token->kind = MsgpackKind::kDouble;
      token->real = std::bit_cast<double>(Load<uint64_t>(field));
      break;
    case 0xcc:
      token->kind = MsgpackKind::kInt;
      token->integer = *field;
      break;
    case 0xcd:
      token->kind = MsgpackKind::kInt;
      token->integer = Load<uint16_t>(field);
      break;
    case 0xce:
      token->kind = MsgpackKind::kInt;
      token->integer = Load<uint32_t>(field);
      break;
    case 0xcf: {
      const uint64_t value = Load<uint64_t>(field);
      if (value > INT64_MAX) {
        token->kind = MsgpackKind::kUint;
        token->unsigned_integer = value;
      } else {
        token->kind = MsgpackKind::kInt;
        token->integer = static_cast<int64_t>(value);
      }
      break;
    }
    case 0xd0:
      token->kind = MsgpackKind::kInt;
      token->integer = static_cast<int8_t>(*field);
      break;
    case 0xd1:
      token->kind = MsgpackKind::kInt;
      token->integer = static_cast<int16_t>(Load<uint16_t>(field));
      break;
    case 0xd2:
      token->kind = MsgpackKind::kInt;
      token->integer = static_cast<int32_t>(Load<uint32_t>(field));
      break;
    case 0xd3:
      token->kind = MsgpackKind::kInt;
      token->integer = static_cast<int64_t>(Load<uint64_t>(field));
      break;
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return TakeExt(header, 1u << (head - 0xd4), token);
    case 0xd9:
      return TakeBytes(MsgpackKind::kString, header, *field, token);
    case 0xda:
      return TakeBytes(MsgpackKind::kString, header, Load<uint16_t>(field), token);
    case 0xdb:
      return TakeBytes(MsgpackKind::kString, header, Load<uint32_t>(field), token);
    case 0xdc:
      return TakeContainer(MsgpackKind::kArray, header, Load<uint16_t>(field), token);
    case 0xdd:
      return TakeContainer(MsgpackKind::kArray, header, Load<uint32_t>(field), token);
    case 0xde:
      return TakeContainer(MsgpackKind::kMap, header, Load<uint16_t>(field), token);
    default:
      return TakeContainer(MsgpackKind::kMap, header, Load<uint32_t>(field), token);
  }
  at_ += header;
  --pending_;
  return true;
}

}  // namespace shmpack
