/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asks the slot memory that httpd has loaded, whichever that is, for everything a module can ask for and do wrong, and
 * writes a line for each answer to the file that the environment names as SLOTMEM_PROBE_OUT. SLOTMEM_PROBE says what:
 *
 *   calls   all calls, right and wrong; needs, in DefaultRuntimeDir, what the test put there
 *   worker  what a worker process may do with its parent's tables, and others
 *   kept    what slot 0 of a table that is to be kept holds; stores another text in it
 *
 * When it is done it says so, and httpd ends, with an error as far as httpd is concerned; with `worker` it goes on.
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ap_slotmem.h"
#include "apr_strings.h"
#include "http_config.h"
#include "http_core.h"
#include "http_log.h"
#include "httpd.h"

module AP_MODULE_DECLARE_DATA slotmem_probe_module;

#define SIZE 20
#define COUNT 4

static FILE* out;
static const ap_slotmem_provider_t* slotmem;
static apr_status_t early;

static const char* name_of(apr_status_t status) {
  static char number[40];
  if (status == APR_SUCCESS) return "APR_SUCCESS";
  if (status == APR_EINVAL) return "APR_EINVAL";
  if (status == APR_ENOENT) return "APR_ENOENT";
  if (status == APR_EACCES) return "APR_EACCES";
  if (status == APR_ENOTDIR) return "APR_ENOTDIR";
  if (status == APR_ENOSHMAVAIL) return "APR_ENOSHMAVAIL";
  if (status == APR_NOTFOUND) return "APR_NOTFOUND";
  if (status == APR_EGENERAL) return "APR_EGENERAL";
  if (status == APR_ENAMETOOLONG) return "APR_ENAMETOOLONG";
  snprintf(number, sizeof number, "%d", status);
  return number;
}

static void tell(const char* what, apr_status_t status) { fprintf(out, "%s: %s\n", what, name_of(status)); }
static void tell_number(const char* what, unsigned long number) { fprintf(out, "%s: %lu\n", what, number); }

static apr_status_t provider_of(apr_pool_t* pool) {
  slotmem = ap_lookup_provider(AP_SLOTMEM_PROVIDER_GROUP, "shm", AP_SLOTMEM_PROVIDER_VERSION);
  (void)pool;
  return slotmem == NULL ? APR_NOTFOUND : APR_SUCCESS;
}

static ap_slotmem_instance_t* make(const char* what, const char* name, apr_size_t size, unsigned int count,
                                   ap_slotmem_type_t type, apr_pool_t* pool) {
  ap_slotmem_instance_t* instance = NULL;
  const apr_status_t status = slotmem->create(&instance, name, size, count, type, pool);
  tell(what, status);
  return status == APR_SUCCESS ? instance : NULL;
}

