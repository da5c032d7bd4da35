// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that builds objects. What is allowed, warned about, thrown and called, and in which order, is
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
#include "php/values/allowed_classes.h"
#include "php/values/decoder_state.h"
#include "shmpack/value_types.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

namespace shmpack::php {
namespace {

/// How often a name may be there at once: as it is, in lower case, in a message, in what makes that message.
constexpr size_t kNameCopies = 8;

zend_function* WakeupOf(zend_class_entry* ce) {
  return static_cast<zend_function*>(zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP)));
}

/// Looks a class up, with autoloading; null without an exception: there is none.
zend_class_entry* LookUpClass(zend_string* name, zend_string* lower_name) {
  BG(serialize_lock)++;
  zend_class_entry* const ce = zend_lookup_class_ex(name, lower_name, 0);
  BG(serialize_lock)--;
  return ce;
}

/// Lets the function named by the ini setting unserialize_callback_func define the class. Null: it did not, or it
/// threw.
zend_class_entry* AskCallbackForClass(zend_string* name) {
  const char* const function = PG(unserialize_callback_func);
  if (function == nullptr || *function == '\0') {
    return nullptr;
  }
  zval callback, result, argument;
  ZVAL_STRING(&callback, function);
  ZVAL_STR(&argument, name);
  ZVAL_UNDEF(&result);
  BG(serialize_lock)++;
  call_user_function(nullptr, nullptr, &callback, &result, 1, &argument);
  BG(serialize_lock)--;
  zval_ptr_dtor(&result);
  zend_class_entry* ce = nullptr;
  if (!EG(exception)) {
    ce = LookUpClass(name, nullptr);
    if (ce == nullptr && !EG(exception)) {
      php_error_docref(nullptr, E_WARNING, "Function %s() hasn't defined the class it was called for",
                       Z_STRVAL(callback));
    }
  }
  zval_ptr_dtor(&callback);
  return ce;
}

/// A stored property whose visibility the class has changed since: the name it is known by now, or null.
/// `*refused`: no property can have that name.
zend_string* RenamedProperty(zend_class_entry* ce, zend_string* key, bool* refused) {
  *refused = false;
  if (zend_hash_num_elements(&ce->properties_info) == 0) {
    return nullptr;
  }
  const char* class_name = nullptr;
  const char* name = nullptr;
  size_t name_size = 0;
  if (zend_unmangle_property_name_ex(key, &class_name, &name, &name_size) == FAILURE) {
    *refused = true;
    return nullptr;
  }
  if (class_name != nullptr && strcmp(class_name, "*") != 0 && strcasecmp(class_name, ZSTR_VAL(ce->name)) != 0) {
    return nullptr;
  }
  if (class_name == nullptr) {
    name = ZSTR_VAL(key);
    name_size = ZSTR_LEN(key);
  }
  const auto* const info =
      static_cast<zend_property_info*>(zend_hash_str_find_ptr(&ce->properties_info, name, name_size));
#if PHP_VERSION_ID >= 80400
  if (info != nullptr && (info->flags & ZEND_ACC_VIRTUAL) != 0) {
    php_error_docref(nullptr, E_WARNING, "Cannot unserialize value for virtual property %s::$%s",
                     ZSTR_VAL(info->ce->name), ZSTR_VAL(key));
    *refused = true;
    return nullptr;
  }
#endif
  return info != nullptr ? info->name : nullptr;
}

/// The declaration of the property at `slot` if it is typed, or null. (PHP 8.4's own function has no C linkage in C++.)
zend_property_info* TypedPropertyAt(zend_object* object, zval* slot) {
  zend_class_entry* const ce = object->ce;
  zend_property_info* info = ce->properties_info_table[slot - object->properties_table];
  // A class that backs what its parent only computes keeps the declaration at another index.
  for (int i = 0; info == nullptr && i < ce->default_properties_count; ++i) {
    zend_property_info* const other = ce->properties_info_table[i];
    if (other != nullptr && OBJ_PROP(object, other->offset) == slot) {
      info = other;
    }
  }
  return info != nullptr && ZEND_TYPE_IS_SET(info->type) ? info : nullptr;
}

