//===- Reduction.h - adding the sums of row tiles ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The row tiles of one column tile have partial sums to add up. The problem of
// who adds which, what a right answer is, and an algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_REDUCTION_H
#define CM_MAPPING_REDUCTION_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// How row tiles hand their partial sums on: the pipeline's option.
enum class Reduction { Auto, Chain, Tree };

/// A fan-in, and what it costs. The row tiles form a heap: counted from the
/// last one, number p adds the sums of numbers fanIn * p + 1 to fanIn * (p +
/// 1), as far as there are so many. A fan-in of 1 is a chain.
struct ReductionSolution {
  int64_t fanIn = 1;
  uint64_t latency = 0; // cycles from all MVMs' end to the last sum
  uint64_t service = 0; // cycles between two iterations of the busiest tile
};

/// The times of one iteration of each tile, in cycles; all tiles are alike and
/// begin together.
struct ReductionProblem {
  std::string name; // what errors call it
  Reduction wanted = Reduction::Auto;
  int64_t rowTiles = 1;
  uint64_t mvmCycles = 0;
  uint64_t portCycles = 0;    // the gather of the MVM's input
  uint64_t addCycles = 0;     // DPU: one partial sum
  uint64_t lastCycles = 0;    // DPU: what the last tile does besides
  uint64_t loadCycles = 0;    // port: a partial sum as operand
  uint64_t storeCycles = 0;   // port: its arrival
  uint64_t messageCycles = 0; // from sending it to its last byte
  uint64_t controlCycles = 0; // LCU: one wait; five beside those for sums

  /// The largest fan-in that differs from all smaller ones; 1 for a chain.
  int64_t maxFanIn() const {
    return rowTiles > 2 && wanted != Reduction::Chain ? rowTiles - 1 : 1;
  }
  /// Of a tree 2, where that differs from 1.
  int64_t minFanIn() const {
    return wanted == Reduction::Tree && rowTiles > 2 ? 2 : 1;
  }
  uint64_t latency(int64_t fanIn) const;
  uint64_t service(int64_t fanIn) const;

  /// There is a tile.
  llvm::Error check() const;
  /// The fan-in is what is wanted, with `Auto` no tile is busier than in a
  /// chain, and the figures are right.
  llvm::Error verify(const ReductionSolution &solution) const;
};

/// Indices of the row tiles whose sums row tile `index` adds.
std::vector<int64_t> childrenOf(int64_t index, int64_t rowTiles, int64_t fanIn);

/// The fan-in of least latency, of equal ones the smallest: `Auto` among those
/// with which no tile is busier than in a chain, so that they never slow the
/// pipeline down; `Chain` and `Tree` take 1 and at least 2 whatever it costs.
/// Fails only where `check` does.
llvm::Expected<ReductionSolution>
solveReduction(const ReductionProblem &problem);

} // namespace cm

#endif // CM_MAPPING_REDUCTION_H
