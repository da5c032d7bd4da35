// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/region/sysv_shared_memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "ext/standard/info.h"
#include "php/arginfo.h"
#include "php/cache/decoded_cache.h"
#include "php/handle_object.h"
#include "php/memory_limit.h"
#include "php/region/region_report.h"
#include "php/values/value_decoder.h"
#include "php/values/value_encoder.h"
#include "port/clock.h"
#include "port/segment.h"
#include "shmpack/region.h"
#include "shmpack/region_layout.h"

namespace {

using shmpack::Code;
using shmpack::kInlineBytes;
using shmpack::Peeked;
using shmpack::Region;
using shmpack::Status;

constexpr int kCopyTries = 16;
constexpr size_t kLimitShare = 8;

struct AttachedRegion {
  Region region;
  int32_t key = 0;
  uint32_t number = 0;  // The decoded cache's for the region.
};

void Detach(AttachedRegion& attached) { attached.region.Detach(); }

/// Shows the counters as they are, since it must not wait for a lock.
void Describe(const AttachedRegion& object, zval* shown) {
  const Region& region = object.region;
  add_assoc_long(shown, "key", object.key);
  add_assoc_bool(shown, "attached", region.attached());
  if (!region.attached()) return;
  const shmpack::RegionStats stats = region.StatsNow();
  const auto add = [shown](const char* name, uint64_t number) {
    add_assoc_long(shown, name, static_cast<zend_long>(number));
  };
  add("size", stats.total_bytes);
  add("used", stats.total_bytes - stats.free_bytes);
  add("values_size", stats.quota_bytes);
  add("values_used", stats.data_bytes);
  add("variables", stats.variables);
  add_assoc_bool(shown, "read_only", region.read_only());
  if (region.segment_id() < 0) return;  // Key 0: the system has no object.
  shmpack::SegmentInfo info;
  const Status found = shmpack::DescribeSegment(region.segment_id(), &info);
  add_assoc_long(shown, "id", region.segment_id());
  add_assoc_bool(shown, "removed", found.code() == Code::kChanged);
  if (found.ok()) shmpack::php::ShowOwner(shown, info.mode, info.owner_uid);
}

using RegionObject = shmpack::php::HandleObject<AttachedRegion, Detach>;

/// The object behind an argument, if it is attached. Null: an Error was thrown. Call it after everything that may have
/// run user code.
AttachedRegion* Attached(zend_object* argument) {
  AttachedRegion* const object = &RegionObject::Of(argument);
  if (EXPECTED(object->region.attached())) return object;
  zend_throw_error(nullptr, "Shared memory block has already been destroyed");
  return nullptr;
}

void Warn(const AttachedRegion& object, const Status& status) {
  if (status.code() == Code::kReadOnly) return shmpack::php::WarnReadOnly(object.key, object.region.segment_id());
  shmpack::php::WarnOperation(object.key, status, object.region.lock_holder());
}

using shmpack::php::DecodedCache;

zend_always_inline bool IsCurrent(const AttachedRegion& object, const DecodedCache::Item* item) {
  return item != nullptr && object.region.IsCurrent(item->entry, item->version);
}

/// How much the cache may keep: it counts against the memory limit of the request.
size_t CacheBudget() {
  const auto budget_bytes = static_cast<size_t>(SHMPACK_G(cache_size));
  const zend_long limit = PG(memory_limit);
  return limit > 0 ? std::min(budget_bytes, static_cast<size_t>(limit) / kLimitShare) : budget_bytes;
}

/// What a read found, besides the result.
struct Reading {
  Peeked peeked;
  bool is_plain = true;  // False: an object or reference in it, no value, user code threw, no memory.
};

/// Turns private bytes into the result, with stock's warning if they are no value.
void SetResult(const void* data, size_t size, zval* return_value, Reading* reading) {
  if (EXPECTED(shmpack::php::DecodeValue(static_cast<const char*>(data), size, return_value, &reading->is_plain)))
    return;
  reading->is_plain = false;
  if (EG(exception) == nullptr && !shmpack::php::MemoryIsOut()) shmpack::php::WarnCorruptValue();
  ZVAL_FALSE(return_value);
}

/// Memory is out, and PHP says so: no warning.
Status EndWithoutMemory(zval* return_value, Reading* reading) {
  reading->is_plain = false;
  ZVAL_FALSE(return_value);
  return {};
}

/// Reads under the lock, because writers left no time to read without it. While the value grows it needs several
/// buffers; each has room to spare, so that this ends.
Status ReadUnderLock(AttachedRegion* object, zend_long key, zval* return_value, Reading* reading) {
  for (size_t size = reading->peeked.length;; size = reading->peeked.length + reading->peeked.length / 2) {
    char* const buffer = static_cast<char*>(shmpack::php::NewBytes(size));
    if (buffer == nullptr) return EndWithoutMemory(return_value, reading);
    const Status status = object->region.ReadLocked(key, SHMPACK_G(lock_timeout_ms), buffer, size, &reading->peeked);
    if (status.ok()) SetResult(buffer, reading->peeked.length, return_value, reading);
    efree(buffer);
    if (status.code() != Code::kTooSmall) return status;
  }
}

/// Copies the value that was peeked at, and turns it into the result. kChanged: it was replaced meanwhile.
Status CopyResult(AttachedRegion* object, zval* return_value, Reading* reading) {
  const Peeked& peeked = reading->peeked;
  Status copied;
  if (const uint32_t header = shmpack::MsgpackStringHeader(peeked.head, peeked.length); header != 0) {
    // Straight into the result: one copy, and none of it is looked at before the version is.
    zend_string* const string = shmpack::php::NewString(peeked.length - header);
    if (string == nullptr) return EndWithoutMemory(return_value, reading);
    copied = object->region.Copy(peeked, header, ZSTR_VAL(string));
    if (copied.ok()) {
      ZSTR_VAL(string)[ZSTR_LEN(string)] = '\0';
      RETVAL_NEW_STR(string);
    } else {
      zend_string_efree(string);
    }
  } else {
    char* const buffer = static_cast<char*>(shmpack::php::NewBytes(peeked.length));
    if (buffer == nullptr) return EndWithoutMemory(return_value, reading);
    copied = object->region.Copy(peeked, 0, buffer);
    if (copied.ok()) SetResult(buffer, peeked.length, return_value, reading);
    efree(buffer);
  }
  return copied;
}

/// Reads a small value that replaced, in the same entry, the one that `item` keeps. False: read it in the usual way.
zend_never_inline bool ReadNext(const AttachedRegion& object, DecodedCache::Item* item, zval* return_value) {
  shmpack::InlineValue value;
  if (!object.region.ReadInline(item->entry, item->key, &value)) return false;
  if (!shmpack::php::DecodeFromRegisters(value.bytes, return_value)) return false;
  DecodedCache::KeepNext(item, value.version, return_value);
  return true;
}

/// Reads the variable under `key` as a PHP value. `item` is what the cache knows of it, or null. The result is set only
/// if the status is ok.
Status Read(AttachedRegion* object, zend_long key, const DecodedCache::Item* item, zval* return_value,
            Reading* reading) {
  double deadline = 0;
  for (int tries = 0;; ++tries) {
    if (tries != 0 || item == nullptr || !object->region.PeekAt(item->entry, key, &reading->peeked).ok()) {
      const Status found = object->region.Peek(key, SHMPACK_G(lock_timeout_ms), &reading->peeked);
      if (!found.ok()) return found;
    }
    if (reading->peeked.length <= kInlineBytes) {
      SetResult(reading->peeked.head, reading->peeked.length, return_value, reading);
      return {};
    }
    if (tries == kCopyTries && !object->region.read_only()) break;
    const Status copied = CopyResult(object, return_value, reading);
    if (copied.code() != Code::kChanged) return copied;
    if (tries >= kCopyTries) {  // Without the right to lock: wait for a pause between writers.
      const double now = shmpack::MonotonicSeconds();
      if (deadline == 0) deadline = now + SHMPACK_G(lock_timeout);
      if (now >= deadline) return Status(Code::kTimeout, "writers leave no time to read it");
      shmpack::SleepUs(1000);
    }
  }
  return ReadUnderLock(object, key, return_value, reading);
}

/// shm_get_var() of a value that the cache does not keep. Not inlined there, so that its short way is short.
zend_never_inline void ReadAndKeep(zend_object* argument, zend_long key, const DecodedCache::Item* item,
                                   zval* return_value) {
  AttachedRegion* const object = &RegionObject::Of(argument);
  const uint32_t number = object->number;  // Reading may run user code that detaches it.
  Reading reading;
  const Status status = Read(object, key, item, return_value, &reading);
  if (EXPECTED(status.ok())) {
    if (EXPECTED(reading.is_plain)) {
      SHMPACK_G(decoded_cache)
          .Keep({number, reading.peeked.entry, key, reading.peeked.version}, CacheBudget(), return_value);
    }
    return;
  }
  if (status.code() == Code::kNotFound) {
    shmpack::php::WarnMissing(key);
  } else {
    Warn(*object, status);
  }
  RETVAL_FALSE;
}

zend_never_inline void WarnPut(const AttachedRegion& object, zend_long key, uint64_t size, const Status& status) {
  if (status.code() != Code::kNoRoom) return Warn(object, status);
  shmpack::php::WarnNoRoom(object.key, key, object.region.Room(key, size));
}

zend_always_inline void PutResult(const AttachedRegion& object, zend_long key, uint64_t size, const Status& status,
                                  zval* return_value) {
  RETVAL_BOOL(status.ok());
  if (UNEXPECTED(!status.ok())) WarnPut(object, key, size, status);
}

/// shm_put_var() of a long string, which runs no user code.
zend_never_inline void PutString(AttachedRegion& object, zend_long key, const zend_string* string, zval* return_value) {
  char head[shmpack::kPackedBytes];
  const shmpack::ValueBytes bytes = shmpack::php::EncodeInPlace(string, head);
  PutResult(object, key, bytes.bytes(), object.region.Put(key, bytes, SHMPACK_G(lock_timeout_ms)), return_value);
}

/// shm_put_var() of a value that may need memory or run user code. Not inlined there, so that its short way is short.
zend_never_inline void EncodeAndPut(zend_object* argument, zend_long key, zval* value, zval* return_value) {
  shmpack::php::EncodedValue encoded;
  if (!shmpack::php::EncodeValue(value, &encoded)) return;  // There is an exception, or memory is out.
  AttachedRegion* const object =
      &RegionObject::Of(argument);  // Again: encoding may have run user code that detached it.
  if (UNEXPECTED(!object->region.attached())) {
    FreeEncodedValue(&encoded);
    zend_throw_error(nullptr, "Shared memory block has been destroyed by the serialization function");
    RETURN_THROWS();
  }
  const uint64_t size = encoded.bytes().bytes();
  const Status status = object->region.Put(key, encoded.bytes(), SHMPACK_G(lock_timeout_ms));
  FreeEncodedValue(&encoded);
  PutResult(*object, key, size, status, return_value);
}

void Register(zend_class_entry* class_entry) {
  RegionObject::Register(class_entry, "Cannot directly construct SysvSharedMemory, use shm_attach() instead", Describe);
}

zend_class_entry* RegisterGlobal() {
  zend_class_entry* const class_entry = register_class_SysvSharedMemory();
  Register(class_entry);
  return class_entry;
}

ZEND_MODULE_STARTUP_D(shm_stand_in) { return zend_register_class_alias("Shmpack\\SysvSharedMemory", RegisterGlobal()); }

void ShowInformation() {
  char format[16];
  snprintf(format, sizeof format, "%u", static_cast<unsigned>(shmpack::kFormatVersion));
  php_info_print_table_row(2, "Region format", format);
}

constexpr shmpack::php::StockExtension kStock = {"sysvshm",    "sysvsharedmemory",
                                                 "shm_",       "shm_* and SysvSharedMemory",
                                                 "shm_attach", ZEND_MODULE_STARTUP_N(shm_stand_in)};

}  // namespace

