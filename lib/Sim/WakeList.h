//===- WakeList.h - modules that have something to do -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_WAKELIST_H
#define CM_LIB_SIM_WAKELIST_H

#include "llvm/ADT/ArrayRef.h"
#include <cassert>
#include <cstdint>
#include <vector>

namespace cm::sim {

/// Numbers of modules, of which each is in the list once at most: it never
/// grows, so that to add one takes a few instructions.
class WakeList {
public:
  void setModules(uint32_t number) { modules.resize(number); }
  bool empty() const { return count == 0; }
  void push(uint32_t module) {
    assert(count < modules.size() && "a module is in the list already");
    modules[count++] = module;
  }
  uint32_t pop() { return modules[--count]; }
  void clear() { count = 0; }
  llvm::MutableArrayRef<uint32_t> all() { return {modules.data(), count}; }

private:
  std::vector<uint32_t> modules;
  uint32_t count = 0;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_WAKELIST_H
