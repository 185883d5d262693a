//===- Epochs.h - networks larger than their machine ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of cutting a network into parts that a machine runs one after
// another, programming its crossbars for each: what a right answer is, what it
// costs, and an algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_EPOCHS_H
#define CM_MAPPING_EPOCHS_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// What is never cut: a layer with all of its stages. Figures are sums over the
/// stages, of one image where they are cycles, unless something else is said.
struct EpochUnit {
  std::string name;
  uint64_t crossbars = 0, contexts = 0, sramBytes = 0;
  uint64_t slowest = 0; // cycles of its slowest stage
  uint64_t mvmCycles = 0, dpuCycles = 0, sramCycles = 0;
  uint64_t service = 0; // cycles of one iteration, the longest of its stages
  /// How much of an image of its inputs it waits for before it begins, in
  /// millionths.
  uint64_t fill = 0;
  /// Rows to program, of each crossbar; and those of the stage with the most,
  /// which are in one core.
  uint64_t rows = 0, tallest = 0;
  uint64_t weightBytes = 0;
};

/// A tensor that units exchange, or that the network takes or gives.
struct EpochValue {
  std::string name;
  std::optional<uint32_t> producer; // a unit; nothing: the network's input
  std::vector<uint32_t> consumers;  // units behind the producer
  bool isOutput = false;            // of the network
  uint64_t bytes = 0;
  uint64_t ioCycles = 0; // to bring it in or out, of one image
};

/// Units begin .. end-1.
struct EpochRange {
  uint32_t begin = 0, end = 0;

  bool operator==(const EpochRange &other) const {
    return begin == other.begin && end == other.end;
  }
};

/// Predicted cycles of an epoch.
struct EpochCost {
  uint64_t programming = 0, ii = 0, latency = 0;
  uint64_t readBytes = 0, writeBytes = 0; // of one image in global memory

  /// programming + latency + (images - 1) * ii.
  uint64_t total(uint64_t images) const;
};

struct EpochSolution {
  std::vector<EpochRange> epochs;
  std::vector<EpochCost> costs; // of each epoch
  uint64_t cycles = 0;          // of all images in all epochs
};

struct EpochProblem {
  std::vector<EpochUnit> units; // in a topological order
  std::vector<EpochValue> values;
  uint64_t images = 1; // of a batch
  // The machine, all cores together; 0 bytes: unlimited.
  uint64_t crossbars = 0, contexts = 0, sramBytes = 0;
  uint64_t cores = 1, mvmCores = 1, ports = 1;
  uint64_t programCyclesPerRow = 1;
  uint64_t weightBytesPerCycle = 1; // from global memory
  /// Whether layers are copied onto crossbars that are left: then an epoch's II
  /// is the least t with sum of crossbars * ceil(slowest / t) <= `crossbars`.
  bool copies = false;
  /// Ranges of units that are known not to fit, nor does what contains one.
  std::vector<EpochRange> refuted;

  /// Values name units in topological order; the machine has something.
  llvm::Error check() const;
  /// Whether the machine's totals suffice and nothing refuted is inside.
  bool fits(EpochRange range) const;
  /// programming: rows * programCyclesPerRow, the rows spread over the cores (a
  /// stage's in one), or the bytes of the weights from global memory.
  /// ii: the slowest stage, or what copies make of it; MVM, DPU and SRAM cycles
  /// spread over the units that the machine has; what goes in, and what goes
  /// out, one value after another.
  /// latency: each unit begins as soon as the part of its inputs that it waits
  /// for is there, and ends after its slowest stage and after its inputs; at
  /// least the ii.
  EpochCost cost(EpochRange range) const;
  /// No partition of any order of the units costs less.
  uint64_t lowerBound() const;
  /// The epochs follow one another from the first unit to the last, each fits,
  /// and the figures are right.
  llvm::Error verify(const EpochSolution &solution) const;
};

/// The partition of the units, in their order, that costs the least: dynamic
/// programming over the end of the last epoch; of equal ones that with the
/// longest last epoch. Fails where `check` does, and where a unit alone does
/// not fit, which it names.
llvm::Expected<EpochSolution> solveEpochs(const EpochProblem &problem);

} // namespace cm

#endif // CM_MAPPING_EPOCHS_H