constexpr shmpack::php::Family shmpack::php::region_family = {
    &kStock, [] { Register(register_class_Shmpack_SysvSharedMemory()); }, ShowInformation};

ZEND_FUNCTION(shm_attach) {
  zend_long key;
  zend_long size_bytes = 0;
  bool size_is_null = true;
  zend_long permissions = 0666;
  ZEND_PARSE_PARAMETERS_START(1, 3)
  Z_PARAM_LONG(key)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG_OR_NULL(size_bytes, size_is_null)
  Z_PARAM_LONG(permissions)
  ZEND_PARSE_PARAMETERS_END();

  if (size_is_null) size_bytes = SHMPACK_G(init_mem);
  if (size_bytes < 1) {
    zend_argument_value_error(2, "must be greater than 0");
    RETURN_THROWS();
  }
  int32_t system_key;
  if (!shmpack::php::ToKey(key, &system_key)) RETURN_THROWS();

  // The object first: making it may bail out, and then nothing may be mapped yet.
  AttachedRegion* const object = &RegionObject::Make(return_value);
  object->key = system_key;
  const Status status =
      Region::Attach(object->key, static_cast<uint64_t>(size_bytes), static_cast<uint32_t>(permissions),
                     SHMPACK_G(lock_timeout_ms), &object->region, &SHMPACK_G(trusted_owners));
  if (!status.ok()) {
    zval_ptr_dtor(return_value);
    RETVAL_FALSE;
    shmpack::php::WarnAttach(key, size_bytes, status);
    return;
  }
  object->number = SHMPACK_G(decoded_cache).RegionNumber(object->region);
}

