/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slot tables for programs in C: shmpack/slot_table.h, call by call. PHP's slotmem_* functions and the httpd module use
 * the same tables; docs/format/slots.md has their bytes.
 *
 * A shmpack_slots is plain data of the caller's, to be ended by shmpack_slots_detach(). Any number of threads may use
 * one at once; after a fork parent and child go on with the same addresses. Nothing here allocates, prints, aborts,
 * raises a signal or leaves by longjmp. A killed process freezes nobody and tears nothing. On failure outputs are as
 * they were. `timeout_ms` bounds the wait for a lock: then SHMPACK_TIMEOUT, and nothing has changed.
 *
 * What lies in a slot is its users' affair: bytes, of which those that nobody put are 0. A value that PHP's
 * slotmem_put_var() stored is msgpack, behind five bytes: docs/format/slots.md. A slot that is grabbed and not released
 * when its process ends stays in use until somebody calls shmpack_slots_reclaim(). docs/slots.md has an example.
 *
 * To link: `./dev build library` prints the path of libshmpack.a, which needs no C++ library at run time. So
 *
 *   cc -Iinclude program.c out/library/libshmpack.a
 *
 * or compile src/c_api, src/core and src/port into the program, with -std=c++20 -Isrc -Iinclude.
 */

#ifndef SHMPACK_SLOTMEM_H
#define SHMPACK_SLOTMEM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call ended with: shmpack::Code (shmpack/status.h). */
enum shmpack_code {
  SHMPACK_OK = 0,
  SHMPACK_NOT_FOUND = 1, /* No such table; or the slot is free. */
  SHMPACK_NO_ROOM = 2,   /* Every slot is in use. */
  SHMPACK_TIMEOUT = 3,
  SHMPACK_TOO_SMALL = 4,
  SHMPACK_CHANGED = 5,
  SHMPACK_INVALID = 6,   /* No such slot, size, number, type or name. */
  SHMPACK_MISMATCH = 7,  /* It is there with other slots. */
  SHMPACK_TOO_LARGE = 8, /* More bytes than a slot has. */
  SHMPACK_READ_ONLY = 9,
  SHMPACK_STOCK_SEGMENT = 10,
  SHMPACK_FOREIGN = 11, /* Not a table, or another user's. */
  SHMPACK_VERSION = 12,
  SHMPACK_BYTE_ORDER = 13,
  SHMPACK_CORRUPT = 14,
  SHMPACK_SYSTEM = 15 /* See os_errno. */
};

typedef struct shmpack_status {
  int code;         /* One of enum shmpack_code. */
  int os_errno;     /* The system's errno, or 0. */
  const char* text; /* A static text, never null. */
} shmpack_status;

/* What a table is for; may be combined. */
enum {
  SHMPACK_SLOTS_PERSIST = 1,     /* Restored when it is made from what shmpack_slots_sync() stored. */
  SHMPACK_SLOTS_NOT_MP_SAFE = 2, /* No meaning. */
  SHMPACK_SLOTS_PREGRAB = 4,     /* A slot must be grabbed before it is read or written. */
  SHMPACK_SLOTS_CLEAR_IN_USE = 8 /* Marks are cleared when it is stored; slots never used are granted before others. */
};

#define SHMPACK_SLOTS_MAX_BYTES (1u << 30) /* Of a slot. */
#define SHMPACK_SLOTS_MAX_COUNT (1u << 24)
#define SHMPACK_SLOTS_PATH_BYTES 4096
#define SHMPACK_SLOTS_OWN_GROUP UINT32_MAX /* Whatever group the system gives a new file. */

/* An attached table. Zero-filled: not attached, and then nothing but shmpack_slots_detach() may be called with it. */
typedef struct shmpack_slots {
  uint64_t words[16]; /* With room to grow. */
} shmpack_slots;

typedef struct shmpack_slots_options {
  uint32_t slot_bytes;
  uint32_t slot_count;
  uint32_t type;        /* SHMPACK_SLOTS_... */
  uint32_t permissions; /* Read and write bits of a new table's mode, 0600 for example. */
  uint32_t group;       /* Of a new table, or SHMPACK_SLOTS_OWN_GROUP. */
  int renew; /* Not 0: a new table in any case, which begins with what one that is there holds, if PERSIST. */
} shmpack_slots_options;

typedef struct shmpack_slot_owner {
  uint32_t pid; /* 0: nobody in particular. */
  int is_gone;  /* That process has ended, so nobody will release the slot. */
} shmpack_slot_owner;

/* Writes to `path` (SHMPACK_SLOTS_PATH_BYTES) what `name` means: an absolute path itself, another name a file in
 * `folder`, which is made if it is not there (NULL: the default one of this user, as in PHP where shmpack.runtime_dir
 * is not set; else give that). "" and "none": *anonymous is 1. INVALID: also a name that ends in ".persist", as the
 * files do in which tables are stored. FOREIGN, SYSTEM. */
