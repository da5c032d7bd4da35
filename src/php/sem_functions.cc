// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/sem_functions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "shmpack/semaphore.h"

namespace {

using shmpack::Code;
using shmpack::Semaphore;
using shmpack::Status;

struct SemaphoreObject {
  Semaphore semaphore;
  zend_object std;  // Last: PHP puts properties behind it.
};
static_assert(std::is_trivially_destructible_v<Semaphore>, "it lives across calls that may leave by longjmp");

// Written at module start only.
zend_class_entry* semaphore_class;
zend_object_handlers semaphore_handlers;

SemaphoreObject* FromObject(zend_object* object) {
  return reinterpret_cast<SemaphoreObject*>(reinterpret_cast<char*>(object) - XtOffsetOf(SemaphoreObject, std));
}

Semaphore& SemaphoreOf(zval* value) { return FromObject(Z_OBJ_P(value))->semaphore; }

zend_object* CreateObject(zend_class_entry* class_entry) {
  auto* object = static_cast<SemaphoreObject*>(zend_object_alloc(sizeof(SemaphoreObject), class_entry));
  new (&object->semaphore) Semaphore();
  zend_object_std_init(&object->std, class_entry);
  object_properties_init(&object->std, class_entry);
  object->std.handlers = &semaphore_handlers;
  return &object->std;
}

void FreeObject(zend_object* object) {
  Semaphore& semaphore = FromObject(object)->semaphore;
  if (semaphore.is_open()) semaphore.Close();
  zend_object_std_dtor(object);
}

zend_function* RefuseConstructor(zend_object*) {
  zend_throw_error(nullptr, "Cannot directly construct SysvSemaphore, use sem_get() instead");
  return nullptr;
}

void WarnOpening(zend_long key, Status status) {
  const char* const step = status.text();
  const char* const space = *step != '\0' ? " " : "";
  if (status.code() == Code::kTimeout) {
    php_error_docref(nullptr, E_WARNING,
                     "Failed%s%s for key 0x" ZEND_XLONG_FMT
                     ": another process held it for %g seconds (shmpack.lock_timeout)",
                     space, step, key, SHMPACK_G(lock_timeout));
  } else {
    php_error_docref(nullptr, E_WARNING, "Failed%s%s for key 0x" ZEND_XLONG_FMT ": %s", space, step, key,
                     std::strerror(status.os_errno()));
  }
}

}  // namespace

namespace shmpack::php {

void RegisterSemClasses(zend_class_entry* class_entry) {
  semaphore_class = class_entry;
  class_entry->create_object = CreateObject;
  semaphore_handlers = *zend_get_std_object_handlers();
  semaphore_handlers.offset = XtOffsetOf(SemaphoreObject, std);
  semaphore_handlers.free_obj = FreeObject;
  semaphore_handlers.get_constructor = RefuseConstructor;
  semaphore_handlers.clone_obj = nullptr;
  semaphore_handlers.compare = zend_objects_not_comparable;
}

}  // namespace shmpack::php

ZEND_FUNCTION(sem_get) {
  zend_long key;
  zend_long max_acquire = 1;
  zend_long permissions = 0666;
  bool auto_release = true;
  ZEND_PARSE_PARAMETERS_START(1, 4)
  Z_PARAM_LONG(key)
  Z_PARAM_OPTIONAL
  Z_PARAM_LONG(max_acquire)
  Z_PARAM_LONG(permissions)
  Z_PARAM_BOOL(auto_release)
  ZEND_PARSE_PARAMETERS_END();

  if (key < INT32_MIN || key > static_cast<zend_long>(UINT32_MAX)) {
    zend_argument_value_error(1, "must be between -2147483648 and 4294967295");
    RETURN_THROWS();
  }

  // The object first: making it may bail out, and then nothing may be held yet.
  object_init_ex(return_value, semaphore_class);
  Status limit_status;
  const auto limit = static_cast<int32_t>(std::clamp<zend_long>(max_acquire, INT32_MIN, INT32_MAX));
  const Status status = SemaphoreOf(return_value)
                            .Open(static_cast<int32_t>(key), limit, static_cast<int>(permissions), auto_release,
                                  SHMPACK_G(lock_timeout), &limit_status);
  if (!status.ok()) {
    zval_ptr_dtor(return_value);
    RETVAL_FALSE;
    WarnOpening(key, status);
  } else if (!limit_status.ok()) {
    WarnOpening(key, limit_status);
  }
}

ZEND_FUNCTION(sem_acquire) {
  zval* object;
  bool non_blocking = false;
  double timeout_s = 0;
  bool no_timeout = true;
  ZEND_PARSE_PARAMETERS_START(1, 3)
  Z_PARAM_OBJECT_OF_CLASS(object, semaphore_class)
  Z_PARAM_OPTIONAL
  Z_PARAM_BOOL(non_blocking)
  Z_PARAM_DOUBLE_OR_NULL(timeout_s, no_timeout)
  ZEND_PARSE_PARAMETERS_END();

  if (no_timeout) timeout_s = std::numeric_limits<double>::infinity();
  if (!(timeout_s >= 0)) {  // NAN too
    zend_argument_value_error(3, "must be greater than or equal to 0");
    RETURN_THROWS();
  }

  Semaphore& semaphore = SemaphoreOf(object);
  const Status status = semaphore.Acquire(non_blocking ? 0 : timeout_s);
  if (status.ok()) RETURN_TRUE;
  if (status.code() != Code::kTimeout) {
    php_error_docref(nullptr, E_WARNING, "Failed to acquire key 0x%x: %s", semaphore.key(),
                     std::strerror(status.os_errno()));
  }
  RETURN_FALSE;
}

ZEND_FUNCTION(sem_release) {
  zval* object;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJECT_OF_CLASS(object, semaphore_class)
  ZEND_PARSE_PARAMETERS_END();

  Semaphore& semaphore = SemaphoreOf(object);
  const Status status = semaphore.Release();
  if (status.ok()) RETURN_TRUE;
  if (status.code() == Code::kNotFound) {
    php_error_docref(nullptr, E_WARNING, "SysV semaphore for key 0x%x is not currently acquired", semaphore.key());
  } else {
    php_error_docref(nullptr, E_WARNING, "Failed to release key 0x%x: %s", semaphore.key(),
                     std::strerror(status.os_errno()));
  }
  RETURN_FALSE;
}

ZEND_FUNCTION(sem_remove) {
  zval* object;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJECT_OF_CLASS(object, semaphore_class)
  ZEND_PARSE_PARAMETERS_END();

  Semaphore& semaphore = SemaphoreOf(object);
  const Status status = semaphore.Remove();
  if (status.ok()) RETURN_TRUE;
  if (status.code() == Code::kNotFound) {
    php_error_docref(nullptr, E_WARNING, "SysV semaphore for key 0x%x does not (any longer) exist", semaphore.key());
  } else {
    php_error_docref(nullptr, E_WARNING, "Failed for SysV semaphore for key 0x%x: %s", semaphore.key(),
                     std::strerror(status.os_errno()));
  }
  RETURN_FALSE;
}
