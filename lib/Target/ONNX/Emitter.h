//===- Emitter.h - writes integer operators as cmnn -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_EMITTER_H
#define CM_LIB_TARGET_ONNX_EMITTER_H

#include "QuantisedGraph.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OwningOpRef.h"

namespace cm::onnx_import {

/// A tensor of ONNX. Of rank 4 it is held as NHWC, of any other as 1xN.
struct Activation {
  mlir::Value value;
  llvm::SmallVector<int64_t> shape; // as ONNX says: NCHW
};

class Emitter {
public:
  explicit Emitter(mlir::MLIRContext *context)
      : context(context), builder(context) {}

  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> emit(const QGraph &graph,
                                                         llvm::StringRef name);

private:
  // Emitter.cpp: function, ports.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape);
  mlir::DictionaryAttr portAttributes(const QPort &port,
                                      llvm::ArrayRef<int64_t> shape);
  llvm::Error emitNode(const QNode &node);
  llvm::Error emitReturn(const QGraph &graph);
  const Activation &operand(const QNode &node, unsigned i = 0) const;
  mlir::Location locationOf(const QNode &node);
  /// Names `result` and makes it the node's.
  void define(const QNode &node, mlir::Value result,
              llvm::ArrayRef<int64_t> shape);
  llvm::Error expectImage(const QNode &node) const;
  llvm::Error expectSize(const QNode &node,
                         llvm::ArrayRef<int64_t> shape) const;

  // EmitProducts.cpp
  llvm::Error emitConv(const QNode &node);
  llvm::Error emitMatMul(const QNode &node);
  mlir::FlatSymbolRefAttr emitWeights(const QNode &node,
                                      llvm::ArrayRef<int64_t> shape,
                                      llvm::ArrayRef<int8_t> elements);
  mlir::FlatSymbolRefAttr emitBias(const QNode &node);
  mlir::FlatSymbolRefAttr emitConstant(const QNode &node, llvm::StringRef name,
                                       mlir::RankedTensorType type,
                                       llvm::ArrayRef<char> bytes);

  // EmitPools.cpp
  llvm::Error emitMaxPool(const QNode &node);
  llvm::Error emitAveragePool(const QNode &node);
  llvm::Error emitGlobalAveragePool(const QNode &node);

  // EmitElementwise.cpp
  llvm::Error emitAdd(const QNode &node);
  llvm::Error emitRequantize(const QNode &node);
  llvm::Error emitSoftmax(const QNode &node);

  // EmitShapes.cpp
  llvm::Error emitFlatten(const QNode &node);
  llvm::Error emitReshape(const QNode &node);
  llvm::Error emitReshapeTo(const QNode &node, llvm::ArrayRef<int64_t> shape);

  mlir::MLIRContext *context;
  mlir::OpBuilder builder;
  mlir::ModuleOp module;
  llvm::StringMap<Activation> activations;
  llvm::StringMap<mlir::Attribute> constants; // by symbol
};

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_EMITTER_H
