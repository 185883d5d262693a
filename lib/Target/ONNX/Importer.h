//===- Importer.h - the walk over the nodes of a model ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One walk in the model's order with a map from names to what they stand for.
// A node becomes operations of cmnn, in float where the model says so, or a
// constant, or only another shape or order of axes. What can be integer is
// found afterwards, on cmnn.
//
// Layouts are chosen here, once: image operators ask for NHWC, elementwise ones
// take what they get, Transpose names the axes anew.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_ONNX_IMPORTER_H
#define CM_LIB_TARGET_ONNX_IMPORTER_H

#include "Graph.h"
#include "Report.h"
#include "Value.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/DenseMap.h"

namespace cm::onnx_import {

class Importer;

/// Imports one node. Errors name the node.
using Handler = llvm::Error (*)(Importer &importer, const Node &node);

/// How many operands a node may name, the first `least` of which are not left
/// out, and how many results.
struct Arity {
  unsigned least = 0, most = 0, results = 1;
};
using AttributeNames = std::vector<llvm::StringRef>;

/// A handler, the operands and attributes that it knows, and the versions of
/// its operator set that it understands. A handler relies on them.
struct HandlerEntry {
  Handler handler = nullptr;
  Arity arity = {};
  AttributeNames attributes = {};
  int64_t since = 1, until = 1000;
};

/// Keyed by "domain.operator".
using HandlerTable = llvm::StringMap<HandlerEntry>;

// One function for each file of handlers.
void addProductHandlers(HandlerTable &table);
void addGemmHandlers(HandlerTable &table);
void addElementwiseHandlers(HandlerTable &table);
void addFunctionHandlers(HandlerTable &table);
void addPoolHandlers(HandlerTable &table);
void addReductionHandlers(HandlerTable &table);
void addShapeHandlers(HandlerTable &table);
void addPieceHandlers(HandlerTable &table);
void addImageHandlers(HandlerTable &table);
void addQuantisationHandlers(HandlerTable &table);
void addConstantHandlers(HandlerTable &table);

class Importer {
public:
  Importer(Graph &graph, const ImportOptions &options,
           mlir::MLIRContext *context);

  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> run();
  /// What became of the nodes; `run` has succeeded.
  llvm::ArrayRef<NodeRecord> records() const { return nodeRecords; }

  //===--------------------------------------------------------------------===//
  // Names (Importer.cpp, Operands.cpp)
  //===--------------------------------------------------------------------===//

  /// What operand i is. It is named.
  llvm::Expected<const Item *> item(const Node &node, unsigned i);
  /// Null where operand i is no (folded) constant.
  llvm::Expected<const Constant *> findConstant(const Node &node, unsigned i);
  /// Fails where operand i is not constant.
  llvm::Expected<const Constant *> constant(const Node &node, unsigned i);
  /// A list of int64 or int32 that is constant.
  llvm::Expected<Shape> integers(const Node &node, unsigned i);
  /// Operand i in float, computed at compile time: a float constant or a
  /// dequantised one. Fails where it is neither.
  llvm::Expected<Constant> floats(const Node &node, unsigned i);
  /// The tensor that operand i is; a constant becomes one.
  llvm::Expected<Tensor> tensor(const Node &node, unsigned i);
  llvm::Expected<Tensor> floatTensor(const Node &node, unsigned i);
  llvm::Expected<Tensor> int8Tensor(const Node &node, unsigned i);

  /// Scales and zero points of operand i.
  llvm::Expected<std::vector<float>> scales(const Node &node, unsigned i);
  llvm::Expected<float> scale(const Node &node, unsigned i);
  /// Of a tensor of type `type`; 0 where it is left out.
  llvm::Expected<std::vector<int64_t>> zeroPoints(const Node &node, unsigned i,
                                                  ElementType type);
  /// Operands `scale` and `zeroPoint` for int8 elements.
  llvm::Expected<Quantization> quantization(const Node &node, unsigned scale,
                                            unsigned zeroPoint,
                                            bool isUnsigned);
  /// Operands i, i+1, i+2 of a QOperator node: int8 tensor, scale, zero point.
  llvm::Expected<Tensor> quantisedTensor(const Node &node, unsigned i);
  /// Operands i, i+1 of a QOperator node: scale and zero point of the result,
  /// whose type is the zero point's or else that of `like`. The result has no
  /// value yet.
  llvm::Expected<Tensor> quantisedResult(const Node &node, unsigned i,
                                         bool likeUnsigned);
  /// Fails with `otherwise` where operand i is there and not all zeros.
  llvm::Error expectZero(const Node &node, unsigned i,
                         llvm::StringRef otherwise);

  /// Makes `item` known as result i, and names the operation that computes it.
  void define(const Node &node, Item item, unsigned i = 0);
  /// The same after a check of the shape: 1 to 2^31 elements.
  llvm::Error defineChecked(const Node &node, Tensor tensor, unsigned i = 0);
  llvm::Error checkSize(const Node &node, llvm::ArrayRef<int64_t> shape) const;
  /// Result 0 of a node that has defined it as a tensor.
  const Tensor &result(const Node &node) const {
    return std::get<Tensor>(items.find(node.output())->getValue());
  }
  Graph &getGraph() { return graph; }

  //===--------------------------------------------------------------------===//
  // Operations
  //===--------------------------------------------------------------------===//

