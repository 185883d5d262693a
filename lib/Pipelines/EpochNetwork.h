//===- EpochNetwork.h - a network as the problem of its epochs --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PIPELINES_EPOCHNETWORK_H
#define CM_LIB_PIPELINES_EPOCHNETWORK_H

#include "cm/Dialect/CMNN/StageForms.h"
#include "cm/Mapping/Epochs.h"
#include "cm/Pipelines/Compile.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cm {

/// Whether the operation is made anew wherever its result is used, so that it
/// belongs to no epoch: a reshape, or what has no operands.
inline bool isFreeOfEpochs(mlir::Operation *op) {
  return cmnn::isReshape(op) || op->getNumOperands() == 0;
}

/// The value behind operations that are made anew.
mlir::Value storedValue(mlir::Value value);

/// The problem of a network, and which unit each of its operations is in.
struct EpochNetwork {
  EpochProblem problem;
  llvm::DenseMap<mlir::Operation *, uint32_t> unitOf;
};

/// The problem of a normalised module that has its machine, for batches of
/// `images`. A copy of the module is partitioned to learn which operations
/// share stages, and what those need: its errors are those of the phase.
llvm::Expected<EpochNetwork> epochNetwork(mlir::ModuleOp module,
                                          const CompileOptions &options,
                                          uint64_t images);

} // namespace cm

#endif // CM_LIB_PIPELINES_EPOCHNETWORK_H