/// May a property that the class does not declare be added? False: no, and that was thrown.
bool AllowsDynamicProperty(zend_class_entry* ce, zend_string* key) {
  if ((ce->ce_flags & ZEND_ACC_NO_DYNAMIC_PROPERTIES) != 0) {
    zend_throw_error(nullptr, "Cannot create dynamic property %s::$%s", ZSTR_VAL(ce->name),
                     zend_get_unmangled_property_name(key));
    return false;
  }
#if PHP_VERSION_ID >= 80200
  if ((ce->ce_flags & ZEND_ACC_ALLOW_DYNAMIC_PROPERTIES) == 0) {
    zend_error(E_DEPRECATED, "Creation of dynamic property %s::$%s is deprecated", ZSTR_VAL(ce->name),
               zend_get_unmangled_property_name(key));
  }
#endif
  return !EG(exception);
}

}  // namespace

/// Finds the class to build; PHP_IC_ENTRY if there is no such class, or it is not allowed. False: refused, or user code
/// threw.
bool Decoder::FindClass(zend_string* name, zend_class_entry** ce) {
  if (ZSTR_LEN(name) == 0 || ZSTR_VAL(name)[0] == '\0' || ZSTR_VAL(name)[0] == '\\') {
    return false;
  }
  if (!IsClassAllowed(name)) {
    *ce = PHP_IC_ENTRY;
    return true;
  }
  zend_string* const lower_name = zend_string_tolower(name);
  auto* found = static_cast<zend_class_entry*>(zend_hash_find_ptr(EG(class_table), lower_name));
  if (found == nullptr || (found->ce_flags & ZEND_ACC_LINKED) == 0 || (found->ce_flags & ZEND_ACC_ANON_CLASS) != 0) {
    if (!zend_is_valid_class_name(name)) {
      zend_string_release(lower_name);
      return false;
    }
    found = LookUpClass(name, lower_name);
    if (found == nullptr && !EG(exception)) {
      found = AskCallbackForClass(name);
    }
  }
  zend_string_release(lower_name);
  if (EG(exception)) {
    return false;
  }
  *ce = found != nullptr ? found : PHP_IC_ENTRY;
  if (((*ce)->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) != 0) {
    zend_throw_exception_ex(nullptr, 0, "Unserialization of '%s' is not allowed", ZSTR_VAL((*ce)->name));
    return false;
  }
  return true;
}

/// Reads a class's name and finds the class, at once if it is the last one found. True: the caller releases `*name`,
/// which may be another spelling of what was read unless `*ce` is PHP_IC_ENTRY.
bool Decoder::ReadClass(zend_string** name, zend_class_entry** ce) {
  MsgpackToken token;
  if (!ReadText(&token)) {
    return false;
  }
  if (class_ != nullptr && token.size == class_size_ && memcmp(token.data, class_name_, class_size_) == 0) {
    *name = zend_string_copy(class_->name);
    *ce = class_;
    return true;
  }
  *name = NewName(token);
  if (*name == nullptr) {
    return false;
  }
  if (!FindClass(*name, ce)) {
    zend_string_release(*name);
    return false;
  }
  if (*ce != PHP_IC_ENTRY) {
    class_ = *ce;
    class_name_ = token.data;
    class_size_ = token.size;
  }
  return true;
}

/// A class's or a case's name. Null: memory is out.
zend_string* Decoder::NewName(const MsgpackToken& token) {
  return HasRoomFor(kNameCopies * token.size) ? zend_string_init(token.data, token.size, false) : nullptr;
}

/// False: memory is out.
bool Decoder::AddObject(zend_object* object) {
  zend_object** const held = objects_.Push();
  if (UNEXPECTED(held == nullptr)) {
    return false;
  }
  *held = object;
  GC_ADDREF(object);
  return true;
}

/// Takes an overwritten value out of its place, to be freed at the end: freeing it now could run user code. False:
/// memory is out, and it is still there.
bool Decoder::Discard(zval* value) {
  if (Z_REFCOUNTED_P(value)) {
    Hook* const hook = hooks_.Push();
    if (UNEXPECTED(hook == nullptr)) {
      return false;
    }
    hook->kind = Hook::Kind::kDiscard;
    ZVAL_COPY_VALUE(&hook->value, value);
  }
  return true;
}

