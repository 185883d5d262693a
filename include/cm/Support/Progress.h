//===- Progress.h - a line on a terminal ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_PROGRESS_H
#define CM_SUPPORT_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <cstdint>
#include <string>

namespace cm {

/// One line on standard error that is redrawn in place. It shows only where
/// standard error is a terminal, and only once the work has taken two seconds;
/// it is erased when the object dies.
class Progress {
public:
  /// `total` of zero means that the end is not known.
  Progress(llvm::StringRef what, uint64_t total);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Reports that `done` of `total` units are done. Cheap: it looks at the
  /// clock at most every 1024 calls.
  void update(uint64_t done, llvm::StringRef detail = {}) {
    if ((++calls & 1023) == 0)
      draw(done, detail);
  }
  /// Looks at the clock in any case: for units that are long.
  void step(uint64_t done, llvm::StringRef detail = {}) { draw(done, detail); }

private:
  void draw(uint64_t done, llvm::StringRef detail);

  std::string what;
  uint64_t total;
  uint64_t calls = 0;
  bool enabled;
  bool shown = false;
  std::chrono::steady_clock::time_point start, last;
};

} // namespace cm

#endif // CM_SUPPORT_PROGRESS_H
