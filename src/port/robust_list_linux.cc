// SPDX-License-Identifier: BSD-3-Clause

#include "port/robust_list_linux.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/fork_count.h"
#include "port/robust_lock.h"

namespace shmpack {

namespace {

/// For a thread whose C library registers no robust list (musl does so at the first robust mutex only), and for one
/// that may not ask for its list. The kernel does not know the list of the second.
SHMPACK_THREAD_LOCAL robust_list_head own_list = {};

}  // namespace

uint64_t OwnPidNamespace() noexcept {
  struct stat info;
  return stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

uint32_t OwnThreadId() noexcept { return static_cast<uint32_t>(syscall(SYS_gettid)); }

void FillSelf(ThreadSelf& self) noexcept {
  size_t length = 0;
  robust_list_head* list = nullptr;
  // A thread that may not ask for its list may have one all the same. Another one in its place would take the C
  // library's robust mutexes away from the kernel.
  bool is_listed = syscall(SYS_get_robust_list, 0, &list, &length) == 0;
  if (list == nullptr) {
    own_list = {{&own_list.list}, 0, nullptr};
    list = &own_list;
    if (is_listed) is_listed = syscall(SYS_set_robust_list, &own_list, sizeof own_list) == 0;
  }
  self.list = list;
  self.pid_namespace = OwnPidNamespace();
  self.word = OwnThreadId() | (is_listed ? 0 : kUnlisted);
  self.fork_count = ForkCount();
  SetPending(self, nullptr);
}

}  // namespace shmpack
