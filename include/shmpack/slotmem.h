/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slot tables for programs in C: shmpack/slot_table.h, call by call. PHP's slotmem_* functions and the httpd module use
 * the same tables; docs/format/slots.md has their bytes.
 *
 * A shmpack_slots is the caller's plain data, ended by shmpack_slots_detach(). Any number of threads may use one at
 * once. After a fork, parent and child go on with the same addresses. Nothing here allocates, prints, aborts, raises a
 * signal or leaves by longjmp. A killed process blocks no other process and tears no value. On failure outputs are as
 * they were. `timeout_ms` bounds the wait for a lock; after it a call returns SHMPACK_TIMEOUT, with nothing changed.
 *
 * A slot holds bytes, whose meaning is up to its users. Bytes that were never put are 0. A value of PHP's
 * slotmem_put_var() is msgpack behind five bytes: docs/format/slots.md. A slot whose owner ended without a release
 * stays in use until a process calls shmpack_slots_reclaim(). docs/slots.md has an example.
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
  SHMPACK_MISMATCH = 7,  /* It exists with another number, size or type of slots. */
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
  SHMPACK_SLOTS_PERSIST = 1,     /* Made from the slots that shmpack_slots_sync() stored. */
  SHMPACK_SLOTS_NOT_MP_SAFE = 2, /* No meaning. */
  SHMPACK_SLOTS_PREGRAB = 4,     /* A slot must be grabbed before it is read or written. */
  SHMPACK_SLOTS_CLEAR_IN_USE = 8 /* Storing clears the marks; slots that were never used are granted first. */
};

#define SHMPACK_SLOTS_MAX_BYTES (1u << 30) /* Of a slot. */
#define SHMPACK_SLOTS_MAX_COUNT (1u << 24)
#define SHMPACK_SLOTS_PATH_BYTES 4096
#define SHMPACK_SLOTS_OWN_GROUP UINT32_MAX /* The group that the system gives a new file. */

/* An attached table. Zero-filled: not attached, and only shmpack_slots_detach() may be called with it. */
typedef struct shmpack_slots {
  uint64_t words[16]; /* With room to grow. */
} shmpack_slots;

typedef struct shmpack_slots_options {
  uint32_t slot_bytes;
  uint32_t slot_count;
  uint32_t type;        /* SHMPACK_SLOTS_... */
  uint32_t permissions; /* Read and write bits of a new table's mode, 0600 for example. */
  uint32_t group;       /* Of a new table, or SHMPACK_SLOTS_OWN_GROUP. */
  int renew;            /* Not 0: a new table in any case. With PERSIST it begins with the slots of an existing one. */
} shmpack_slots_options;

typedef struct shmpack_slot_owner {
  uint32_t pid; /* 0: no process in particular. */
  int is_gone;  /* That process has ended, and will not release the slot. */
} shmpack_slot_owner;

/* Writes the path that `name` means to `path`, which has SHMPACK_SLOTS_PATH_BYTES:
 *   "" and "none"     none: *anonymous is 1
 *   an absolute path  itself
 *   any other         a file in `folder`, which is made if it does not exist. NULL means this user's default folder, as
 *                     in PHP where shmpack.runtime_dir is not set; where it is set, give its value.
 * INVALID: also for a name that ends in ".persist", as the names of stored files do. FOREIGN: other users may write to
 * the folder. SYSTEM. */
shmpack_status shmpack_slots_resolve(const char* name, const char* folder, char* path, int* anonymous);

/* Makes a table, zero-filled or restored, or attaches to an existing one of the same shape. `path` NULL: shared with
 * later forks only. INVALID, MISMATCH, FOREIGN, VERSION, BYTE_ORDER, CORRUPT, TIMEOUT, SYSTEM; CHANGED: other processes
 * keep removing it.
 * *restored:
 *   OK         the stored slots are in the table
 *   NOT_FOUND  nothing was stored
 *   CHANGED    with `renew` only: restored, but a file was in the way of storing: see shmpack_slots_sync()
 *   any other  why the stored file was refused and renamed */
shmpack_status shmpack_slots_create(const char* path, const shmpack_slots_options* options, uint32_t timeout_ms,
                                    shmpack_slots* out, shmpack_status* restored);