Decoder::Step Decoder::Object(zval* target) {
  zend_string* name;
  zend_class_entry* ce;
  if (!ReadClass(&name, &ce)) {
    return Step::kFailed;
  }
  const bool has_unserialize = ce->__unserialize != nullptr;
  bool ok = true;
  if (ce->serialize != nullptr && !has_unserialize) {
    zend_error(E_WARNING, "Erroneous data format for unserializing '%s'", ZSTR_VAL(ce->name));
    ok = false;
  } else if (object_init_ex(target, ce) == FAILURE) {
    ZVAL_NULL(target);
    ok = false;
  } else {
    ok = AddObject(Z_OBJ_P(target));
    if (ce == PHP_IC_ENTRY && !zend_string_equals_literal_ci(name, INCOMPLETE_CLASS)) {
      php_store_class_name(target, name);
    }
  }
  zend_string_release(name);

  MsgpackToken map;
  if (Z_TYPE_P(target) != IS_OBJECT) {
    return Step::kFailed;
  }
  zend_object* const object = Z_OBJ_P(target);
  Step step = Step::kFailed;
  if (ok && reader_.Next(&map) && map.kind == MsgpackKind::kMap) {
    step = has_unserialize ? OpenHookData(object, map.size) : OpenProperties(object, map.size);
  }
  if (step == Step::kFailed) {
    GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
  }
  return step;
}

