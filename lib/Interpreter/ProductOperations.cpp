//===- ProductOperations.cpp - operations that multiply and sum -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "Products.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

/// The rule of a product whose right operand has no quantisation yet.
static ProductRule ruleOf(Signature &signature) {
  Result y = signature.result();
  ProductRule rule{y.type, signature.operand(0).quantization.zeroPoint};
  rule.rounding = y.rounding;
  return rule;
}

namespace {
/// The constants of a product with a weight.
template <typename OpTy> struct Constants {
  Tensor weight;
  std::optional<Tensor> bias;
  ProductRule rule;

  Constants(OpTy op, OperandTensors operands)
      : weight(tensorOf(op.getWeightOp())) {
    if (cmnn::WeightOp biasOp = op.getBiasOp())
      bias = tensorOf(biasOp);
    Signature signature(op, operands);
    rule = ruleOf(signature);
    for (int64_t co = 0, e = weight.shape.back(); co < e; ++co) {
      rule.wZeroPoints.push_back(op.getWZeroPoint(co));
      rule.scales.push_back(op.getXScale() * op.getWScale(co));
    }
  }

  ProductOperands operands(const Tensor &x) const {
    return {x, weight, bias ? &*bias : nullptr};
  }
};
} // namespace

/// conv2d and conv_transpose2d.
template <typename OpTy>
static llvm::Expected<Tensor> convolve(OpTy op, OperandTensors operands,
                                       bool isTransposed, Kernels kernels) {
  Constants<OpTy> constants(op, operands);
  Shape kernel = Shape(constants.weight.shape).take_front(2);
  ConvolutionRule convolution{
      {kernel, op.getStrides(), op.getDilations(), op.getPads()},
      static_cast<int64_t>(op.getGroups()),
      isTransposed};
  auto function = kernels == Kernels::Naive ? conv2d : blockedConv2d;
  return function(constants.operands(*operands[0]), convolution, constants.rule,
                  op.getY().getType().getShape());
}

static llvm::Expected<Tensor>
multiply(cmnn::BatchMatMulOp op, OperandTensors operands, Kernels kernels) {
  Signature signature(op, operands);
  ProductRule rule = ruleOf(signature);
  Shape shape = signature.result().shape;
  Quantization b = signature.operand(1).quantization;
  rule.wZeroPoints.assign(shape.back(), b.zeroPoint);
  rule.scales.assign(shape.back(),
                     signature.operand(0).quantization.scale * b.scale);
  auto function = kernels == Kernels::Naive ? matmul : blockedMatmul;
  return function({*operands[0], *operands[1]}, rule, shape);
}

Computed interpreter::computeProduct(Operation *op, OperandTensors operands,
                                     Kernels kernels) {
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::Conv2DOp conv) {
        return convolve(conv, operands, /*isTransposed=*/false, kernels);
      })
      .Case([&](cmnn::ConvTranspose2DOp conv) {
        return convolve(conv, operands, /*isTransposed=*/true, kernels);
      })
      .Case([&](cmnn::MatMulOp product) {
        Constants<cmnn::MatMulOp> constants(product, operands);
        auto function = kernels == Kernels::Naive ? matmul : blockedMatmul;
        return function(constants.operands(*operands[0]), constants.rule,
                        product.getY().getType().getShape());
      })
      .Case([&](cmnn::BatchMatMulOp product) {
        return multiply(product, operands, kernels);
      })
      .Default([](Operation *) { return Computed(); });
}
