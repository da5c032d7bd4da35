// SPDX-License-Identifier: BSD-3-Clause
//
// Runs a piece of work in a forked child that is killed at its n-th fault point, that is, right after its n-th store to
// shared memory, or with a part of a copy done.

#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "port/fault_point.h"

namespace shmpack {

inline int fault_points_left = 0;

inline void KillSelfAtLastPoint(const char*, int) {
  if (--fault_points_left == 0) kill(getpid(), SIGKILL);
}

/// No part of it is like another, so that one in the place of another is seen.
inline std::string Text(size_t bytes, char name) {
  std::string text;
  for (int number = 0; text.size() < bytes; ++number) text += name + std::to_string(number);
  return text.substr(0, bytes);
}

enum class ChildEnd { kKilled, kFinished, kFailed };

/// kFinished: the work was done before the n-th point. kFailed: it returned false, or died in another way.
template <typename Work>
ChildEnd RunAndKillAtPoint(int point, Work work) {
  const pid_t child = fork();
  if (child == 0) {
    fault_points_left = point;
    fault_hook = KillSelfAtLastPoint;
    const bool ok = work();
    fault_hook = nullptr;
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return ChildEnd::kKilled;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ChildEnd::kFinished : ChildEnd::kFailed;
}

}  // namespace shmpack
