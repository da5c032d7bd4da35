// SPDX-License-Identifier: BSD-3-Clause
//
// Encoder: the state of one EncodeGraph() call. Private to this folder.
//
// Nesting is kept in frames of request memory, not on the C stack, so depth costs no stack (fibers have little). While
// an array is walked, its frame holds a count on it, so user code that changes the array meanwhile changes a copy.
// Every object and reference with a number is held until the end. Its address is what identifies it, and another one
// could get the address of one that was freed.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/values/encoded_value.h"
#include "php/values/request_vector.h"

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack/pack.hpp>

namespace shmpack::php {

class Encoder {
 public:
  explicit Encoder(EncodedValue* out) : out_(out), packer_(*out) {}

  /// Encodes `root`, and frees everything but the output. False: EG(exception) is set, or memory is out.
  bool Run(zval* root);

 private:
  struct Frame {
    enum class Kind : uint8_t { kList, kTable, kSlots, kReference };
    Kind kind;
    bool is_object;         // ends an object's payload
    bool skips_class_name;  // an incomplete object: its class name is a property, but is not stored as one
    uint32_t index;         // of the element to go on with
    uint32_t declared;      // pairs in the map's header
    uint32_t written;       // pairs written; user code may have made them differ
    size_t ext_at;          // where the payload's ext header is; kSlots, kReference and is_object
    size_t map_at;          // where the map's header is; kTable, kSlots
    zend_reference* sole;   // held: the unshared reference that holds the table, or null; kList, kTable
    union {
      zend_array* table;  // held
      zend_object* object;
      zend_reference* reference;
    };
  };
  using Kind = Frame::Kind;

  // value_encoder.cc: any value, frames, numbers, ext headers
  bool Value(zval* value);
  bool String(const zend_string* string);
  Frame* PushFrame(Kind kind);
  bool CloseFrame();
  static void Release(const Frame& frame);
  zval* NumberOf(zend_refcounted* counted);
  size_t BeginExt();
  bool EndExt(size_t ext_at, int8_t type);
  bool PackSame(int8_t type, zend_long number);
  void Free();

  // array_encoder.cc
  bool Array(zend_array* table, zend_reference* sole = nullptr);
  uint32_t PackRun(zend_array* table, bool is_list, uint32_t index, uint32_t* written);
  bool ContinueList();
  bool ContinueTable();
  bool Key(zend_array* table, uint32_t index);
  void CorrectCount(const Frame& frame);

  // reference_encoder.cc
  bool Reference(zend_reference* reference);
  bool ContinueReference();
  bool IsShared(zend_reference* reference);
  void CountReferences();
  zend_long Occurrences(const void* counted);

  // object_encoder.cc
  bool Object(zend_object* object);
  bool EnumCase(zend_object* object);
  bool ByMethod(zend_object* object, zval* number);
  bool BySerializable(zend_object* object, zval* number);
  bool ByProperties(zend_object* object, zval* number);
  bool OpenObject(zend_object* object, zval* number, zend_array* table);
  bool OpenSlots(zend_object* object, zval* number);
  bool ContinueSlots();

  // sleep_encoder.cc
  bool BySleep(zend_object* object, zval* number, zend_function* sleep);

  EncodedValue* out_;
  msgpack::packer<EncodedValue> packer_;
  zval* root_ = nullptr;
  RequestVector<Frame, 8> frames_;
  RequestVector<zend_refcounted*, 8> held_;
  HashTable* numbers_ = nullptr;      // address of an object, case or reference -> its number, or kStoredAsNull
  HashTable* occurrences_ = nullptr;  // address of a reference or array -> how often the root holds it
  zend_long next_object_ = 0;
  zend_long next_reference_ = 0;
  zend_long next_case_ = 0;
  bool counted_references_ = false;
  bool has_objects_ = false;
};

/// In Encoder::numbers_: an object whose class chose to be stored as null.
inline constexpr zend_long kStoredAsNull = -1;

/// The key of an address in numbers_ and occurrences_.
inline zend_ulong AddressKey(const void* counted) { return reinterpret_cast<uintptr_t>(counted) >> 3; }

/// Calls a method without arguments as serialize() does: a serialize() inside it starts anew.
void CallSerializeHook(zend_object* object, zend_function* method, zval* result);

/// Whether the key at `index` is the one under which an object of an unknown class keeps the name of that class.
bool IsIncompleteClassNameAt(zend_array* table, uint32_t index);

static_assert(std::is_trivially_destructible_v<Encoder> && std::is_trivially_destructible_v<EncodedValue>);

}  // namespace shmpack::php
