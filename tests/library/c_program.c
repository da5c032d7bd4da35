/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program in C with a slot table: makes one, or attaches to PHP's, and calls everything that shmpack/slotmem.h has.
 *
 *   c_program make <path>      makes a table of 4 slots of 40 bytes, with text in slot 0
 *   c_program answer <path>    attaches, puts into slot 1 what slot 0 holds, in capital letters
 *   c_program all <path>       all calls; prints the first answer that is not as it should be
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shmpack/slotmem.h"

#define TIMEOUT_MS 5000
#define EXPECT(what) expect(what, #what, __LINE__)

/* What follows would mean nothing. */
static void expect(int is_so, const char* what, int line) {
  if (is_so) return;
  printf("line %d: not so: %s\n", line, what);
  exit(1);
}

static shmpack_slots_options plain(uint32_t type) {
  shmpack_slots_options options = {40, 4, type, 0600, SHMPACK_SLOTS_OWN_GROUP, 0};
  return options;
}

static void make(const char* path) {
  shmpack_slots slots;
  shmpack_status restored;
  const shmpack_slots_options options = plain(0);
  EXPECT(shmpack_slots_create(path, &options, TIMEOUT_MS, &slots, &restored).code == SHMPACK_OK);
  EXPECT(shmpack_slots_put(&slots, 0, "from C", 7, TIMEOUT_MS).code == SHMPACK_OK);
  shmpack_slots_detach(&slots);
}

static void answer(const char* path) {
  shmpack_slots slots;
  char text[40];
  char* at;
  EXPECT(shmpack_slots_attach(path, 1, &slots).code == SHMPACK_OK);
  EXPECT(shmpack_slots_get(&slots, 0, text, sizeof text, TIMEOUT_MS).code == SHMPACK_OK);
  for (at = text; *at != '\0'; ++at) *at = (char)toupper((unsigned char)*at);
  EXPECT(shmpack_slots_put(&slots, 1, text, sizeof text, TIMEOUT_MS).code == SHMPACK_OK);
  shmpack_slots_detach(&slots);
}

