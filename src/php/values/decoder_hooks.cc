// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that comes after the whole graph is there: __wakeup() and __unserialize() are called, and
// overwritten values are freed, in the order in which unserialize() does it.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

// clang-format off: PHP's other headers need this one before them.
#include "php.h"
// clang-format on
#include "ext/standard/basic_functions.h"
#include "php/values/decoder_state.h"
#include "zend_interfaces.h"

namespace shmpack::php {

zend_function* WakeupOf(zend_class_entry* ce) {
  return static_cast<zend_function*>(zend_hash_find_ptr(&ce->function_table, ZSTR_KNOWN(ZEND_STR_WAKEUP)));
}

/// Keeps a value that is about to be overwritten, to be freed at the end. Freeing it now could run user code. False:
/// memory is out, and the value must stay where it is.
bool Decoder::Discard(zval* value) {
  if (Z_REFCOUNTED_P(value)) {
    Hook* const hook = hooks_.Push();
    if (UNEXPECTED(hook == nullptr)) return false;
    hook->kind = Hook::Kind::kDiscard;
    ZVAL_COPY_VALUE(&hook->value, value);
  }
  return true;
}

/// Has the method called at the end that an object's class wants, now that the object's frame is complete. False:
/// memory is out.
bool Decoder::AddHook(const Frame& frame) {
  Hook* const hook = hooks_.Push();
  if (UNEXPECTED(hook == nullptr)) return false;
  hook->kind = frame.has_wakeup ? Hook::Kind::kWakeup : Hook::Kind::kUnserialize;
  hook->object = frame.object;
  ZVAL_UNDEF(&hook->value);
  if (!frame.has_wakeup) ZVAL_ARR(&hook->value, frame.table);
  return true;
}

/// Calls the delayed __wakeup() and __unserialize(). Those of final built-in classes come first: some of these classes
/// crash PHP when user code meets an object of theirs that was not set up. After the first method that throws, no other
/// is called, and the objects of the others are not destructed. False: one threw.
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

/// Calls one, if it is still `wanted`, and frees its value. False: it threw, or was not wanted.
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
    if (!ok) GC_ADD_FLAGS(hook.object, IS_OBJ_DESTRUCTOR_CALLED);
  }
  zval_ptr_dtor(&value);
  return ok;
}

}  // namespace shmpack::php
