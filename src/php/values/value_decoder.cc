// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/memory_limit.h"
#include "php/php_shmpack.h"
#include "php/values/decoder_state.h"
#include "php/values/scalar_codec.h"
#include "php/values/value_decoder.h"
#include "php/values/zend_array_access.h"
#include "shmpack/value_types.h"

namespace shmpack::php {
namespace {

/// A quick look at the first bytes. The engine's own one expects a NUL behind them.
bool MayBeNumber(const MsgpackToken& key) {
  const auto is_digit = [&key](uint32_t index) { return key.size > index && ZEND_IS_DIGIT(key.data[index]); };
  return is_digit(0) || (key.size > 1 && key.data[0] == '-' && is_digit(1));
}

}  // namespace

void BeginDecoding() { SHMPACK_G(map_shapes).Begin(); }
void EndDecoding() { SHMPACK_G(map_shapes).End(); }

bool DecodeValue(const char* data, size_t size, zval* out, bool* plain) {
  Decoder decoder(data, size);
  const bool ok = decoder.Run(out);
  *plain = decoder.is_plain();
  return ok;
}

bool Decoder::Run(zval* out) {
  ZVAL_NULL(out);
  Step step = Value(out);
  while (step != Step::kFailed && !frames_.empty()) {
    switch (frames_.back().kind) {
      case Kind::kList:
        step = FillList();
        break;
      case Kind::kMap:
      case Kind::kHookData:
        step = FillMap();
        break;
      case Kind::kReference:
        step = FillReference();
        break;
      case Kind::kProperties:
        step = FillProperties();
        break;
    }
    if (step == Step::kDone && !Close()) {
      step = Step::kFailed;
    }
  }
  const bool built = step != Step::kFailed && reader_.Finished() && !EG(exception) && !MemoryIsOut();
  if (!built) {
    Abandon();
  }
  const bool ok = RunHooks() && built;
  if (!ok) {
    zval_ptr_dtor(out);
    ZVAL_NULL(out);
  }
  Free();
  if (ok && EG(exception)) {
    zval_ptr_dtor(out);
    ZVAL_NULL(out);
    return false;
  }
  return ok;
}

/// After a failure: makes what is half built safe to free.
void Decoder::Abandon() {
  for (Frame& frame : frames_) {
    if (frame.kind == Kind::kHookData) {
      GC_ADD_FLAGS(frame.object, IS_OBJ_DESTRUCTOR_CALLED);
      zend_array_destroy(frame.table);
    } else if (frame.kind == Kind::kProperties) {
      if (frame.has_wakeup) {
        GC_ADD_FLAGS(frame.object, IS_OBJ_DESTRUCTOR_CALLED);
      }
      if (frame.slot != nullptr && frame.info != nullptr && Z_ISREF_P(frame.slot)) {
        // A reference in a typed property is expected to know the property when it is freed.
        ZEND_REF_ADD_TYPE_SOURCE(Z_REF_P(frame.slot), frame.info);
      }
    }
  }
  for (Hook& hook : hooks_) {
    if (hook.kind != Hook::Kind::kDiscard) {
      GC_ADD_FLAGS(hook.object, IS_OBJ_DESTRUCTOR_CALLED);
      hook.kind = Hook::Kind::kDiscard;
    }
  }
}

void Decoder::Free() {
  frames_.Free();
  hooks_.Free();
  cases_.Free();
  for (zend_object* const object : objects_) {
    OBJ_RELEASE(object);
  }
  objects_.Free();
  for (zend_reference* const reference : references_) {
    zval value;
    ZVAL_REF(&value, reference);
    zval_ptr_dtor(&value);
  }
  references_.Free();
  keys_.Free();
}

Decoder::Frame* Decoder::PushFrame(Kind kind) {
  if (UNEXPECTED(frames_.size() >= kMaxValueDepth)) {
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

/// Reads the next value into `*target`, which is null. On a failure `*target` is whatever was built, to be freed.
Decoder::Step Decoder::Value(zval* target) {
  return reader_.ReadScalar(ZvalSink{target}) ? Step::kDone : Opening(target);
}

/// Value() for what is no scalar.
Decoder::Step Decoder::Opening(zval* target) {
  MsgpackToken token;
  if (UNEXPECTED(MemoryIsOut() || !reader_.ReadOther(&token))) {
    return Step::kFailed;
  }
  switch (token.kind) {
    case MsgpackKind::kArray:
      return OpenList(token.size, target);
    case MsgpackKind::kMap:
      return OpenMap(token.size, target);
    default:
      return Ext(token, target);
  }
}

/// Lists and maps that hold only scalars are filled here and now; others get a frame for the rest.
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
  if (remaining == 0) {
    return Step::kDone;
  }
  Frame* const frame = PushFrame(Kind::kList);
  if (UNEXPECTED(frame == nullptr)) {
    return Step::kFailed;
  }
  frame->table = table;
  frame->remaining = remaining;
  return Step::kOpened;
}

/// Appends up to `count` scalars; returns how many values are left when something else comes.
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
    if (frame.remaining == 0) {
      return Step::kDone;
    }
    if (UNEXPECTED(MemoryIsOut())) {
      return Step::kFailed;
    }
    --frame.remaining;
    zval* const element = PackedPlace(table, table->nNumUsed);
    ZVAL_NULL(element);
    SetPackedCount(table, table->nNumUsed + 1);
    const Step step = Opening(element);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved
    }
  }
}