static void all(const char* path) {
  shmpack_slots slots;
  shmpack_slots reader;
  shmpack_status status;
  shmpack_status restored;
  shmpack_slot_owner owner;
  shmpack_slots_options options = plain(SHMPACK_SLOTS_PERSIST | SHMPACK_SLOTS_PREGRAB);
  char resolved[SHMPACK_SLOTS_PATH_BYTES];
  char bytes[40];
  void* window = NULL;
  uint32_t id = 99;
  int anonymous = 7;

  EXPECT(shmpack_slots_resolve("none", NULL, resolved, &anonymous).code == SHMPACK_OK && anonymous == 1);
  anonymous = 7;
  EXPECT(shmpack_slots_resolve("../x", NULL, resolved, &anonymous).code == SHMPACK_INVALID && anonymous == 7);
  EXPECT(shmpack_slots_resolve("x.persist", NULL, resolved, &anonymous).code == SHMPACK_INVALID);
  EXPECT(shmpack_slots_resolve(path, NULL, resolved, &anonymous).code == SHMPACK_OK && anonymous == 0);
  EXPECT(strcmp(resolved, path) == 0);
  EXPECT(shmpack_slots_attach(path, 1, &slots).code == SHMPACK_NOT_FOUND);
  EXPECT(shmpack_slots_create(path, &options, TIMEOUT_MS, &slots, &restored).code == SHMPACK_OK);
  EXPECT(restored.code == SHMPACK_NOT_FOUND);
  EXPECT(shmpack_slots_count(&slots) == 4 && shmpack_slots_bytes(&slots) == 40 && shmpack_slots_free(&slots) == 4);
  EXPECT(shmpack_slots_type(&slots) == options.type && !shmpack_slots_read_only(&slots));

  EXPECT(shmpack_slots_put(&slots, 0, "x", 1, TIMEOUT_MS).code == SHMPACK_NOT_FOUND);
  EXPECT(shmpack_slots_grab(&slots, TIMEOUT_MS, &id).code == SHMPACK_OK && id == 0);
  EXPECT(shmpack_slots_grab_this(&slots, 3, TIMEOUT_MS).code == SHMPACK_OK);
  EXPECT(shmpack_slots_in_use(&slots, 3) && !shmpack_slots_in_use(&slots, 2) && !shmpack_slots_in_use(&slots, 4));
  EXPECT(shmpack_slots_next(&slots, 1) == 3 && shmpack_slots_next(&slots, 4) == 4);
  owner = shmpack_slots_owner(&slots, 3);
  EXPECT(owner.pid != 0 && !owner.is_gone);
  EXPECT(shmpack_slots_owner_pid(&slots, 3) == owner.pid && shmpack_slots_owner_pid(&slots, 2) == 0);
  EXPECT(shmpack_slots_owner(&slots, 4).pid == 0 && shmpack_slots_owner_pid(&slots, 4) == 0);
  EXPECT(shmpack_slots_lock_holder(&slots, 3) == 0 && shmpack_slots_lock_holder(&slots, 4) == 0);
  EXPECT(shmpack_slots_reclaim(&slots, 3, TIMEOUT_MS).code == SHMPACK_NOT_FOUND);
  EXPECT(shmpack_slots_put(&slots, 3, "third", 6, TIMEOUT_MS).code == SHMPACK_OK);
  EXPECT(shmpack_slots_put(&slots, 3, bytes, 41, TIMEOUT_MS).code == SHMPACK_TOO_LARGE);
  EXPECT(shmpack_slots_put(&slots, 4, "x", 1, TIMEOUT_MS).code == SHMPACK_INVALID);
  EXPECT(shmpack_slots_get(&slots, 3, bytes, 40, TIMEOUT_MS).code == SHMPACK_OK && strcmp(bytes, "third") == 0);
  EXPECT(shmpack_slots_get(&slots, 2, bytes, 40, TIMEOUT_MS).code == SHMPACK_NOT_FOUND);
  EXPECT(shmpack_slots_look(&slots, 2, bytes, 40, TIMEOUT_MS).code == SHMPACK_OK && bytes[0] == '\0');
  EXPECT(shmpack_slots_window(&slots, 3, TIMEOUT_MS, &window).code == SHMPACK_OK && window != NULL);
  if (window != NULL) strcpy(window, "THIRD");
  EXPECT(shmpack_slots_get(&slots, 3, bytes, 40, TIMEOUT_MS).code == SHMPACK_OK && strcmp(bytes, "THIRD") == 0);
  EXPECT(shmpack_slots_release(&slots, 0, TIMEOUT_MS).code == SHMPACK_OK);
  EXPECT(shmpack_slots_release(&slots, 0, TIMEOUT_MS).code == SHMPACK_NOT_FOUND);

  EXPECT(shmpack_slots_attach(path, 0, &reader).code == SHMPACK_OK && shmpack_slots_read_only(&reader));
  EXPECT(shmpack_slots_grab(&reader, TIMEOUT_MS, &id).code == SHMPACK_READ_ONLY);
  shmpack_slots_detach(&reader);
  shmpack_slots_detach(&reader);

  EXPECT(shmpack_slots_sync(&slots, path, TIMEOUT_MS, &status).code == SHMPACK_OK);
  EXPECT(status.code == SHMPACK_OK);
  EXPECT(shmpack_slots_remove(&slots, path, TIMEOUT_MS).code == SHMPACK_OK);
  EXPECT(shmpack_slots_remove(&slots, path, TIMEOUT_MS).code == SHMPACK_NOT_FOUND);
  shmpack_slots_detach(&slots);
  EXPECT(shmpack_slots_create(path, &options, TIMEOUT_MS, &slots, &restored).code == SHMPACK_OK);
  EXPECT(restored.code == SHMPACK_OK && shmpack_slots_free(&slots) == 3);
  shmpack_slots_detach(&slots);
  options.slot_bytes = 41;
  status = shmpack_slots_create(path, &options, TIMEOUT_MS, &slots, &restored);
  EXPECT(status.code == SHMPACK_MISMATCH && status.text[0] != '\0');
  options.renew = 1;
  EXPECT(shmpack_slots_create(path, &options, TIMEOUT_MS, &slots, &restored).code == SHMPACK_OK);
  EXPECT(restored.code == SHMPACK_MISMATCH && shmpack_slots_free(&slots) == 4);
  EXPECT(shmpack_slots_sync(&slots, path, TIMEOUT_MS, NULL).code == SHMPACK_OK);
  EXPECT(shmpack_slots_remove_stored(path).code == SHMPACK_OK);
  EXPECT(shmpack_slots_remove(&slots, path, TIMEOUT_MS).code == SHMPACK_OK);
  shmpack_slots_detach(&slots);
}

int main(int count, char** arguments) {
  if (count == 3 && strcmp(arguments[1], "make") == 0) {
    make(arguments[2]);
  } else if (count == 3 && strcmp(arguments[1], "answer") == 0) {
    answer(arguments[2]);
  } else if (count == 3 && strcmp(arguments[1], "all") == 0) {
    all(arguments[2]);
  } else {
    return 2;
  }
  return 0;
}
