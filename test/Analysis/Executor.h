//===- Executor.h - networks of counters ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs stages by their LCU programs alone: no time, no data, steps in random
// order. Every byte of every buffer carries the pixel and image that it holds.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_ANALYSIS_EXECUTOR_H
#define CM_TEST_ANALYSIS_EXECUTOR_H

#include "Cases.h"
#include "cm/Analysis/Lcu.h"
#include <functional>
#include <map>

namespace cm::test {

struct Stage {
  Domain domain;
  int object = -1; // that it writes
  PixelWrite write;
  std::vector<std::pair<int, Window>> reads; // object, window
};

struct Network {
  std::vector<Extent> objects;
  std::vector<Stage> stages;
  Fold fold = Fold::Row;
  /// Slots of the buffer of an object at a reader: that of (object, stage).
  std::map<std::pair<int, int>, int64_t> slots;

  /// The stream from a stage to another over the object that the first writes.
  StreamAccess stream(int writer, int reader) const;
  std::vector<int> readers(int object) const;
  std::vector<int> writers(int object) const;
};

/// Runs `images` images in an order given by `seed`. Returns "done", "deadlock"
/// or what went wrong.
std::string execute(const Network &network, PolyContext &context,
                    ControlRules &rules, int64_t images, uint64_t seed);

} // namespace cm::test

#endif // CM_TEST_ANALYSIS_EXECUTOR_H
