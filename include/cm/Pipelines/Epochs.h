//===- Epochs.h - compile a network in parts --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a network needs more crossbars than its machine has: parts that run one
// after another, each for a batch of images, with what they exchange in global
// memory. Each part goes through the ordinary phases.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_EPOCHS_H
#define CM_PIPELINES_EPOCHS_H

#include "cm/Mapping/Epochs.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Program/Program.pb.h"

namespace cm {

/// An array in global memory: int8, pixels as in an object.
struct EpochArray {
  std::string name;
  int64_t height = 1, width = 1, channels = 1;
};

/// All arrays, and which of them are the network's own.
struct EpochArrays {
  std::vector<EpochArray> arrays;
  std::vector<uint32_t> inputs, outputs;
};

/// One part. Ports are in the order of its function.
struct Epoch {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<uint32_t> reads, writes; // arrays
  std::vector<std::string> layers;     // first and last, or the only one
  EpochCost estimate;
  CompileReport report;
  uint64_t programmingCycles = 0; // of the compiled part
};

struct CompiledEpochs {
  std::vector<Epoch> epochs;
  EpochArrays arrays;
  uint64_t images = 0;         // of the batch
  uint64_t estimateCycles = 0; // of the batch, as the partition predicted
  uint64_t boundCycles = 0;    // no partition has a smaller estimate
  std::vector<PhaseTime> phases;

  /// Predicted cycles of the batch: programming + latency + (images - 1) * II
  /// of each epoch, as compiled.
  uint64_t cycles() const;
};

/// Compiles a cmnn module in the parts that take the fewest cycles for a batch
/// of `images`; one part where the network fits and nothing is gained. A part
/// that its phases refuse is cut smaller. Fails where a layer does not fit the
/// machine alone.
llvm::Expected<CompiledEpochs> compileEpochs(mlir::ModuleOp module,
                                             const CompileOptions &options,
                                             uint64_t images);

/// The program of all parts; that of an ordinary network where there is one.
llvm::Expected<program::Program> exportEpochs(const CompiledEpochs &compiled);

/// The report as JSON: the batch, and the report of each part.
std::string formatEpochsReport(const CompiledEpochs &compiled);

} // namespace cm

#endif // CM_PIPELINES_EPOCHS_H