Decoder::Step Decoder::OpenHookData(zend_object* object, uint32_t count) {
  MapShapes::Shape* shape = nullptr;
  uint32_t serial = 0;
  zend_array* const table = count > 0 ? NewMap(count, &shape, &serial) : zend_new_array(0);
  if (table == nullptr) {
    return Step::kFailed;
  }
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

Decoder::Step Decoder::OpenProperties(zend_object* object, uint32_t count) {
  Frame* const frame = PushFrame(Kind::kProperties);
  if (frame == nullptr) {
    return Step::kFailed;
  }
  frame->object = object;
  frame->table = object->handlers->get_properties(object);
  frame->remaining = count;
  frame->has_wakeup = object->ce != PHP_IC_ENTRY && WakeupOf(object->ce) != nullptr;
  return Step::kOpened;
}

Decoder::Step Decoder::FillProperties() {
  Frame& frame = frames_.back();
  for (;;) {
    if (frame.slot != nullptr && !CheckProperty(frame)) {
      return Step::kFailed;
    }
    if (frame.remaining == 0) {
      return Step::kDone;
    }
    --frame.remaining;
    MsgpackToken key;
    if (MemoryIsOut() || !reader_.Next(&key)) {
      return Step::kFailed;
    }
    zend_string* name = nullptr;
    if (key.kind == MsgpackKind::kInt) {
      name = zend_long_to_str(static_cast<zend_long>(key.integer));
    } else if (key.kind == MsgpackKind::kString || key.kind == MsgpackKind::kBinary) {
      name = HasRoomFor(kNameCopies * key.size) ? keys_.Get(key.data, key.size) : nullptr;
      if (name != nullptr) zend_string_addref(name);
    }
    if (name == nullptr) {
      return Step::kFailed;
    }
    frame.slot = PropertySlot(frame.table, frame.object, name, &frame.info);
    zend_string_release(name);
    if (frame.slot == nullptr) {
      return Step::kFailed;
    }
    const Step step = Value(frame.slot);
    if (step != Step::kDone) {
      return step;  // `frame` may have moved; the property is checked when its value is complete
    }
  }
}

/// The place of a property, emptied; null: refused. `*info`: its declaration if it is typed.
zval* Decoder::PropertySlot(zend_array* table, zend_object* object, zend_string* key, zend_property_info** info) {
  *info = nullptr;
  zval* slot = zend_hash_find(table, key);
  if (slot == nullptr || Z_TYPE_P(slot) != IS_INDIRECT) {
    bool refused;
    zend_string* const renamed = RenamedProperty(object->ce, key, &refused);
    if (refused) {
      return nullptr;
    }
    if (renamed != nullptr) {
      slot = zend_hash_lookup(table, renamed);
    } else if (slot == nullptr) {
      if (!AllowsDynamicProperty(object->ce, key) || !HasRoomForPair(table)) {
        return nullptr;
      }
      return zend_hash_add_new(table, key, &EG(uninitialized_zval));
    }
  }
  if (Z_TYPE_P(slot) == IS_INDIRECT) {
    slot = Z_INDIRECT_P(slot);
    *info = TypedPropertyAt(object, slot);
    if (*info != nullptr && Z_ISREF_P(slot)) {
      ZEND_REF_DEL_TYPE_SOURCE(Z_REF_P(slot), *info);
    }
  }
  if (!Discard(slot)) {
    return nullptr;
  }
  ZVAL_NULL(slot);
  return slot;
}

/// Holds a property that was just filled to its type, as strictly as unserialize() does. False: thrown.
bool Decoder::CheckProperty(Frame& frame) {
  zval* const slot = frame.slot;
  frame.slot = nullptr;
  if (frame.info == nullptr) {
    return true;
  }
  if (!zend_verify_prop_assignable_by_ref(frame.info, slot, true)) {
    zval_ptr_dtor(slot);
    ZVAL_UNDEF(slot);
    return false;
  }
  if (Z_ISREF_P(slot)) {
    ZEND_REF_ADD_TYPE_SOURCE(Z_REF_P(slot), frame.info);
  }
  return true;
}

bool Decoder::Serializable(zval* target) {
  zend_string* name;
  zend_class_entry* ce;
  if (!ReadClass(&name, &ce)) {
    return false;
  }
  MsgpackToken token;
  // It may be copied once more for the class's method.
  bool ok = ReadText(&token) && HasRoomFor(2 * size_t{token.size});
  if (ok && ce->unserialize == nullptr) {
    zend_error(E_WARNING, "Class %s has no unserializer", ZSTR_VAL(ce->name));
    // Not one with storage of its own that only its hooks set up: an empty HashContext crashes PHP when it is used.
    ok = (ce->create_object == nullptr || ce == PHP_IC_ENTRY) && object_init_ex(target, ce) == SUCCESS;
    if (!ok) {
      ZVAL_NULL(target);
    } else if (ce == PHP_IC_ENTRY) {
      php_store_class_name(target, name);
    }
  } else if (ok) {
    // A copy that ends with a NUL, which such code may rely on. As when writing, unserialize() called inside is on its
    // own.
    zend_string* const bytes = zend_string_init(token.data, token.size, false);
    const auto outer = BG(unserialize);
    const unsigned outer_lock = BG(serialize_lock);
    BG(unserialize) = {};
    BG(serialize_lock) = 0;
    ok = ce->unserialize(target, ce, reinterpret_cast<const unsigned char*>(ZSTR_VAL(bytes)), ZSTR_LEN(bytes),
                         nullptr) == SUCCESS;
    BG(unserialize) = outer;
    BG(serialize_lock) = outer_lock;
    zend_string_release(bytes);
  }
  zend_string_release(name);
  if (!ok || Z_TYPE_P(target) != IS_OBJECT) {
    return false;
  }
  return AddObject(Z_OBJ_P(target));
}

bool Decoder::SameObject(zval* target) {
  size_t number;
  if (!ReadNumber(objects_.size(), &number)) {
    return false;
  }
  ZVAL_OBJ_COPY(target, objects_[number]);
  return true;
}

bool Decoder::EnumCase(zval* target) {
  MsgpackToken class_token, case_token;
  if (!ReadText(&class_token) || !ReadText(&case_token)) {
    return false;
  }
  zend_string* const class_name = NewName(class_token);
  zend_string* const case_name = class_name != nullptr ? NewName(case_token) : nullptr;
  zend_object* const found = case_name != nullptr ? FindCase(class_name, case_name) : nullptr;
  if (class_name != nullptr) zend_string_release(class_name);
  if (case_name != nullptr) zend_string_release(case_name);
  zend_object** const place = found != nullptr ? cases_.Push() : nullptr;
  if (place == nullptr) {
    return false;
  }
  *place = found;
  ZVAL_OBJ_COPY(target, found);
  return true;
}

/// The case of these names, with unserialize()'s warnings. Null: there is none, or user code threw.
zend_object* Decoder::FindCase(zend_string* class_name, zend_string* case_name) {
  const bool allowed = IsClassAllowed(class_name);
  zend_class_entry* const ce =
      allowed && zend_is_valid_class_name(class_name) ? zend_lookup_class(class_name) : nullptr;
  if (!allowed) {
    php_error_docref(nullptr, E_WARNING, "Enum '%s' is not among shmpack.allowed_classes", ZSTR_VAL(class_name));
    return nullptr;
  }
  if (ce == nullptr) {
    if (!EG(exception)) {
      php_error_docref(nullptr, E_WARNING, "Class '%s' not found", ZSTR_VAL(class_name));
    }
    return nullptr;
  }
  if ((ce->ce_flags & ZEND_ACC_ENUM) == 0) {
    php_error_docref(nullptr, E_WARNING, "Class '%s' is not an enum", ZSTR_VAL(class_name));
    return nullptr;
  }
  auto* const found = static_cast<zend_class_constant*>(zend_hash_find_ptr(CE_CONSTANTS_TABLE(ce), case_name));
  if (found == nullptr) {
    php_error_docref(nullptr, E_WARNING, "Undefined constant %s::%s", ZSTR_VAL(class_name), ZSTR_VAL(case_name));
    return nullptr;
  }
  if ((ZEND_CLASS_CONST_FLAGS(found) & ZEND_CLASS_CONST_IS_CASE) == 0) {
    php_error_docref(nullptr, E_WARNING, "%s::%s is not an enum case", ZSTR_VAL(class_name), ZSTR_VAL(case_name));
    return nullptr;
  }
  if (Z_TYPE(found->value) == IS_CONSTANT_AST && zval_update_constant_ex(&found->value, found->ce) == FAILURE) {
    return nullptr;
  }
  return Z_OBJ(found->value);
}

bool Decoder::SameEnumCase(zval* target) {
  size_t number;
  if (!ReadNumber(cases_.size(), &number)) {
    return false;
  }
  ZVAL_OBJ_COPY(target, cases_[number]);
  return true;
}

/// Calls the delayed __wakeup() and __unserialize(). Those of built-in classes that nobody can extend come first: some
/// crash PHP when user code meets an object of theirs that was not set up. After the first that throws, no other is
/// called and their objects are not destructed. False: one threw.
bool Decoder::RunHooks() {
  bool ok = true;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < hooks_.size(); ++i) {
      const Hook hook = hooks_[i];
      if (IsOfFinalBuiltIn(hook) == (round == 0) && !RunHook(hook, ok)) ok = false;
    }
  }
  return ok;
}

