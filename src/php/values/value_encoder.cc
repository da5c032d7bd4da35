// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <bit>

#include "php/memory_limit.h"
#include "php/values/encoder_state.h"
#include "php/values/run_packer.h"
#include "php/values/value_encoder.h"
#include "php/values/zend_array_access.h"
#include "shmpack/msgpack_format.h"
#include "shmpack/value_types.h"
#include "zend_exceptions.h"

namespace shmpack::php {
namespace {

/// An ext header of the longest form; EndExt() makes it shorter where that is cheap.
constexpr size_t kLongExtHeader = 6;
constexpr size_t kCheapToMove = 255;

zend_ulong AddressKey(const void* counted) { return reinterpret_cast<uintptr_t>(counted) >> 3; }

size_t MapHeaderBytes(uint32_t pairs) { return pairs < 16 ? 1 : pairs < 65536 ? 3 : 5; }

bool HasNoHoles(zend_array* table) { return (HT_FLAGS(table) & HASH_FLAG_HAS_EMPTY_IND) == 0; }

}  // namespace

bool EncodedValue::Grow(size_t count) {
  if (is_given_up_) {
    size_ = 0;
    return false;
  }
  const size_t wanted = zend_safe_address_guarded(1, count, size_);
  size_t capacity = capacity_ * 2;
  if (capacity < wanted) {
    capacity = wanted;
  }
  const bool was_inline = begin_ == inline_;
  auto* const grown = static_cast<char*>(ResizeBytes(was_inline ? nullptr : begin_, capacity, size_));
  if (UNEXPECTED(grown == nullptr)) {
    is_given_up_ = true;
    size_ = 0;
    return false;
  }
  if (was_inline) {
    std::memcpy(grown, inline_, size_);
  }
  begin_ = grown;
  capacity_ = capacity;
  return true;
}

char* EncodedValue::GrowFrom(char* at, size_t count) {
  size_ = static_cast<size_t>(at - begin_);
  if (capacity_ - size_ < count) {
    Grow(count);
  }
  return begin_ + size_;
}

bool EncodeValue(zval* value, EncodedValue* out) {
  ZVAL_DEREF(value);
  Encoder encoder(out);
  if (!encoder.Run(value)) {
    FreeEncodedValue(out);
    return false;
  }
  return true;
}

bool Encoder::Run(zval* root) {
  root_ = root;
  bool going_on = Value(root);
  while (going_on && !frames_.empty()) {
    switch (frames_.back().kind) {
      case Kind::kList:
        going_on = ContinueList();
        break;
      case Kind::kTable:
        going_on = ContinueTable();
        break;
      case Kind::kSlots:
        going_on = ContinueSlots();
        break;
      case Kind::kReference:
        going_on = ContinueReference();
        break;
    }
  }
  Free();  // may run destructors, which may throw
  return going_on && !out_->is_given_up_ && !EG(exception) && !MemoryIsOut();
}

void Encoder::Free() {
  while (!frames_.empty()) {
    const Frame frame = frames_.back();
    frames_.Pop();
    Release(frame);
  }
  frames_.Free();
  for (zend_refcounted* const counted : held_) {
    zval value;
    if (GC_TYPE(counted) == IS_OBJECT) {
      ZVAL_OBJ(&value, reinterpret_cast<zend_object*>(counted));
    } else {
      ZVAL_REF(&value, reinterpret_cast<zend_reference*>(counted));
    }
    zval_ptr_dtor(&value);
  }
  held_.Free();
  if (numbers_ != nullptr) {
    zend_array_destroy(numbers_);
  }
  if (occurrences_ != nullptr) {
    zend_array_destroy(occurrences_);
  }
}

bool Encoder::Value(zval* value) {
  if (IsScalar(value)) {
    RunPacker packer(out_);
    packer.Reserve();
    packer.Scalar(value);
    packer.Done();
    return true;
  }
  switch (Z_TYPE_P(value)) {
    case IS_UNDEF:
      packer_.pack_nil();
      return true;
    case IS_STRING:
      return String(Z_STR_P(value));
    case IS_ARRAY:
      return Array(Z_ARR_P(value));
    case IS_OBJECT:
      return Object(Z_OBJ_P(value));
    case IS_REFERENCE:
      return Reference(Z_REF_P(value));
    default:
      // A resource: serialize() stores 0.
      packer_.pack_int64(0);
      return true;
  }
}

bool Encoder::String(const zend_string* string) {
  if (!Fits(string)) {
    zend_throw_exception(nullptr, "Strings of 4 GiB or more cannot be stored in shared memory", 0);
    return false;
  }
  RunPacker packer(out_);
  packer.Reserve();
  packer.String(string);
  packer.Done();
  return true;
}

Encoder::Frame* Encoder::PushFrame(Kind kind) {
  if (UNEXPECTED(frames_.size() >= kMaxValueDepth)) {
    zend_throw_exception_ex(nullptr, 0, "Values nested deeper than %u levels cannot be stored in shared memory",
                            kMaxValueDepth);
    return nullptr;
  }
  Frame* const frame = frames_.Push();
  if (UNEXPECTED(frame == nullptr)) {
    return nullptr;
  }
  *frame = Frame{};
  frame->kind = kind;
  return frame;
}

/// Arrays that hold only scalars are written here and now; others get a frame from their first other element on.
/// `sole`: the reference that holds this array and that nothing else refers to, or null.
bool Encoder::Array(zend_array* table, zend_reference* sole) {
  if (UNEXPECTED(out_->is_given_up_)) {
    return false;
  }
  const bool no_holes = HasNoHoles(table);
  const bool is_list = no_holes && zend_array_is_list(table);
  const uint32_t count = EXPECTED(no_holes) ? zend_hash_num_elements(table) : zend_array_count(table);
  const size_t map_at = out_->size_;
  if (is_list) {
    packer_.pack_array(count);
  } else {
    packer_.pack_map(count);
  }
  uint32_t written = 0;
  uint32_t index = 0;
  if (EXPECTED(frames_.size() < kMaxValueDepth)) {
    index = PackRun(table, is_list, 0, &written);
    if (index == table->nNumUsed && (is_list || written == count)) {
      return true;
    }
  } else if (count == 0) {
    return true;
  }
  Frame* const frame = PushFrame(is_list ? Kind::kList : Kind::kTable);
  if (frame == nullptr) {
    return false;
  }
  GC_TRY_ADDREF(table);
  frame->table = table;
  frame->index = index;
  frame->declared = count;
  frame->written = written;
  frame->map_at = map_at;
  if (sole != nullptr) {
    frame->sole = sole;
    GC_ADDREF(sole);
  }
  return true;
}

/// Packs what needs no frame, from `index` on. Returns where it stopped.
uint32_t Encoder::PackRun(zend_array* table, bool is_list, uint32_t index, uint32_t* written) {
  if (is_list) {
    return PackListRun(table, index, out_);
  }
  return IsPacked(table) ? index : PackPairRun(table, index, written, out_);
}

bool Encoder::ContinueList() {
  const size_t depth = frames_.size();
  zend_array* const table = frames_.back().table;
  uint32_t index = frames_.back().index;
  for (;;) {
    index = PackListRun(table, index, out_);
    if (index == table->nNumUsed) {
      return CloseFrame();
    }
    zval* const element = ElementAt(table, index++);
    frames_.back().index = index;
    const bool ok = EXPECTED(Z_TYPE_P(element) == IS_ARRAY) ? Array(Z_ARR_P(element)) : Value(element);
    if (!ok) {
      return false;
    }
    if (frames_.size() != depth) {
      return true;
    }
  }
}

bool Encoder::ContinueTable() {
  const size_t depth = frames_.size();
  zend_array* const table = frames_.back().table;
  const bool skips_class_name = frames_.back().skips_class_name;
  uint32_t index = frames_.back().index;
  uint32_t written = frames_.back().written;
  for (;;) {
    if (EXPECTED(!skips_class_name)) {
      index = PackRun(table, false, index, &written);
    }
    if (index == table->nNumUsed) {
      frames_.back().written = written;
      return CloseFrame();
    }
    const uint32_t current = index++;
    zval* element = ElementAt(table, current);
    if (Z_TYPE_P(element) == IS_INDIRECT) {
      element = Z_INDIRECT_P(element);
    }
    if (Z_TYPE_P(element) == IS_UNDEF || (skips_class_name && IsIncompleteClassNameAt(table, current))) {
      continue;
    }
    if (!Key(table, current)) {
      return false;
    }
    frames_.back().index = index;
    frames_.back().written = ++written;
    if (!Value(element)) {
      return false;
    }
    if (frames_.size() != depth) {
      return true;
    }
  }
}

bool Encoder::Key(zend_array* table, uint32_t index) {
  zend_ulong number;
  zend_string* const key = KeyAt(table, index, &number);
  if (key == nullptr) {
    packer_.pack_int64(static_cast<zend_long>(number));
    return true;
  }
  return String(key);
}

bool Encoder::CloseFrame() {
  const Frame frame = frames_.back();
  frames_.Pop();
  bool ok = !out_->is_given_up_;
  if (!ok) {
    // Where it began lies behind what is written.
  } else if (frame.kind == Kind::kReference) {
    ok = EndExt(frame.ext_at, kExtReference);
  } else if (frame.kind != Kind::kList) {
    if (UNEXPECTED(frame.written != frame.declared)) {
      CorrectCount(frame);
    }
    if (frame.is_object) {
      ok = EndExt(frame.ext_at, kExtObject);
    }
  }
  Release(frame);
  return ok && !EG(exception);
}

/// Lets go of what a frame holds. What __serialize() returned may go away here, with destructors.
void Encoder::Release(const Frame& frame) {
  if (frame.kind == Kind::kList || frame.kind == Kind::kTable) {
    zend_release_properties(frame.table);
  }
  if (frame.sole != nullptr) {
    zval value;
    ZVAL_REF(&value, frame.sole);
    zval_ptr_dtor(&value);
  }
}

/// Rewrites a map's header after user code changed the properties while they were being written.
void Encoder::CorrectCount(const Frame& frame) {
  const size_t old_bytes = MapHeaderBytes(frame.declared);
  const size_t new_bytes = MapHeaderBytes(frame.written);
  if (out_->capacity_ - out_->size_ < new_bytes && !out_->Grow(new_bytes)) {
    return;
  }
  const size_t body_at = frame.map_at + old_bytes;
  const size_t body_bytes = out_->size_ - body_at;
  std::memmove(out_->begin_ + frame.map_at + new_bytes, out_->begin_ + body_at, body_bytes);
  out_->size_ = frame.map_at;
  packer_.pack_map(frame.written);
  out_->size_ += body_bytes;
}

/// A reference that nothing else refers to is what it holds, unless that leads back to it: while it is being gone into
/// it is held, and so it is met as another one.
bool Encoder::Reference(zend_reference* reference) {
  if (GC_REFCOUNT(reference) == 1) {
    zval* const value = &reference->val;
    return Z_TYPE_P(value) == IS_ARRAY ? Array(Z_ARR_P(value), reference) : Value(value);
  }
  if (!IsShared(reference)) {
    return !MemoryIsOut() && Value(&reference->val);
  }
  zval* const number = Number(reinterpret_cast<zend_refcounted*>(reference));
  if (number == nullptr) {
    return false;
  }
  if (Z_TYPE_P(number) == IS_LONG) {
    return NumberExt(kExtSameReference, Z_LVAL_P(number));
  }
  ZVAL_LONG(number, next_reference_++);
  const size_t ext_at = BeginExt();
  Frame* const frame = PushFrame(Kind::kReference);
  if (frame == nullptr) {
    return false;
  }
  frame->ext_at = ext_at;
  frame->reference = reference;  // held since it has a number
  return true;
}

bool Encoder::ContinueReference() {
  const size_t depth = frames_.size();
  Frame& frame = frames_.back();
  if (frame.index == 0) {
    frame.index = 1;
    if (!Value(&frame.reference->val)) {
      return false;
    }
    if (frames_.size() != depth) {
      return true;
    }
  }
  return CloseFrame();
}

/// False for a reference that only one place of the value holds: what a foreach by reference leaves behind. It is
/// stored as plain data then. Where there are objects, user code may yet show it again, so it stays a reference.
bool Encoder::IsShared(zend_reference* reference) {
  if (!counted_references_) {
    counted_references_ = true;
    has_objects_ = has_objects_ || Z_TYPE_P(root_) != IS_ARRAY;
    if (!has_objects_) {
      CountReferences();
    }
  }
  if (has_objects_) {
    return true;
  }
  zval* const count = zend_hash_index_find(occurrences_, AddressKey(reference));
  return count == nullptr || Z_LVAL_P(count) > 1;
}

/// Walks the root's arrays. A reference is gone into once, an array at most twice: what a shared array holds occurs
/// more than once, and that is all there is to know. Stops when memory is out.
void Encoder::CountReferences() {
  struct Position {
    zend_array* table;
    uint32_t index;
  };
  occurrences_ = zend_new_array(0);
  RequestVector<Position, 16> positions;
  const auto push = [&positions](zend_array* table) {
    Position* const position = positions.Push();
    if (position != nullptr) *position = {table, 0};
  };
  push(Z_ARR_P(root_));
  while (!positions.empty() && !has_objects_ && !MemoryIsOut()) {
    Position& position = positions.back();
    if (position.index == position.table->nNumUsed) {
      positions.Pop();
      continue;
    }
    zval* element = ElementAt(position.table, position.index++);
    if (Z_TYPE_P(element) == IS_INDIRECT) {
      element = Z_INDIRECT_P(element);
    }
    if (Z_ISREF_P(element)) {
      if (Occurrences(Z_REF_P(element)) > 1) {
        continue;
      }
      element = Z_REFVAL_P(element);
    }
    if (Z_TYPE_P(element) == IS_OBJECT) {
      has_objects_ = true;
    } else if (Z_TYPE_P(element) == IS_ARRAY && Z_REFCOUNTED_P(element)) {
      if (Z_REFCOUNT_P(element) == 1 || Occurrences(Z_ARR_P(element)) <= 2) {
        push(Z_ARR_P(element));
      }
    }
  }
  positions.Free();
}

/// How often something has occurred, this time included.
zend_long Encoder::Occurrences(const void* counted) {
  if (!HasRoomForPair(occurrences_)) {
    return 0;
  }
  zval* const count = zend_hash_index_lookup(occurrences_, AddressKey(counted));
  ZVAL_LONG(count, Z_TYPE_P(count) == IS_LONG ? Z_LVAL_P(count) + 1 : 1);
  return Z_LVAL_P(count);
}

/// The number of an object or reference: a null zval, and from now on held, if it has none yet. Null: memory is out.
zval* Encoder::Number(zend_refcounted* counted) {
  if (numbers_ == nullptr) {
    numbers_ = zend_new_array(0);
  }
  if (!HasRoomForPair(numbers_)) {
    return nullptr;
  }
  zval* const number = zend_hash_index_lookup(numbers_, AddressKey(counted));
  if (Z_TYPE_P(number) == IS_NULL) {
    zend_refcounted** const held = held_.Push();
    if (held == nullptr) {
      return nullptr;
    }
    *held = counted;
    GC_ADDREF(counted);
  }
  return number;
}

size_t Encoder::BeginExt() {
  const size_t ext_at = out_->size_;
  const char header[kLongExtHeader] = {};
  out_->write(header, sizeof(header));
  return ext_at;
}

bool Encoder::EndExt(size_t ext_at, int8_t type) {
  if (UNEXPECTED(out_->is_given_up_)) {
    return false;
  }
  const size_t bytes = out_->size_ - ext_at - kLongExtHeader;
  if (UNEXPECTED(bytes > UINT32_MAX)) {
    zend_throw_exception(nullptr, "Objects of 4 GiB or more cannot be stored in shared memory", 0);
    return false;
  }
  char* const header = out_->begin_ + ext_at;
  if (bytes > kCheapToMove) {
    header[0] = static_cast<char>(kHeadExt32);
    header[1] = static_cast<char>(bytes >> 24);
    header[2] = static_cast<char>(bytes >> 16);
    header[3] = static_cast<char>(bytes >> 8);
    header[4] = static_cast<char>(bytes);
    header[5] = type;
    return true;
  }
  const bool is_fixed = bytes <= 16 && std::has_single_bit(bytes);
  std::memmove(header + (is_fixed ? 2 : 3), header + kLongExtHeader, bytes);
  out_->size_ = ext_at;
  packer_.pack_ext(bytes, type);
  out_->size_ += bytes;
  return true;
}

bool Encoder::NumberExt(int8_t type, zend_long number) {
  const size_t ext_at = BeginExt();
  packer_.pack_int64(number);
  return EndExt(ext_at, type);
}

}  // namespace shmpack::php
