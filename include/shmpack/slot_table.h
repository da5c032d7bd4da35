// SPDX-License-Identifier: BSD-3-Clause
//
// SlotTable: slots of a fixed size in shared memory, under a file's path or without one.
//
// A slot is grabbed (the lowest free one first) and released, and is owned by the process that grabbed it, so that the
// slots of processes that died are found. Its bytes are read and written whole: Get() takes no lock and sees one Put()
// or the next, never a mix; Put() takes the slot's own lock for the time of a copy. Window() is an address in it, as
// mod_slotmem_shm's dptr: what is stored there directly is seen by Get() as it arrives.
//
// A killed process freezes nobody. In the middle of a Put() it leaves the old value or the new one; of Grab() and
// Release(), a slot that is granted or free, and the next one to take the lock counts anew. Nothing in the table is
// trusted: where things lie follows from two numbers that are checked, once, against the size that the kernel reports.
// But who may write to the file may cut it short, and then whoever touches what is gone gets SIGBUS: as with all files
// and POSIX shared memory.
//
// A handle is plain data, to be closed by Detach(); any number of threads may use one at once. Parent and child of a
// fork go on with the same addresses. `timeout_ms` bounds the wait for a lock in every function that has it; then
// Code::kTimeout, and nothing has changed. An id that is not below slot_count(): kInvalid. docs/format/slots.md has the
// bytes.

#pragma once

#include <cstdint>

#include "shmpack/lock_holder.h"
#include "shmpack/slot_table_layout.h"
#include "shmpack/status.h"

namespace shmpack {

struct MappedFile;

inline constexpr uint32_t kMaxTableName = 3900;   // Room for what is appended to it.
inline constexpr char kStoredEnd[] = ".persist";  // What a table is stored in has the table's path and this.

/// Which path the name of a table means. "none" in any case, and "": without one (`*anonymous`, `out` is empty). An
/// absolute path: itself. Any other: in `folder`, which is made if it is not there (empty or null: the default one of
/// this user, in memory). kInvalid: a name with "..", with an end in "/" or kStoredEnd, too long. kForeign: others may
/// write to the folder. kSystem. REQUIRES: `out` has room for 4,096 bytes.
Status ResolveTableName(const char* name, const char* folder, char* out, bool* anonymous) noexcept;

inline constexpr uint32_t kOwnGroup = UINT32_MAX;  // Whatever group the system gives a new file.

struct SlotTableOptions {
  uint32_t slot_bytes = 0;
  uint32_t slot_count = 0;
  uint32_t type = 0;            // Some of kSlotsPersist ...
  uint32_t permissions = 0600;  // Read and write bits of a new table's mode.
  uint32_t group = kOwnGroup;   // Of a new table.
  bool renew = false;           // A new table in any case: see Create().
};

/// Who has a slot.
struct SlotOwner {
  uint32_t pid = 0;      // 0: nobody in particular.
  bool is_gone = false;  // That process has ended, so nobody will release it.
};

class SlotTable {
 public:
  /// Makes a table, its slots zero-filled or restored; or attaches to the one that is there, which must have the same
  /// shape and be this user's. `path` null: anonymous, shared with later forks only. `*restored` says what became of
  /// the stored file: ok; kNotFound, there is none, or nothing was to be restored; kCorrupt, kVersion, kByteOrder,
  /// kMismatch, kForeign: it was refused and renamed, and the table starts empty. kInvalid, kMismatch, kForeign,
  /// kVersion, kByteOrder, kCorrupt, kTimeout, kSystem.
  ///
  /// With `renew` a table of this user's that is there, whatever its shape, loses its path to the new one: those
  /// attached keep it, and of a kSlotsPersist table the slots are stored first, so that the new one begins with what
  /// the old one holds. When storing fails so does this, and the old one keeps its path. `*restored` may be
  /// kChanged then: all is well, but something was in the way of storing and was renamed, see Sync().
  static Status Create(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, SlotTable* out,
                       Status* restored) noexcept;

  /// Attaches to a table; for reading only if `writable` is false or the file's mode does not allow more. kNotFound,
  /// kForeign (no table, or that of a user who is neither this one nor root), kVersion, kByteOrder, kCorrupt, kSystem.
  static Status Attach(const char* path, bool writable, SlotTable* out) noexcept;

  /// Unmaps it. Detaching twice does nothing. Addresses from Window() are void.
  void Detach() noexcept;

  /// Takes the path away, so that the next Create() makes another table. Those attached keep this one. kNotFound: the
  /// path leads to another by now. kTimeout, kSystem.
  Status Remove(const char* path, uint32_t timeout_ms) const noexcept;

