// SPDX-License-Identifier: BSD-3-Clause
//
// What is said of a slot table, a slot and a file of stored slots, once each. A warning puts it behind
// `Failed for slot table "...": `, `slot ...: ` or `The stored file "..." was refused: `.

#pragma once

#include "shmpack/status.h"

namespace shmpack {

// Arguments.
inline Status NoSuchSlot() noexcept { return Status(Code::kInvalid, "the table has no such slot"); }
inline Status LongerThanSlot() noexcept { return Status(Code::kTooLarge, "a slot has fewer bytes"); }
inline Status ImpossibleShape() noexcept {
  return Status(Code::kInvalid, "a table cannot have this number and size of slots");
}
inline Status UnknownType() noexcept { return Status(Code::kInvalid, "no such type of table exists"); }
inline Status NameTooLong() noexcept { return Status(Code::kInvalid, "is too long"); }
inline Status PathTooLong() noexcept { return Status(Code::kInvalid, "its path is too long"); }

// A table or a slot as it is.
inline Status TableReadOnly() noexcept { return Status(Code::kReadOnly, "the table is attached for reading only"); }
inline Status SlotNotInUse() noexcept { return Status(Code::kNotFound, "the slot is not in use"); }
inline Status EverySlotInUse() noexcept { return Status(Code::kNoRoom, "every slot is in use"); }
inline Status OwnerMayLive() noexcept { return Status(Code::kNotFound, "its owner has not ended, or it has none"); }
inline Status SlotPassedOn() noexcept { return Status(Code::kNotFound, "it was released meanwhile"); }
inline Status SlotsLockHeld() noexcept { return Status(Code::kTimeout, "its lock is held"); }
inline Status SlotBeingWritten() noexcept { return Status(Code::kTimeout, "the slot is being written"); }
inline Status MarksCorrupt() noexcept { return Status(Code::kCorrupt, "its marks of used slots are inconsistent"); }

// A file that is no table, or none for this process.
inline Status NotATable() noexcept { return Status(Code::kForeign, "it is not a slot table"); }
inline Status OfAnotherUser() noexcept { return Status(Code::kForeign, "it belongs to another user"); }
inline Status OfAnotherShape() noexcept {
  return Status(Code::kMismatch, "it exists with another number, size or type of slots");
}
inline Status OfEarlierBoot() noexcept { return Status(Code::kNotFound, "it predates the last reboot"); }
inline Status RemovedAgain() noexcept { return Status(Code::kChanged, "another process keeps removing it"); }

// A table or a file of stored slots.
inline Status OtherByteOrder() noexcept { return Status(Code::kByteOrder, "it was written with the other byte order"); }
inline Status NewerFormat() noexcept { return Status(Code::kVersion, "its format is newer"); }
inline Status OlderFormat() noexcept { return Status(Code::kVersion, "its format is older"); }
inline Status SizeCorrupt() noexcept { return Status(Code::kCorrupt, "its header contradicts its size"); }

// A file of stored slots.
inline Status NotStoredSlots() noexcept { return Status(Code::kForeign, "it does not hold slots"); }
inline Status NotStoredSlotsStays() noexcept {
  return Status(Code::kForeign, "its .persist file does not hold slots, so it was not removed");
}
inline Status CutShort() noexcept { return Status(Code::kCorrupt, "it is cut short"); }
inline Status ChecksumWrong() noexcept { return Status(Code::kCorrupt, "its checksum is wrong"); }
inline Status OfAnotherSlotSize() noexcept { return Status(Code::kMismatch, "its slots have another size"); }

}  // namespace shmpack
