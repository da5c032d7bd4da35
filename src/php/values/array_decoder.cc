// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that fills arrays: lists, maps, and what is meant for __unserialize().

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/memory_limit.h"
#include "php/php_shmpack.h"
#include "php/values/decoder_state.h"
#include "php/values/zend_array_access.h"
#include "php/values/zval_sink.h"
#include "shmpack/value_types.h"

namespace shmpack::php {
namespace {

/// Whether a key begins like an integer. The engine's own check of that expects a NUL behind the key.
bool MayBeNumber(const MsgpackToken& key) {
  const auto is_digit = [&key](uint32_t index) { return key.size > index && ZEND_IS_DIGIT(key.data[index]); };
  return is_digit(0) || (key.size > 1 && key.data[0] == '-' && is_digit(1));
}

}  // namespace

/// Fills a list that holds only scalars at once. Another one gets a frame for the rest.
Decoder::Step Decoder::OpenList(uint32_t count, zval* target) {
  if (count == 0) {
    ZVAL_EMPTY_ARRAY(target);
    return Step::kDone;
  }
  if (UNEXPECTED(count >= HT_MAX_SIZE || frames_.size() >= kMaxValueDepth || !HasRoomFor(ListBytes(count)))) {
    return Step::kFailed;
  }
  zend_array* const table = zend_new_array(count);
  ZVAL_ARR(target, table);
  zend_hash_real_init_packed(table);
  table->nNextFreeElement = count;
  const uint32_t remaining = FillListRun(table, count);
  if (remaining == 0) return Step::kDone;
  Frame* const frame = PushFrame(Kind::kList);
  if (UNEXPECTED(frame == nullptr)) return Step::kFailed;
  frame->table = table;
  frame->remaining = remaining;
  return Step::kOpened;
}

/// Appends up to `count` scalars. Returns how many values are left when something else comes.
uint32_t Decoder::FillListRun(zend_array* table, uint32_t count) {
  MsgpackReader reader = reader_;  // a copy can be in registers
  uint32_t index = table->nNumUsed;
  while (count > 0 && !MemoryIsOut() && reader.ReadScalar(ZvalSink{PackedPlace(table, index)})) {
    ++index;
    --count;
  }
  SetPackedCount(table, index);
  reader_ = reader;
  return count;
}

Decoder::Step Decoder::FillList() {
  Frame& frame = frames_.back();
  zend_array* const table = frame.table;
  for (;;) {
    frame.remaining = FillListRun(table, frame.remaining);
    if (frame.remaining == 0) return Step::kDone;
    if (UNEXPECTED(MemoryIsOut())) return Step::kFailed;
    --frame.remaining;
    zval* const element = PackedPlace(table, table->nNumUsed);
    ZVAL_NULL(element);
    SetPackedCount(table, table->nNumUsed + 1);
    const Step step = NonScalar(element);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved
    }
  }
}

/// Fills a map at once if its keys are known and it holds only scalars. Another one gets a frame for the rest.
Decoder::Step Decoder::OpenMap(uint32_t count, zval* target) {
  if (count == 0) {
    ZVAL_EMPTY_ARRAY(target);
    return Step::kDone;
  }
  MapShapes::Shape* shape;
  uint32_t serial;
  zend_array* const table = EXPECTED(frames_.size() < kMaxValueDepth) ? NewMap(count, &shape, &serial) : nullptr;
  if (UNEXPECTED(table == nullptr)) return Step::kFailed;
  ZVAL_ARR(target, table);
  if (EXPECTED(serial != 0)) {
    if (!FillByShape(table, shape)) {
      MapShapes::Miss(shape);
      serial = 0;
    } else if (table->nNumUsed == count) {
      shape->trust = MapShapes::kTrust;
      return Step::kDone;
    }
  }
  Frame* const frame = PushFrame(Kind::kMap);
  if (UNEXPECTED(frame == nullptr)) return Step::kFailed;
  frame->table = table;
  frame->remaining = count - table->nNumUsed;
  frame->shape = shape;
  frame->serial = serial;
  return Step::kOpened;
}

