//===- Emitter.cpp - the function and its ports in cmnn -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Emitter.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

RankedTensorType Emitter::typeOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> held = {1, *countElements(shape)};
  if (shape.size() == 4)
    held = {1, shape[2], shape[3], shape[1]};
  return RankedTensorType::get(held, builder.getI8Type());
}

/// The object's (y, x, c) are the host's axes (1, 2, 0) of an image CHW.
DictionaryAttr Emitter::portAttributes(const QPort &port,
                                       ArrayRef<int64_t> shape) {
  SmallVector<int64_t> permutation = {1, 2, 0};
  if (shape.size() != 4)
    permutation.assign(llvm::seq<int64_t>(0, shape.size() - 1).begin(),
                       llvm::seq<int64_t>(0, shape.size() - 1).end());
  const Quantisation &quantisation = port.quantisation;
  llvm::StringRef type = port.hostType == ElementType::Float32
                             ? "float32"
                             : elementTypeName(port.hostType);
  NamedAttribute attributes[] = {
      builder.getNamedAttr("cm.tensor", builder.getStringAttr(port.name)),
      builder.getNamedAttr("cm.host_shape",
                           builder.getDenseI64ArrayAttr(shape)),
      builder.getNamedAttr("cm.permutation",
                           builder.getDenseI64ArrayAttr(permutation)),
      builder.getNamedAttr("cm.host_type", builder.getStringAttr(type)),
      builder.getNamedAttr("cm.scale",
                           builder.getF32FloatAttr(quantisation.scale)),
      builder.getNamedAttr("cm.zero_point",
                           builder.getI8IntegerAttr(quantisation.zeroPoint)),
  };
  return builder.getDictionaryAttr(attributes);
}

const Activation &Emitter::operand(const QNode &node, unsigned i) const {
  return activations.find(node.inputs[i].value)->second;
}

Location Emitter::locationOf(const QNode &node) {
  return NameLoc::get(builder.getStringAttr(node.source->label()));
}

void Emitter::define(const QNode &node, Value result, ArrayRef<int64_t> shape) {
  Operation *op = result.getDefiningOp();
  if (op && !node.tensor.empty())
    op->setAttr(cmnn::tensorAttrName, builder.getStringAttr(node.tensor));
  if (op && !node.tensor.empty() && node.isUnsigned)
    op->setAttr(cmnn::hostTypeAttrName, builder.getStringAttr("uint8"));
  activations[node.output] = {result, llvm::to_vector(shape)};
}

llvm::Error Emitter::expectImage(const QNode &node) const {
  const Activation &x = operand(node);
  if (x.shape.size() == 4)
    return llvm::Error::success();
  return node.source->error("operand '{0}' has shape {1}, expected an image "
                            "NxCxHxW",
                            node.source->input(0), shapeText(x.shape));
}

llvm::Error Emitter::expectSize(const QNode &node,
                                ArrayRef<int64_t> shape) const {
  if (countElements(shape))
    return llvm::Error::success();
  return node.source->error("result has shape {0}, expected at most 2^31 "
                            "elements",
                            shapeText(shape));
}

llvm::Error Emitter::emitNode(const QNode &node) {
  switch (node.kind) {
  case QKind::Conv:
    return emitConv(node);
  case QKind::MatMul:
    return emitMatMul(node);
  case QKind::Add:
    return emitAdd(node);
  case QKind::MaxPool:
    return emitMaxPool(node);
  case QKind::AveragePool:
    return emitAveragePool(node);
  case QKind::GlobalAveragePool:
    return emitGlobalAveragePool(node);
  case QKind::Softmax:
    return emitSoftmax(node);
  case QKind::Requantize:
    return emitRequantize(node);
  case QKind::Reshape:
    return emitReshape(node);
  case QKind::Flatten:
    return emitFlatten(node);
  }
  llvm_unreachable("all kinds are listed");
}

llvm::Error Emitter::emitReturn(const QGraph &graph) {
  auto function =
      cast<func::FuncOp>(builder.getInsertionBlock()->getParentOp());
  SmallVector<Value> values;
  SmallVector<Attribute> attributes;
  for (const QPort &output : graph.outputs) {
    const Activation &result = activations.find(output.value)->second;
    values.push_back(result.value);
    attributes.push_back(portAttributes(output, result.shape));
  }
  func::ReturnOp::create(builder, function.getLoc(), values);
  function.setFunctionType(builder.getFunctionType(
      function.getArgumentTypes(), ValueRange(values).getTypes()));
  function.setAllResultAttrs(attributes);
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Emitter::emit(const QGraph &graph,
                                                    llvm::StringRef name) {
  Location location = FileLineColLoc::get(context, name, 0, 0);
  OwningOpRef<ModuleOp> owner = ModuleOp::create(location);
  module = *owner;
  SmallVector<Type> types;
  SmallVector<Attribute> attributes;
  for (const QPort &input : graph.inputs) {
    types.push_back(typeOf(input.shape));
    attributes.push_back(portAttributes(input, input.shape));
  }
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, location, "main",
                                       builder.getFunctionType(types, {}));
  function.setAllArgAttrs(attributes);
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  for (auto [input, argument] : llvm::zip(graph.inputs, body->getArguments()))
    activations[input.value] = {argument, input.shape};
  for (const QNode &node : graph.nodes)
    if (llvm::Error error = emitNode(node))
      return error;
  if (llvm::Error error = emitReturn(graph))
    return error;
  return owner;
}
