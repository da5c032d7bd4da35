// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that makes objects. What is allowed, warned about, thrown and called, and in which order, is
// as in unserialize().

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_incomplete_class.h"
#include "php/memory_limit.h"
#include "php/values/decoder_state.h"

namespace shmpack::php {
namespace {

/// Calls Serializable::unserialize(), which makes the object. False: it failed.
bool CallUnserialize(zend_class_entry* ce, const MsgpackToken& token, zval* target) {
  // A copy that ends with a NUL, because these methods may rely on one.
  zend_string* const bytes = zend_string_init(token.data, token.size, false);
  // An unserialize() inside must number its objects from the start, as when they were written.
  const auto outer = BG(unserialize);
  const unsigned outer_lock = BG(serialize_lock);
  BG(unserialize) = {};
  BG(serialize_lock) = 0;
  const int result =
      ce->unserialize(target, ce, reinterpret_cast<const unsigned char*>(ZSTR_VAL(bytes)), ZSTR_LEN(bytes), nullptr);
  BG(unserialize) = outer;
  BG(serialize_lock) = outer_lock;
  zend_string_release(bytes);
  return result == SUCCESS;
}

/// Makes an object of a class that cannot read its bytes, with a warning. False: not even that.
bool MakeWithoutBytes(zend_class_entry* ce, zend_string* name, zval* target) {
  zend_error(E_WARNING, "Class %s has no unserializer", ZSTR_VAL(ce->name));
  // A class with storage of its own is refused. Only its hooks set that up: an empty HashContext crashes PHP when used.
  if ((ce->create_object != nullptr && ce != PHP_IC_ENTRY) || object_init_ex(target, ce) != SUCCESS) {
    ZVAL_NULL(target);
    return false;
  }
  if (ce == PHP_IC_ENTRY) php_store_class_name(target, name);
  return true;
}

}  // namespace

Decoder::Step Decoder::Object(zval* target) {
  zend_string* name;
  zend_class_entry* ce;
  if (!ReadClass(&name, &ce)) return Step::kFailed;
  const bool made = MakeObject(ce, name, target);
  zend_string_release(name);
  if (Z_TYPE_P(target) != IS_OBJECT) return Step::kFailed;
  zend_object* const object = Z_OBJ_P(target);
  MsgpackToken map;
  Step step = Step::kFailed;
  if (made && reader_.Next(&map) && map.kind == MsgpackKind::kMap) {
    step = ce->__unserialize != nullptr ? OpenHookData(object, map.size) : OpenProperties(object, map.size);
  }
  if (step == Step::kFailed) GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
  return step;
}

/// Makes an object without its data. False: refused, or memory is out. `*target` may be an object even then.
bool Decoder::MakeObject(zend_class_entry* ce, zend_string* name, zval* target) {
  if (ce->serialize != nullptr && ce->__unserialize == nullptr) {
    zend_error(E_WARNING, "Erroneous data format for unserializing '%s'", ZSTR_VAL(ce->name));
    return false;
  }
  if (object_init_ex(target, ce) == FAILURE) {
    ZVAL_NULL(target);
    return false;
  }
  const bool added = AddObject(Z_OBJ_P(target));
  if (ce == PHP_IC_ENTRY && !zend_string_equals_literal_ci(name, INCOMPLETE_CLASS)) php_store_class_name(target, name);
  return added;
}

/// Begins an object whose class has __unserialize(): its map is an array for that method.
Decoder::Step Decoder::OpenHookData(zend_object* object, uint32_t count) {
  MapShapes::Shape* shape = nullptr;
  uint32_t serial = 0;
  zend_array* const table = count > 0 ? NewMap(count, &shape, &serial) : zend_new_array(0);
  if (table == nullptr) return Step::kFailed;
  Frame* const frame = PushFrame(Kind::kHookData);
  if (frame == nullptr) {
    zend_array_destroy(table);
    return Step::kFailed;
  }
  frame->object = object;
  frame->remaining = count;
  frame->table = table;
  frame->shape = shape;
  frame->serial = serial;
  return Step::kOpened;
}

bool Decoder::Serializable(zval* target) {
  zend_string* name;
  zend_class_entry* ce;
  if (!ReadClass(&name, &ce)) return false;
  MsgpackToken token;
  // The class's method may copy the bytes once more.
  bool ok = ReadText(&token) && HasRoomFor(2 * size_t{token.size});
  if (ok) {
    ok = ce->unserialize != nullptr ? CallUnserialize(ce, token, target) : MakeWithoutBytes(ce, name, target);
  }
  zend_string_release(name);
  return ok && Z_TYPE_P(target) == IS_OBJECT && AddObject(Z_OBJ_P(target));
}

bool Decoder::SameObject(zval* target) {
  size_t number;
  if (!ReadNumber(objects_.size(), &number)) return false;
  ZVAL_OBJ_COPY(target, objects_[number]);
  return true;
}

/// False: memory is out.
bool Decoder::AddObject(zend_object* object) {
  zend_object** const held = objects_.Push();
  if (UNEXPECTED(held == nullptr)) return false;
  *held = object;
  GC_ADDREF(object);
  return true;
}

}  // namespace shmpack::php
