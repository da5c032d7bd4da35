/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slot memory of Apache httpd on shmpack's tables: provider "shm" of group "slotmem". It replaces mod_slotmem_shm,
 * under that module's name. docs/httpd.md says how to use it and what differs.
 *
 * The life of a table:
 *
 *   1. The parent makes it while it reads its configuration.
 *   2. Children inherit its addresses.
 *   3. The configuration goes, at a restart or a stop. The parent stores the tables that are to be kept, and removes
 *      their paths. Children of that generation keep their tables; the next generation makes its own.
 *
 * A killed parent leaves its tables under their paths. The next parent begins with the slots in them.
 *
 * httpd loads the module anew at each restart, so until register_hooks() the variables below have their initial values.
 */

#include <sys/types.h>
#include <unistd.h>

#include "ap_slotmem.h"
#include "apr_atomic.h"
#include "apr_strings.h"
#include "apr_user.h"
#include "http_config.h"
#include "http_log.h"
#include "http_main.h"
#include "httpd.h"
#include "shmpack/slotmem.h"
#include "unixd.h"

module AP_MODULE_DECLARE_DATA slotmem_shm_module;
APLOG_USE_MODULE(slotmem_shm);

/* Locks are held for less than a microsecond, so a wait of this length is for a stopped process. */
#define LOCK_TIMEOUT_MS 5000
/* As in the original, so its stored files are found, and refused with a message. */
#define FILE_PREFIX "slotmem-shm-"
#define FILE_SUFFIX ".shm"

struct ap_slotmem_instance_t {
  ap_slotmem_instance_t* next;
  const char* name; /* For messages: the path, or "none". */
  const char* path; /* NULL: none. */
  pid_t maker;      /* The process that stores it. */
  shmpack_slots slots;
};

enum group_access { ACCESS_UNSET, ACCESS_NONE, ACCESS_READ, ACCESS_WRITE };

static ap_slotmem_instance_t* volatile instances; /* Made by this process or its parent. */
static apr_pool_t* config_pool;                   /* NULL: no configuration is being read or in force. */
static enum group_access group_access;
static uint32_t group;

/* ------------------------------------------------------------------------------------------------------------------ */

static apr_status_t to_apr(shmpack_status status) {
  switch (status.code) {
    case SHMPACK_OK:
      return APR_SUCCESS;
    case SHMPACK_NOT_FOUND:
      return APR_NOTFOUND;
    case SHMPACK_TIMEOUT:
      return APR_TIMEUP;
    case SHMPACK_READ_ONLY:
    case SHMPACK_FOREIGN:
      return APR_EACCES;
    case SHMPACK_SYSTEM:
      return status.os_errno;
    case SHMPACK_VERSION:
    case SHMPACK_BYTE_ORDER:
    case SHMPACK_CORRUPT:
      return APR_EGENERAL;
    default:
      return APR_EINVAL;
  }
}

static const char* advice(shmpack_status status) {
  switch (status.code) {
    case SHMPACK_TIMEOUT:
      return "a stopped process holds the lock: continue or kill that process";
    case SHMPACK_FOREIGN:
      return "nothing was changed: move the file away, or set DefaultRuntimeDir to a folder in which only the user "
             "that starts httpd can make files";
    case SHMPACK_VERSION:
    case SHMPACK_BYTE_ORDER:
    case SHMPACK_CORRUPT:
      return "nothing was changed: move the file away, and the slots start as they were last stored";
    case SHMPACK_READ_ONLY:
      return "attach in the parent, before it starts children";
    case SHMPACK_NO_ROOM:
      return "ask for more slots: with ProxySet growth= for members of a balancer, with BalancerGrowth for balancers";
    case SHMPACK_CHANGED:
      return "two httpds must not share a DefaultRuntimeDir";
    case SHMPACK_SYSTEM:
      if (APR_STATUS_IS_ENOSPC(status.os_errno)) {
        return "free some space there, or set DefaultRuntimeDir to another folder";
      }
      if (APR_STATUS_IS_EACCES(status.os_errno) || status.os_errno == EPERM) {
        return "the user that starts httpd needs the right to make files in the folder (DefaultRuntimeDir), and to "
               "give them to the group (SlotmemGroup)";
      }
      return "check the folder (DefaultRuntimeDir)";
    default:
      return "this is an error in the calling module";
  }
}

static apr_status_t failed(const char* call, const char* name, shmpack_status status) {
  const apr_status_t rv = to_apr(status);
  ap_log_error(APLOG_MARK, APLOG_ERR, rv, ap_server_conf, "slotmem %s failed for %s: %s; %s", call, name, status.text,
               advice(status));
  return rv;
}

