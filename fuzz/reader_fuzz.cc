// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target: MsgpackReader over any bytes. It must
//   - stay inside them: they lie in a heap block of exactly their size, under AddressSanitizer,
//   - end,
//   - grant containers no more elements than there are bytes,
//   - leave its position when it refuses,
//   - and accept the same whole documents as msgpack-c's parser.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <msgpack.hpp>

#include "shmpack/msgpack_reader.h"

namespace {

[[noreturn]] void Finding(const char* what) {
  std::fprintf(stderr, "FINDING: %s\n", what);
  std::abort();
}

/// Whether msgpack-c accepts the bytes as one value with nothing behind it.
bool LibraryAccepts(const char* data, size_t size) {
  msgpack::null_visitor visitor;
  size_t offset = 0;
  try {
    return msgpack::parse(data, size, offset, visitor) && offset == size;
  } catch (const msgpack::unpack_error&) {
    return false;
  }
}

uint32_t touched = 0;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using shmpack::MsgpackKind;
  const std::unique_ptr<char[]> bytes(new char[size]);
  if (size != 0) std::memcpy(bytes.get(), data, size);
  const char* const end = bytes.get() + size;

  shmpack::MsgpackReader reader(bytes.get(), size);
  uint64_t granted = 0;
  for (;;) {
    const size_t left = reader.bytes_left();
    shmpack::MsgpackToken token;
    if (!reader.Next(&token)) {
      if (reader.bytes_left() != left) Finding("the position moved over bytes that were refused");
      break;
    }
    if (reader.bytes_left() >= left) Finding("a token took no byte");
    switch (token.kind) {
      case MsgpackKind::kString:
      case MsgpackKind::kBinary:
      case MsgpackKind::kExt:
        if (token.data < bytes.get() || token.data > end || token.size > static_cast<size_t>(end - token.data)) {
          Finding("a string lies outside of the bytes");
        }
        for (uint32_t i = 0; i < token.size; ++i) touched += static_cast<uint8_t>(token.data[i]);
        break;
      case MsgpackKind::kArray:
      case MsgpackKind::kMap:
        granted += uint64_t{token.size} * (token.kind == MsgpackKind::kMap ? 2 : 1);
        if (granted > size) Finding("containers were granted more values than there are bytes");
        break;
      default:
        break;
    }
  }
  if (reader.Finished() != LibraryAccepts(bytes.get(), size)) Finding("msgpack-c's parser disagrees");
  return 0;
}
