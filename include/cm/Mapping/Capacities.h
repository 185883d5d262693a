//===- Capacities.h - how large buffers are ---------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least bytes of buffers with which something still holds, by trying, and
// the most that memories have room for.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_CAPACITIES_H
#define CM_MAPPING_CAPACITIES_H

#include "cm/Mapping/Schedule.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace cm {

/// The least bytes at the II; what a uniform pace needs; all the SRAM.
enum class Buffers { Min, Balanced, Max };

using Capacities = std::vector<BufferCapacity>;

struct LeastCapacities {
  Capacities capacity;
  bool isLocal = false; // each buffer was tried with one slot less, in vain
  /// So was all that has fewer bytes, where more slots never do worse.
  bool isGlobal = false;
  uint64_t trials = 0;
};

/// How many capacities are tried at most.
struct LeastTrials {
  uint64_t local = 0; // where no buffer can lose a slot
  uint64_t below = 0; // then, of all with fewer bytes
};

/// The least bytes with which `suffices` holds, which does for `start` and for
/// more slots where it does for fewer, or for more multiples of `slotMultiples`
/// where slots in between take more waits. First the least slots of each buffer
/// beside the others' `start`: if these suffice together nothing less does.
/// Else one buffer after the other is made as small as it can be, until none
/// can lose a slot; then everything between is tried in the order of bytes.
LeastCapacities
leastCapacities(const ScheduleProblem &problem, const Capacities &start,
                llvm::function_ref<bool(const Capacities &)> suffices,
                LeastTrials trials);

/// As many times `start` as each memory has room for, at most twice an image,
/// grown to `slotMultiples`. `start` fits.
Capacities mostCapacities(const ScheduleProblem &problem,
                          const Capacities &start);

} // namespace cm

#endif // CM_MAPPING_CAPACITIES_H
