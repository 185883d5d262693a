//===- CMNNFunctions.cpp - functions of one number as tables --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ByteFunctionOpInterface of all operations that have it. Every operation on
// floats rounds once, as written: the file is compiled without contraction.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/CMNNOps.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Functions of real numbers: docs/Numerics.md, "Functions of one number"
//===----------------------------------------------------------------------===//

static float hardSigmoidOf(float x, float alpha, float beta) {
  float line = alpha * x;
  line = line + beta;
  return std::min(std::max(line, 0.0f), 1.0f);
}

float AbsOp::evaluate(float x) { return std::fabs(x); }
float ErfOp::evaluate(float x) { return std::erf(x); }
float ExpOp::evaluate(float x) { return std::exp(x); }
float LogOp::evaluate(float x) { return std::log(x); }
float NegOp::evaluate(float x) { return -x; }
float ReciprocalOp::evaluate(float x) { return 1.0f / x; }
float SigmoidOp::evaluate(float x) { return 1.0f / (1.0f + std::exp(-x)); }
float SqrtOp::evaluate(float x) { return std::sqrt(x); }
float TanhOp::evaluate(float x) { return std::tanh(x); }

float ClipOp::evaluate(float x) {
  return std::min(std::max(x, getLow()), getHigh());
}

float LeakyReluOp::evaluate(float x) {
  float alpha = getAlpha();
  return x >= 0 ? x : alpha * x;
}

float HardSigmoidOp::evaluate(float x) {
  return hardSigmoidOf(x, getAlpha(), getBeta());
}

float HardSwishOp::evaluate(float x) {
  return x * hardSigmoidOf(x, 1.0f / 6.0f, 0.5f);
}

float GeluOp::evaluate(float x) {
  float half = 0.5f * x;
  if (!getApproximate()) {
    float scaled = x * std::sqrt(0.5f);
    return half * (1.0f + std::erf(scaled));
  }
  float square = x * x;
  float cube = square * x;
  float inner = 0.7978845608f * (x + 0.044715f * cube);
  return half * (1.0f + std::tanh(inner));
}

float PowOp::evaluate(float x) {
  return getExponent() == 2.0f ? x * x : std::pow(x, getExponent());
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

SmallVector<int8_t>
cm::cmnn::detail::byteTable(Operation *op,
                            function_ref<float(float)> function) {
  auto operand = cast<QuantizableOpInterface>(op);
  auto result = cast<RequantizingOpInterface>(op);
  Quantization x = operand.getOperandQuantization(0);
  float yScale = result.getYScale();
  int32_t zero = result.getYZeroPoint();
  int32_t least = result.getMinimum(), most = result.getMaximum();
  SmallVector<int8_t> table;
  for (int value = -128; value < 128; ++value) {
    float real = static_cast<float>(value - x.zeroPoint) * x.scale;
    float scaled = function(real) / yScale;
    if (std::isnan(scaled))
      scaled = 0.0f;
    float clamped = std::min(std::max(scaled, static_cast<float>(least - zero)),
                             static_cast<float>(most - zero));
    table.push_back(zero + static_cast<int32_t>(std::nearbyint(clamped)));
  }
  return table;
}

SmallVector<int8_t> TableOp::getByteTable(int64_t, int64_t) {
  return SmallVector<int8_t>(getValues());
}

/// docs/Numerics.md, "`affine`".
SmallVector<int8_t> AffineOp::getByteTable(int64_t begin, int64_t end) {
  std::vector<float> scaleStorage, biasStorage;
  ArrayRef<float> scales = getScaleOp().getFloat(scaleStorage);
  ArrayRef<float> biases = getBiasOp().getFloat(biasStorage);
  SmallVector<int8_t> table;
  for (int64_t c = begin; c < end; ++c)
    llvm::append_range(table, detail::byteTable(*this, [&](float x) {
                         float product = x * scales[c];
                         return product + biases[c];
                       }));
  return table;
}

/// The slopes: one, or one for each channel.
static std::vector<float> slopesOf(PReluOp prelu) {
  auto constant = prelu.getB().getDefiningOp<ConstantOp>();
  std::vector<float> slopes;
  if (constant.getY().getType().getElementType().isF32()) {
    ArrayRef<float> values = constant.getWeightOp().getFloat(slopes);
    return values.vec();
  }
  std::vector<int8_t> storage;
  for (int8_t value : constant.getWeightOp().getInt8(storage))
    slopes.push_back(static_cast<float>(value - prelu.getBZeroPoint()) *
                     prelu.getBScale());
  return slopes;
}

/// A constant slope, or one for each channel.
bool PReluOp::hasStageForm() {
  return getB().getDefiningOp<ConstantOp>() &&
         getB().getType().getNumElements() ==
             getB().getType().getShape().back();
}

SmallVector<int8_t> PReluOp::getByteTable(int64_t begin, int64_t end) {
  std::vector<float> slopes = slopesOf(*this);
  if (slopes.size() == 1)
    begin = 0, end = 1;
  SmallVector<int8_t> table;
  for (float slope : llvm::ArrayRef(slopes).slice(begin, end - begin))
    llvm::append_range(table, detail::byteTable(*this, [&](float x) {
                         return x < 0 ? x * slope : x;
                       }));
  return table;
}
