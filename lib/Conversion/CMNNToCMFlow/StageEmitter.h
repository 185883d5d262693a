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

namespace cm::partition {

/// Makes objects, stages and bindings of one graph.
class StageEmitter {
public:
  StageEmitter(mlir::ModuleOp module, cmflow::GraphOp graph);

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

  /// Objects, by the value that they hold or by name.
  cmflow::ObjectOp createObject(llvm::StringRef name, Extent extent,
                                mlir::Type elementType);
  cmflow::ObjectOp objectOf(mlir::Value value);

  /// Opens a stage of a layer; operations go into it until `finishStage`.
  void beginStage(llvm::StringRef name, Domain domain, llvm::StringRef layer);
  void finishStage(mlir::Value value, cmflow::ObjectOp object, Range range);

  mlir::LogicalResult emitProduct(const Layer &layer);
  /// One column tile: a chain of row tiles. `base` names the layer.
  mlir::LogicalResult emitChain(const Layer &layer, llvm::ArrayRef<Tile> tiles,
                                llvm::StringRef base, llvm::StringRef name,
                                cmflow::ObjectOp result);
  mlir::Value emitMvm(const Layer &layer, const Tile &tile);
  mlir::Value addPartial(mlir::Value sum, cmflow::ObjectOp partial,
                         int64_t channels);
  mlir::Value emitRequantize(const Layer &layer, const Tile &tile,
                             mlir::Value sum);
  mlir::Value emitPool(mlir::Operation *op);
  /// A vector operation on channels `range`; `current` is the value of the
  /// operand that the stage has computed (`chained`), the others are read.
  mlir::Value emitVectorOp(mlir::Operation *op, mlir::Value chained,
                           mlir::Value current, Range range);
  mlir::Value emitTail(const Layer &layer, mlir::Value value, Range range);
  mlir::Value readPixel(mlir::Value tensor, Range range);
  mlir::Value constant(llvm::ArrayRef<int32_t> values);

  mlir::VectorType vectorType(int64_t length, unsigned bits);
  void setNames(mlir::Value vector, mlir::Value tensor);

  mlir::OpBuilder builder; // at the end of the graph, or in a stage
  cmflow::GraphOp graph;
  mlir::SymbolTable symbols;
  mlir::Location loc;
  llvm::DenseMap<mlir::Value, cmflow::ObjectOp> objects;
  cmflow::StageOp stage;
};

/// Bias of output channels `begin .. end-1` with the input's zero point folded
/// in: bias[o] - zero_point * (sum of the weights of o), exact in int32 or an
/// error.
mlir::FailureOr<llvm::SmallVector<int32_t>>
foldedBias(mlir::Operation *product, int64_t begin, int64_t end);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_STAGEEMITTER_H
