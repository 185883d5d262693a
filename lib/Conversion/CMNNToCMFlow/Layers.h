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

#include "Lattices.h"
#include "Values.h"
#include "cm/Conversion/Passes.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Mapping/Reduction.h"
#include "cm/Mapping/Tiling.h"

namespace cm::partition {

/// A head (convolution, product, pool, view, or a lone vector operation) and
/// the vector operations that follow it pixel by pixel in the same stages.
struct Layer {
  mlir::Operation *head = nullptr;
  llvm::SmallVector<mlir::Operation *> fused;
  /// The pixels that one stage computes, one list of stages for each.
  llvm::SmallVector<Lattice, 1> lattices = {Lattice()};
  /// Of a convolution or product, for each lattice.
  llvm::SmallVector<TilingSolution, 1> tilings;
  /// How the row tiles of each add up, and the first core with such crossbars.
  llvm::SmallVector<int64_t, 1> fanIns;
  NodeId core = 0;
  /// Why a convolution runs on the DPU; empty: it does not.
  std::string onDpu;
  /// Where the head is a concat: the operand that is copied into it, and the
  /// channel where it begins.
  mlir::Value copied;
  int64_t copyChannel = 0;

  mlir::Operation *last() const { return fused.empty() ? head : fused.back(); }
  /// What the layer computes; of a copy the concat that it is part of.
  mlir::Value result() const { return last()->getResult(0); }
  /// Column tiles of the head; 1 where it has no weights.
  int64_t columnTiles() const;
};

/// The layers of a network, and where their values lie.
struct Plan {
  std::vector<Layer> layers;
  Homes homes;
};

/// Layers in an order in which all that one reads is computed before it. A
/// vector operation joins the latest layer that computes one of its operands
/// where nobody outside needs more than one of that layer's values: sigmoid and
/// product of a swish join together. What keeps the graph acyclic is that all
/// other operands are computed by earlier layers. Tiles are stacked as high as
/// `stack` says and `cores` (0: all) have room for.
mlir::FailureOr<Plan> planLayers(mlir::func::FuncOp func,
                                 const MachineModel &machine, StackTiles stack,
                                 uint64_t cores, DepthwiseUnit depthwise);

/// An operation that computes pixel by pixel, on the DPU.
bool isVectorOp(mlir::Operation *op);

/// The tiles of a convolution or product for the crossbars of the machine, at
/// most `maxStack` crossbars high, of the size that takes the fewest; of equal
/// ones that of the lower core. Emits an error where the weights need more bits
/// than the machine has, or no crossbar holds them.
mlir::LogicalResult tile(Layer &layer, const MachineModel &machine,
                         int64_t maxStack);

/// Why a product, tiled for the crossbars, runs on the DPU instead; empty: it
/// does not. Only depthwise convolutions can: `Auto` takes the DPU where its
/// products take no more cycles than an MVM, since that frees the crossbars.
std::string reasonForDpu(const Layer &layer, const MachineModel &machine,
                         DepthwiseUnit wanted);

/// How the row tiles of each layer add up.
mlir::LogicalResult planReductions(llvm::MutableArrayRef<Layer> layers,
                                   const MachineModel &machine,
                                   Reduction wanted);

/// Whether any weight's zero point is not 0, so that the sum of the inputs is
/// needed.
bool needsInputSums(mlir::Operation *product);

/// Rows of crossbars that a tile may take at most.
int64_t highestStack(const MachineModel &machine, StackTiles stack);

/// Whether the tiles find room, largest first, each in the first core that has
/// it.
bool fitCores(llvm::ArrayRef<Layer> layers, const MachineModel &machine,
              uint64_t cores);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_LAYERS_H
