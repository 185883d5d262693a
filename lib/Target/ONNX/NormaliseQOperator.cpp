//===- NormaliseQOperator.cpp - nodes that compute on integers ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Normaliser.h"

using namespace cm;
using namespace cm::onnx_import;

llvm::Error Normaliser::finish(const Node &node, QNode product, unsigned i) {
  auto value = quantisedResult(node, i);
  if (!value)
    return value.takeError();
  product.quantisation = *value->quantisation;
  product.isUnsigned = value->isUnsigned;
  value->value = emit(std::move(product), node.output());
  ints[node.output()] = std::move(*value);
  return llvm::Error::success();
}

llvm::Error Normaliser::qlinearConv(const Node &node) {
  if (llvm::Error error = node.checkOperands(8, 9))
    return error;
  if (llvm::Error error = node.checkAttributes(kConvAttributes))
    return error;
  return qlinearProduct(node, QKind::Conv, 6, 8);
}

llvm::Error Normaliser::qlinearMatMul(const Node &node) {
  if (llvm::Error error = node.checkOperands(8, 8))
    return error;
  if (llvm::Error error = node.checkAttributes({}))
    return error;
  return qlinearProduct(node, QKind::MatMul, 6, 8);
}

llvm::Error Normaliser::qgemm(const Node &node) {
  if (llvm::Error error = node.checkOperands(6, 9))
    return error;
  if (llvm::Error error = checkGemmAttributes(node))
    return error;
  if (node.input(7).empty())
    return node.error("result is float (no scale of the result), expected int8 "
                      "or uint8");
  return qlinearProduct(node, QKind::MatMul, 7, 6);
}

llvm::Error Normaliser::qlinearProduct(const Node &node, QKind kind,
                                       unsigned scale, unsigned bias) {
  QNode product;
  product.kind = kind;
  product.source = &node;
  auto x = quantisedOperand(node, 0);
  if (!x)
    return x.takeError();
  product.inputs.push_back(*x);
  auto constant = weightsOperand(node, 3);
  if (!constant)
    return constant.takeError();
  auto weights = makeWeights(node, *constant);
  if (!weights)
    return weights.takeError();
  product.weights = *weights;
  auto transposed = node.intAttribute("transB", 0);
  if (!transposed)
    return transposed.takeError();
  product.weightsTransposed = *transposed != 0;
  auto channels = channelsOf(node, product);
  if (!channels)
    return channels.takeError();
  auto biasValue = int32Bias(node, bias, *channels);
  if (!biasValue)
    return biasValue.takeError();
  product.bias = *biasValue;
  return finish(node, std::move(product), scale);
}

llvm::Error Normaliser::qlinearAdd(const Node &node) {
  if (llvm::Error error = node.checkOperands(7, 8))
    return error;
  if (llvm::Error error = node.checkAttributes({}))
    return error;
  QNode sum;
  sum.kind = QKind::Add;
  sum.source = &node;
  for (unsigned i : {0, 3}) {
    auto operand = quantisedOperand(node, i);
    if (!operand)
      return operand.takeError();
    sum.inputs.push_back(*operand);
  }
  return finish(node, std::move(sum), 6);
}

llvm::Error Normaliser::qlinearPool(const Node &node) {
  bool global = node.op() == "QLinearGlobalAveragePool";
  if (llvm::Error error = node.checkOperands(4, 5))
    return error;
  if (llvm::Error error = node.checkAttributes(
          global ? llvm::ArrayRef<llvm::StringRef>("channels_last")
                 : kAveragePoolAttributes))
    return error;
  if (llvm::Error error = node.expectInt("channels_last", 0))
    return error;
  QNode pool;
  pool.kind = global ? QKind::GlobalAveragePool : QKind::AveragePool;
  pool.source = &node;
  auto x = quantisedOperand(node, 0);
  if (!x)
    return x.takeError();
  pool.inputs.push_back(*x);
  return finish(node, std::move(pool), 3);
}

llvm::Error Normaliser::qlinearSoftmax(const Node &node) {
  if (llvm::Error error = node.checkOperands(5, 5))
    return error;
  if (llvm::Error error = node.checkAttributes({"axis", "opset"}))
    return error;
  QNode softmax;
  softmax.kind = QKind::Softmax;
  softmax.source = &node;
  auto x = quantisedOperand(node, 0);
  if (!x)
    return x.takeError();
  softmax.inputs.push_back(*x);
  return finish(node, std::move(softmax), 3);
}
