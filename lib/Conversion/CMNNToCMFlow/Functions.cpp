//===- Functions.cpp - operations that are tables of bytes ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation on floats rounds once, as written: the file is compiled
// without contraction.
//
//===----------------------------------------------------------------------===//

#include "Functions.h"
#include "cm/Dialect/CMNN/StageForms.h"
#include "llvm/ADT/TypeSwitch.h"
#include <algorithm>
#include <cmath>
#include <functional>

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Functions of real numbers
//===----------------------------------------------------------------------===//

static float hardSigmoidOf(float x, float alpha, float beta) {
  float line = alpha * x;
  line = line + beta;
  return std::min(std::max(line, 0.0f), 1.0f);
}

static float geluOf(float x, bool isApproximate) {
  float half = 0.5f * x;
  if (!isApproximate) {
    float scaled = x * std::sqrt(0.5f);
    return half * (1.0f + std::erf(scaled));
  }
  float square = x * x;
  float cube = square * x;
  float inner = 0.7978845608f * (x + 0.044715f * cube);
  return half * (1.0f + std::tanh(inner));
}

using RealFunction = std::function<float(float)>;

/// Functions without attributes; null for other operations.
static RealFunction plainFunctionOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, RealFunction>(op)
      .Case([](cmnn::RequantizeOp) { return [](float x) { return x; }; })
      .Case([](cmnn::SigmoidOp) {
        return [](float x) { return 1.0f / (1.0f + std::exp(-x)); };
      })
      .Case([](cmnn::HardSwishOp) {
        return [](float x) { return x * hardSigmoidOf(x, 1.0f / 6.0f, 0.5f); };
      })
      .Case([](cmnn::TanhOp) { return [](float x) { return std::tanh(x); }; })
      .Case([](cmnn::ErfOp) { return [](float x) { return std::erf(x); }; })
      .Case([](cmnn::ExpOp) { return [](float x) { return std::exp(x); }; })
      .Case([](cmnn::LogOp) { return [](float x) { return std::log(x); }; })
      .Case([](cmnn::SqrtOp) { return [](float x) { return std::sqrt(x); }; })
      .Case([](cmnn::AbsOp) { return [](float x) { return std::fabs(x); }; })
      .Case([](cmnn::NegOp) { return [](float x) { return -x; }; })
      .Case([](cmnn::ReciprocalOp) { return [](float x) { return 1.0f / x; }; })
      .Default([](Operation *) { return RealFunction(); });
}

/// docs/Numerics.md, "Functions of one number"; null for other operations.
static RealFunction functionOf(Operation *op) {
  return llvm::TypeSwitch<Operation *, RealFunction>(op)
      .Case([](cmnn::ClipOp clip) {
        return [low = clip.getLow(), high = clip.getHigh()](float x) {
          return std::min(std::max(x, low), high);
        };
      })
      .Case([](cmnn::LeakyReluOp leaky) {
        return [alpha = leaky.getAlpha()](float x) {
          return x >= 0 ? x : alpha * x;
        };
      })
      .Case([](cmnn::HardSigmoidOp hard) {
        return [alpha = hard.getAlpha(), beta = hard.getBeta()](float x) {
          return hardSigmoidOf(x, alpha, beta);
        };
      })
      .Case([](cmnn::GeluOp gelu) {
        return [isApproximate = gelu.getApproximate()](float x) {
          return geluOf(x, isApproximate);
        };
      })
      .Case([](cmnn::PowOp pow) {
        return [exponent = pow.getExponent()](float x) {
          return exponent == 2.0f ? x * x : std::pow(x, exponent);
        };
      })
      .Default([](Operation *other) { return plainFunctionOf(other); });
}