/* As failed(), for a call about one slot. A free slot is an answer, not an error. */
static apr_status_t slot_result(const char* call, const ap_slotmem_instance_t* instance, unsigned int id,
                                shmpack_status status) {
  const apr_status_t rv = to_apr(status);
  if (rv == APR_SUCCESS) return rv;
  ap_log_error(APLOG_MARK, status.code == SHMPACK_NOT_FOUND ? APLOG_DEBUG : APLOG_ERR, rv, ap_server_conf,
               "slotmem %s failed for %s, slot %u of %u: %s; %s", call, instance->name, id,
               shmpack_slots_count(&instance->slots), status.text, advice(status));
  return rv;
}

static apr_status_t refused(const char* call, const char* name, apr_status_t rv, const char* why) {
  ap_log_error(APLOG_MARK, APLOG_ERR, rv, ap_server_conf, "slotmem %s refused for %s: %s", call, name, why);
  return rv;
}

static apr_status_t no_instance(const char* call) {
  return refused(call, "no table", APR_ENOSHMAVAIL, "its create or attach failed before: see the lines above");
}

/* ------------------------------------------------------------------------------------------------------------------ */

/* A file under the path of stored slots was refused and renamed. */
static void set_aside(const char* path, shmpack_status why, const char* result) {
  ap_log_error(
      APLOG_MARK, APLOG_ERR, why.os_errno, ap_server_conf,
      "slotmem refused the stored file %s.persist: %s; it was renamed to %s.persist.refused-..., and %s; remove "
      "it when it is no longer needed",
      path, why.text, path, result);
}

/* The path that a name means. NULL: none. */
static apr_status_t resolve(const char* call, const char* name, apr_pool_t* pool, const char** path) {
  char resolved[SHMPACK_SLOTS_PATH_BYTES];
  char* folder = NULL;
  int anonymous;
  shmpack_status status;
  *path = NULL;
  if (name == NULL) return APR_SUCCESS;
  if (*name != '/') {
    folder = ap_runtime_dir_relative(pool, "");
    if (folder == NULL) return refused(call, name, APR_EGENERAL, "DefaultRuntimeDir is not the path of a folder");
    /* It ends in a slash. */
    folder = apr_pstrndup(pool, folder, strlen(folder) - 1);
  }
  status = shmpack_slots_resolve(name, folder, resolved, &anonymous);
  if (status.code == SHMPACK_OK && !anonymous && folder != NULL) {
    status =
        shmpack_slots_resolve(apr_pstrcat(pool, FILE_PREFIX, name, FILE_SUFFIX, NULL), folder, resolved, &anonymous);
  }
  if (status.code != SHMPACK_OK) return failed(call, name, status);
  if (!anonymous) *path = apr_pstrdup(pool, resolved);
  return APR_SUCCESS;
}

static ap_slotmem_instance_t* find(const char* path) {
  ap_slotmem_instance_t* instance = instances;
  while (instance != NULL && (instance->path == NULL || strcmp(instance->path, path) != 0)) instance = instance->next;
  return instance;
}

static uint32_t permissions(void) {
  switch (group_access) {
    case ACCESS_NONE:
      return 0600;
    case ACCESS_READ:
      return 0640;
    case ACCESS_WRITE:
      return 0660;
    default:
      /* Where another user than root starts httpd, its scripts run as the same user. */
      return geteuid() == 0 ? 0640 : 0600;
  }
}

static uint32_t table_group(void) {
  if (group != SHMPACK_SLOTS_OWN_GROUP || geteuid() != 0) return group;
  return ap_unixd_config.group_id;
}

/* For messages. */
static const char* name_of(const char* path) { return path != NULL ? path : "none"; }

static apr_status_t check_shape(const char* path, apr_size_t item_size, unsigned int item_num, apr_pool_t* pool) {
  if (item_size >= 1 && item_size <= SHMPACK_SLOTS_MAX_BYTES && item_num >= 1 && item_num <= SHMPACK_SLOTS_MAX_COUNT) {
    return APR_SUCCESS;
  }
  return refused(
      "create", name_of(path), APR_EINVAL,
      apr_psprintf(pool, "it cannot have %u slots of %" APR_SIZE_T_FMT " bytes, only 1 to %u slots of 1 to %u bytes",
                   item_num, item_size, SHMPACK_SLOTS_MAX_COUNT, SHMPACK_SLOTS_MAX_BYTES));
}

