//===- Functions.cpp - functions of one number ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

using namespace cm;
using namespace cm::interpreter;

/// The byte that follows from each of 256.
static Tensor lookUp(const Tensor &x, llvm::ArrayRef<int8_t> values) {
  Tensor y(ElementType::Int8, x.shape);
  llvm::ArrayRef<int8_t> xs = x.as<int8_t>();
  std::transform(xs.begin(), xs.end(), y.as<int8_t>().begin(),
                 [&](int8_t value) { return values[value + 128]; });
  return y;
}

Tensor interpreter::apply(llvm::function_ref<float(float)> function,
                          const Operand &x, const Result &y) {
  if (y.type == ElementType::Float32) {
    std::vector<float> reals = x.tensor.as<float>();
    std::transform(reals.begin(), reals.end(), reals.begin(), function);
    return y.of(reals);
  }
  std::vector<int8_t> values;
  for (int32_t value = -128; value < 128; ++value)
    values.push_back(
        y.rounding.quantize(function(x.quantization.toReal(value))));
  return lookUp(x.tensor, values);
}

float interpreter::clip(float x, float low, float high) {
  return std::min(std::max(x, low), high);
}

float interpreter::leakyRelu(float x, float alpha) {
  return x >= 0 ? x : alpha * x;
}

float interpreter::sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

float interpreter::hardSigmoid(float x, float alpha, float beta) {
  return clip(alpha * x + beta, 0.0f, 1.0f);
}

float interpreter::hardSwish(float x) {
  return x * hardSigmoid(x, 1.0f / 6.0f, 0.5f);
}

float interpreter::gelu(float x) {
  float root = std::sqrt(0.5f);
  return 0.5f * x * (1.0f + std::erf(x * root));
}

float interpreter::geluTanh(float x) {
  float root = 0.7978845608028654f; // sqrt(2 / pi)
  float inner = root * (x + 0.044715f * (x * x * x));
  return 0.5f * x * (1.0f + std::tanh(inner));
}

float interpreter::power(float x, float exponent) {
  return exponent == 2.0f ? x * x : std::pow(x, exponent);
}

Tensor interpreter::quantize(const Tensor &x, const Result &y) {
  return y.of(x.as<float>());
}

Tensor interpreter::dequantize(const Operand &x, const Result &y) {
  if (x.tensor.type == ElementType::Int8)
    return y.of(realsOf(x.tensor, x.quantization));
  std::vector<float> reals;
  for (int32_t value : x.tensor.as<int32_t>()) {
    int64_t steps = int64_t(value) - x.quantization.zeroPoint;
    reals.push_back(static_cast<float>(steps) * x.quantization.scale);
  }
  return y.of(reals);
}

Tensor interpreter::table(const Tensor &x, llvm::ArrayRef<int8_t> values) {
  return lookUp(x, values);
}
