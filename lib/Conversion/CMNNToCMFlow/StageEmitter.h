//===- StageEmitter.h - stages of a layer -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_STAGEEMITTER_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_STAGEEMITTER_H

#include "Layers.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace cm::partition {

/// Makes objects, stages and bindings of one graph.
class StageEmitter {
public:
  StageEmitter(cmflow::GraphOp graph, const Homes &homes);

  /// The input stage and object of a function argument.
  mlir::LogicalResult emitInput(mlir::func::FuncOp func, unsigned index);
  /// All stages of a layer, and the objects that they write.
  mlir::LogicalResult emitLayer(const Layer &layer);
  mlir::LogicalResult emitOutput(mlir::func::FuncOp func, unsigned index,
                                 mlir::Value value);

  unsigned numStages = 0, numRowTiles = 0;

private:
  /// Channels of the result that a stage computes.
  struct Range {
    int64_t begin, end;
    int64_t size() const { return end - begin; }
  };
  /// What of an operation is computed: channels `range` of a lattice's pixels.
  struct Site {
    const Lattice &lattice;
    Range range;
  };

  /// Objects, by the value that they hold or by name.
  cmflow::ObjectOp createObject(llvm::StringRef name, Extent extent,
                                mlir::Type elementType);
  /// The object in which a value lies.
  cmflow::ObjectOp objectOf(mlir::Value value);
  /// The name of the stages of a layer.
  std::string baseName(const Layer &layer);

  /// Opens a stage of a layer; operations go into it until `finishStage`.
  void beginStage(llvm::StringRef name, Domain domain, llvm::StringRef layer);
  void setReason(const Layer &layer);
  /// Writes channels `range` of a layer's result, or of a partial sum.
  void finishStage(const Layer &layer, mlir::Value value, Range range);
  void finishPartial(mlir::Value value, cmflow::ObjectOp object);
  void write(mlir::Value value, cmflow::ObjectOp object, Range channels);

  /// All column tiles of a lattice. `base` names the layer.
  mlir::LogicalResult emitTiles(const Layer &layer, unsigned lattice,
                                llvm::StringRef base, llvm::StringRef name);
  /// One column tile: its row tiles, a chain or a tree. `base` names the layer.
  mlir::LogicalResult emitRowTiles(const Layer &layer, unsigned lattice,
                                   llvm::ArrayRef<Tile> tiles,
                                   llvm::StringRef base, llvm::StringRef name);
  /// A depthwise convolution on the DPU; its bias folds.
  mlir::Value emitDepthwise(const Layer &layer, const Lattice &lattice,
                            Range range);
  /// The product of a tile, zero points of the weights taken out.
  mlir::Value emitMvm(const Layer &layer, const Lattice &lattice,
                      const Tile &tile);
  mlir::Value addPartial(mlir::Value sum, cmflow::ObjectOp partial,
                         int64_t channels);
  mlir::Value emitRequantize(const Layer &layer, const Tile &tile,
                             mlir::Value sum);
  /// The head of a layer without tiles.
  mlir::Value emitHead(const Layer &layer, const Lattice &lattice, Range range);
  /// The elements of an operand of a concat that a window reads.
  mlir::Value emitCopy(mlir::Value copied, Window window, Range range);
  /// The elements of a constant, read once; null for other values.
  const std::vector<int8_t> *constantAt(mlir::Value tensor);
  /// Channels `range` of a constant at the pixel that the stage writes.
  mlir::Value emitConstant(mlir::Value tensor, llvm::ArrayRef<int8_t> values,
                           Range range);
  /// An operation whose role is Pixelwise or Window. What the stage has
  /// computed is in `computed`, other operands are read.
  mlir::Value emitOperation(mlir::Operation *op, const Site &site);