/* Whether a table that this httpd made under the same path is what create() asks for. */
static apr_status_t check_same(const ap_slotmem_instance_t* instance, apr_size_t item_size, unsigned int item_num,
                               ap_slotmem_type_t type) {
  const shmpack_slots* const slots = &instance->slots;
  if (shmpack_slots_bytes(slots) == item_size && shmpack_slots_count(slots) == item_num &&
      shmpack_slots_type(slots) == type) {
    return APR_SUCCESS;
  }
  return refused("create", instance->path, APR_EINVAL,
                 "this httpd made it with another number, size or type of slots: give one of the two modules or "
                 "sections another name");
}

/* Makes a table, and lists it. */
static apr_status_t make_instance(const char* path, const shmpack_slots_options* options, ap_slotmem_instance_t** out) {
  ap_slotmem_instance_t* const instance = apr_pcalloc(config_pool, sizeof *instance);
  shmpack_status restored;
  const shmpack_status status = shmpack_slots_create(path, options, LOCK_TIMEOUT_MS, &instance->slots, &restored);
  if (status.code != SHMPACK_OK) return failed("create", name_of(path), status);
  /* Not earlier: httpd becomes another process when it goes into the background, while modules get ready. */
  instance->maker = getpid();
  instance->path = path != NULL ? apr_pstrdup(config_pool, path) : NULL;
  instance->name = name_of(instance->path);
  if (restored.code != SHMPACK_OK && restored.code != SHMPACK_NOT_FOUND) {
    set_aside(path, restored,
              restored.code == SHMPACK_CHANGED ? "the slots are stored in its place" : "the slots are empty");
  }
  do {
    instance->next = instances;
  } while (apr_atomic_casptr((void*)&instances, instance, instance->next) != instance->next);
  *out = instance;
  return APR_SUCCESS;
}

static apr_status_t slotmem_create(ap_slotmem_instance_t** out, const char* name, apr_size_t item_size,
                                   unsigned int item_num, ap_slotmem_type_t type, apr_pool_t* pool) {
  const char* path;
  ap_slotmem_instance_t* instance;
  shmpack_slots_options options;
  apr_status_t rv;
  if (config_pool == NULL) return APR_ENOSHMAVAIL;
  rv = resolve("create", name, pool, &path);
  if (rv == APR_SUCCESS) rv = check_shape(path, item_size, item_num, pool);
  if (rv != APR_SUCCESS) return rv;
  instance = path != NULL ? find(path) : NULL;
  if (instance != NULL) {
    rv = check_same(instance, item_size, item_num, type);
    if (rv == APR_SUCCESS) *out = instance;
    return rv;
  }
  options.slot_bytes = (uint32_t)item_size;
  options.slot_count = item_num;
  options.type = type;
  options.permissions = permissions();
  options.group = table_group();
  options.renew = 1;
  return make_instance(path, &options, out);
}

static apr_status_t detach(void* instance) {
  shmpack_slots_detach(&((ap_slotmem_instance_t*)instance)->slots);
  return APR_SUCCESS;
}

/* Attaches to a table that this httpd did not make. */
static apr_status_t attach_other(const char* path, apr_pool_t* pool, ap_slotmem_instance_t** out) {
  ap_slotmem_instance_t* const instance = apr_pcalloc(pool, sizeof *instance);
  apr_finfo_t info;
  shmpack_status status;
  /* For root, too: the owner of a file can cut it short while other processes use it. */
  const apr_status_t rv = apr_stat(&info, path, APR_FINFO_USER | APR_FINFO_LINK, pool);
  if (APR_STATUS_IS_ENOENT(rv)) {
    return refused("attach", path, rv, "it does not exist: load and configure the module that makes it");
  }
  if (rv != APR_SUCCESS && rv != APR_INCOMPLETE) return refused("attach", path, rv, "check the folder");
  if (info.user != 0 && info.user != geteuid()) {
    return refused("attach", path, APR_EACCES, "it belongs to another user: move it away");
  }
  status = shmpack_slots_attach(path, 1, &instance->slots);
  if (status.code == SHMPACK_NOT_FOUND) return refused("attach", path, APR_ENOENT, status.text);
  if (status.code != SHMPACK_OK) return failed("attach", path, status);
  if (shmpack_slots_read_only(&instance->slots)) {
    shmpack_slots_detach(&instance->slots);
    status.code = SHMPACK_READ_ONLY;
    status.text = "this process may only read it";
    return failed("attach", path, status);
  }
  instance->path = path;
  instance->name = path;
  apr_pool_cleanup_register(pool, instance, detach, apr_pool_cleanup_null);
  *out = instance;
  return APR_SUCCESS;
}

