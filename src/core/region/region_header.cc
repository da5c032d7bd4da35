// SPDX-License-Identifier: BSD-3-Clause

#include "core/region/region_header.h"

#include "core/base/shared_access.h"

namespace shmpack {

Status DescribeOverwriting(const HeaderShm& header) noexcept {
  const DecoyShm& decoy = header.decoy;
  return Load(decoy.magic) == kStockMagic && Load(decoy.start) == kStockHeaderBytes && Load(decoy.end) != 0
             ? Status(Code::kOverwritten, "ext/sysvshm has overwritten its header")
             : Status(Code::kOverwritten, "another program has overwritten its header");
}

}  // namespace shmpack
