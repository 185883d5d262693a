//===- CoreCycles.h - what work costs on each type of core ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cycles of a piece of work by the type of the core that does it
// (`MachineModel::coreType`). Most machines have one type, so one number mostly
// is all there is.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_CORECYCLES_H
#define CM_MAPPING_CORECYCLES_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace cm {

class CoreCycles {
public:
  /// The same on all types.
  CoreCycles(uint64_t cycles = 0) : cycles{cycles} {}

  /// `cost(type)` on each of `types` types.
  template <typename Cost> static CoreCycles of(uint32_t types, Cost cost) {
    CoreCycles result;
    result.cycles.clear();
    for (uint32_t type = 0; type < types; ++type)
      result.cycles.push_back(cost(type));
    if (llvm::all_equal(result.cycles))
      result.cycles.truncate(1);
    return result;
  }

  uint64_t on(uint32_t type) const {
    return cycles.size() == 1 ? cycles[0] : cycles[type];
  }

  /// `change(cycles)` of each type.
  template <typename Change> CoreCycles map(Change change) const {
    CoreCycles result = *this;
    for (uint64_t &number : result.cycles)
      number = change(number);
    return result;
  }

  CoreCycles &operator+=(const CoreCycles &other) {
    if (cycles.size() < other.cycles.size())
      cycles.resize(other.cycles.size(), cycles[0]);
    for (uint32_t type = 0; type < cycles.size(); ++type)
      cycles[type] += other.on(type);
    return *this;
  }

private:
  llvm::SmallVector<uint64_t, 1> cycles; // of each type, or of all
};

} // namespace cm

#endif // CM_MAPPING_CORECYCLES_H
