// SPDX-License-Identifier: BSD-3-Clause

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "port/fork_count.h"
#include "port/process_identity.h"

namespace shmpack {

namespace {

/// Reads the start of a small file. False: it does not exist or is empty.
bool ReadText(const char* path, char* text, size_t capacity) noexcept {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t length = read(file, text, capacity - 1);
  close(file);
  if (length <= 0) return false;
  text[length] = '\0';
  return true;
}

/// Reads /proc/<pid>/stat, proc(5): from fields 3 and 20 whether the process is a zombie; from field 22 its start time.
/// Field 2, the name, may hold anything, and ends at the last parenthesis.
bool ReadStat(uint32_t pid, bool* ended, uint64_t* start_time) noexcept {
  char path[32];
  char text[1024];
  snprintf(path, sizeof path, "/proc/%u/stat", pid);
  if (!ReadText(path, text, sizeof text)) return false;
  const char* at = std::strrchr(text, ')');
  if (at == nullptr || at[1] != ' ') return false;
  const char state = at[2];
  at += 2;
  uint64_t threads = 0;
  for (int field = 3; field < 22; ++field) {
    at = std::strchr(at, ' ');
    if (at == nullptr) return false;
    ++at;
    if (field + 1 == 20) threads = std::strtoull(at, nullptr, 10);
  }
  // A main thread that ended before the others also shows as a zombie.
  *ended = (state == 'Z' || state == 'X') && threads <= 1;
  *start_time = std::strtoull(at, nullptr, 10);
  return true;
}

struct CachedIdentity {
  ProcessIdentity identity;
  uint32_t fork_count = 0;
};

thread_local CachedIdentity cached;

}  // namespace

uint32_t OwnProcess() noexcept { return static_cast<uint32_t>(getpid()); }

ProcessIdentity OwnIdentity() noexcept {
  if (cached.fork_count != ForkCount()) {
    ProcessIdentity own;
    bool ended;
    struct stat info;
    own.pid = OwnProcess();
    if (stat("/proc/self/ns/pid", &info) == 0) own.pid_namespace = info.st_ino;
    if (!ReadStat(own.pid, &ended, &own.start_time)) own.start_time = 0;
    cached = {own, ForkCount()};
  }
  return cached.identity;
}

bool ProcessIsGone(const ProcessIdentity& identity) noexcept {
  if (identity.pid == 0 || identity.pid > INT32_MAX) return false;
  const ProcessIdentity own = OwnIdentity();
  if (identity == own) return false;
  if (own.pid_namespace == 0 || identity.pid_namespace != own.pid_namespace) return false;
  if (kill(static_cast<pid_t>(identity.pid), 0) != 0 && errno == ESRCH) return true;
  bool ended;
  uint64_t start_time;
  if (!ReadStat(identity.pid, &ended, &start_time)) return false;
  return ended || (identity.start_time != 0 && start_time != identity.start_time);
}

uint32_t ProcessOfThread(uint32_t thread_id) noexcept {
  if (thread_id == 0 || thread_id > INT32_MAX) return 0;
  char path[32];
  char text[1024];
  snprintf(path, sizeof path, "/proc/%u/status", thread_id);
  if (ReadText(path, text, sizeof text)) {
    const char* const line = std::strstr(text, "\nTgid:");
    if (line != nullptr) return static_cast<uint32_t>(std::strtoul(line + 6, nullptr, 10));
  }
  // Without /proc, or where it hides other users' processes, the thread's id stands for its process.
  return kill(static_cast<pid_t>(thread_id), 0) == 0 || errno != ESRCH ? thread_id : 0;
}

uint64_t BootId() noexcept {
  char text[64];
  if (!ReadText("/proc/sys/kernel/random/boot_id", text, sizeof text)) return 0;
  uint64_t id = 0;
  int digits = 0;
  for (const char* at = text; *at != '\0' && digits < 16; ++at) {
    const bool is_digit = *at >= '0' && *at <= '9';
    if (!is_digit && (*at < 'a' || *at > 'f')) continue;
    id = id << 4 | static_cast<uint64_t>(is_digit ? *at - '0' : *at - 'a' + 10);
    ++digits;
  }
  return id;
}

}  // namespace shmpack
