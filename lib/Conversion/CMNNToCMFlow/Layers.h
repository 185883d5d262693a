//===- Layers.h - which operations share stages -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Grouping is decided here, before any stage is made.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_LAYERS_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_LAYERS_H

#include "Values.h"
#include "cm/Conversion/Passes.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/Tiling.h"

namespace cm::partition {

/// A head (convolution, product, pool, or a lone vector operation) and the
/// vector operations that follow it pixel by pixel in the same stages.
struct Layer {
  mlir::Operation *head = nullptr;
  llvm::SmallVector<mlir::Operation *> fused;
  /// Of a convolution or product.
  TilingSolution tiling;

  mlir::Operation *last() const { return fused.empty() ? head : fused.back(); }
  mlir::Value result() const { return last()->getResult(0); }
  /// Column tiles of the head; 1 where it has no weights.
  int64_t columnTiles() const;
};

/// Layers in the order of the function. A vector operation joins the latest
/// layer that computes one of its operands, where that operand has no other
/// user; the other operand is then computed earlier, so the stage graph stays
/// acyclic. Softmax needs all channels and joins only one column tile. Emits
/// one error for what cannot run on the machine. Tiles are stacked as high as
/// `stack` says and `cores` (0: all) have room for.
mlir::FailureOr<std::vector<Layer>> planLayers(mlir::func::FuncOp func,
                                               const MachineModel &machine,
                                               StackTiles stack,
                                               uint64_t cores);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_LAYERS_H
