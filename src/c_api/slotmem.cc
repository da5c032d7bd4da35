// SPDX-License-Identifier: BSD-3-Clause
//
// shmpack/slotmem.h: a shmpack_slots holds the bytes of a SlotTable.

#include "shmpack/slotmem.h"

#include <cstring>
#include <new>
#include <type_traits>

#include "shmpack/slot_table.h"

namespace {

using shmpack::Code;
using shmpack::SlotTable;
using shmpack::Status;

static_assert(std::is_trivially_copyable_v<SlotTable> && std::is_trivially_destructible_v<SlotTable>);
static_assert(sizeof(SlotTable) <= sizeof(shmpack_slots) && alignof(SlotTable) <= alignof(shmpack_slots));
static_assert(SHMPACK_NOT_FOUND == static_cast<int>(Code::kNotFound) &&
              SHMPACK_CHANGED == static_cast<int>(Code::kChanged) &&
              SHMPACK_INVALID == static_cast<int>(Code::kInvalid) &&
              SHMPACK_READ_ONLY == static_cast<int>(Code::kReadOnly) &&
              SHMPACK_FOREIGN == static_cast<int>(Code::kForeign) && SHMPACK_SYSTEM == static_cast<int>(Code::kSystem));
static_assert(uint32_t{SHMPACK_SLOTS_PERSIST} == shmpack::kSlotsPersist &&
              uint32_t{SHMPACK_SLOTS_PREGRAB} == shmpack::kSlotsPregrab &&
              uint32_t{SHMPACK_SLOTS_NOT_MP_SAFE} == shmpack::kSlotsNotMpSafe &&
              uint32_t{SHMPACK_SLOTS_CLEAR_IN_USE} == shmpack::kSlotsClearInUse);
static_assert(SHMPACK_SLOTS_MAX_BYTES == shmpack::kMaxTableSlotBytes &&
              SHMPACK_SLOTS_MAX_COUNT == shmpack::kMaxTableSlots);
static_assert(SHMPACK_SLOTS_OWN_GROUP == shmpack::kOwnGroup);

const SlotTable& Of(const shmpack_slots* slots) noexcept {
  return *std::launder(reinterpret_cast<const SlotTable*>(slots->words));
}

void Give(const SlotTable& table, shmpack_slots* out) noexcept {
  std::memset(out, 0, sizeof *out);
  new (out->words) SlotTable(table);
}

shmpack_status ToC(const Status& status) noexcept {
  return {static_cast<int>(status.code()), status.os_errno(), status.text()};
}

}  // namespace

