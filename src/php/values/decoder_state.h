// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder: the state of one DecodeValue() call. Private to value_decoder.cc and object_decoder.cc.
//
// Nesting is kept in frames of request memory, not on the C stack. Whatever is being built hangs on the result from its
// first moment (an open array knows how many elements it has), so after a failure freeing the result frees all of it;
// only what is not in there, the arrays meant for __unserialize(), is found through frames_ and hooks_.
//
// Every object and reference is held in objects_ or references_ until the end, because hostile bytes may overwrite the
// only place that held it and then name its number.

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

  /// See DecodeValue(). Frees all but the result.
  bool Run(zval* out);
  /// Whether no object, enum case or reference was met.
  bool is_plain() const { return is_plain_; }

 private:
  enum class Step : uint8_t {
    kFailed,
    kDone,    // the value, or the frame, is complete
    kOpened,  // a frame was pushed, which now comes first
  };

  struct Frame {
    enum class Kind : uint8_t { kList, kMap, kReference, kProperties, kHookData };
    Kind kind;
    bool has_wakeup;
    uint32_t remaining;         // elements, pairs or values still to be read
    uint32_t serial;            // kMap, kHookData: of the shape whose keys those so far are; or 0
    MapShapes::Shape* shape;    // kMap, kHookData: that one, or the one that may learn from this; or null
    zend_array* table;          // kList, kMap; kProperties: the object's; kHookData: owned, for __unserialize()
    zend_object* object;        // kProperties, kHookData
    zend_reference* reference;  // kReference
    zval* slot;                 // kProperties: the property just filled, yet to be checked; or null
    zend_property_info* info;   // its type, or null
    MsgpackReader outer;        // kReference, kProperties, kHookData: goes on behind the ext's payload
  };
  using Kind = Frame::Kind;

  /// What is called, or freed, when the whole graph is there; in the order in which unserialize() does it.
  struct Hook {
    enum class Kind : uint8_t { kWakeup, kUnserialize, kDiscard };
    Kind kind;
    zend_object* object;  // kWakeup, kUnserialize
    zval value;           // kUnserialize: the data; kDiscard: an overwritten value
  };

  // value_decoder.cc
  Step Value(zval* target);
  Step OpenList(uint32_t count, zval* target);
  Step OpenMap(uint32_t count, zval* target);
  zend_array* NewMap(uint32_t count, MapShapes::Shape** shape, uint32_t* serial);
  Step Ext(const MsgpackToken& token, zval* target);
  Step OpenReference(zval* target);
  bool SameReference(zval* target);
  Step Opening(zval* target);
  uint32_t FillListRun(zend_array* table, uint32_t count);
  bool FillByShape(zend_array* table, const MapShapes::Shape* shape);
  Step FillList();
  Step FillMap();
  zval* NextSlot(Frame& frame);
  Step FillReference();
  bool Close();
  bool ReadNumber(size_t limit, size_t* number);
  bool ReadText(MsgpackToken* token);
  zval* MapSlot(zend_array* table, const MsgpackToken& key);
  Frame* PushFrame(Kind kind);
  void Abandon();
  void Free();

  // object_decoder.cc
  Step Object(zval* target);
  Step OpenHookData(zend_object* object, uint32_t count);
  Step OpenProperties(zend_object* object, uint32_t count);
  Step FillProperties();
  bool CheckProperty(Frame& frame);
  zval* PropertySlot(zend_array* table, zend_object* object, zend_string* key, zend_property_info** info);
  bool Serializable(zval* target);
  bool SameObject(zval* target);
  bool EnumCase(zval* target);
  zend_object* FindCase(zend_string* class_name, zend_string* case_name);
  bool SameEnumCase(zval* target);
  bool FindClass(zend_string* name, zend_class_entry** ce);
  bool ReadClass(zend_string** name, zend_class_entry** ce);
  zend_string* NewName(const MsgpackToken& token);
  bool AddObject(zend_object* object);
  bool Discard(zval* value);
  bool RunHooks();
  static bool IsOfFinalBuiltIn(const Hook& hook);
  static bool RunHook(const Hook& hook, bool wanted);

  MsgpackReader reader_;
  RequestVector<Frame, 8> frames_;
  RequestVector<zend_object*, 8> objects_;
  RequestVector<zend_reference*, 8> references_;
  RequestVector<zend_object*, 8> cases_;  // not held: they live as long as their classes
  RequestVector<Hook, 4> hooks_;
  zend_class_entry* class_ = nullptr;  // the last that was found, or null
  const char* class_name_ = nullptr;   // what it was found by, in the bytes that are decoded
  uint32_t class_size_ = 0;
  bool is_plain_ = true;
  KnownStrings keys_;
};

static_assert(std::is_trivially_destructible_v<Decoder>);

}  // namespace shmpack::php
