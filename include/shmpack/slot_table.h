// SPDX-License-Identifier: BSD-3-Clause
//
// SlotTable: slots of a fixed size in shared memory, under a file's path or without one.
//
// A slot is grabbed, the lowest free one first, and released. The process that grabbed it owns it, so the slots of dead
// processes are found. Its bytes are read and written whole:
//
//   Get()     takes no lock, and sees one Put() or the next, never a mix
//   Put()     takes the slot's own lock for the time of a copy
//   Window()  is an address in the slot, as mod_slotmem_shm's dptr; Get() sees direct stores to it as they arrive
//
// A kill blocks no other process. In the middle of a Put() it leaves the old value or the new one. In the middle of a
// Grab() or Release() it leaves the slot granted or free, and the next holder of the table's lock counts anew.
//
// Nothing in the table is trusted: where things lie follows from two numbers, which are checked once against the size
// that the kernel reports. But a user with the right to write to the file may cut it short. A process that touches the
// missing part then gets SIGBUS, as with all files and POSIX shared memory.
//
// A handle is plain data, ended by Detach(). Any number of threads may use one at once. Parent and child of a fork go
// on with the same addresses. `timeout_ms` bounds the wait for a lock; after it a call returns kTimeout, with nothing
// changed. An id that is not below slot_count() gives kInvalid. docs/format/slots.md has the bytes.

#pragma once

#include <cstdint>

#include "shmpack/lock_holder.h"
#include "shmpack/slot_table_layout.h"
#include "shmpack/status.h"

namespace shmpack {

struct MappedFile;

inline constexpr uint32_t kMaxTableName = 3900;   // Room for what is appended to it.
inline constexpr char kStoredEnd[] = ".persist";  // The file of stored slots has the table's path and this.

/// Writes the path that the name of a table means:
///   "" and "none", in capitals or not  no path: `*anonymous`, and `out` is empty
///   an absolute path                   itself
///   any other                          a file in `folder`, which is made if it does not exist; empty or null means
///   this
///                                      user's default folder, in memory
/// kInvalid: the name has "..", ends in "/" or kStoredEnd, or is too long; the text completes "The name ...". kForeign:
/// other users may write to the folder. kSystem. REQUIRES: `out` has room for 4,096 bytes.
Status ResolveTableName(const char* name, const char* folder, char* out, bool* anonymous) noexcept;

inline constexpr uint32_t kOwnGroup = UINT32_MAX;  // The group that the system gives a new file.

struct SlotTableOptions {
  uint32_t slot_bytes = 0;
  uint32_t slot_count = 0;
  uint32_t type = 0;            // Some of kSlotsPersist ...
  uint32_t permissions = 0600;  // Read and write bits of a new table's mode.
  uint32_t group = kOwnGroup;   // Of a new table.
  bool renew = false;           // A new table in any case: see Create().
};

/// The owner of a slot.
struct SlotOwner {
  uint32_t pid = 0;      // 0: no process in particular.
  bool is_gone = false;  // That process has ended, and will not release the slot.
};

class SlotTable {
 public:
  /// Makes a table with zero-filled or restored slots; or attaches to the existing one, which must have the same shape
  /// and be this user's. `path` null: anonymous, shared with later forks only. kInvalid, kMismatch, kForeign, kVersion,
  /// kByteOrder, kCorrupt, kTimeout, kSystem; kChanged: other processes keep removing it.
  ///
  /// `*restored` says what became of the stored file:
  ///   ok                    its slots are in the table
  ///   kNotFound             it does not exist, or nothing was to be restored
  ///   kCorrupt, kVersion, kByteOrder, kMismatch, kForeign
  ///                         it was refused and renamed, and the table starts empty
  ///   kChanged              with `renew` only: restored; but another file was in the way of storing, see Sync()
  ///
  /// With `renew`, an existing table of this user's, whatever its shape, loses its path to the new one; processes that
  /// are attached keep it. A kSlotsPersist table is stored first, so the new one begins with the slots of the old one.
  /// When storing fails, so does the call, and the old one keeps its path.
  static Status Create(const char* path, const SlotTableOptions& options, uint32_t timeout_ms, SlotTable* out,
                       Status* restored) noexcept;

  /// Attaches to a table; for reading only if `writable` is false or the file's mode does not allow more. kNotFound;
  /// kForeign: it is no table, or neither this user's nor root's; kVersion, kByteOrder, kCorrupt, kSystem.
  static Status Attach(const char* path, bool writable, SlotTable* out) noexcept;

  /// Unmaps the table. Addresses from Window() are void then. Detaching twice does nothing.
  void Detach() noexcept;

  /// Removes the path, so the next Create() makes another table. Processes that are attached keep this one. kNotFound:
  /// the path leads to another file now, or to none. kTimeout, kSystem.
  Status Remove(const char* path, uint32_t timeout_ms) const noexcept;