static void attach(const char* what, const char* name, apr_pool_t* pool) {
  ap_slotmem_instance_t* instance = NULL;
  apr_size_t size = 0;
  unsigned int count = 0;
  tell(what, slotmem->attach(&instance, name, &size, &count, pool));
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void without_instance(apr_pool_t* pool) {
  unsigned int id = 0;
  void* mem = NULL;
  unsigned char bytes[SIZE] = {0};
  tell("NULL doall", slotmem->doall(NULL, NULL, NULL, pool));
  tell("NULL dptr", slotmem->dptr(NULL, 0, &mem));
  tell("NULL get", slotmem->get(NULL, 0, bytes, SIZE));
  tell("NULL put", slotmem->put(NULL, 0, bytes, SIZE));
  tell("NULL grab", slotmem->grab(NULL, &id));
  tell("NULL fgrab", slotmem->fgrab(NULL, 0));
  tell("NULL release", slotmem->release(NULL, 0));
}

/* Before anything is made. */
static void attaching_wrongly(apr_pool_t* pool) {
  const char* folder = ap_runtime_dir_relative(pool, "");
  attach("attach, missing", "missing", pool);
  attach("attach, name NULL", NULL, pool);
  attach("attach, name empty", "", pool);
  attach("attach, name none", "none", pool);
  attach("attach, name with ..", "../probe", pool);
  attach("attach, a file of another kind", apr_pstrcat(pool, folder, "foreign", NULL), pool);
  attach("attach, a folder", apr_pstrcat(pool, folder, "folder", NULL), pool);
  attach("attach, a symbolic link", apr_pstrcat(pool, folder, "link", NULL), pool);
  attach("attach, another user's table", apr_pstrcat(pool, folder, "others", NULL), pool);
}

static void creating(apr_pool_t* pool) {
  ap_slotmem_instance_t* const first = make("create", "probe", SIZE, COUNT, 0, pool);
  ap_slotmem_instance_t* again;
  const char* folder = ap_runtime_dir_relative(pool, "");
  char* long_name = apr_pcalloc(pool, 5001);
  unsigned char bytes[SIZE];
  unsigned int id;
  int zeros = 1;
  memset(long_name, 'n', 5000);
  for (id = 0; id < COUNT; ++id) {
    unsigned int i;
    void* mem = NULL;
    if (slotmem->dptr(first, id, &mem) != APR_SUCCESS) zeros = 0;
    memcpy(bytes, mem, SIZE);
    for (i = 0; i < SIZE; ++i) zeros = zeros && bytes[i] == 0;
  }
  tell_number("create: zero-filled", zeros);
  tell_number("create: num_slots", slotmem->num_slots(first));
  tell_number("create: num_free_slots", slotmem->num_free_slots(first));
  tell_number("create: slot_size", slotmem->slot_size(first));
  again = make("create again", "probe", SIZE, COUNT, 0, pool);
  tell_number("create again: the same instance", again == first);
  make("create again with another size", "probe", SIZE + 1, COUNT, 0, pool);
  make("create again with another count", "probe", SIZE, COUNT + 1, 0, pool);
  make("create again with another type", "probe", SIZE, COUNT, AP_SLOTMEM_TYPE_PREGRAB, pool);
  make("create, size 0", "size0", 0, COUNT, 0, pool);
  make("create, count 0", "count0", SIZE, 0, 0, pool);
  make("create, size above 1 GiB", "size", ((apr_size_t)1 << 30) + 1, 1, 0, pool);
  make("create, count above 16,777,216", "count", 1, (1U << 24) + 1, 0, pool);
  make("create, size x count overflows", "overflow", SIZE_MAX / 2 + 1, 2, 0, pool);
  make("create, an unknown type", "type", SIZE, COUNT, 1U << 20, pool);
  again = make("create, name NULL", NULL, SIZE, COUNT, 0, pool);
  tell_number("create, name NULL: another one each time",
              again != make("create, name NULL again", NULL, SIZE, COUNT, 0, pool));
  make("create, name empty", "", SIZE, COUNT, 0, pool);
  make("create, name none", "none", SIZE, COUNT, 0, pool);
  make("create, name NONE", "NONE", SIZE, COUNT, 0, pool);
  make("create, name with ..", "../probe", SIZE, COUNT, 0, pool);
  make("create, name that ends in .persist", "probe.persist", SIZE, COUNT, 0, pool);
  make("create, name of 5,000 characters", long_name, SIZE, COUNT, 0, pool);
  make("create, relative name in a missing folder", "missing/probe", SIZE, COUNT, 0, pool);
  make("create, absolute name", apr_pstrcat(pool, folder, "absolute", NULL), SIZE, COUNT, 0, pool);
  make("create, absolute name in a missing folder", apr_pstrcat(pool, folder, "missing/probe", NULL), SIZE, COUNT, 0,
       pool);
  make("create, absolute name that ends in /", apr_pstrcat(pool, folder, "folder/", NULL), SIZE, COUNT, 0, pool);
  make("create, a file of another kind is there", apr_pstrcat(pool, folder, "foreign", NULL), SIZE, COUNT, 0, pool);
  make("create, a folder is there", apr_pstrcat(pool, folder, "folder", NULL), SIZE, COUNT, 0, pool);
  make("create, a symbolic link is there", apr_pstrcat(pool, folder, "link", NULL), SIZE, COUNT, 0, pool);
  make("create, another user's table is there", apr_pstrcat(pool, folder, "others", NULL), SIZE, COUNT, 0, pool);
  make("create, an own table is there", apr_pstrcat(pool, folder, "own", NULL), SIZE, COUNT, 0, pool);
}

static void attaching(apr_pool_t* pool) {
  ap_slotmem_instance_t* made = NULL;
  ap_slotmem_instance_t* found = NULL;
  apr_size_t size = 0;
  unsigned int count = 0;
  slotmem->create(&made, "probe", SIZE, COUNT, 0, pool);
  tell("attach", slotmem->attach(&found, "probe", &size, &count, pool));
  tell_number("attach: the same instance", found == made);
  tell_number("attach: size", size);
  tell_number("attach: count", count);
}

/* Of a table without a name: its slots' ids and what they hold are known. */
static void slots(ap_slotmem_type_t type, const char* prefix, apr_pool_t* pool) {
  ap_slotmem_instance_t* instance = NULL;
  unsigned char bytes[2 * SIZE + 1] = "twenty bytes of text";
  void* mem = NULL;
  void* next = NULL;
  unsigned int id = 99;
#define TELL(what, call) tell(apr_pstrcat(pool, prefix, what, NULL), call)
#define TELL_NUMBER(what, number) tell_number(apr_pstrcat(pool, prefix, what, NULL), number)
  slotmem->create(&instance, "none", SIZE, COUNT, type, pool);
  TELL("dptr, id of the count", slotmem->dptr(instance, COUNT, &mem));
  TELL("dptr, greatest id", slotmem->dptr(instance, UINT_MAX, &mem));
  TELL("dptr, a free slot", slotmem->dptr(instance, 2, &mem));
  TELL("get, id of the count", slotmem->get(instance, COUNT, bytes, SIZE));
  TELL("put, id of the count", slotmem->put(instance, COUNT, bytes, SIZE));
  TELL("fgrab, id of the count", slotmem->fgrab(instance, COUNT));
  TELL("release, id of the count", slotmem->release(instance, COUNT));
  TELL("release, a free slot", slotmem->release(instance, 1));
  TELL("get, a free slot", slotmem->get(instance, 2, bytes, SIZE));
  TELL("put, a free slot", slotmem->put(instance, 3, bytes, SIZE));
  TELL_NUMBER("num_free_slots after get and put of free slots", slotmem->num_free_slots(instance));
  TELL("release after put", slotmem->release(instance, 3));
  TELL_NUMBER("num_free_slots after that", slotmem->num_free_slots(instance));
  TELL("fgrab, a free slot", slotmem->fgrab(instance, 1));
  TELL("fgrab, a slot in use", slotmem->fgrab(instance, 1));
  TELL_NUMBER("num_free_slots after fgrab", slotmem->num_free_slots(instance));
  TELL("grab", slotmem->grab(instance, &id));
  TELL_NUMBER("grab: id", id);

  TELL("put, length 0", slotmem->put(instance, 0, bytes, 0));
  TELL("get, length 0", slotmem->get(instance, 0, bytes, 0));
  memset(bytes, 'x', sizeof bytes);
  slotmem->dptr(instance, 1, &next);
  TELL("put, longer than the slot", slotmem->put(instance, 0, bytes, SIZE + 1));
  TELL_NUMBER("put, longer than the slot: its neighbour is intact", ((unsigned char*)next)[0] != 'x');
  TELL("get, longer than the slot", slotmem->get(instance, 0, bytes, SIZE + 1));
  memset(bytes, 'y', sizeof bytes);
  slotmem->put(instance, 0, bytes, SIZE);
  slotmem->dptr(instance, 0, &mem);
  TELL_NUMBER("dptr: sees what was put", memcmp(mem, bytes, SIZE) == 0);
  memset(mem, 'z', SIZE);
  slotmem->get(instance, 0, bytes, SIZE);
  TELL_NUMBER("get: sees what was stored at dptr's address", bytes[0] == 'z' && bytes[SIZE - 1] == 'z');
  TELL("release", slotmem->release(instance, 0));
  TELL_NUMBER("release: bytes stay", ((unsigned char*)mem)[0] == 'z');
  slotmem->dptr(instance, 0, &next);
  TELL_NUMBER("dptr: the same address again", next == mem);
  while (slotmem->grab(instance, &id) == APR_SUCCESS) TELL_NUMBER("grab, the next one", id);
  TELL("grab, none is free", slotmem->grab(instance, &id));
  TELL_NUMBER("num_free_slots when none is free", slotmem->num_free_slots(instance));
#undef TELL
#undef TELL_NUMBER
}

static apr_status_t visit(void* mem, void* data, apr_pool_t* pool) {
  (void)pool;
  fprintf(out, " %c", *(char*)mem);
  return *(char*)mem == *(char*)data ? APR_ENOTDIR : APR_SUCCESS;
}

static void visiting(ap_slotmem_type_t type, const char* what, apr_pool_t* pool) {
  ap_slotmem_instance_t* instance = NULL;
  unsigned int id;
  apr_status_t status;
  slotmem->create(&instance, "none", SIZE, COUNT, type, pool);
  for (id = 0; id < COUNT; ++id) {
    void* mem = NULL;
    slotmem->dptr(instance, id, &mem);
    *(char*)mem = (char)('a' + id);
  }
  slotmem->fgrab(instance, 1);
  slotmem->fgrab(instance, 3);
  fprintf(out, "%s doall:", what);
  status = slotmem->doall(instance, visit, "-", pool);
  fprintf(out, " %s\n%s doall, stopped at b:", name_of(status), what);
  status = slotmem->doall(instance, visit, "b", pool);
  fprintf(out, " %s\n", name_of(status));
}

static void in_worker(apr_pool_t* pool, server_rec* server) {
  ap_slotmem_instance_t* instance = NULL;
  apr_size_t size = 0;
  unsigned int count = 0;
  unsigned int id = 99;
  char text[SIZE] = "";
  const char* folder = ap_runtime_dir_relative(pool, "");
  (void)server;
  if (out == NULL) return;
  tell("worker: attach, the parent's", slotmem->attach(&instance, "probe", &size, &count, pool));
  tell("worker: get", slotmem->get(instance, 0, (unsigned char*)text, SIZE));
  fprintf(out, "worker: get, the text: %.*s\n", SIZE, text);
  tell("worker: grab", slotmem->grab(instance, &id));
  tell("worker: put", slotmem->put(instance, id, (unsigned char*)text, SIZE));
  tell("worker: release", slotmem->release(instance, id));
  make("worker: create, the parent's", "probe", SIZE, COUNT, 0, pool);
  make("worker: create, name none", "none", SIZE, COUNT, 0, pool);
  make("worker: create, a new name", "worker", SIZE, COUNT, 0, pool);
  attach("worker: attach, root's table that all may read", apr_pstrcat(pool, folder, "readable", NULL), pool);
  attach("worker: attach, root's table that nobody else may read", apr_pstrcat(pool, folder, "private", NULL), pool);
  fprintf(out, "done\n");
  fclose(out);
}

static void kept(apr_pool_t* pool) {
  ap_slotmem_instance_t* const instance = make("create", "kept", SIZE, COUNT, AP_SLOTMEM_TYPE_PERSIST, pool);
  char text[SIZE] = "";
  if (instance == NULL) return;
  tell_number("num_free_slots", slotmem->num_free_slots(instance));
  slotmem->get(instance, 0, (unsigned char*)text, SIZE);
  fprintf(out, "slot 0: %.*s\n", SIZE, text);
  memset(text, 0, sizeof text);
  strcpy(text, "stored");
  tell("put", slotmem->put(instance, 0, (unsigned char*)text, SIZE));
}

/* ------------------------------------------------------------------------------------------------------------------ */

static int before_all(apr_pool_t* pool, apr_pool_t* log_pool, apr_pool_t* temporary_pool) {
  ap_slotmem_instance_t* instance = NULL;
  (void)log_pool;
  (void)temporary_pool;
  early = provider_of(pool);
  if (early == APR_SUCCESS) early = slotmem->create(&instance, "early", SIZE, COUNT, 0, pool);
  return OK;
}

static int probe(apr_pool_t* pool, apr_pool_t* log_pool, apr_pool_t* temporary_pool, server_rec* server) {
  const char* const what = getenv("SLOTMEM_PROBE");
  (void)log_pool;
  (void)temporary_pool;
  (void)server;
  if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) return OK;
  out = fopen(getenv("SLOTMEM_PROBE_OUT"), "w");
  if (out == NULL || provider_of(pool) != APR_SUCCESS) return HTTP_INTERNAL_SERVER_ERROR;
  /* Line by line, should httpd crash. */
  setvbuf(out, NULL, _IOLBF, 0);
  if (strcmp(what, "worker") == 0) {
    ap_slotmem_instance_t* instance = NULL;
    slotmem->create(&instance, "probe", SIZE, COUNT, 0, pool);
    slotmem->put(instance, 0, (unsigned char*)"of the parent's", sizeof "of the parent's");
    return OK;
  }
  if (strcmp(what, "kept") == 0) {
    kept(pool);
  } else {
    tell("create before the configuration is read", early);
    without_instance(pool);
    attaching_wrongly(pool);
    creating(pool);
    attaching(pool);
    slots(0, "", pool);
    slots(AP_SLOTMEM_TYPE_PREGRAB, "PREGRAB: ", pool);
    visiting(0, "all:", pool);
    visiting(AP_SLOTMEM_TYPE_PREGRAB, "PREGRAB:", pool);
  }
  fprintf(out, "done\n");
  fclose(out);
  return HTTP_INTERNAL_SERVER_ERROR;
}

static void register_hooks(apr_pool_t* pool) {
  (void)pool;
  ap_hook_pre_config(before_all, NULL, NULL, APR_HOOK_REALLY_FIRST);
  ap_hook_child_init(in_worker, NULL, NULL, APR_HOOK_REALLY_LAST);
  ap_hook_post_config(probe, NULL, NULL, APR_HOOK_REALLY_LAST);
}

module AP_MODULE_DECLARE_DATA slotmem_probe_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
};
