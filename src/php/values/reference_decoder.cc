// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the decoder that makes PHP references.

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php/values/decoder_state.h"

namespace shmpack::php {

Decoder::Step Decoder::OpenReference(zval* target) {
  // A reference holds no reference, and the whole document is none.
  if (frames_.empty() || frames_.back().kind == Kind::kReference) return Step::kFailed;
  Frame* const frame = PushFrame(Kind::kReference);
  if (frame == nullptr) return Step::kFailed;
  ZVAL_NEW_EMPTY_REF(target);
  zend_reference* const reference = Z_REF_P(target);
  ZVAL_NULL(&reference->val);
  frame->reference = reference;
  frame->remaining = 1;
  zend_reference** const held = references_.Push();
  if (UNEXPECTED(held == nullptr)) return Step::kFailed;
  *held = reference;
  GC_ADDREF(reference);
  return Step::kOpened;
}

Decoder::Step Decoder::FillReference() {
  Frame& frame = frames_.back();
  if (frame.remaining == 0) return Step::kDone;
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