extern "C" {

shmpack_status shmpack_slots_resolve(const char* name, const char* folder, char* path, int* anonymous) {
  bool is_anonymous = false;
  const Status status = shmpack::ResolveTableName(name, folder, path, &is_anonymous);
  if (status.ok()) *anonymous = is_anonymous ? 1 : 0;
  return ToC(status);
}

shmpack_status shmpack_slots_create(const char* path, const shmpack_slots_options* options, uint32_t timeout_ms,
                                    shmpack_slots* out, shmpack_status* restored) {
  shmpack::SlotTableOptions wanted;
  wanted.slot_bytes = options->slot_bytes;
  wanted.slot_count = options->slot_count;
  wanted.type = options->type;
  wanted.permissions = options->permissions;
  wanted.group = options->group;
  wanted.renew = options->renew != 0;
  SlotTable table;
  Status was_restored;
  const Status status = SlotTable::Create(path, wanted, timeout_ms, &table, &was_restored);
  if (!status.ok()) return ToC(status);
  Give(table, out);
  *restored = ToC(was_restored);
  return ToC(status);
}

shmpack_status shmpack_slots_attach(const char* path, int writable, shmpack_slots* out) {
  SlotTable table;
  const Status status = SlotTable::Attach(path, writable != 0, &table);
  if (status.ok()) Give(table, out);
  return ToC(status);
}

void shmpack_slots_detach(shmpack_slots* slots) {
  SlotTable table = Of(slots);
  table.Detach();
  std::memset(slots, 0, sizeof *slots);
}

shmpack_status shmpack_slots_remove(const shmpack_slots* slots, const char* path, uint32_t timeout_ms) {
  return ToC(Of(slots).Remove(path, timeout_ms));
}

shmpack_status shmpack_slots_sync(const shmpack_slots* slots, const char* path, uint32_t timeout_ms,
                                  shmpack_status* in_the_way) {
  Status was_there;
  const Status status = Of(slots).Sync(path, timeout_ms, &was_there);
  if (in_the_way != nullptr) *in_the_way = ToC(was_there);
  return ToC(status);
}

shmpack_status shmpack_slots_remove_stored(const char* path) { return ToC(SlotTable::RemoveStored(path)); }

int shmpack_slots_read_only(const shmpack_slots* slots) { return Of(slots).read_only() ? 1 : 0; }
uint32_t shmpack_slots_count(const shmpack_slots* slots) { return Of(slots).slot_count(); }
uint32_t shmpack_slots_bytes(const shmpack_slots* slots) { return Of(slots).slot_bytes(); }
uint32_t shmpack_slots_type(const shmpack_slots* slots) { return Of(slots).type(); }
uint32_t shmpack_slots_free(const shmpack_slots* slots) { return Of(slots).FreeSlots(); }
uint32_t shmpack_slots_next(const shmpack_slots* slots, uint32_t id) { return Of(slots).NextVisited(id); }

int shmpack_slots_in_use(const shmpack_slots* slots, uint32_t id) {
  return id < Of(slots).slot_count() && Of(slots).InUse(id) ? 1 : 0;
}

shmpack_slot_owner shmpack_slots_owner(const shmpack_slots* slots, uint32_t id) {
  if (id >= Of(slots).slot_count()) return {0, 0};
  const shmpack::SlotOwner owner = Of(slots).Owner(id);
  return {owner.pid, owner.is_gone ? 1 : 0};
}

uint32_t shmpack_slots_owner_pid(const shmpack_slots* slots, uint32_t id) {
  return id < Of(slots).slot_count() ? Of(slots).OwnerPid(id) : 0;
}

uint32_t shmpack_slots_lock_holder(const shmpack_slots* slots, uint32_t id) { return Of(slots).lock_holder(id).pid; }

shmpack_status shmpack_slots_grab(const shmpack_slots* slots, uint32_t timeout_ms, uint32_t* id) {
  return ToC(Of(slots).Grab(timeout_ms, id));
}

shmpack_status shmpack_slots_grab_this(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms) {
  return ToC(Of(slots).GrabThis(id, timeout_ms));
}

shmpack_status shmpack_slots_release(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms) {
  return ToC(Of(slots).Release(id, timeout_ms));
}

shmpack_status shmpack_slots_reclaim(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms) {
  return ToC(Of(slots).Reclaim(id, timeout_ms));
}

shmpack_status shmpack_slots_get(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                 uint32_t timeout_ms) {
  return ToC(Of(slots).Get(id, out, length, timeout_ms));
}

shmpack_status shmpack_slots_look(const shmpack_slots* slots, uint32_t id, void* out, uint32_t length,
                                  uint32_t timeout_ms) {
  return ToC(Of(slots).Look(id, out, length, timeout_ms));
}

shmpack_status shmpack_slots_put(const shmpack_slots* slots, uint32_t id, const void* data, uint32_t length,
                                 uint32_t timeout_ms) {
  return ToC(Of(slots).Put(id, data, length, timeout_ms));
}

shmpack_status shmpack_slots_window(const shmpack_slots* slots, uint32_t id, uint32_t timeout_ms, void** out) {
  return ToC(Of(slots).Window(id, timeout_ms, out));
}

}  // extern "C"
