// SPDX-License-Identifier: BSD-3-Clause
//
// Stored bytes (docs/format/values.md) to a PHP value.
//
//   - DecodeFromRegisters(): null, bool, int, float that lie in registers.
//   - DecodeValue(): any value. Takes a short way for a scalar, DecodeGraph() for everything else.
//
// Both read with shmpack/msgpack_reader.h. DecodeGraph() starts a Decoder (decoder_state.h), which builds arrays
// (array_decoder.cc), references (reference_decoder.cc), objects (object_decoder.cc) and enum cases (enum_decoder.cc).

#pragma once

#include <cstddef>

#include "php.h"
#include "php/memory_limit.h"
#include "php/values/zval_sink.h"
#include "shmpack/msgpack_reader.h"
#include "shmpack/value_bytes.h"

namespace shmpack::php {

/// Builds a value that is nothing but these bytes in `*out`, whose old content is not freed. False: they are no null,
/// bool, int or float, and `*out` is as before.
zend_always_inline bool DecodeFromRegisters(const ShortBytes& value, zval* out) {
  return ReadShort(value, ZvalSink{out});
}

/// Builds a scalar that takes all of the `size` bytes at `data`. False: they are something else, or memory is out.
/// `*out` then needs not be freed.
zend_always_inline bool DecodeScalar(const char* data, size_t size, zval* out) {
  MsgpackReader reader(data, size);
  if (!reader.ReadScalar(ZvalSink{out})) return false;
  if (EXPECTED(reader.Finished() && !MemoryIsOut())) return true;
  zval_ptr_dtor_str(out);
  return false;
}

/// DecodeValue() by a Decoder.
bool DecodeGraph(const char* data, size_t size, zval* out, bool* plain);

/// Builds the value that the `size` bytes at `data` are, and nothing more, in `*out`, whose old content is not freed.
///
/// True: `*plain` says that the value holds no object, enum case or reference. A copy of it is then as good, and no
/// user code ran to make it. False: `*out` is null. Either EG(exception) is set (user code threw, or a class may not
/// be built), or memory is out, or the bytes are no stored value. The caller reports the last.
///
/// The bytes may be hostile, but must be private to this process and unchanged while the call runs. Memory is bounded
/// by a constant times `size`. A bailout inside leaks nothing.
///
/// Runs user code (autoloading, __unserialize, __wakeup, Serializable::unserialize). Hold no lock, and fetch native
/// handles again after it.
inline bool DecodeValue(const char* data, size_t size, zval* out, bool* plain) {
  if (UNEXPECTED(!DecodeScalar(data, size, out))) return DecodeGraph(data, size, out, plain);
  *plain = true;
  return true;
}

/// To be called when a request begins and when it ends: keys of maps are remembered in between (map_shapes.h). Without
/// the first call none is remembered; without the second the engine frees their memory.
void BeginDecoding();
void EndDecoding();

}  // namespace shmpack::php
