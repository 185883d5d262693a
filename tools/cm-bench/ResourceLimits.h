//===- ResourceLimits.h - what a row of a table may take --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_BENCH_RESOURCELIMITS_H
#define CM_TOOLS_CM_BENCH_RESOURCELIMITS_H

#include <cstdint>
#include <string>

namespace cm {

struct ResourceLimits {
  uint64_t seconds = 0;   // of CPU time, at most
  uint64_t gigabytes = 0; // of memory, at most

  /// Holds this process to them.
  void apply() const;
  /// The error of a process that was held to them, in words where they have
  /// ended it.
  std::string explain(std::string error) const;
};

} // namespace cm

#endif // CM_TOOLS_CM_BENCH_RESOURCELIMITS_H
