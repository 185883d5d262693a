//===- NormaliseQDQ.cpp - operators between dequantise and quantise -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Normaliser.h"

using namespace cm;
using namespace cm::onnx_import;

llvm::Error Normaliser::pend(const Node &node, QNode product) {
  FloatValue value;
  value.base = FloatValue::Operator;
  value.node = std::move(product);
  floats[node.output()] = std::move(value);
  return llvm::Error::success();
}

llvm::Error Normaliser::conv(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 3))
    return error;
  if (llvm::Error error = node.checkAttributes(kConvAttributes))
    return error;
  return product(node, QKind::Conv);
}

llvm::Error Normaliser::matMul(const Node &node) {
  bool gemm = node.op() == "Gemm";
  if (llvm::Error error = node.checkOperands(2, gemm ? 3 : 2))
    return error;
  if (llvm::Error error =
          gemm ? checkGemmAttributes(node) : node.checkAttributes({}))
    return error;
  return product(node, QKind::MatMul);
}

llvm::Error Normaliser::product(const Node &node, QKind kind) {
  QNode product;
  product.kind = kind;
  product.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  product.inputs.push_back(*x);
  auto constant = dequantisedConstants.find(node.input(1));
  if (constant == dequantisedConstants.end())
    return node.error("weights '{0}' are not quantised, expected the result of "
                      "DequantizeLinear on a constant",
                      node.input(1));
  if (!constant->second.elements->isInt8())
    return node.error("weights '{0}' are {1}, expected int8 or uint8",
                      node.input(1),
                      elementTypeName(constant->second.elements->type));
  auto weights = makeWeights(node, constant->second);
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
  int64_t axis = kind == QKind::Conv || product.weightsTransposed ? 0 : 1;
  if (constant->second.scales.size() != 1 && constant->second.axis != axis)
    return node.error("weights '{0}' have a scale for each index of axis {1}, "
                      "expected axis {2}, the output channels",
                      node.input(1), constant->second.axis, axis);
  auto bias = floatBias(node, node.input(2), product, *channels);
  if (!bias)
    return bias.takeError();
  product.bias = *bias;
  return pend(node, std::move(product));
}

/// Whether operand `i` is a product without bias and operand 1-i a constant
/// that can be its bias; the result of `node` is then the biased product.
llvm::Expected<bool> Normaliser::addBias(const Node &node, unsigned i) {
  auto known = floats.find(node.input(i));
  llvm::StringRef bias = node.input(1 - i);
  if (known == floats.end() || known->second.base != FloatValue::Operator ||
      known->second.node.kind != QKind::MatMul || !known->second.isPlain() ||
      !known->second.node.bias.elements.empty() ||
      !(graph.isConstant(bias) || dequantisedConstants.contains(bias)))
    return false;
  QNode product = known->second.node;
  auto channels = channelsOf(node, product);
  if (!channels)
    return channels.takeError();
  auto value = floatBias(node, bias, product, *channels);
  if (!value)
    return value.takeError();
  product.bias = *value;
  if (llvm::Error error = pend(node, std::move(product)))
    return error;
  return true;
}

llvm::Error Normaliser::add(const Node &node) {
  if (llvm::Error error = node.checkOperands(2, 2))
    return error;
  if (llvm::Error error = node.checkAttributes({}))
    return error;
  for (unsigned i : {0, 1}) {
    auto biased = addBias(node, i);
    if (!biased)
      return biased.takeError();
    if (*biased)
      return llvm::Error::success();
  }
  QNode sum;
  sum.kind = QKind::Add;
  sum.source = &node;
  for (unsigned i : {0, 1}) {
    auto operand = dequantised(node.input(i), node.describe());
    if (!operand)
      return operand.takeError();
    sum.inputs.push_back(*operand);
  }
  return pend(node, std::move(sum));
}

llvm::Error Normaliser::averagePool(const Node &node) {
  bool global = node.op() == "GlobalAveragePool";
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes(
          global ? llvm::ArrayRef<llvm::StringRef>() : kAveragePoolAttributes))
    return error;
  QNode pool;
  pool.kind = global ? QKind::GlobalAveragePool : QKind::AveragePool;
  pool.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  pool.inputs.push_back(*x);
  return pend(node, std::move(pool));
}

llvm::Error Normaliser::softmax(const Node &node) {
  if (llvm::Error error = node.checkOperands(1, 1))
    return error;
  if (llvm::Error error = node.checkAttributes({"axis"}))
    return error;
  QNode softmax;
  softmax.kind = QKind::Softmax;
  softmax.source = &node;
  auto x = dequantised(node.input(0), node.describe());
  if (!x)
    return x.takeError();
  softmax.inputs.push_back(*x);
  return pend(node, std::move(softmax));
}
