// SPDX-License-Identifier: BSD-3-Clause
//
// How a warning names the holder of a lock. No warning names a process that does not exist, or that may be another one:
// ids mean something in one pid namespace only.

#pragma once

#include <cstdio>

#include "shmpack/lock_holder.h"

namespace shmpack::php {

struct HolderText {
  char by[48];         // Behind "its lock is held".
  const char* advice;  // Behind "nothing was changed".
};

/// `damaged`: the advice if the lock names a thread that does not exist.
inline HolderText TextOf(const LockHolder& holder, const char* damaged) {
  HolderText text = {"", ""};
  switch (holder.kind) {
    case LockHolder::Kind::kNobody:
      break;
    case LockHolder::Kind::kProcess:
      snprintf(text.by, sizeof text.by, ", by process %u,", holder.pid);
      text.advice = ". Is that process stopped?";
      break;
    case LockHolder::Kind::kElsewhere:
      snprintf(text.by, sizeof text.by, ", by a process of another pid namespace,");
      text.advice = ". Is a process in another container stopped?";
      break;
    case LockHolder::Kind::kNoThread:
      snprintf(text.by, sizeof text.by, ", but by no process that exists here,");
      text.advice = damaged;
      break;
  }
  return text;
}

}  // namespace shmpack::php
