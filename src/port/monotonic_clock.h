// SPDX-License-Identifier: BSD-3-Clause
//
// MonotonicSeconds(): the clock that deadlines are counted by. It never jumps and means nothing across processes.

#pragma once

namespace shmpack {

double MonotonicSeconds() noexcept;

}  // namespace shmpack