/// An array for a map of `count` pairs, at least one, and what is known of its keys. Null: too many, or memory is out.
zend_array* Decoder::NewMap(uint32_t count, MapShapes::Shape** shape, uint32_t* serial) {
  if (UNEXPECTED(count >= HT_MAX_SIZE || !HasRoomFor(TableBytes(count)))) {
    return nullptr;
  }
  zend_array* const table = zend_new_array(count);
  zend_hash_real_init_mixed(table);
  *shape = SHMPACK_G(map_shapes).Find(reader_, count);
  *serial = *shape != nullptr ? (*shape)->serial : 0;
  if (*serial != 0 && (*shape)->has_counted) {
    HT_FLAGS(table) &= ~HASH_FLAG_STATIC_KEYS;
  }
  return table;
}

Decoder::Step Decoder::OpenMap(uint32_t count, zval* target) {
  if (count == 0) {
    ZVAL_EMPTY_ARRAY(target);
    return Step::kDone;
  }
  MapShapes::Shape* shape;
  uint32_t serial;
  zend_array* const table = EXPECTED(frames_.size() < kMaxValueDepth) ? NewMap(count, &shape, &serial) : nullptr;
  if (UNEXPECTED(table == nullptr)) {
    return Step::kFailed;
  }
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
  if (UNEXPECTED(frame == nullptr)) {
    return Step::kFailed;
  }
  frame->table = table;
  frame->remaining = count - table->nNumUsed;
  frame->shape = shape;
  frame->serial = serial;
  return Step::kOpened;
}

/// Appends pairs whose keys are the shape's, next in turn, and whose values are scalars. False: there is another key.
bool Decoder::FillByShape(zend_array* table, const MapShapes::Shape* shape) {
  // Copies of what the loop needs can be in registers.
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
    if (!behind_key.ReadScalar(ZvalSink{appender.Place(index)})) {
      break;
    }
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
      // What was decoded since may have changed the shape.
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
      if (frame.serial == 0 && frame.shape != nullptr) {
        SHMPACK_G(map_shapes).Learn(frame.shape, frame.table);
      }
      return Step::kDone;
    }
    zval* const slot = EXPECTED(!MemoryIsOut()) ? NextSlot(frame) : nullptr;
    if (slot == nullptr) {
      return Step::kFailed;
    }
    const Step step = Value(slot);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved
    }
  }
}