  /// Stores all slots in `<path>.persist`: each as some Put() left it, and with every Put() before the call. On failure
  /// the old file stays. A file there that does not hold slots, or is of a newer format, is renamed, as by Create().
  /// `*in_the_way`, unless null, then says why: kForeign, kVersion, kByteOrder; else it is ok. kReadOnly, kTimeout,
  /// kSystem.
  Status Sync(const char* path, uint32_t timeout_ms, Status* in_the_way = nullptr) const noexcept;

  /// Removes `<path>.persist`, if it exists. kForeign: it does not hold slots, and stays. kSystem.
  static Status RemoveStored(const char* path) noexcept;

  bool attached() const noexcept { return header_ != nullptr; }
  bool read_only() const noexcept { return read_only_; }
  uint32_t slot_count() const noexcept { return geometry_.slot_count; }
  uint32_t slot_bytes() const noexcept { return geometry_.slot_bytes; }
  uint32_t type() const noexcept { return type_; }

  /// How many slots are not in use.
  uint32_t FreeSlots() const noexcept;
  /// REQUIRES: id < slot_count().
  bool InUse(uint32_t id) const noexcept;
  /// The first id from `id` on that a walk visits: of all slots, or, in a kSlotsPregrab table, of those in use.
  /// slot_count(): none is left.
  uint32_t NextVisited(uint32_t id) const noexcept;
  /// The owner of slot `id`; pid 0 also if the slot is free. Asks the system about the process, unless it is this one.
  /// REQUIRES: id < slot_count().
  SlotOwner Owner(uint32_t id) const noexcept;
  /// Owner(id).pid, without asking the system. REQUIRES: id < slot_count().
  uint32_t OwnerPid(uint32_t id) const noexcept;
  /// The holder of the slot's lock, or else of the table's: for the message after kTimeout. Where `id` is not below
  /// slot_count(): of the table's.
  LockHolder lock_holder(uint32_t id) const noexcept;

  /// Grants the lowest free slot; in a kSlotsClearInUse table the lowest that was never in use, while there is one. Its
  /// bytes stay as they were. kNoRoom, kReadOnly, kTimeout, kCorrupt.
  Status Grab(uint32_t timeout_ms, uint32_t* id) const noexcept;
  /// Marks slot `id` as in use. If it was, its owner stays. kInvalid, kReadOnly, kTimeout, kCorrupt.
  Status GrabThis(uint32_t id, uint32_t timeout_ms) const noexcept;
  /// Frees slot `id`; its bytes stay. kNotFound: it was free. kInvalid, kReadOnly, kTimeout, kCorrupt.
  Status Release(uint32_t id, uint32_t timeout_ms) const noexcept;
  /// Frees slot `id` if its owner has ended. kNotFound: it is free, or its owner lives or may live. Else as Release().
  Status Reclaim(uint32_t id, uint32_t timeout_ms) const noexcept;

  /// Copies the first `length` bytes of slot `id`. A free slot of a kSlotsPregrab table: kNotFound. A free slot of
  /// another table is marked as in use, unless the table is attached for reading only. kInvalid; kTooLarge: more than
  /// slot_bytes(); kTimeout, kCorrupt.
  Status Get(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// The same, but neither asks for a mark nor sets one. kInvalid, kTooLarge, kTimeout.
  Status Look(uint32_t id, void* out, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// Replaces the first `length` bytes of slot `id`. As Get(), and kReadOnly.
  Status Put(uint32_t id, const void* data, uint32_t length, uint32_t timeout_ms) const noexcept;
  /// The address of slot `id`, in use or not: slot_bytes() bytes at a multiple of 64. From now on each Put() to it
  /// copies twice. kInvalid, kReadOnly, kTimeout.
  Status Window(uint32_t id, uint32_t timeout_ms, void** out) const noexcept;

 private:
  friend class SlotTableView;
  friend struct SlotTableTestPeer;

  /// Makes this the handle of a mapped table. REQUIRES: `geometry` fits it.
  void Adopt(const MappedFile& map, const SlotGeometry& geometry, uint32_t type) noexcept;

  SlotTableShm* header_ = nullptr;  // In this process's mapping.
  uint64_t bytes_ = 0;              // As the kernel says.
  uint64_t device_ = 0;             // With the inode: the file, for Remove().
  uint64_t inode_ = 0;
  SlotGeometry geometry_;  // Checked against bytes_.
  uint64_t slots_at_ = 0;  // These three follow from geometry_, but each call would compute them anew.
  uint64_t stride_ = 0;
  uint64_t buffer_bytes_ = 0;
  uint32_t type_ = 0;
  bool read_only_ = false;
};

}  // namespace shmpack