static apr_status_t slotmem_attach(ap_slotmem_instance_t** out, const char* name, apr_size_t* item_size,
                                   unsigned int* item_num, apr_pool_t* pool) {
  const char* path;
  ap_slotmem_instance_t* instance;
  apr_status_t rv;
  if (config_pool == NULL) return APR_ENOSHMAVAIL;
  rv = resolve("attach", name, pool, &path);
  if (rv != APR_SUCCESS) return rv;
  if (path == NULL) return refused("attach", "none", APR_ENOSHMAVAIL, "a table without a name cannot be attached to");
  instance = find(path);
  if (instance == NULL) {
    rv = attach_other(path, pool, &instance);
    if (rv != APR_SUCCESS) return rv;
  }
  *out = instance;
  *item_size = shmpack_slots_bytes(&instance->slots);
  *item_num = shmpack_slots_count(&instance->slots);
  return APR_SUCCESS;
}

static apr_status_t slotmem_dptr(ap_slotmem_instance_t* instance, unsigned int id, void** mem) {
  if (instance == NULL) return no_instance("dptr");
  return slot_result("dptr", instance, id, shmpack_slots_window(&instance->slots, id, LOCK_TIMEOUT_MS, mem));
}

static apr_status_t slotmem_doall(ap_slotmem_instance_t* instance, ap_slotmem_callback_fn_t* function, void* data,
                                  apr_pool_t* pool) {
  const shmpack_slots* slots;
  uint32_t id;
  if (instance == NULL) return no_instance("doall");
  slots = &instance->slots;
  for (id = shmpack_slots_next(slots, 0); id < shmpack_slots_count(slots); id = shmpack_slots_next(slots, id + 1)) {
    void* mem;
    apr_status_t rv = slot_result("doall", instance, id, shmpack_slots_window(slots, id, LOCK_TIMEOUT_MS, &mem));
    if (rv == APR_SUCCESS) rv = function(mem, data, pool);
    if (rv != APR_SUCCESS) return rv;
  }
  return APR_SUCCESS;
}

/* A length above that of any slot is above that of this one. */
static uint32_t bounded(apr_size_t length) {
  return length > SHMPACK_SLOTS_MAX_BYTES ? SHMPACK_SLOTS_MAX_BYTES + 1 : (uint32_t)length;
}

static apr_status_t slotmem_get(ap_slotmem_instance_t* instance, unsigned int id, unsigned char* dest,
                                apr_size_t dest_len) {
  if (instance == NULL) return no_instance("get");
  return slot_result("get", instance, id,
                     shmpack_slots_get(&instance->slots, id, dest, bounded(dest_len), LOCK_TIMEOUT_MS));
}

static apr_status_t slotmem_put(ap_slotmem_instance_t* instance, unsigned int id, unsigned char* src,
                                apr_size_t src_len) {
  if (instance == NULL) return no_instance("put");
  return slot_result("put", instance, id,
                     shmpack_slots_put(&instance->slots, id, src, bounded(src_len), LOCK_TIMEOUT_MS));
}

static unsigned int slotmem_num_slots(ap_slotmem_instance_t* instance) {
  return instance != NULL ? shmpack_slots_count(&instance->slots) : 0;
}

static unsigned int slotmem_num_free_slots(ap_slotmem_instance_t* instance) {
  return instance != NULL ? shmpack_slots_free(&instance->slots) : 0;
}

static apr_size_t slotmem_slot_size(ap_slotmem_instance_t* instance) {
  return instance != NULL ? shmpack_slots_bytes(&instance->slots) : 0;
}

static apr_status_t slotmem_grab(ap_slotmem_instance_t* instance, unsigned int* id) {
  shmpack_status status;
  uint32_t granted = 0;
  if (instance == NULL) return no_instance("grab");
  status = shmpack_slots_grab(&instance->slots, LOCK_TIMEOUT_MS, &granted);
  if (status.code != SHMPACK_OK) return failed("grab", instance->name, status);
  *id = granted;
  return APR_SUCCESS;
}

static apr_status_t slotmem_fgrab(ap_slotmem_instance_t* instance, unsigned int id) {
  if (instance == NULL) return no_instance("fgrab");
  return slot_result("fgrab", instance, id, shmpack_slots_grab_this(&instance->slots, id, LOCK_TIMEOUT_MS));
}

static apr_status_t slotmem_release(ap_slotmem_instance_t* instance, unsigned int id) {
  if (instance == NULL) return no_instance("release");
  return slot_result("release", instance, id, shmpack_slots_release(&instance->slots, id, LOCK_TIMEOUT_MS));
}

static const ap_slotmem_provider_t provider = {
    "sharedmem",  slotmem_doall,   slotmem_create,    slotmem_attach,         slotmem_dptr,
    slotmem_get,  slotmem_put,     slotmem_num_slots, slotmem_num_free_slots, slotmem_slot_size,
    slotmem_grab, slotmem_release, slotmem_fgrab,
};

