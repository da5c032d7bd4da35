// SPDX-License-Identifier: BSD-3-Clause
//
// The msgpack extension types of stored values, and the bound that both sides of the codec keep.
//
// These numbers are part of the format and are never reused. Each payload is msgpack itself; docs/format/values.md
// shows the forms byte by byte. Plain data (nil, booleans, numbers, strings and arrays of them) has none of these
// types.

#pragma once

#include <cstdint>

namespace shmpack {

/// An object: class name, then a map of its properties, or of what its class's __serialize() returned.
inline constexpr int8_t kExtObject = 1;
/// An object of a class with its own byte form (PHP's Serializable): class name, then the bytes.
inline constexpr int8_t kExtSerializable = 2;
/// The same object again: its number, from 0 in the order in which kExtObject and kExtSerializable begin.
inline constexpr int8_t kExtSameObject = 3;
/// A PHP reference: the value it holds.
inline constexpr int8_t kExtReference = 4;
/// The same reference again: its number, from 0 in the order in which kExtReference begins.
inline constexpr int8_t kExtSameReference = 5;
/// An enum case: class name, then case name.
inline constexpr int8_t kExtEnumCase = 6;
/// The same enum case again: its number, from 0 in the order in which kExtEnumCase begins.
inline constexpr int8_t kExtSameEnumCase = 7;

/// How deep arrays, maps, objects and references may be nested, when written and when read.
inline constexpr uint32_t kMaxValueDepth = 4096;

}  // namespace shmpack
