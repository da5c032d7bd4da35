// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the encoder that writes arrays, and the properties of an object that are in a table.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/values/encoder_state.h"
#include "php/values/run_packer.h"
#include "php/values/zend_array_access.h"
#include "shmpack/value_types.h"

namespace shmpack::php {
namespace {

size_t MapHeaderBytes(uint32_t pairs) { return pairs <= kMaxFixCount ? 1 : pairs <= UINT16_MAX ? 3 : 5; }

bool HasNoHoles(zend_array* table) { return (HT_FLAGS(table) & HASH_FLAG_HAS_EMPTY_IND) == 0; }

}  // namespace

/// Writes an array that holds only scalars at once. Another one gets a frame from its first other element on. `sole`:
/// the unshared reference that holds the array, or null.
bool Encoder::Array(zend_array* table, zend_reference* sole) {
  if (UNEXPECTED(out_->is_given_up_)) return false;
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
    if (index == table->nNumUsed && (is_list || written == count)) return true;
  } else if (count == 0) {
    return true;
  }
  Frame* const frame = PushFrame(is_list ? Kind::kList : Kind::kTable);
  if (frame == nullptr) return false;
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

/// Packs elements from `index` on until one needs a frame. Returns the index where it stopped.
uint32_t Encoder::PackRun(zend_array* table, bool is_list, uint32_t index, uint32_t* written) {
  if (is_list) return PackListRun(table, index, out_);
  return IsPacked(table) ? index : PackPairRun(table, index, written, out_);
}

bool Encoder::ContinueList() {
  const size_t depth = frames_.size();
  zend_array* const table = frames_.back().table;
  uint32_t index = frames_.back().index;
  for (;;) {
    index = PackListRun(table, index, out_);
    if (index == table->nNumUsed) return CloseFrame();
    zval* const element = ElementAt(table, index++);
    frames_.back().index = index;
    const bool ok = EXPECTED(Z_TYPE_P(element) == IS_ARRAY) ? Array(Z_ARR_P(element)) : Value(element);
    if (!ok) return false;
    if (frames_.size() != depth) return true;
  }
}

bool Encoder::ContinueTable() {
  const size_t depth = frames_.size();
  zend_array* const table = frames_.back().table;
  const bool skips_class_name = frames_.back().skips_class_name;
  uint32_t index = frames_.back().index;
  uint32_t written = frames_.back().written;
  for (;;) {
    if (EXPECTED(!skips_class_name)) index = PackRun(table, false, index, &written);
    if (index == table->nNumUsed) {
      frames_.back().written = written;
      return CloseFrame();
    }
    const uint32_t current = index++;
    zval* element = ElementAt(table, current);
    if (Z_TYPE_P(element) == IS_INDIRECT) element = Z_INDIRECT_P(element);
    if (Z_TYPE_P(element) == IS_UNDEF || (skips_class_name && IsIncompleteClassNameAt(table, current))) continue;
    if (!Key(table, current)) return false;
    frames_.back().index = index;
    frames_.back().written = ++written;
    if (!Value(element)) return false;
    if (frames_.size() != depth) return true;
  }
}

bool Encoder::Key(zend_array* table, uint32_t index) {
  zend_ulong number;
  zend_string* const key = KeyAt(table, index, &number);
  if (key != nullptr) return String(key);
  packer_.pack_int64(static_cast<zend_long>(number));
  return true;
}

/// Rewrites a map's header, because user code changed the properties while they were written.
void Encoder::CorrectCount(const Frame& frame) {
  const size_t old_bytes = MapHeaderBytes(frame.declared);
  const size_t new_bytes = MapHeaderBytes(frame.written);
  if (out_->capacity_ - out_->size_ < new_bytes && !out_->Grow(new_bytes)) return;
  const size_t body_at = frame.map_at + old_bytes;
  const size_t body_bytes = out_->size_ - body_at;
  std::memmove(out_->begin_ + frame.map_at + new_bytes, out_->begin_ + body_at, body_bytes);
  out_->size_ = frame.map_at;
  packer_.pack_map(frame.written);
  out_->size_ += body_bytes;
}

}  // namespace shmpack::php
