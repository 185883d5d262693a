//===- ProductKinds.h - which unit computes a product -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cores may have crossbars of several kinds, and depthwise convolutions may run
// on the DPU. This is decided for all products together, before layers are
// made.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_PRODUCTKINDS_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_PRODUCTKINDS_H

#include "Layers.h"
#include "llvm/ADT/MapVector.h"

namespace cm::partition {

/// Where a convolution or product runs.
struct ProductUnit {
  Lattices lattices;
  /// The kinds of crossbars that can hold it, that of the fewest first (of
  /// equal ones that of the lower core); once decided, only the one that does.
  llvm::SmallVector<KindTiling, 1> kinds;
  bool onDpu = false;
  std::string reason; // of a depthwise convolution
};

/// The units of all products of a function, and whether their crossbars are
/// there.
struct ProductUnits {
  llvm::MapVector<mlir::Operation *, ProductUnit> of;
  bool fit = true;
};

/// Each product takes the kind of crossbars of which it needs the fewest, as
/// long as there are such; those that lose most by another kind choose first.
/// What has no room anywhere takes its best kind. Only the first `cores` cores
/// count (0: all). Emits an error where no kind can hold the weights or there
/// is no crossbar, and the DPU cannot help.
///
/// Depthwise convolutions can run on the DPU: `Auto` takes it where its
/// products take no more cycles than an MVM, since that frees the crossbars,
/// and where no crossbar holds the weights.
mlir::FailureOr<ProductUnits> chooseUnits(mlir::func::FuncOp func,
                                          const MachineModel &machine,
                                          int64_t maxStack, uint64_t cores,
                                          DepthwiseUnit depthwise);

/// Rows of crossbars that a tile may take at most.
int64_t highestStack(const MachineModel &machine, StackTiles stack);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_PRODUCTKINDS_H
