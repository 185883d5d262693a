//===- Operations.cpp - from cmnn operations to kernels -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operations.h"
#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

Tensor interpreter::tensorOf(cmnn::WeightOp weight) {
  llvm::ArrayRef<int64_t> shape = weight.getType().getShape();
  std::vector<int8_t> int8;
  std::vector<int32_t> int32;
  std::vector<int64_t> int64;
  std::vector<float> float32;
  switch (*cmnn::getElementType(weight.getType().getElementType())) {
  case ElementType::Int8:
    return Tensor::of(shape, weight.getInt8(int8));
  case ElementType::Int32:
    return Tensor::of(shape, weight.getInt32(int32));
  case ElementType::Int64:
    return Tensor::of(shape, weight.getInt64(int64));
  case ElementType::Float32:
    return Tensor::of(shape, weight.getFloat(float32));
  }
  return {};
}

Operand Signature::operand(unsigned index) {
  auto found = quantizable.getOperandQuantization(index);
  return {*operands[index], {found.scale, found.zeroPoint}};
}

Result Signature::result() {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Result result{*cmnn::getElementType(type.getElementType()), type.getShape()};
  if (quantizable) {
    auto found = quantizable.getResultQuantization();
    result.rounding.scale = found.scale;
    result.rounding.zeroPoint = found.zeroPoint;
  }
  if (auto range = dyn_cast<cmnn::RequantizingOpInterface>(op)) {
    result.rounding.minimum = range.getMinimum();
    result.rounding.maximum = range.getMaximum();
  }
  return result;
}

Computed interpreter::computeArithmetic(Operation *op,
                                        OperandTensors operands) {
  Signature s(op, operands);
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::AddOp add) {
        return Computed(interpreter::add(s.operand(0), s.operand(1), s.result(),
                                         add.getUnsignedRounding()));
      })
      .Case([&](cmnn::SubOp) {
        return Computed(sub(s.operand(0), s.operand(1), s.result()));
      })
      .Case([&](cmnn::MulOp mul) {
        return Computed(interpreter::mul(s.operand(0), s.operand(1), s.result(),
                                         mul.getUnsignedRounding()));
      })
      .Case([&](cmnn::DivOp) {
        return Computed(
            interpreter::div(s.operand(0), s.operand(1), s.result()));
      })
      .Case([&](cmnn::PReluOp) {
        return Computed(prelu(s.operand(0), s.operand(1), s.result()));
      })
      .Default([](Operation *) { return Computed(); });
}

/// The function of one number that an operation is; null for others.
static std::function<float(float)> functionOf(Operation *op) {
  using Function = std::function<float(float)>;
  using Library = float (*)(float);
  return llvm::TypeSwitch<Operation *, Function>(op)
      .Case([](cmnn::ClipOp clip) -> Function {
        return [low = clip.getLow(), high = clip.getHigh()](float x) {
          return interpreter::clip(x, low, high);
        };
      })
      .Case([](cmnn::LeakyReluOp leaky) -> Function {
        return
            [alpha = leaky.getAlpha()](float x) { return leakyRelu(x, alpha); };
      })
      .Case([](cmnn::HardSigmoidOp hard) -> Function {
        return [alpha = hard.getAlpha(), beta = hard.getBeta()](float x) {
          return hardSigmoid(x, alpha, beta);
        };
      })
      .Case([](cmnn::PowOp pow) -> Function {
        return [exponent = pow.getExponent()](float x) {
          return power(x, exponent);
        };
      })
      .Case([](cmnn::GeluOp g) { return g.getApproximate() ? geluTanh : gelu; })
      .Case([](cmnn::SigmoidOp) { return sigmoid; })
      .Case([](cmnn::HardSwishOp) { return hardSwish; })
      .Case([](cmnn::TanhOp) { return Library(std::tanh); })
      .Case([](cmnn::ErfOp) { return Library(std::erf); })
      .Case([](cmnn::ExpOp) { return Library(std::exp); })
      .Case([](cmnn::LogOp) { return Library(std::log); })
      .Case([](cmnn::SqrtOp) { return Library(std::sqrt); })
      .Case([](cmnn::AbsOp) { return Library(std::abs); })
      .Case([](cmnn::NegOp) { return [](float x) { return -x; }; })
      .Case([](cmnn::ReciprocalOp) { return [](float x) { return 1.0f / x; }; })
      .Default([](Operation *) { return Function(); });
}

