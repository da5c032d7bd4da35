// SPDX-License-Identifier: BSD-3-Clause
//
// The module's globals, and its version.
//
// Globals are per thread under ZTS; nothing else of the module changes after its start. What is large and per thread
// belongs here: thread-local variables of a library have little room in a program that loads it late.

#pragma once

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "php.h"
#include "php/cache/decoded_cache.h"
#include "php/values/map_shapes.h"
#include "shmpack/trusted_owners.h"

#define PHP_SHMPACK_VERSION "0.1.0"

extern zend_module_entry shmpack_module_entry;
#define phpext_shmpack_ptr &shmpack_module_entry

// clang-format off
ZEND_BEGIN_MODULE_GLOBALS(shmpack)
  zend_long init_mem;   // sysvshm.init_mem: bytes for data of a new region, unless shm_attach() is told.
  double lock_timeout;  // shmpack.lock_timeout: seconds, finite and above 0.
  uint32_t lock_timeout_ms;  // The same for the core, at least 1.
  zend_long cache_size;  // shmpack.cache_size: bytes that decoded values may take between calls; 0: none are kept.
  shmpack::php::DecodedCache decoded_cache;
  shmpack::php::MapShapes map_shapes;
  char *runtime_dir;  // shmpack.runtime_dir: the folder of slot tables with relative names; empty: this user's, in memory.
  char *allowed_classes;  // shmpack.allowed_classes: see php/values/allowed_classes.h.
  shmpack::TrustedOwners trusted_owners;  // shmpack.trusted_owners.
ZEND_END_MODULE_GLOBALS(shmpack)
// clang-format on

ZEND_EXTERN_MODULE_GLOBALS(shmpack)
#define SHMPACK_G(v) ZEND_MODULE_GLOBALS_ACCESSOR(shmpack, v)

#if defined(ZTS) && defined(COMPILE_DL_SHMPACK)
ZEND_TSRMLS_CACHE_EXTERN()
#endif
