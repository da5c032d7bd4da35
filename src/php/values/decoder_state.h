// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder: the state of one DecodeGraph() call. Private to this folder.
//
// Nesting is kept in frames of request memory, not on the C stack. What is being built is part of the result from its
// first moment, and an open array knows how many elements it has. So after a failure, freeing the result frees
// everything but the arrays meant for __unserialize(). Those are found through frames_ and hooks_.
//
// Every object and reference is held in objects_ or references_ until the end. Otherwise hostile bytes could overwrite
// the only place that holds one, and then name its number.

#pragma once

#include <cstdint>

#include "php.h"
#include "php/values/known_strings.h"
#include "php/values/map_shapes.h"
#include "php/values/request_vector.h"
#include "php/values/value_decoder.h"
#include "shmpack/msgpack_reader.h"

namespace shmpack::php {

class Decoder {
 public:
  Decoder(const char* data, size_t size) : reader_(data, size) {}

  /// See DecodeValue(). Frees everything but the result.
  bool Run(zval* out);
  /// Whether no object, enum case or reference was met.
  bool is_plain() const { return is_plain_; }

 private:
  enum class Step : uint8_t {
    kFailed,
    kDone,    // the value, or the frame, is complete
    kOpened,  // a frame was pushed, which is to be filled first
  };

  struct Frame {
    enum class Kind : uint8_t { kList, kMap, kReference, kProperties, kHookData };
    Kind kind;
    bool has_wakeup;
    uint32_t remaining;         // elements, pairs or values still to be read
    uint32_t serial;            // kMap, kHookData: of the shape that all keys so far were taken from; or 0
    MapShapes::Shape* shape;    // kMap, kHookData: that shape, or the one that may learn from this map; or null
    zend_array* table;          // kList, kMap; kProperties: the object's; kHookData: owned, for __unserialize()
    zend_object* object;        // kProperties, kHookData
    zend_reference* reference;  // kReference
    zval* slot;                 // kProperties: the last property filled, if its type is still to be checked; or null
    zend_property_info* info;   // its declaration if it is typed, or null
    MsgpackReader outer;        // kReference, kProperties, kHookData: goes on behind the ext's payload
  };
  using Kind = Frame::Kind;

  /// What is called or freed when the whole graph is there, in the order in which unserialize() does it.
  struct Hook {
    enum class Kind : uint8_t { kWakeup, kUnserialize, kDiscard };
    Kind kind;
    zend_object* object;  // kWakeup, kUnserialize
    zval value;           // kUnserialize: the data; kDiscard: an overwritten value
  };

  // value_decoder.cc: any value, frames
  Step Value(zval* target);
  Step NonScalar(zval* target);
  Step Ext(const MsgpackToken& token, zval* target);
  Step Payload(int8_t type, zval* target);
  Frame* PushFrame(Kind kind);
  bool Close();
  bool ReadNumber(size_t limit, size_t* number);
  bool ReadText(MsgpackToken* token);
  void Abandon();
  void Free();

  // array_decoder.cc
  Step OpenList(uint32_t count, zval* target);
  uint32_t FillListRun(zend_array* table, uint32_t count);
  Step FillList();
  Step OpenMap(uint32_t count, zval* target);
  zend_array* NewMap(uint32_t count, MapShapes::Shape** shape, uint32_t* serial);
  bool FillByShape(zend_array* table, const MapShapes::Shape* shape);
  Step FillMap();
  zval* NextSlot(Frame& frame);
  zval* MapSlot(zend_array* table, const MsgpackToken& key);

  // reference_decoder.cc
  Step OpenReference(zval* target);
  Step FillReference();
  bool SameReference(zval* target);

  // object_decoder.cc
  Step Object(zval* target);
  bool MakeObject(zend_class_entry* ce, zend_string* name, zval* target);
  Step OpenHookData(zend_object* object, uint32_t count);
  bool Serializable(zval* target);
  bool SameObject(zval* target);
  bool AddObject(zend_object* object);

  // class_decoder.cc
  bool ReadClass(zend_string** name, zend_class_entry** ce);
  bool FindClass(zend_string* name, zend_class_entry** ce);
  zend_string* NewName(const MsgpackToken& token);

  // property_decoder.cc
  Step OpenProperties(zend_object* object, uint32_t count);
  Step FillProperties();
  zend_string* PropertyName(const MsgpackToken& key);
  zval* PropertySlot(zend_array* table, zend_object* object, zend_string* key, zend_property_info** info);
  bool CheckProperty(Frame& frame);

  // enum_decoder.cc
  bool EnumCase(zval* target);
  zend_object* FindCase(zend_string* class_name, zend_string* case_name);
  bool SameEnumCase(zval* target);

  // decoder_hooks.cc
  bool Discard(zval* value);
  bool AddHook(const Frame& frame);
  bool RunHooks();
  static bool IsOfFinalBuiltIn(const Hook& hook);
  static bool RunHook(const Hook& hook, bool wanted);

  MsgpackReader reader_;
  RequestVector<Frame, 8> frames_;
  RequestVector<zend_object*, 8> objects_;
  RequestVector<zend_reference*, 8> references_;
  RequestVector<zend_object*, 8> cases_;  // not held: they live as long as their classes
  RequestVector<Hook, 4> hooks_;
  zend_class_entry* class_ = nullptr;  // the last class found, or null
  const char* class_name_ = nullptr;   // the name it was found by, in the bytes that are decoded
  uint32_t class_size_ = 0;
  bool is_plain_ = true;
  KnownStrings keys_;
};

/// How many copies of a name there may be at once: itself, in lower case, in a message, in what makes the message.
inline constexpr size_t kNameCopies = 8;

/// The class's __wakeup(), or null.
zend_function* WakeupOf(zend_class_entry* ce);

static_assert(std::is_trivially_destructible_v<Decoder>);

}  // namespace shmpack::php
