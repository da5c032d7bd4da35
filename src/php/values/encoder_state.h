// SPDX-License-Identifier: BSD-3-Clause
//
// Encoder: the state of one EncodeValue() call. Private to value_encoder.cc and object_encoder.cc.
//
// Nesting is kept in frames of request memory, not on the C stack, so depth costs no stack (fibers have little). While
// a table is walked its frame holds a count on it, so user code that changes the value meanwhile changes a copy. Every
// object and reference that got a number is held until the end: one freed in between could give its address, which is
// what identity is told by, to another.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/values/request_vector.h"
#include "php/values/value_encoder.h"

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack/pack.hpp>

namespace shmpack::php {

class Encoder {
 public:
  explicit Encoder(EncodedValue* out) : out_(out), packer_(*out) {}

  /// Encodes `root`, frees all but the output. False: EG(exception) is set.
  bool Run(zval* root);

 private:
  struct Frame {
    enum class Kind : uint8_t { kList, kTable, kSlots, kReference };
    Kind kind;
    bool is_object;         // ends an object's payload
    bool skips_class_name;  // an incomplete object: its class name is a property, but not to be stored as one
    uint32_t index;         // the element to go on with
    uint32_t declared;      // pairs in the map's header,
    uint32_t written;       // and pairs written; user code may have made them differ
    size_t ext_at;          // where the payload's ext header is; kSlots, kReference and is_object
    size_t map_at;          // where the map's header is; kTable, kSlots
    zend_reference* sole;   // held: what holds the table and nothing else refers to, or null; kList, kTable
    union {
      zend_array* table;  // held
      zend_object* object;
      zend_reference* reference;
    };
  };
  using Kind = Frame::Kind;

  // value_encoder.cc
  bool Value(zval* value);
  bool String(const zend_string* string);
  bool Array(zend_array* table, zend_reference* sole = nullptr);
  uint32_t PackRun(zend_array* table, bool is_list, uint32_t index, uint32_t* written);
  bool Reference(zend_reference* reference);
  bool IsShared(zend_reference* reference);
  void CountReferences();
  zend_long Occurrences(const void* counted);
  bool Key(zend_array* table, uint32_t index);
  bool ContinueList();
  bool ContinueTable();
  bool ContinueReference();
  bool CloseFrame();
  static void Release(const Frame& frame);
  void CorrectCount(const Frame& frame);
  Frame* PushFrame(Kind kind);
  zval* Number(zend_refcounted* counted);
  void Free();
  /// An ext's payload is written after BeginExt() and before EndExt(), which sets its length.
  size_t BeginExt();
  bool EndExt(size_t ext_at, int8_t type);
  bool NumberExt(int8_t type, zend_long number);

  // object_encoder.cc
  bool Object(zend_object* object);
  bool EnumCase(zend_object* object);
  bool ByMethod(zend_object* object, zval* number);
  bool BySerializable(zend_object* object, zval* number);
  bool BySleep(zend_object* object, zval* number, zend_function* sleep);
  bool ByProperties(zend_object* object, zval* number);
  bool OpenObject(zend_object* object, zval* number, zend_array* table);
  bool OpenSlots(zend_object* object, zval* number);
  bool ContinueSlots();

  EncodedValue* out_;
  msgpack::packer<EncodedValue> packer_;
  zval* root_ = nullptr;
  RequestVector<Frame, 8> frames_;
  RequestVector<zend_refcounted*, 8> held_;
  HashTable* numbers_ = nullptr;      // address of an object, case or reference -> its number, or kStoredAsNull
  HashTable* occurrences_ = nullptr;  // address of a reference -> how often the root holds it
  zend_long next_object_ = 0;
  zend_long next_reference_ = 0;
  zend_long next_case_ = 0;
  bool counted_references_ = false;
  bool has_objects_ = false;
};

/// In Encoder::numbers_: an object whose class chose to be stored as null.
inline constexpr zend_long kStoredAsNull = -1;

/// Whether the key at `index` is the one under which an object of an unknown class keeps the name of that class.
bool IsIncompleteClassNameAt(zend_array* table, uint32_t index);

static_assert(std::is_trivially_destructible_v<Encoder> && std::is_trivially_destructible_v<EncodedValue>);

}  // namespace shmpack::php