  mlir::Location locationOf(const Node &node);
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape,
                                llvm::ArrayRef<int64_t> layout,
                                mlir::Type element);
  /// One operation with one result. The properties not set have their defaults.
  template <typename OpT>
  mlir::Value emit(const Node &node, mlir::Type type, mlir::ValueRange operands,
                   const typename OpT::Properties &properties) {
    return OpT::create(builder, locationOf(node), mlir::TypeRange(type),
                       operands, properties)
        ->getResult(0);
  }
  /// Puts a detached operation behind the others.
  void insert(mlir::Operation *op) { builder.insert(op); }
  mlir::FloatAttr f32(float value) { return builder.getF32FloatAttr(value); }
  mlir::IntegerAttr i8(int32_t value) {
    return builder.getIntegerAttr(builder.getI8Type(), value);
  }
  mlir::IntegerAttr i64(int64_t value) {
    return builder.getI64IntegerAttr(value);
  }
  mlir::DenseI64ArrayAttr array(llvm::ArrayRef<int64_t> values) {
    return builder.getDenseI64ArrayAttr(values);
  }
  mlir::UnitAttr unit(bool value) {
    return value ? builder.getUnitAttr() : mlir::UnitAttr();
  }
  mlir::Builder &getBuilder() { return builder; }

  //===--------------------------------------------------------------------===//
  // Constants of the module (Weights.cpp)
  //===--------------------------------------------------------------------===//

  /// A symbol of `type` whose bytes `fill` writes. The same name with the same
  /// bytes is one symbol, with others it gets a number.
  mlir::FlatSymbolRefAttr
  weight(const Node &node, llvm::StringRef name, mlir::RankedTensorType type,
         llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);
  /// The elements of `constant`, seen as of `shape`, held as `layout`. uint8
  /// becomes int8.
  llvm::Expected<mlir::FlatSymbolRefAttr>
  weight(const Node &node, const Constant &constant,
         llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> layout);
  /// The same as a value. It has the constant's own shape with leading ones.
  llvm::Expected<Tensor> constantTensor(const Node &node,
                                        const Constant &constant,
                                        llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> layout);
  /// A quantised constant as a float tensor, with a twin where it can.
  llvm::Expected<Tensor> constantTensor(const Node &node,
                                        const QuantisedConstant &constant,
                                        llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> layout);
  /// An integer tensor with a quantization in float; it is the result's twin.
  Tensor dequantised(const Node &node, const Tensor &x);
  /// The float elements.
  static Constant dequantise(const QuantisedConstant &constant);

  //===--------------------------------------------------------------------===//
  // Layouts (Layouts.cpp)
  //===--------------------------------------------------------------------===//

  /// A view of value and twin.
  Tensor view(const Tensor &x, llvm::ArrayRef<int64_t> shape,
              llvm::ArrayRef<int64_t> layout,
              llvm::function_ref<mlir::Value(mlir::Value, mlir::Type)> apply);
  /// `x` held in another order of axes.
  Tensor arrange(const Node &node, const Tensor &x,
                 llvm::ArrayRef<int64_t> layout);
  /// The same elements in the same order under other extents: those of `shape`
  /// and `layout`.
  Tensor recast(const Node &node, const Tensor &x,
                llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> layout);
  /// ONNX's Reshape, in place where it can be. `shape` has as many elements.
  Tensor reshape(const Node &node, const Tensor &x,
                 llvm::ArrayRef<int64_t> shape);
  /// An image NxCxHxW, held as NHWC; NxCxW counts as NxCx1xW.
  llvm::Expected<Tensor> image(const Node &node, const Tensor &x,
                               llvm::StringRef name);
  /// A result of `image` operands, NxCx1xW, with the rank that they had.
  Tensor fromImage(const Node &node, const Tensor &y, int64_t rank);
  /// Operands i and j as tensors of one rank and layout; `shape` becomes that
  /// of the broadcast result.
  llvm::Expected<std::pair<Tensor, Tensor>> align(const Node &node, unsigned i,
                                                  unsigned j, Shape &shape);
  /// Operand i, of a shape with leading ones up to `rank`, in this layout.
  llvm::Expected<Tensor> operandIn(const Node &node, unsigned i,
                                   llvm::ArrayRef<int64_t> layout);

private:
  llvm::Error importNode(const Node &node);
  llvm::Expected<bool> foldConstants(const Node &node);
  llvm::Error readInputs();
  llvm::Error readOutputs();
  llvm::Expected<Tensor> outputTensor(const Port &port);
  mlir::DictionaryAttr portAttributes(llvm::StringRef name, const Tensor &x);
  void nameResult(llvm::StringRef name, const Tensor &x);
  void record(const Node &node);
  void release(const Node &node);
  void eraseUnused();

  Graph &graph;
  const ImportOptions &options;
  mlir::OpBuilder builder;
  mlir::ModuleOp module;
  mlir::Block *body = nullptr;
  HandlerTable handlers;
  llvm::StringMap<Item> items;
  llvm::StringMap<unsigned> uses; // of names, so far
  llvm::StringMap<mlir::Attribute> symbols;
  /// Values in other layouts: transposes that exist already.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value, 1>> arranged;
  std::vector<NodeRecord> nodeRecords;
};

/// InputLayouts.cpp: how to hold each input so that the first operator that
/// cares finds it as it wants.
std::vector<Shape> chooseInputLayouts(const Graph &graph);

/// The table of all operators.
HandlerTable allHandlers();

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_IMPORTER_H