/// Makes an array for a map of `count` pairs, at least one, and finds the shape that may be its. `*serial` is 0 if that
/// shape has no keys. Null: there are too many pairs, or memory is out.
zend_array* Decoder::NewMap(uint32_t count, MapShapes::Shape** shape, uint32_t* serial) {
  if (UNEXPECTED(count >= HT_MAX_SIZE || !HasRoomFor(TableBytes(count)))) return nullptr;
  zend_array* const table = zend_new_array(count);
  zend_hash_real_init_mixed(table);
  *shape = SHMPACK_G(map_shapes).Find(reader_, count);
  *serial = *shape != nullptr ? (*shape)->serial : 0;
  if (*serial != 0 && (*shape)->has_counted) HT_FLAGS(table) &= ~HASH_FLAG_STATIC_KEYS;
  return table;
}

/// Appends pairs while their keys are the shape's next ones and their values scalars. False: it met another key.
bool Decoder::FillByShape(zend_array* table, const MapShapes::Shape* shape) {
  // Copies can be in registers.
  MsgpackReader reader = reader_;
  const PairAppender appender(table);
  const uint32_t pairs = shape->pairs;
  uint32_t index = table->nNumUsed;
  bool same = true;
  for (; index < pairs; ++index) {
    zend_string* const key = shape->keys[index];
    MsgpackReader behind_key = reader;
    if (!behind_key.ReadShortText(ZSTR_VAL(key), ZSTR_LEN(key))) {
      same = false;
      break;
    }
    if (!behind_key.ReadScalar(ZvalSink{appender.Place(index)})) break;
    appender.Link(index, key);
    reader = behind_key;
  }
  appender.Done(index);
  reader_ = reader;
  return same;
}

Decoder::Step Decoder::FillMap() {
  Frame& frame = frames_.back();
  for (;;) {
    if (frame.serial != 0) {
      // A value of this map may have changed the shape.
      const uint32_t before = frame.table->nNumUsed;
      if (frame.shape->serial != frame.serial) {
        frame.shape = nullptr;
        frame.serial = 0;
      } else if (!FillByShape(frame.table, frame.shape)) {
        MapShapes::Miss(frame.shape);
        frame.serial = 0;
      }
      frame.remaining -= frame.table->nNumUsed - before;
    }
    if (frame.remaining == 0) {
      if (frame.serial == 0 && frame.shape != nullptr) SHMPACK_G(map_shapes).Learn(frame.shape, frame.table);
      return Step::kDone;
    }
    zval* const slot = EXPECTED(!MemoryIsOut()) ? NextSlot(frame) : nullptr;
    if (slot == nullptr) return Step::kFailed;
    const Step step = Value(slot);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved
    }
  }
}

/// Reads the next key and returns the element for it, an IS_NULL. Null: it cannot be a key, or memory is out.
zval* Decoder::NextSlot(Frame& frame) {
  --frame.remaining;
  zend_array* const table = frame.table;
  if (frame.serial != 0) {
    zend_string* const key = frame.shape->keys[table->nNumUsed];
    if (!reader_.ReadShortText(ZSTR_VAL(key), ZSTR_LEN(key))) return nullptr;
    const PairAppender appender(table);
    const uint32_t index = table->nNumUsed;
    zval* const slot = appender.Place(index);
    ZVAL_NULL(slot);
    appender.Link(index, key);
    appender.Done(index + 1);
    return slot;
  }
  MsgpackToken key;
  return reader_.Next(&key) ? MapSlot(table, key) : nullptr;
}

/// The element of `table` for a key, an IS_NULL. Keys are as PHP has them: "7" is 7. Of two equal keys the later
/// counts. Null: no array can have this key, or memory is out.
zval* Decoder::MapSlot(zend_array* table, const MsgpackToken& key) {
  zval* slot;
  zend_ulong number;
  if (key.kind == MsgpackKind::kString || key.kind == MsgpackKind::kBinary) {
    if (MayBeNumber(key) && _zend_handle_numeric_str_ex(key.data, key.size, &number)) {
      slot = zend_hash_index_lookup(table, number);
    } else {
      zend_string* const name = keys_.Get(key.data, key.size);
      if (UNEXPECTED(name == nullptr)) return nullptr;
      slot = zend_hash_lookup(table, name);
    }
  } else if (key.kind == MsgpackKind::kInt) {
#if SIZEOF_ZEND_LONG < 8
    if (key.integer > ZEND_LONG_MAX || key.integer < ZEND_LONG_MIN) return nullptr;
#endif
    slot = zend_hash_index_lookup(table, static_cast<zend_ulong>(key.integer));
  } else {
    return nullptr;
  }
  if (UNEXPECTED(Z_TYPE_P(slot) != IS_NULL)) {
    if (!Discard(slot)) return nullptr;
    ZVAL_NULL(slot);
  }
  return slot;
}

}  // namespace shmpack::php
