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
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace cm {

/// One line on standard error that is redrawn in place. It shows only where
/// standard error is a terminal, and only where the work takes a while; it is
/// erased when the object dies. A thread of its own draws it, so that it
/// shows during long steps too.
class Progress {
public:
  /// `total` of zero means that the end is not known. The line shows `after` so
  /// many seconds, two unless given; with 0 also where the work takes no time.
  Progress(llvm::StringRef what, uint64_t total,
           std::optional<double> after = std::nullopt);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Reports that `done` of `total` units are done. Cheap.
  void update(uint64_t units) { done.store(units, std::memory_order_relaxed); }
  /// The same, and what is being done now.
  void step(uint64_t units, llvm::StringRef detail);

private:
  void run();
  void draw();

  const std::string what;
  const uint64_t total;
  const std::chrono::steady_clock::time_point start;
  const std::chrono::duration<double> after;
  std::atomic<uint64_t> done{0};
  std::mutex mutex; // of all that follows
  std::condition_variable finished;
  std::string detail;
  bool isFinished = false, isShown = false;
  std::thread drawer; // runs only on a terminal
};

} // namespace cm

#endif // CM_SUPPORT_PROGRESS_H
