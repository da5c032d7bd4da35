// SPDX-License-Identifier: BSD-3-Clause
//
// Which process this is, in a form that another process can ask about later. The kernel uses a pid again, but not
// together with the same start time. And which run of the kernel this is, since neither means anything in another.
//
// Thread-safe. A forked child gets its own answers.

#pragma once

#include <cstdint>

namespace shmpack {

struct ProcessIdentity {
  uint64_t start_time = 0;     // Clock ticks since boot; 0: not known.
  uint64_t pid_namespace = 0;  // Inode of /proc/self/ns/pid; 0: not known.
  uint32_t pid = 0;            // 0: no process.

  bool operator==(const ProcessIdentity&) const noexcept = default;
};

/// This process's pid, in its own pid namespace.
uint32_t OwnProcess() noexcept;

ProcessIdentity OwnIdentity() noexcept;

/// Whether that process has certainly ended; a zombie has. False in doubt: another pid namespace, or no process.
bool ProcessIsGone(const ProcessIdentity& identity) noexcept;

/// The process of a thread of this pid namespace. 0: there is no such thread.
uint32_t ProcessOfThread(uint32_t thread_id) noexcept;

/// A number that each run of the kernel has to itself. 0: the kernel does not say.
uint64_t BootId() noexcept;

}  // namespace shmpack
