// SPDX-License-Identifier: BSD-3-Clause

#include "shmpack/msgpack_reader.h"

namespace shmpack {
namespace {

struct TokenSink {
  MsgpackToken* token;

  void Nil() { token->kind = MsgpackKind::kNil; }
  void Bool(bool value) { token->kind = value ? MsgpackKind::kTrue : MsgpackKind::kFalse; }
  void Int(int64_t value) {
    token->kind = MsgpackKind::kInt;
    token->integer = value;
  }
  void Uint(uint64_t value) {
    token->kind = MsgpackKind::kUint;
    token->unsigned_integer = value;
  }
  void Double(double value) {
    token->kind = MsgpackKind::kDouble;
    token->real = value;
  }
  void String(const char* data, uint32_t size) {
    token->kind = MsgpackKind::kString;
    token->data = data;
    token->size = size;
  }
  void Binary(const char* data, uint32_t size) {
    String(data, size);
    token->kind = MsgpackKind::kBinary;
  }
};

}  // namespace

bool MsgpackReader::TakeExt(size_t header, uint32_t size, MsgpackToken* token) noexcept {
  if (bytes_left() - header < size) return false;
  token->kind = MsgpackKind::kExt;
  token->ext_type = static_cast<int8_t>(at_[header - 1]);
  token->size = size;
  token->data = reinterpret_cast<const char*>(at_ + header);
  Take(header + size);
  return true;
}

bool MsgpackReader::TakeContainer(MsgpackKind kind, size_t header, uint32_t count, MsgpackToken* token) noexcept {
  const uint64_t values = kind == MsgpackKind::kMap ? uint64_t{count} * 2 : count;
  if (bytes_left() - header < pending_ - 1 + values) return false;
  token->kind = kind;
  token->size = count;
  at_ += header;
  pending_ += values - 1;
  return true;
}

bool MsgpackReader::Next(MsgpackToken* token) noexcept { return ReadScalar(TokenSink{token}) || ReadOther(token); }

bool MsgpackReader::ReadOther(MsgpackToken* token) noexcept {
  if (pending_ == 0 || at_ == end_) return false;
  const uint8_t head = *at_;
  if (IsFixMapHead(head)) return TakeContainer(MsgpackKind::kMap, 1, head & kMaxFixCount, token);
  if (IsFixArrayHead(head)) return TakeContainer(MsgpackKind::kArray, 1, head & kMaxFixCount, token);
  const size_t header = head >= kHeadNil && head <= kHeadMap32 ? kMsgpackHeaderBytes[head - kHeadNil] : 0;
  if (header == 0 || bytes_left() < header) return false;
  const uint8_t* const field = at_ + 1;
  switch (head) {
    case kHeadExt8:
      return TakeExt(header, *field, token);
    case kHeadExt16:
      return TakeExt(header, LoadBig<uint16_t>(field), token);
    case kHeadExt32:
      return TakeExt(header, LoadBig<uint32_t>(field), token);
    case kHeadFixExt1:
    case kHeadFixExt2:
    case kHeadFixExt4:
    case kHeadFixExt8:
    case kHeadFixExt16:
      return TakeExt(header, 1u << (head - kHeadFixExt1), token);
    case kHeadArray16:
      return TakeContainer(MsgpackKind::kArray, header, LoadBig<uint16_t>(field), token);
    case kHeadArray32:
      return TakeContainer(MsgpackKind::kArray, header, LoadBig<uint32_t>(field), token);
    case kHeadMap16:
      return TakeContainer(MsgpackKind::kMap, header, LoadBig<uint16_t>(field), token);
    case kHeadMap32:
      return TakeContainer(MsgpackKind::kMap, header, LoadBig<uint32_t>(field), token);
    default:
      return false;  // a scalar that ends too early
  }
}

}  // namespace shmpack
