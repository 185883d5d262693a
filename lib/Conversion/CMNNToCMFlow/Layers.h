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
#include "cm/Mapping/Reduction.h"
#include "cm/Mapping/Tiling.h"

namespace cm::partition {

/// A head (convolution, product, pool, view, or a lone vector operation) and
/// the vector operations that follow it pixel by pixel in the same stages.
struct Layer {
  mlir::Operation *head = nullptr;
  llvm::SmallVector<mlir::Operation *> fused;
  /// The pixels that one stage computes, one list of stages for each.
  Lattices lattices = {Lattice()};
  /// Of a convolution or product, for each lattice.
  llvm::SmallVector<TilingSolution, 1> tilings;
  /// How the row tiles of each add up, and the first core with such crossbars.
  llvm::SmallVector<int64_t, 1> fanIns;
  NodeId core = 0;
  bool onDpu = false; // a convolution's products
  /// Why a depthwise convolution runs where it does; empty for others.
  std::string reason;
  /// Where the head is a concat, or a reshape that moves pixels: the operand
  /// that is copied into it, and the channel where it begins.
  mlir::Value copied;
  int64_t copyChannel = 0;
  bool isPart = false; // one of several along the pixels of a concat

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

/// How the row tiles of each layer add up.
mlir::LogicalResult planReductions(llvm::MutableArrayRef<Layer> layers,
                                   const MachineModel &machine,
                                   Reduction wanted);

/// A convolution or product cut for the crossbars of one kind.
struct KindTiling {
  NodeId core = 0;                              // the first of the kind
  llvm::SmallVector<TilingSolution, 1> tilings; // for each lattice

  int64_t crossbars() const;
};

/// The tiles for the crossbars of `core` and of those alike, at most `maxStack`
/// of them high.
llvm::Expected<KindTiling> tileForKind(cmnn::ProductOpInterface product,
                                       llvm::ArrayRef<Lattice> lattices,
                                       const MachineModel &machine, NodeId core,
                                       int64_t maxStack);

/// The matrices of a lattice, crossbars apart.
TilingProblem tilingProblem(cmnn::ProductOpInterface product,
                            const Lattice &lattice);

/// Whether any weight's zero point is not 0, so that the sum of the inputs is
/// needed.
bool needsInputSums(cmnn::ProductOpInterface product);

/// The lattices that copy an array of `from` to one of `to` with as many
/// channels: where rows are cut or joined a lattice for each of them, else one
/// that begins at pixel (y, x) of `to`.
Lattices copyLattices(const Extent &from, const Extent &to, int64_t y,
                      int64_t x);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_LAYERS_H
