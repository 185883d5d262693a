//===- VectorWork.h - what operations are to the DPU ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect's table of the operations in a stage's body, those of arith
// included: what each costs, and what may be done to it. Passes ask here and
// list no operations.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_VECTORWORK_H
#define CM_DIALECT_CMFLOW_VECTORWORK_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Machine/MachineModel.h"

namespace cm::cmflow {

/// One vector operation of the DPU: its class and the number of its elements.
using VectorWork = std::pair<DpuClass, uint64_t>;

/// What an operation takes in the DPU, in order. Loads, constants and the MVM
/// take nothing.
llvm::SmallVector<VectorWork> vectorWork(mlir::Operation *op);

/// Whether several pixels side by side in its vectors are done as each of them
/// by itself, once its lists are widened. Accesses and the MVM are not asked.
bool canWiden(mlir::Operation *op);

/// Repeats what has an entry for each element of a pixel, for `pixels` of them.
/// Types are the caller's matter, and still those of one pixel.
void widenLists(mlir::Operation *op, int64_t pixels);

} // namespace cm::cmflow

#endif // CM_DIALECT_CMFLOW_VECTORWORK_H