ZEND_FUNCTION(shm_detach) {
  zend_object* argument;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  object->region.Detach();
  RETURN_TRUE;
}

ZEND_FUNCTION(shm_remove) {
  zend_object* argument;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  const Status status = object->region.RemoveSegment();
  if (!status.ok()) {
    shmpack::php::WarnRemoveSegment(object->key, object->region.segment_id(), status);
    RETURN_FALSE;
  }
  RETURN_TRUE;
}

ZEND_FUNCTION(shm_put_var) {
  zend_object* argument;
  zend_long key;
  zval* value;
  ZEND_PARSE_PARAMETERS_START(3, 3)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  Z_PARAM_LONG(key)
  Z_PARAM_ZVAL(value)
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  shmpack::ShortBytes packed;
  if (shmpack::php::EncodeInRegisters(value, &packed)) {
    PutResult(*object, key, packed.count, object->region.Put(key, packed, SHMPACK_G(lock_timeout_ms)), return_value);
  } else if (shmpack::php::IsStoredInPlace(value)) {
    PutString(*object, key, Z_STR_P(value), return_value);
  } else {
    EncodeAndPut(argument, key, value, return_value);
  }
}

ZEND_FUNCTION(shm_get_var) {
  zend_object* argument;
  zend_long key;
  ZEND_PARSE_PARAMETERS_START(2, 2)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  Z_PARAM_LONG(key)
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  DecodedCache::Item* const item = SHMPACK_G(decoded_cache).Find(object->number, key);
  if (IsCurrent(*object, item)) {
    if (EXPECTED(item->kept != DecodedCache::Kept::kNothing)) RETURN_COPY(&item->value);
  } else if (item != nullptr && DecodedCache::IsSmall(*item) && ReadNext(*object, item, return_value)) {
    return;
  }
  ReadAndKeep(argument, key, item, return_value);
}