/// The elements of an f32 weight; none of a null one.
static std::vector<float> floatsOf(cmnn::WeightOp weight) {
  return weight ? tensorOf(weight).as<float>().vec() : std::vector<float>();
}

Computed interpreter::computeFunction(Operation *op, OperandTensors operands) {
  Signature s(op, operands);
  if (auto function = functionOf(op))
    return Computed(apply(function, s.operand(0), s.result()));
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::QuantizeOp) {
        return Computed(quantize(*operands[0], s.result()));
      })
      .Case([&](cmnn::DequantizeOp) {
        return Computed(dequantize(s.operand(0), s.result()));
      })
      .Case([&](cmnn::RequantizeOp) {
        return Computed(
            apply([](float x) { return x; }, s.operand(0), s.result()));
      })
      .Case([&](cmnn::TableOp table) {
        return Computed(interpreter::table(*operands[0], table.getValues()));
      })
      .Case([&](cmnn::SoftmaxOp softmax) {
        return Computed(interpreter::softmax(s.operand(0), s.result(),
                                             softmax.getPositiveAxis()));
      })
      .Case([&](cmnn::LayerNormOp norm) {
        return Computed(layerNorm(
            s.operand(0), s.result(), norm.getAxis(), norm.getEpsilon(),
            floatsOf(norm.getScaleOp()), floatsOf(norm.getBiasOp())));
      })
      .Case([&](cmnn::AffineOp affine) {
        return Computed(interpreter::affine(s.operand(0), s.result(),
                                            floatsOf(affine.getScaleOp()),
                                            floatsOf(affine.getBiasOp())));
      })
      .Default([](Operation *) { return Computed(); });
}

Computed interpreter::computePool(Operation *op, OperandTensors operands) {
  Signature s(op, operands);
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::MaxPoolOp pool) {
        return Computed(maxPool(*operands[0], s.result().shape,
                                {pool.getKernel(), pool.getStrides(),
                                 pool.getDilations(), pool.getPads()}));
      })
      .Case([&](cmnn::AveragePoolOp pool) {
        if (pool.isGlobal())
          return Computed(globalAveragePool(s.operand(0), s.result()));
        return Computed(averagePool(s.operand(0), s.result(),
                                    {pool.getKernel(), pool.getStrides(),
                                     pool.getDilations(), pool.getPads()},
                                    pool.getCountIncludePad(),
                                    pool.getUnsignedRounding()));
      })
      .Case([&](cmnn::GlobalAveragePoolOp) {
        return Computed(globalAveragePool(s.operand(0), s.result()));
      })
      .Case([&](cmnn::ReduceMeanOp) {
        return Computed(reduce(Reduction::Mean, s.operand(0), s.result()));
      })
      .Case([&](cmnn::ReduceSumOp) {
        return Computed(reduce(Reduction::Sum, s.operand(0), s.result()));
      })
      .Case([&](cmnn::ReduceMaxOp) {
        return Computed(reduceMax(*operands[0], s.result().shape));
      })
      .Default([](Operation *) { return Computed(); });
}

llvm::Expected<Tensor>
interpreter::compute(Operation *op, OperandTensors operands, Kernels kernels) {
  if (Computed computed = computeProduct(op, operands, kernels))
    return std::move(*computed);
  for (auto family : {computeArithmetic, computeFunction, computeFixed,
                      computePool, computeView})
    if (Computed computed = family(op, operands))
      return std::move(*computed);
  return makeError("operation '{0}' is not one of cmnn's",
                   op->getName().getStringRef());
}