/* Attaches; for reading only if `writable` is 0 or the file's mode does not allow more. NOT_FOUND, FOREIGN, VERSION,
 * BYTE_ORDER, CORRUPT, SYSTEM. */
shmpack_status shmpack_slots_attach(const char* path, int writable, shmpack_slots* out);
/* Addresses from shmpack_slots_window() are void afterwards. Detaching twice does nothing. */
void shmpack_slots_detach(shmpack_slots* slots);
/* Removes the path; processes that are attached keep the table. NOT_FOUND: the path leads to another file, or to none.
 * TIMEOUT, SYSTEM. */
shmpack_status shmpack_slots_remove(const shmpack_slots* slots, const char* path, uint32_t timeout_ms);
/* Stores all slots in `<path>.persist`; on failure the old file stays. A file there that does not hold slots, or is of
 * a newer format, is renamed to `<path>.persist.refused-...`. *in_the_way, unless NULL, then says why: FOREIGN,
 * VERSION, BYTE_ORDER; else it is OK. READ_ONLY, TIMEOUT, SYSTEM. */
shmpack_status shmpack_slots_sync(const shmpack_slots* slots, const char* path, uint32_t timeout_ms,
                                  shmpack_status* in_the_way);
/* Removes `<path>.persist`, if it exists. FOREIGN: it does not hold slots, and stays. SYSTEM. */
shmpack_status shmpack_slots_remove_stored(const char* path);

int shmpack_slots_read_only(const shmpack_slots* slots);
uint32_t shmpack_slots_count(const shmpack_slots* slots);
uint32_t shmpack_slots_bytes(const shmpack_slots* slots); /* As asked for. */
uint32_t shmpack_slots_type(const shmpack_slots* slots);
uint32_t shmpack_slots_free(const shmpack_slots* slots); /* How many slots are not in use. */
/* The first id from `id` on that a walk visits: of all slots, or, in a PREGRAB table, of those in use. The count: none
 * is left. */
uint32_t shmpack_slots_next(const shmpack_slots* slots, uint32_t id);
/* 0 also for an id that is not below the count. */
int shmpack_slots_in_use(const shmpack_slots* slots, uint32_t id);
shmpack_slot_owner shmpack_slots_owner(const shmpack_slots* slots, uint32_t id);
/* The owner's pid alone, without asking the system whether that process lives. */
uint32_t shmpack_slots_owner_pid(const shmpack_slots* slots, uint32_t id);
/* After TIMEOUT: the holder of the slot's lock, or else of the table's. 0: both are free by now, or the holder is in
 * another pid namespace or does not exist. For an id that is not below the count: of the table's lock. */
uint32_t shmpack_slots_lock_holder(const shmpack_slots* slots, uint32_t id);

/* Grants the lowest free slot; its bytes stay. NO_ROOM, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_grab(const shmpack_slots* slots, uint32_t timeout_ms, uint32_t* id);
/* Marks the slot as in use; OK also if it was. INVALID, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_grab_this(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);
/* Frees the slot; its bytes stay. NOT_FOUND: it was free. INVALID, READ_ONLY, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_release(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);
/* The same, if its owner has ended; else NOT_FOUND. */
shmpack_status shmpack_slots_reclaim(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms);

/* Copies the first `length` bytes, as one put left them. A free slot is marked as in use; in a PREGRAB table the answer
 * is NOT_FOUND. INVALID, TOO_LARGE, TIMEOUT, CORRUPT. */
shmpack_status shmpack_slots_get(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                 uint32_t timeout_ms);
/* The same, but neither asks for a mark nor sets one. INVALID, TOO_LARGE, TIMEOUT. */
shmpack_status shmpack_slots_look(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                  uint32_t timeout_ms);
/* Replaces the first `length` bytes. As shmpack_slots_get(), and READ_ONLY. */
shmpack_status shmpack_slots_put(const shmpack_slots* slots, uint32_t id, const void* data, uint32_t length,
                                 uint32_t timeout_ms);
/* The slot's address, at a multiple of 64. A value stored there is as atomic as the store. INVALID, READ_ONLY,
 * TIMEOUT. */
shmpack_status shmpack_slots_window(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms, void** out);

#ifdef __cplusplus
}
#endif

#endif