ZEND_FUNCTION(shm_has_var) {
  zend_object* argument;
  zend_long key;
  ZEND_PARSE_PARAMETERS_START(2, 2)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  Z_PARAM_LONG(key)
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  if (IsCurrent(*object, SHMPACK_G(decoded_cache).Find(object->number, key))) RETURN_TRUE;
  Peeked peeked;
  const Status status = object->region.Peek(key, SHMPACK_G(lock_timeout_ms), &peeked);
  if (!status.ok() && status.code() != Code::kNotFound) Warn(*object, status);
  RETURN_BOOL(status.ok());
}

ZEND_FUNCTION(shm_remove_var) {
  zend_object* argument;
  zend_long key;
  ZEND_PARSE_PARAMETERS_START(2, 2)
  Z_PARAM_OBJ_OF_CLASS(argument, RegionObject::class_entry())
  Z_PARAM_LONG(key)
  ZEND_PARSE_PARAMETERS_END();

  AttachedRegion* const object = Attached(argument);
  if (object == nullptr) RETURN_THROWS();
  const Status status = object->region.Remove(key, SHMPACK_G(lock_timeout_ms));
  if (status.ok()) RETURN_TRUE;
  if (status.code() == Code::kNotFound) {
    shmpack::php::WarnMissing(key);
  } else {
    Warn(*object, status);
  }
  RETURN_FALSE;
}