shmpack_status shmpack_slots_resolve(const char* name, const char* folder, char* path, int* anonymous);

/* Makes a table, zero-filled or restored, or attaches to one that is there with the same shape. `path` NULL: shared
 * with later forks only. *restored: OK; NOT_FOUND, nothing was stored; else why the stored file was refused and
 * renamed; or CHANGED, with `renew`: restored, but see shmpack_slots_sync(). INVALID, MISMATCH, FOREIGN, VERSION,
 * BYTE_ORDER, CORRUPT, TIMEOUT, SYSTEM. */
shmpack_status shmpack_slots_create(const char* path, const shmpack_slots_options* options, uint32_t timeout_ms,
                                    shmpack_slots* out, shmpack_status* restored);
/* For reading only if `writable` is 0 or the file's mode does not allow more. NOT_FOUND, FOREIGN, VERSION, BYTE_ORDER,
 * CORRUPT, SYSTEM. */
shmpack_status shmpack_slots_attach(const char* path, int writable, shmpack_slots* out);
/* Windows of the table are void afterwards. Detaching twice does nothing. */
void shmpack_slots_detach(shmpack_slots* slots);
/* Takes the path away; those attached keep the table. NOT_FOUND: the path leads elsewhere. TIMEOUT, SYSTEM. */
shmpack_status shmpack_slots_remove(const shmpack_slots* slots, const char* path, uint32_t timeout_ms);
/* Stores all slots in `<path>.persist`; on failure the old file is there. What is there and is no file of stored slots,
 * or one of a newer format, is renamed to `<path>.persist.refused-...`, and *in_the_way, unless NULL, says why:
 * FOREIGN, VERSION, BYTE_ORDER; else it is OK. READ_ONLY, TIMEOUT, SYSTEM. */
shmpack_status shmpack_slots_sync(const shmpack_slots* slots, const char* path, uint32_t timeout_ms,
                                  shmpack_status* in_the_way);
/* Removes `<path>.persist`. FOREIGN: it does not hold slots, and stays. SYSTEM. */
shmpack_status shmpack_slots_remove_stored(const char* path);

int shmpack_slots_read_only(const shmpack_slots* slots);
uint32_t shmpack_slots_count(const shmpack_slots* slots);
uint32_t shmpack_slots_bytes(const shmpack_slots* slots); /* As asked for. */
uint32_t shmpack_slots_type(const shmpack_slots* slots);
uint32_t shmpack_slots_free(const shmpack_slots* slots);
/* The first id from `id` on that a walk visits: all, or of a PREGRAB table those in use. The count: none is left. */
uint32_t shmpack_slots_next(const shmpack_slots* slots, uint32_t id);
/* 0 also for an id that is not below the count. */
int shmpack_slots_in_use(const shmpack_slots* slots, uint32_t id);
shmpack_slot_owner shmpack_slots_owner(const shmpack_slots* slots, uint32_t id);
/* The owner's pid alone; does not ask the system whether that process still lives. */
uint32_t shmpack_slots_owner_pid(const shmpack_slots* slots, uint32_t id);
/* After TIMEOUT: the process that holds the slot's lock, or else the table's. 0: both are free by now, or the holder is
 * in another pid namespace, or does not exist. Of an id that is not below the count: the table's only. */
uint32_t shmpack_slots_lock_holder(const shmpack_slots* slots, uint32_t id);

/* The lowest free slot; its bytes stay. NO_ROOM, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_grab(const shmpack_slots* slots, uint32_t timeout_ms, uint32_t* id);
/* OK also if it was in use. INVALID, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_grab_this(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);
/* NOT_FOUND: it was free. INVALID, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_release(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);
/* Releases it if its owner has ended; else NOT_FOUND. */
shmpack_status shmpack_slots_reclaim(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);

/* The first `length` bytes, whole as some put left them. A free slot is marked as in use, or of a PREGRAB table
 * NOT_FOUND. INVALID, TOO_LARGE, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_get(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                 uint32_t timeout_ms);
/* The same, whatever the marks, which stay. INVALID, TOO_LARGE, TIMEOUT. */
shmpack_status shmpack_slots_look(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                  uint32_t timeout_ms);
/* As shmpack_slots_get(), and READ_ONLY. */
shmpack_status shmpack_slots_put(const shmpack_slots* slots, uint32_t id, const void* data, uint32_t length,
                                 uint32_t timeout_ms);
/* The slot's address, at a multiple of 64. What is stored there is as atomic as the store. INVALID, READ_ONLY, TIMEOUT.
 */
shmpack_status shmpack_slots_window(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms, void** out);

#ifdef __cplusplus
}
#endif

#endif
