// SPDX-License-Identifier: BSD-3-Clause
//
// slotmem_put_var() and slotmem_get_var(): a slot with a PHP value. It holds a bin 32 of msgpack, which says how long
// it is, around the value's own msgpack.

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "php/arginfo.h"
#include "php/memory_limit.h"
#include "php/slots/slot_arguments.h"
#include "php/slots/slot_report.h"
#include "php/values/value_decoder.h"
#include "php/values/value_encoder.h"
#include "shmpack/msgpack_format.h"

namespace {

using shmpack::SlotTable;
using shmpack::Status;
using shmpack::ValueBytes;
using shmpack::php::OpenSlotTable;
using shmpack::php::SlotTableObject;

constexpr size_t kBin32Header = 5;     // Its head, and its length in four bytes, big-endian.
constexpr uint32_t kSmallValue = 512;  // Up to here a value is put together, or read, on the stack.

/// Writes the value behind its header.
void Wrap(const ValueBytes& value, uint8_t* out) {
  const auto length = static_cast<uint32_t>(value.bytes());
  out[0] = shmpack::kHeadBin32;
  for (int i = 0; i < 4; ++i) out[1 + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  std::memcpy(out + kBin32Header, value.head, value.head_bytes);
  if (value.body_bytes != 0) std::memcpy(out + kBin32Header + value.head_bytes, value.body, value.body_bytes);
}

/// How many bytes the value of a slot and its header take, by the first bytes of the slot. 0: it holds none.
uint32_t StoredBytes(const uint8_t* begin, uint32_t size, uint32_t slot_bytes) {
  if (size < kBin32Header || begin[0] != shmpack::kHeadBin32) return 0;
  const uint32_t length = uint32_t{begin[1]} << 24 | uint32_t{begin[2]} << 16 | uint32_t{begin[3]} << 8 | begin[4];
  return length == 0 || length > slot_bytes - kBin32Header ? 0 : length + kBin32Header;
}

/// A copy of what a slot holds.
struct Stored {
  uint8_t small[kSmallValue];
  uint8_t* bytes = small;  // Null: memory is out.
  uint32_t size = 0;       // Of the value and its header; 0: there is none.
};

void Free(Stored* stored) {
  if (stored->bytes != stored->small && stored->bytes != nullptr) efree(stored->bytes);
}

/// The first read takes what fits on the stack, which says how long the value is. If writers put longer and longer
/// values meanwhile, each buffer has room to spare, so that this ends.
Status ReadStored(const SlotTable& table, uint32_t id, Stored* stored) {
  const uint32_t slot_bytes = table.slot_bytes();
  uint32_t capacity = std::min(slot_bytes, kSmallValue);
  for (;;) {
    const Status status = table.Get(id, stored->bytes, capacity, SHMPACK_G(lock_timeout_ms));
    stored->size = status.ok() ? StoredBytes(stored->bytes, capacity, slot_bytes) : 0;
    if (stored->size <= capacity) return status;
    const bool was_small = stored->bytes == stored->small;
    Free(stored);
    capacity = was_small ? stored->size : std::min(slot_bytes, stored->size + stored->size / 2);
    stored->bytes = static_cast<uint8_t*>(shmpack::php::NewBytes(capacity));
    if (stored->bytes == nullptr) return status;
  }
}

}  // namespace

ZEND_FUNCTION(slotmem_put_var) {
  zval* object;
  zend_long id;
  zval* value;
  if (zend_parse_method_parameters(ZEND_NUM_ARGS(), getThis(), "Olz", &object, SlotTableObject::class_entry(), &id,
                                   &value) == FAILURE) {
    RETURN_THROWS();
  }
  const OpenSlotTable& open = SlotTableObject::Of(Z_OBJ_P(object));
  if (!shmpack::php::HasSlot(execute_data, open.table, id)) RETURN_THROWS();
  shmpack::php::EncodedValue encoded;
  if (!shmpack::php::EncodeValue(value, &encoded)) return;  // There is an exception, or memory is out.
  const uint64_t size = encoded.bytes().bytes() + kBin32Header;
  if (size > open.table.slot_bytes()) {
    FreeEncodedValue(&encoded);
    shmpack::php::WarnTooLong(open, id, size);
    RETURN_FALSE;
  }
  uint8_t small[kSmallValue];
  auto* const bytes = size <= kSmallValue ? small : static_cast<uint8_t*>(shmpack::php::NewBytes(size));
  if (bytes != nullptr) Wrap(encoded.bytes(), bytes);
  FreeEncodedValue(&encoded);
  if (bytes == nullptr) return;
  const Status status =
      open.table.Put(static_cast<uint32_t>(id), bytes, static_cast<uint32_t>(size), SHMPACK_G(lock_timeout_ms));
  if (bytes != small) efree(bytes);
  if (EXPECTED(status.ok())) RETURN_TRUE;
  shmpack::php::WarnSlot(open, id, status);
  RETURN_FALSE;
}

ZEND_FUNCTION(slotmem_get_var) {
  zend_long id;
  const OpenSlotTable* const open = shmpack::php::TableAndSlot(execute_data, &id);
  if (open == nullptr) RETURN_THROWS();
  Stored stored;
  const Status status = ReadStored(open->table, static_cast<uint32_t>(id), &stored);
  if (stored.bytes == nullptr) return;
  bool plain;
  const bool decoded =
      stored.size != 0 && shmpack::php::DecodeValue(reinterpret_cast<const char*>(stored.bytes) + kBin32Header,
                                                    stored.size - kBin32Header, return_value, &plain);
  Free(&stored);
  if (decoded) return;
  if (!status.ok()) {
    shmpack::php::WarnSlot(*open, id, status);
  } else if (EG(exception) == nullptr && !shmpack::php::MemoryIsOut()) {
    shmpack::php::WarnNoValue(*open, id);
  }
  RETURN_FALSE;
}