  /// Stores all slots in `<path>.persist`, each as some Put() left it, and with all that was put before. When it fails
  /// the old file is still there. What lies there and is no file of stored slots, or one of a newer format, is renamed
  /// as Create() does, and `*in_the_way`, unless null, says why: kForeign, kVersion, kByteOrder; else it is ok.
  /// kReadOnly, kTimeout, kSystem.
  Status Sync(const char* path, uint32_t timeout_ms, Status* in_the_way = nullptr) const noexcept;

  /// Removes `<path>.persist`. kForeign: it does not hold slots, and stays. kSystem.
  static Status RemoveStored(const char* path) noexcept;

  bool attached() const noexcept { return header_ != nullptr; }
  bool read_only() const noexcept { return read_only_; }
  uint32_t slot_count() const noexcept { return geometry_.slot_count; }
  uint32_t slot_bytes() const noexcept { return geometry_.slot_bytes; }
  uint32_t type() const noexcept { return type_; }

  /// How many are not in use.
  uint32_t FreeSlots() const noexcept;
  /// REQUIRES: id < slot_count().
  bool InUse(uint32_t id) const noexcept;
  /// The first id from `id` on that a walk over the table visits: all, or those in use of a kSlotsPregrab table.
  /// slot_count(): none is left.
  uint32_t NextVisited(uint32_t id) const noexcept;
  /// Who has slot `id`, which is below slot_count(). Pid 0 also if it is free. Asks the system about the process,
  /// unless it is this one.
  SlotOwner Owner(uint32_t id) const noexcept;
  /// Owner(id).pid, without asking. REQUIRES: id < slot_count().
  uint32_t OwnerPid(uint32_t id) const noexcept;
  /// The holder of the lock of slot `id`, or else the table's: for the message after kTimeout. If `id` is not below
  /// slot_count(): the table's only.
  LockHolder lock_holder(uint32_t id) const noexcept;

  /// Grants the lowest free slot; of a kSlotsClearInUse table the lowest that never was in use, while there is one. Its
  /// bytes stay as they were. kNoRoom, kReadOnly, kTimeout, kCorrupt.
  Status Grab(uint32_t timeout_ms, uint32_t* id) const noexcept;
  /// Marks slot `id` as in use; ok, and its owner stays, if it was. kInvalid, kReadOnly, kTimeout, kCorrupt.
  Status GrabThis(uint32_t id, uint32_t timeout_ms) const noexcept;
  /// Frees slot `id`; its bytes stay. kNotFound: it was free. kInvalid, kReadOnly, kTimeout, kCorrupt.
  Status Release(uint32_t id, uint32_t timeout_ms) const noexcept;
  /// Frees slot `id` if its owner has ended. kNotFound: it is free, or has an owner who lives, or may live. Else as
  /// Release().
  Status Reclaim(uint32_t id, uint32_t timeout_ms) const noexcept;

  /// Copies the first `length` bytes of slot `id`. A free slot: kNotFound in a kSlotsPregrab table, else it is marked
  /// as in use (not by who may only read). kInvalid; kTooLarge: more than slot_bytes(). kTimeout, kCorrupt.
  Status Get(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// Get() that neither asks for marks nor sets one. kInvalid, kTooLarge, kTimeout.
  Status Look(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// Replaces the first `length` bytes of slot `id`. As Get(), and kReadOnly.
  Status Put(uint32_t id, const void* data, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// The address of slot `id`, in use or not: slot_bytes() at a multiple of 64. From now on each Put() to it copies
  /// twice. kInvalid, kReadOnly, kTimeout.
  Status Window(uint32_t id, uint32_t timeout_ms, void** out) const noexcept;

 private:
  friend class SlotTableView;
  friend struct SlotTableTestPeer;

  /// Makes this the handle of a mapped table. REQUIRES: `geometry` fits it.
  void Adopt(const MappedFile& map, const SlotGeometry& geometry, uint32_t type) noexcept;

  SlotTableShm* header_ = nullptr;  // Where this process has it.
  uint64_t bytes_ = 0;              // As the kernel says.
  uint64_t device_ = 0;             // Which file, for Remove().
  uint64_t inode_ = 0;
  SlotGeometry geometry_;  // Checked against bytes_.
  uint64_t slots_at_ = 0;  // What follows from geometry_, and each call would compute anew.
  uint64_t stride_ = 0;
  uint64_t buffer_bytes_ = 0;
  uint32_t type_ = 0;
  bool read_only_ = false;
};

}  // namespace shmpack