bool Decoder::IsOfFinalBuiltIn(const Hook& hook) {
  return hook.kind == Hook::Kind::kUnserialize && hook.object->ce->type == ZEND_INTERNAL_CLASS &&
         (hook.object->ce->ce_flags & ZEND_ACC_FINAL) != 0;
}

/// Calls one, unless it is not `wanted` any more, and frees its value. False: it threw, or was not wanted.
bool Decoder::RunHook(const Hook& hook, bool wanted) {
  zval value;
  ZVAL_COPY_VALUE(&value, &hook.value);
  bool ok = wanted;
  if (hook.kind != Hook::Kind::kDiscard) {
    if (ok) {
      BG(serialize_lock)++;
      if (hook.kind == Hook::Kind::kWakeup) {
        zend_call_known_instance_method_with_0_params(WakeupOf(hook.object->ce), hook.object, nullptr);
      } else {
        zend_call_known_instance_method_with_1_params(hook.object->ce->__unserialize, hook.object, nullptr, &value);
      }
      BG(serialize_lock)--;
      ok = !EG(exception);
    }
    if (!ok) {
      GC_ADD_FLAGS(hook.object, IS_OBJ_DESTRUCTOR_CALLED);
    }
  }
  zval_ptr_dtor(&value);
  return ok;
}

}  // namespace shmpack::php
