// SPDX-License-Identifier: BSD-3-Clause

// clang-format off
#include "php/php_shmpack.h"  // Before every other: it brings config.h and php.h.
// clang-format on

#include "php/semaphore/sysv_semaphore.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "php/arginfo.h"
#include "php/handle_object.h"
#include "php/semaphore/semaphore_report.h"
#include "shmpack/semaphore.h"

namespace {

using shmpack::Code;
using shmpack::Semaphore;
using shmpack::Status;

void Close(Semaphore& semaphore) {
  if (semaphore.is_open()) semaphore.Close();
}

void Describe(const Semaphore& semaphore, zval* shown) {
  if (!semaphore.is_open()) return;
  shmpack::SemaphoreState state;
  const Status found = semaphore.Look(&state);
  const auto add = [shown](const char* name, zend_long number, bool known) {
    known ? add_assoc_long(shown, name, number) : add_assoc_null(shown, name);
  };
  add_assoc_long(shown, "key", semaphore.key());
  add_assoc_long(shown, "id", semaphore.set_id());
  add_assoc_long(shown, "held", semaphore.held());
  add("max_acquire", semaphore.max_acquire(), semaphore.max_acquire() != 0);
  add_assoc_bool(shown, "removed", found.code() == Code::kNotFound);
  if (!found.ok()) return;
  add("value", state.value, state.value >= 0);
  add("users", state.users, state.users >= 0);
  shmpack::php::ShowOwner(shown, state.mode, state.owner_uid);
}

using SemaphoreObject = shmpack::php::HandleObject<Semaphore, Close>;

Semaphore& SemaphoreOf(zval* value) { return SemaphoreObject::Of(Z_OBJ_P(value)); }

void Register(zend_class_entry* class_entry) {
  SemaphoreObject::Register(class_entry, "Cannot directly construct SysvSemaphore, use sem_get() instead", Describe);
}

zend_class_entry* RegisterGlobal() {
  zend_class_entry* const class_entry = register_class_SysvSemaphore();
  Register(class_entry);
  return class_entry;
}

ZEND_MODULE_STARTUP_D(sem_stand_in) { return zend_register_class_alias("Shmpack\\SysvSemaphore", RegisterGlobal()); }

constexpr shmpack::php::StockExtension kStock = {
    "sysvsem", "sysvsemaphore", "sem_", "sem_* and SysvSemaphore", "sem_get", ZEND_MODULE_STARTUP_N(sem_stand_in)};

}  // namespace

constexpr shmpack::php::Family shmpack::php::semaphore_family = {
    &kStock, [] { Register(register_class_Shmpack_SysvSemaphore()); }, nullptr};

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

  int32_t system_key;
  if (!shmpack::php::ToKey(key, &system_key)) RETURN_THROWS();

  // The object first: making it may bail out, and then nothing may be held yet.
  Semaphore& semaphore = SemaphoreObject::Make(return_value);
  Status limit_status;
  const auto limit = static_cast<int32_t>(std::clamp<zend_long>(max_acquire, INT32_MIN, INT32_MAX));
  const Status status = semaphore.Open(system_key, limit, static_cast<int>(permissions), auto_release,
                                       SHMPACK_G(lock_timeout), &limit_status, &SHMPACK_G(trusted_owners));
  if (!status.ok()) {
    zval_ptr_dtor(return_value);
    RETVAL_FALSE;
  }
  if (const Status& wrong = status.ok() ? limit_status : status; !wrong.ok()) {
    shmpack::php::WarnGet(key, static_cast<uint32_t>(permissions), wrong);
  }
}

ZEND_FUNCTION(sem_acquire) {
  zval* object;
  bool non_blocking = false;
  double timeout_s = 0;
  bool no_timeout = true;
  ZEND_PARSE_PARAMETERS_START(1, 3)
  Z_PARAM_OBJECT_OF_CLASS(object, SemaphoreObject::class_entry())
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
  if (status.code() != Code::kTimeout) shmpack::php::WarnAcquire(semaphore.key(), status);
  RETURN_FALSE;
}

ZEND_FUNCTION(sem_release) {
  zval* object;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJECT_OF_CLASS(object, SemaphoreObject::class_entry())
  ZEND_PARSE_PARAMETERS_END();

  Semaphore& semaphore = SemaphoreOf(object);
  const Status status = semaphore.Release();
  if (status.ok()) RETURN_TRUE;
  shmpack::php::WarnRelease(semaphore.key(), status);
  RETURN_FALSE;
}

ZEND_FUNCTION(sem_remove) {
  zval* object;
  ZEND_PARSE_PARAMETERS_START(1, 1)
  Z_PARAM_OBJECT_OF_CLASS(object, SemaphoreObject::class_entry())
  ZEND_PARSE_PARAMETERS_END();

  Semaphore& semaphore = SemaphoreOf(object);
  const Status status = semaphore.Remove();
  if (status.ok()) RETURN_TRUE;
  shmpack::php::WarnRemoveSet(semaphore.key(), status);
  RETURN_FALSE;
}