/// Reads the next key; returns the null element for it, or null if it cannot be a key or memory is out.
zval* Decoder::NextSlot(Frame& frame) {
  --frame.remaining;
  zend_array* const table = frame.table;
  if (frame.serial != 0) {
    zend_string* const key = frame.shape->keys[table->nNumUsed];
    if (!reader_.ReadShortText(ZSTR_VAL(key), ZSTR_LEN(key))) {
      return nullptr;
    }
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

/// The null element of `table` for a key; null: no array can have such a key, or memory is out. Keys are as PHP has
/// them ("7" is 7), and of two equal ones the later counts.
zval* Decoder::MapSlot(zend_array* table, const MsgpackToken& key) {
  zval* slot;
  zend_ulong number;
  if (key.kind == MsgpackKind::kString || key.kind == MsgpackKind::kBinary) {
    if (MayBeNumber(key) && _zend_handle_numeric_str_ex(key.data, key.size, &number)) {
      slot = zend_hash_index_lookup(table, number);
    } else {
      zend_string* const name = keys_.Get(key.data, key.size);
      if (UNEXPECTED(name == nullptr)) {
        return nullptr;
      }
      slot = zend_hash_lookup(table, name);
    }
  } else if (key.kind == MsgpackKind::kInt) {
#if SIZEOF_ZEND_LONG < 8
    if (key.integer > ZEND_LONG_MAX || key.integer < ZEND_LONG_MIN) {
      return nullptr;
    }
#endif
    slot = zend_hash_index_lookup(table, static_cast<zend_ulong>(key.integer));
  } else {
    return nullptr;
  }
  if (UNEXPECTED(Z_TYPE_P(slot) != IS_NULL)) {
    if (!Discard(slot)) {
      return nullptr;
    }
    ZVAL_NULL(slot);
  }
  return slot;
}

/// True: `*number` is the one value of the payload, below `limit`.
bool Decoder::ReadNumber(size_t limit, size_t* number) {
  MsgpackToken token;
  if (!reader_.Next(&token) || token.kind != MsgpackKind::kInt || token.integer < 0 ||
      static_cast<uint64_t>(token.integer) >= limit) {
    return false;
  }
  *number = static_cast<size_t>(token.integer);
  return true;
}

bool Decoder::ReadText(MsgpackToken* token) {
  return reader_.Next(token) && (token->kind == MsgpackKind::kString || token->kind == MsgpackKind::kBinary);
}

Decoder::Step Decoder::Ext(const MsgpackToken& token, zval* target) {
  is_plain_ = false;
  const int8_t type = token.ext_type;
  const bool is_pair = type == kExtObject || type == kExtSerializable || type == kExtEnumCase;
  const MsgpackReader outer = reader_;
  reader_ = MsgpackReader(token.data, token.size, is_pair ? 2 : 1);
  bool ok = false;
  Step step = Step::kFailed;
  switch (type) {
    case kExtObject:
      step = Object(target);
      break;
    case kExtReference:
      step = OpenReference(target);
      break;
    case kExtSerializable:
      ok = Serializable(target);
      break;
    case kExtSameObject:
      ok = SameObject(target);
      break;
    case kExtSameReference:
      ok = SameReference(target);
      break;
    case kExtEnumCase:
      ok = EnumCase(target);
      break;
    case kExtSameEnumCase:
      ok = SameEnumCase(target);
      break;
    default:
      break;
  }
  if (step == Step::kOpened) {
    frames_.back().outer = outer;
    return step;
  }
  if (!ok || !reader_.Finished()) {
    return Step::kFailed;
  }
  reader_ = outer;
  return Step::kDone;
}

/// Ends the top frame: what it built is complete.
bool Decoder::Close() {
  const Frame frame = frames_.back();
  if (frame.kind != Kind::kList && frame.kind != Kind::kMap) {
    if (!reader_.Finished()) {
      return false;
    }
    reader_ = frame.outer;
  }
  if (frame.kind == Kind::kHookData || frame.has_wakeup) {
    Hook* const hook = hooks_.Push();
    if (UNEXPECTED(hook == nullptr)) {
      return false;
    }
    hook->kind = frame.has_wakeup ? Hook::Kind::kWakeup : Hook::Kind::kUnserialize;
    hook->object = frame.object;
    ZVAL_UNDEF(&hook->value);
    if (!frame.has_wakeup) {
      ZVAL_ARR(&hook->value, frame.table);
    }
  }
  frames_.Pop();
  return true;
}

Decoder::Step Decoder::OpenReference(zval* target) {
  // No reference to a reference; and what the whole bytes stand for is a value.
  if (frames_.empty() || frames_.back().kind == Kind::kReference) {
    return Step::kFailed;
  }
  Frame* const frame = PushFrame(Kind::kReference);
  if (frame == nullptr) {
    return Step::kFailed;
  }
  ZVAL_NEW_EMPTY_REF(target);
  zend_reference* const reference = Z_REF_P(target);
  ZVAL_NULL(&reference->val);
  frame->reference = reference;
  frame->remaining = 1;
  zend_reference** const held = references_.Push();
  if (UNEXPECTED(held == nullptr)) {
    return Step::kFailed;
  }
  *held = reference;
  GC_ADDREF(reference);
  return Step::kOpened;
}

Decoder::Step Decoder::FillReference() {
  Frame& frame = frames_.back();
  if (frame.remaining == 0) {
    return Step::kDone;
  }
  frame.remaining = 0;
  return Value(&frame.reference->val);
}

bool Decoder::SameReference(zval* target) {
  size_t number;
  if (frames_.empty() || frames_.back().kind == Kind::kReference || !ReadNumber(references_.size(), &number)) {
    return false;
  }
  ZVAL_REF(target, references_[number]);
  GC_ADDREF(references_[number]);
  return true;
}

}  // namespace shmpack::php