  /// One for each operation but functions of bytes: what `emissions` has.
  mlir::Value emitAdd(cmnn::AddOp op, const Site &site);
  mlir::Value emitMul(cmnn::MulOp op, const Site &site);
  mlir::Value emitPad(cmnn::PadOp op, const Site &site);
  mlir::Value emitSoftmax(cmnn::SoftmaxOp op, const Site &site);
  mlir::Value emitLayerNorm(cmnn::LayerNormOp op, const Site &site);
  mlir::Value emitMatrixProduct(cmnn::BatchMatMulOp op, const Site &site);
  mlir::Value emitMaxPool(cmnn::MaxPoolOp op, const Site &site);
  mlir::Value emitReduceMax(cmnn::ReduceMaxOp op, const Site &site);
  mlir::Value emitAveragePool(cmnn::AveragePoolOp op, const Site &site);
  mlir::Value emitGlobalAveragePool(cmnn::GlobalAveragePoolOp op,
                                    const Site &site);
  mlir::Value emitReduceMean(cmnn::ReduceMeanOp op, const Site &site);
  mlir::Value emitResize(cmnn::ResizeOp op, const Site &site);
  mlir::Value emitDepthToSpace(cmnn::DepthToSpaceOp op, const Site &site);
  mlir::Value emitSlice(cmnn::SliceOp op, const Site &site);
  /// The greatest element of each channel in the window of an operand.
  mlir::Value emitMaximum(mlir::Operation *op, const Site &site);
  /// A file adds what it has.
  void addVectorEmissions();
  void addWindowEmissions();
  void addActivationEmissions();
  template <typename OpTy>
  void addEmission(mlir::Value (StageEmitter::*emit)(OpTy, const Site &)) {
    emissions[OpTy::getOperationName()] = [this, emit](mlir::Operation *op,
                                                       const Site &site) {
      return (this->*emit)(llvm::cast<OpTy>(op), site);
    };
  }

  /// The fused operations of a layer. `range` becomes that of the last one.
  mlir::Value emitTail(const Layer &layer, const Lattice &lattice,
                       mlir::Value value, Range &range);
  /// Channels `range` of an operand of what has the pixels of `result`.
  mlir::Value operand(mlir::Value tensor, mlir::Value result, Range range);
  mlir::Value readPixel(mlir::Value tensor, mlir::Value result, Range range);
  /// Elements `range` of all pixels of an object that is flattened.
  mlir::Value readFlat(mlir::Value tensor, Range range);
  /// What a window takes of a tensor; all channels `range` in it.
  mlir::Value read(mlir::Value tensor, Window window);
  mlir::Value read(mlir::Value tensor, Window window, Range range);
  mlir::Value shuffle(mlir::Value vector, llvm::ArrayRef<int32_t> indices,
                      int32_t fill = 0);
  /// Window and object of an operand whose channels are at their home.
  mlir::FlatSymbolRefAttr objectNameOf(mlir::Value tensor);
  cmflow::WindowAttr windowAttr(mlir::Value tensor, Window window);
  mlir::Value constant(llvm::ArrayRef<int32_t> values);

  mlir::VectorType vectorType(int64_t length, unsigned bits);
  /// Names the value after `tensor`, of which it holds the channels from
  /// `channel` on.
  void setNames(mlir::Value vector, mlir::Value tensor, int64_t channel);

  mlir::OpBuilder builder; // at the end of the graph, or in a stage
  cmflow::GraphOp graph;
  mlir::SymbolTable symbols;
  mlir::Location loc;
  const Homes &homes;
  /// By the name of the operation.
  llvm::StringMap<std::function<mlir::Value(mlir::Operation *, const Site &)>>
      emissions;
  llvm::DenseMap<mlir::Value, cmflow::ObjectOp> objects;
  llvm::DenseMap<mlir::Value, std::vector<int8_t>> constants;
  // Of the stage at hand.
  cmflow::StageOp stage;
  PixelWrite pixels; // channels aside
  Domain domain;
  llvm::DenseMap<mlir::Value, mlir::Value> computed;
};

/// Bias of output channels `begin .. end-1` with the input's zero point folded
/// in: bias[o] - zero_point * (sum of the weights of o, each less its own zero
/// point), exact in int32 or an error.
mlir::FailureOr<llvm::SmallVector<int32_t>>
foldedBias(cmnn::ProductOpInterface product, int64_t begin, int64_t end,
           const Lattice &lattice);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_STAGEEMITTER_H
