// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <bit>

#include "php/memory_limit.h"
#include "php/values/encoder_state.h"
#include "php/values/value_encoder.h"
#include "shmpack/value_types.h"
#include "zend_exceptions.h"

namespace shmpack::php {
namespace {

/// An ext header of the longest form. EndExt() makes it shorter where that is cheap.
constexpr size_t kLongExtHeader = 6;
constexpr size_t kCheapToMove = 255;

}  // namespace

bool EncodeGraph(zval* value, EncodedValue* out) {
  Encoder encoder(out);
  if (encoder.Run(value)) return true;
  FreeEncodedValue(out);
  return false;
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
  if (numbers_ != nullptr) zend_array_destroy(numbers_);
  if (occurrences_ != nullptr) zend_array_destroy(occurrences_);
}

/// Writes a value, or its beginning. What is left then has the frames that were pushed. False: see Run().
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
      // A resource. serialize() stores 0, too.
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

/// Null: too deep, and that was thrown; or memory is out.
Encoder::Frame* Encoder::PushFrame(Kind kind) {
  if (UNEXPECTED(frames_.size() >= kMaxValueDepth)) {
    zend_throw_exception_ex(nullptr, 0, "Values nested deeper than %u levels cannot be stored in shared memory",
                            kMaxValueDepth);
    return nullptr;
  }
  Frame* const frame = frames_.Push();
  if (UNEXPECTED(frame == nullptr)) return nullptr;
  *frame = Frame{};
  frame->kind = kind;
  return frame;
}

/// Pops the top frame, whose value is complete.
bool Encoder::CloseFrame() {
  const Frame frame = frames_.back();
  frames_.Pop();
  bool ok = !out_->is_given_up_;
  if (!ok) {
    // The frame's positions lie behind what is written.
  } else if (frame.kind == Kind::kReference) {
    ok = EndExt(frame.ext_at, kExtReference);
  } else if (frame.kind != Kind::kList) {
    if (UNEXPECTED(frame.written != frame.declared)) CorrectCount(frame);
    if (frame.is_object) ok = EndExt(frame.ext_at, kExtObject);
  }
  Release(frame);
  return ok && !EG(exception);
}

/// Releases what a frame holds. This may free what __serialize() returned, and so run destructors.
void Encoder::Release(const Frame& frame) {
  if (frame.kind == Kind::kList || frame.kind == Kind::kTable) zend_release_properties(frame.table);
  if (frame.sole != nullptr) {
    zval value;
    ZVAL_REF(&value, frame.sole);
    zval_ptr_dtor(&value);
  }
}

/// The number of an object, case or reference. If it has none yet, that is an IS_NULL for the caller to set, and the
/// object is held from now on. Null: memory is out.
zval* Encoder::NumberOf(zend_refcounted* counted) {
  if (numbers_ == nullptr) numbers_ = zend_new_array(0);
  if (!HasRoomForPair(numbers_)) return nullptr;
  zval* const number = zend_hash_index_lookup(numbers_, AddressKey(counted));
  if (Z_TYPE_P(number) == IS_NULL) {
    zend_refcounted** const held = held_.Push();
    if (held == nullptr) return nullptr;
    *held = counted;
    GC_ADDREF(counted);
  }
  return number;
}

/// Begins an ext: what is written until EndExt() is its payload. Returns where its header is.
size_t Encoder::BeginExt() {
  const size_t ext_at = out_->size_;
  const char header[kLongExtHeader] = {};
  out_->write(header, sizeof(header));
  return ext_at;
}

/// Writes the header of an ext, whose payload is complete.
bool Encoder::EndExt(size_t ext_at, int8_t type) {
  if (UNEXPECTED(out_->is_given_up_)) return false;
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

/// Writes that an object, case or reference is one that was written before: its number, in an ext of the type for that.
bool Encoder::PackSame(int8_t type, zend_long number) {
  const size_t ext_at = BeginExt();
  packer_.pack_int64(number);
  return EndExt(ext_at, type);
}

}  // namespace shmpack::php