/// The slopes of a prelu: one, or one for each channel.
static std::vector<float> slopesOf(cmnn::PReluOp prelu) {
  auto constant = prelu.getB().getDefiningOp<cmnn::ConstantOp>();
  auto type = cast<RankedTensorType>(constant.getY().getType());
  std::vector<float> slopes;
  if (type.getElementType().isF32()) {
    ArrayRef<float> values = constant.getWeightOp().getFloat(slopes);
    return values.vec();
  }
  std::vector<int8_t> storage;
  for (int8_t value : constant.getWeightOp().getInt8(storage))
    slopes.push_back(static_cast<float>(value - prelu.getBZeroPoint()) *
                     prelu.getBScale());
  return slopes;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// docs/Numerics.md, "`requantize`": dequantise, the function, quantise.
static void appendTable(Operation *op, const RealFunction &function,
                        SmallVectorImpl<int8_t> &table) {
  auto operand = cast<cmnn::QuantizableOpInterface>(op);
  auto result = cast<cmnn::RequantizingOpInterface>(op);
  cmnn::Quantization x = operand.getOperandQuantization(0);
  float yScale = result.getYScale();
  int32_t zero = result.getYZeroPoint();
  int32_t least = result.getMinimum(), most = result.getMaximum();
  for (int value = -128; value < 128; ++value) {
    float real = static_cast<float>(value - x.zeroPoint) * x.scale;
    float scaled = function(real) / yScale;
    if (std::isnan(scaled))
      scaled = 0.0f;
    float clamped = std::min(std::max(scaled, static_cast<float>(least - zero)),
                             static_cast<float>(most - zero));
    table.push_back(zero + static_cast<int32_t>(std::nearbyint(clamped)));
  }
}

/// docs/Numerics.md, "`affine`", of channels `begin .. end-1`.
static SmallVector<int8_t> affineTable(cmnn::AffineOp op, int64_t begin,
                                       int64_t end) {
  std::vector<float> scaleStorage, biasStorage;
  ArrayRef<float> scales = op.getScaleOp().getFloat(scaleStorage);
  ArrayRef<float> biases = op.getBiasOp().getFloat(biasStorage);
  SmallVector<int8_t> table;
  for (int64_t c = begin; c < end; ++c)
    appendTable(
        op,
        [&](float x) {
          float product = x * scales[c];
          return product + biases[c];
        },
        table);
  return table;
}

SmallVector<int8_t> partition::byteTable(Operation *op, int64_t begin,
                                         int64_t end) {
  if (auto table = dyn_cast<cmnn::TableOp>(op))
    return SmallVector<int8_t>(table.getValues());
  if (auto affine = dyn_cast<cmnn::AffineOp>(op))
    return affineTable(affine, begin, end);
  SmallVector<int8_t> table;
  auto prelu = dyn_cast<cmnn::PReluOp>(op);
  if (!prelu) {
    appendTable(op, functionOf(op), table);
    return table;
  }
  std::vector<float> slopes = slopesOf(prelu);
  if (slopes.size() == 1)
    begin = 0, end = 1;
  for (float slope : llvm::ArrayRef(slopes).slice(begin, end - begin))
    appendTable(
        op, [&](float x) { return x < 0 ? x * slope : x; }, table);
  return table;
}

std::optional<std::vector<int8_t>> partition::constantOf(Value value) {
  Operation *op = value.getDefiningOp();
  auto type = cast<RankedTensorType>(value.getType());
  if (!cmnn::isConstant(value) || !type.getElementType().isInteger(8))
    return std::nullopt;
  if (auto constant = dyn_cast<cmnn::ConstantOp>(op)) {
    std::vector<int8_t> storage;
    return constant.getWeightOp().getInt8(storage).vec();
  }
  if (auto reshape = dyn_cast<cmnn::ReshapeOp>(op))
    return constantOf(reshape.getX());
  auto values = constantOf(op->getOperand(0));
  size_t channels = type.getShape().back();
  SmallVector<int8_t> table = byteTable(op, 0, channels);
  for (auto [index, element] : llvm::enumerate(*values)) {
    size_t first = table.size() == 256 ? 0 : index % channels * 256;
    element = table[first + element + 128];
  }
  return values;
}
