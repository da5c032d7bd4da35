// SPDX-License-Identifier: BSD-3-Clause
//
// HandleObject<Native>: a PHP object that is nothing but a native handle, as of every class of this module.
//
// - Only a function makes one, so user code never meets one whose handle was not opened. `new` throws, and so do other
//   extensions that make objects of any class, as PDO does.
// - It is never cloned, and compared by identity.
// - End(Native&) ends it when it is freed, by the end of the request at the latest.
// - It has no properties, but shows some to var_dump(), print_r() and debuggers.
//
// Native must be trivially destructible, since objects live across calls that may leave by longjmp. Fetch it again
// after everything that may have run user code.

#pragma once

#include <cstdint>
#include <new>
#include <type_traits>

#include "php.h"

namespace shmpack::php {

template <typename Native, void (*End)(Native&)>
class HandleObject {
  static_assert(std::is_trivially_destructible_v<Native>);

 public:
  /// Adds to an array what is shown of a handle. It must not wait, and must not throw.
  using Describe = void (*)(const Native& native, zval* shown);

  /// Gives the class its object handlers. `refusal` is the Error of `new`. Called once per module start.
  static void Register(zend_class_entry* class_entry, const char* refusal, Describe describe) {
    class_entry_ = class_entry;
    refusal_ = refusal;
    describe_ = describe;
    class_entry->create_object = Refuse;
    handlers_ = *zend_get_std_object_handlers();
    handlers_.offset = XtOffsetOf(HandleObject, std_);
    handlers_.free_obj = Free;
    handlers_.clone_obj = nullptr;
    handlers_.compare = zend_objects_not_comparable;
    handlers_.get_debug_info = DebugInfo;
  }

  static zend_class_entry* class_entry() { return class_entry_; }

  /// Makes `*result` a new object, with a handle that is not open yet. May bail out.
  static Native& Make(zval* result) {
    ZVAL_OBJ(result, Create(class_entry_));
    return Of(Z_OBJ_P(result));
  }

  static Native& Of(zend_object* object) {
    return reinterpret_cast<HandleObject*>(reinterpret_cast<char*>(object) - XtOffsetOf(HandleObject, std_))->native_;
  }

 private:
  static zend_object* Create(zend_class_entry* class_entry) {
    auto* const object = static_cast<HandleObject*>(zend_object_alloc(sizeof(HandleObject), class_entry));
    new (&object->native_) Native();
    zend_object_std_init(&object->std_, class_entry);
    object_properties_init(&object->std_, class_entry);
    object->std_.handlers = &handlers_;
    return &object->std_;
  }

  static void Free(zend_object* object) {
    End(Of(object));
    zend_object_std_dtor(object);
  }

  static zend_array* DebugInfo(zend_object* object, int* is_temporary) {
    zval shown;
    array_init(&shown);
    describe_(Of(object), &shown);
    *is_temporary = 1;
    return Z_ARR(shown);
  }

  /// PHP wants an object all the same, and frees it with the exception.
  static zend_object* Refuse(zend_class_entry* class_entry) {
    zend_throw_error(nullptr, "%s", refusal_);
    return Create(class_entry);
  }

  // Written at module start only.
  static inline zend_class_entry* class_entry_;
  static inline zend_object_handlers handlers_;
  static inline const char* refusal_;
  static inline Describe describe_;

  Native native_;
  zend_object std_;  // Last: PHP puts properties behind it.
};

/// Adds a System V object's mode, as chmod() writes it, and its owner to what is shown.
inline void ShowOwner(zval* shown, uint32_t mode, uint32_t owner_uid) {
  char text[8];
  snprintf(text, sizeof text, "%04o", mode);
  add_assoc_string(shown, "mode", text);
  add_assoc_long(shown, "owner", static_cast<zend_long>(owner_uid));
}

/// Makes a System V key of a PHP integer of 32 bits, signed or not (crc32() gives unsigned ones). False: it has more
/// bits, and a ValueError about argument 1 was thrown.
inline bool ToKey(zend_long number, int32_t* key) {
  if (number < INT32_MIN || number > static_cast<zend_long>(UINT32_MAX)) {
    zend_argument_value_error(1, "must be between -2147483648 and 4294967295");
    return false;
  }
  *key = static_cast<int32_t>(number);
  return true;
}

}  // namespace shmpack::php
