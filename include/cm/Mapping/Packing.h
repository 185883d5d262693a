//===- Packing.h - several matrices on one crossbar -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrices may share a crossbar where their cells are apart: an MVM drives its
// own rows and reads its own columns. They take turns, so time is short as
// well. The problem, what a right answer is, and algorithms.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_PACKING_H
#define CM_MAPPING_PACKING_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// Whether stages may share crossbars: the pipeline's option.
enum class Packing { None, Auto };

/// A matrix, in cells, and what its stage needs.
struct PackingItem {
  std::string name;
  int64_t rows = 1, cols = 1;
  uint64_t cycles = 0; // per image that the crossbar, DPU or port is busy
  uint64_t bytes = 0;  // of SRAM
};

struct PackingPlace {
  uint32_t crossbar = 0;
  int64_t row = 0, col = 0; // the first of its cells
};

struct PackingSolution {
  std::vector<PackingPlace> place; // of each item
  uint32_t crossbars = 0;
  uint64_t maxCycles = 0; // of the busiest crossbar
  uint32_t bound = 0;     // no packing has fewer crossbars than this
  bool isOptimal = false; // fewest crossbars, then least cycles, proved
};

/// Items into crossbars that are all alike and each on a core of its own.
struct PackingProblem {
  int64_t rows = 1, cols = 1; // of a crossbar
  uint64_t cycles = 0;        // that all items of a crossbar may take together
  uint64_t bytes = 0;    // of SRAM for all items of a crossbar; 0: unlimited
  uint32_t contexts = 0; // items of one crossbar at most; 0: any number
  std::vector<PackingItem> items;

  /// Whether two items could be on one crossbar with nothing else.
  bool mayMeet(uint32_t a, uint32_t b) const;

  /// Every item fits an empty crossbar.
  llvm::Error check() const;
  /// Items lie inside their crossbars with cells apart, no crossbar exceeds
  /// time, memory or contexts, and the figures are right.
  llvm::Error verify(const PackingSolution &solution) const;
};

/// No packing has fewer crossbars: cells, time, bytes and contexts in all over
/// those of a crossbar, and the items of which no two may meet (a greedy
/// clique).
uint32_t packingBound(const PackingProblem &problem);

/// Few crossbars, then little time on the busiest. Best fit by several orders
/// into the free rectangles of each crossbar; then the crossbars are filled
/// again, first fit, in many other orders (seeded). Proves its answer where it
/// meets the bound with one crossbar for each item or all; else `isOptimal` is
/// false. Fails only where `check` does.
llvm::Expected<PackingSolution> solvePacking(const PackingProblem &problem);

/// Fewest crossbars, then least time on the busiest, by branch and bound:
/// items in order of size go to each crossbar that is open or to a new one, and
/// a crossbar's items to all places that sums of extents make. Nothing where
/// that takes more than `steps` steps.
std::optional<PackingSolution> searchPacking(const PackingProblem &problem,
                                             uint64_t steps = 1000000);

} // namespace cm

#endif // CM_MAPPING_PACKING_H
