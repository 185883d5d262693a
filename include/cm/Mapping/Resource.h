//===- Resource.h - what shares of the II are taken -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The load of one unit, passed from placement and routing to the schedule.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_RESOURCE_H
#define CM_MAPPING_RESOURCE_H

#include <cstdint>
#include <string>

namespace cm {

/// A shared unit (a core's MVM units, DPU or SRAM ports, a link) and how long
/// one image keeps it busy. No II is smaller than any of them.
struct ResourceLoad {
  std::string name;
  uint64_t cycles = 0; // per image
};

} // namespace cm

#endif // CM_MAPPING_RESOURCE_H