/* ------------------------------------------------------------------------------------------------------------------ */

/* Stores a table that is to be kept, and removes its path. A table that could not be stored stays under its path. */
static void retire(const ap_slotmem_instance_t* instance) {
  const shmpack_slots* const slots = &instance->slots;
  shmpack_status status = {SHMPACK_OK, 0, ""};
  shmpack_status in_the_way = {SHMPACK_OK, 0, ""};
  if ((shmpack_slots_type(slots) & SHMPACK_SLOTS_PERSIST) != 0) {
    status = shmpack_slots_sync(slots, instance->path, LOCK_TIMEOUT_MS, &in_the_way);
  }
  if (in_the_way.code != SHMPACK_OK) {
    set_aside(instance->path, in_the_way,
              status.code == SHMPACK_OK ? "the slots are stored in its place" : "the slots are not stored");
  }
  if (status.code != SHMPACK_OK) {
    failed("store", instance->name, status);
    return;
  }
  status = shmpack_slots_remove(slots, instance->path, LOCK_TIMEOUT_MS);
  if (status.code == SHMPACK_NOT_FOUND) {
    status.text = "its path leads to another table, or to none: two httpds must not share a DefaultRuntimeDir";
  }
  if (status.code != SHMPACK_OK) failed("removal", instance->name, status);
}

/* The configuration goes, because of a restart or a stop. */
static apr_status_t end_of_configuration(void* unused) {
  ap_slotmem_instance_t* instance;
  (void)unused;
  for (instance = instances; instance != NULL; instance = instance->next) {
    /* A child that clears its copy of the pool stores nothing. */
    if (instance->path != NULL && instance->maker == getpid()) retire(instance);
    shmpack_slots_detach(&instance->slots);
  }
  instances = NULL;
  config_pool = NULL;
  return APR_SUCCESS;
}

static int pre_config(apr_pool_t* pool, apr_pool_t* log_pool, apr_pool_t* temporary_pool) {
  (void)log_pool;
  (void)temporary_pool;
  instances = NULL;
  config_pool = pool;
  group_access = ACCESS_UNSET;
  group = SHMPACK_SLOTS_OWN_GROUP;
  apr_pool_cleanup_register(pool, NULL, end_of_configuration, apr_pool_cleanup_null);
  return OK;
}

static const char* set_group(cmd_parms* command, void* unused, const char* argument) {
  const char* const error = ap_check_cmd_context(command, GLOBAL_ONLY);
  apr_gid_t found;
  (void)unused;
  if (error != NULL) return error;
  if (argument[0] == '#') {
    char* end;
    const apr_int64_t number = apr_strtoi64(argument + 1, &end, 10);
    if (end == argument + 1 || *end != '\0' || number < 0 || number >= SHMPACK_SLOTS_OWN_GROUP) {
      return apr_psprintf(command->pool, "SlotmemGroup: %s is not a group's number", argument);
    }
    group = (uint32_t)number;
    return NULL;
  }
  if (apr_gid_get(&found, argument, command->temp_pool) != APR_SUCCESS) {
    return apr_psprintf(command->pool, "SlotmemGroup: there is no group %s", argument);
  }
  group = found;
  return NULL;
}

static const char* set_group_access(cmd_parms* command, void* unused, const char* argument) {
  const char* const error = ap_check_cmd_context(command, GLOBAL_ONLY);
  (void)unused;
  if (error != NULL) return error;
  if (strcasecmp(argument, "none") == 0) {
    group_access = ACCESS_NONE;
  } else if (strcasecmp(argument, "read") == 0) {
    group_access = ACCESS_READ;
  } else if (strcasecmp(argument, "write") == 0) {
    group_access = ACCESS_WRITE;
  } else {
    return "SlotmemGroupAccess must be none, read or write";
  }
  return NULL;
}

static const command_rec commands[] = {
    AP_INIT_TAKE1("SlotmemGroup", set_group, NULL, RSRC_CONF,
                  "the group that may attach to the slots, by name or as #number; default: that of Group"),
    AP_INIT_TAKE1("SlotmemGroupAccess", set_group_access, NULL, RSRC_CONF,
                  "what that group may do with the slots: none, read (the default) or write"),
    {NULL}};

static void register_hooks(apr_pool_t* pool) {
  ap_register_provider(pool, AP_SLOTMEM_PROVIDER_GROUP, "shm", AP_SLOTMEM_PROVIDER_VERSION, &provider);
  ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA slotmem_shm_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, commands, register_hooks,
};
