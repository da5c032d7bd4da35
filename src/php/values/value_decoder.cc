// SPDX-License-Identifier: BSD-3-Clause

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/memory_limit.h"
#include "php/php_shmpack.h"
#include "php/values/decoder_state.h"
#include "php/values/value_decoder.h"
#include "shmpack/value_types.h"

namespace shmpack::php {

void BeginDecoding() { SHMPACK_G(map_shapes).Begin(); }
void EndDecoding() { SHMPACK_G(map_shapes).End(); }

bool DecodeGraph(const char* data, size_t size, zval* out, bool* plain) {
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
    if (step == Step::kDone && !Close()) step = Step::kFailed;
  }
  const bool built = step != Step::kFailed && reader_.Finished() && !EG(exception) && !MemoryIsOut();
  if (!built) Abandon();
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

/// Reads the next value, or its beginning, into `*target`, which is null. On failure `*target` is what was built so
/// far.
Decoder::Step Decoder::Value(zval* target) {
  return reader_.ReadScalar(ZvalSink{target}) ? Step::kDone : NonScalar(target);
}

/// Value() after ReadScalar() returned false.
Decoder::Step Decoder::NonScalar(zval* target) {
  MsgpackToken token;
  if (UNEXPECTED(MemoryIsOut() || !reader_.ReadOther(&token))) return Step::kFailed;
  switch (token.kind) {
    case MsgpackKind::kArray:
      return OpenList(token.size, target);
    case MsgpackKind::kMap:
      return OpenMap(token.size, target);
    default:
      return Ext(token, target);
  }
}

/// Builds what an ext stands for.
Decoder::Step Decoder::Ext(const MsgpackToken& token, zval* target) {
  is_plain_ = false;
  const int8_t type = token.ext_type;
  const bool is_pair = type == kExtObject || type == kExtSerializable || type == kExtEnumCase;
  const MsgpackReader outer = reader_;
  reader_ = MsgpackReader(token.data, token.size, is_pair ? 2 : 1);
  const Step step = Payload(type, target);
  if (step == Step::kOpened) {
    frames_.back().outer = outer;
    return step;
  }
  if (step == Step::kFailed || !reader_.Finished()) return Step::kFailed;
  reader_ = outer;
  return Step::kDone;
}

/// Reads an ext's payload, to whose beginning reader_ is set.
Decoder::Step Decoder::Payload(int8_t type, zval* target) {
  const auto done_if = [](bool ok) { return ok ? Step::kDone : Step::kFailed; };
  switch (type) {
    case kExtObject:
      return Object(target);
    case kExtReference:
      return OpenReference(target);
    case kExtSerializable:
      return done_if(Serializable(target));
    case kExtSameObject:
      return done_if(SameObject(target));
    case kExtSameReference:
      return done_if(SameReference(target));
    case kExtEnumCase:
      return done_if(EnumCase(target));
    case kExtSameEnumCase:
      return done_if(SameEnumCase(target));
    default:
      return Step::kFailed;
  }
}

/// Null: too deep, or memory is out.
Decoder::Frame* Decoder::PushFrame(Kind kind) {
  if (UNEXPECTED(frames_.size() >= kMaxValueDepth)) return nullptr;
  Frame* const frame = frames_.Push();
  if (UNEXPECTED(frame == nullptr)) return nullptr;
  *frame = Frame{};
  frame->kind = kind;
  return frame;
}

/// Pops the top frame, whose value is complete.
bool Decoder::Close() {
  const Frame frame = frames_.back();
  if (frame.kind != Kind::kList && frame.kind != Kind::kMap) {
    if (!reader_.Finished()) return false;
    reader_ = frame.outer;
  }
  if ((frame.kind == Kind::kHookData || frame.has_wakeup) && !AddHook(frame)) return false;
  frames_.Pop();
  return true;
}

/// Reads a number that must be below `limit`.
bool Decoder::ReadNumber(size_t limit, size_t* number) {
  MsgpackToken token;
  if (!reader_.Next(&token) || token.kind != MsgpackKind::kInt || token.integer < 0 ||
      static_cast<uint64_t>(token.integer) >= limit) {
    return false;
  }
  *number = static_cast<size_t>(token.integer);
  return true;
}

/// Reads a str or bin.
bool Decoder::ReadText(MsgpackToken* token) {
  return reader_.Next(token) && (token->kind == MsgpackKind::kString || token->kind == MsgpackKind::kBinary);
}

/// Makes what is half built safe to free, after a failure.
void Decoder::Abandon() {
  for (Frame& frame : frames_) {
    if (frame.kind == Kind::kHookData) {
      GC_ADD_FLAGS(frame.object, IS_OBJ_DESTRUCTOR_CALLED);
      zend_array_destroy(frame.table);
    } else if (frame.kind == Kind::kProperties) {
      if (frame.has_wakeup) GC_ADD_FLAGS(frame.object, IS_OBJ_DESTRUCTOR_CALLED);
      if (frame.slot != nullptr && frame.info != nullptr && Z_ISREF_P(frame.slot)) {
        // The engine expects a reference in a typed property to know that property when it is freed.
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
  for (zend_object* const object : objects_) OBJ_RELEASE(object);
  objects_.Free();
  for (zend_reference* const reference : references_) {
    zval value;
    ZVAL_REF(&value, reference);
    zval_ptr_dtor(&value);
  }
  references_.Free();
  keys_.Free();
}

}  // namespace shmpack::php
