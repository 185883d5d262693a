//===- Arithmetic.cpp - sums, products and the like of two tensors --------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Positions.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::interpreter;

/// Calls `visit(i, j, k)` for every element k of y with the elements i of a and
/// j of b that belong to it.
template <typename Visit>
static void forEachPair(Shape a, Shape b, Shape y, Visit visit) {
  if (a == b) {
    int64_t elements = AxisSplit(y, 0).numLanes() * y[0];
    for (int64_t k = 0; k < elements; ++k)
      visit(k, k, k);
    return;
  }
  forEachPosition(y, [&](Position position, int64_t k) {
    visit(indexOf(position, a), indexOf(position, b), k);
  });
}

/// y = function(a, b) of elements that are stored as T.
template <typename T, typename Function>
static Tensor mapPairs(const Tensor &a, const Tensor &b, const Result &y,
                       Function function) {
  Tensor result(y.type, y.shape);
  auto as = a.as<T>(), bs = b.as<T>();
  auto ys = result.as<T>();
  forEachPair(a.shape, b.shape, y.shape, [&](int64_t i, int64_t j, int64_t k) {
    ys[k] = function(as[i], bs[j]);
  });
  return result;
}

/// The same of the real numbers, rounded.
template <typename Function>
static Tensor mapReals(const Operand &a, const Operand &b, const Result &y,
                       Function function) {
  if (y.type == ElementType::Float32)
    return mapPairs<float>(a.tensor, b.tensor, y, function);
  return mapPairs<int8_t>(a.tensor, b.tensor, y, [&](int8_t i, int8_t j) {
    return y.rounding.quantize(
        function(a.quantization.toReal(i), b.quantization.toReal(j)));
  });
}

/// The same of int32, where `function` computes in int64.
template <typename Function>
static llvm::Expected<Tensor> mapExactly(const Operand &a, const Operand &b,
                                         const Result &y, Function function) {
  int64_t outside = 0;
  Tensor result =
      mapPairs<int32_t>(a.tensor, b.tensor, y, [&](int64_t i, int64_t j) {
        int64_t value = function(i, j);
        if (value != static_cast<int32_t>(value))
          outside = value;
        return static_cast<int32_t>(value);
      });
  if (outside)
    return makeError("the result {0} leaves int32", outside);
  return result;
}

/// QLinearAdd.
static Tensor addInt8(const Operand &a, const Operand &b, const Result &y,
                      int32_t shift) {
  float ratioA = a.quantization.scale / y.rounding.scale;
  float ratioB = b.quantization.scale / y.rounding.scale;
  float zeroB = ratioB * static_cast<float>(b.quantization.zeroPoint + shift);
  float zeros = std::fmaf(
      ratioA, static_cast<float>(a.quantization.zeroPoint + shift), zeroB);
  float constant = static_cast<float>(y.rounding.zeroPoint + shift) - zeros;
  return mapPairs<int8_t>(a.tensor, b.tensor, y, [&](int8_t i, int8_t j) {
    float value = std::fmaf(static_cast<float>(j + shift), ratioB, constant);
    value = std::fmaf(static_cast<float>(i + shift), ratioA, value);
    return y.rounding.toInt8WithZeroPoint(value, shift);
  });
}

/// QLinearMul.
static Tensor mulInt8(const Operand &a, const Operand &b, const Result &y,
                      int32_t shift) {
  float scale = a.quantization.scale * b.quantization.scale;
  float multiplier = scale / y.rounding.scale;
  float zeroPoint = static_cast<float>(y.rounding.zeroPoint + shift);
  return mapPairs<int8_t>(a.tensor, b.tensor, y, [&](int8_t i, int8_t j) {
    int32_t product =
        (i - a.quantization.zeroPoint) * (j - b.quantization.zeroPoint);
    float value = static_cast<float>(product) * multiplier;
    return y.rounding.toInt8WithZeroPoint(value + zeroPoint, shift);
  });
}

llvm::Expected<Tensor> interpreter::add(const Operand &a, const Operand &b,
                                        const Result &y,
                                        bool unsignedRounding) {
  if (y.type == ElementType::Int8)
    return addInt8(a, b, y, unsignedRounding ? 128 : 0);
  if (y.type == ElementType::Int32)
    return mapExactly(a, b, y, [](int64_t i, int64_t j) { return i + j; });
  return mapReals(a, b, y, [](float i, float j) { return i + j; });
}

llvm::Expected<Tensor> interpreter::sub(const Operand &a, const Operand &b,
                                        const Result &y) {
  if (y.type == ElementType::Int32)
    return mapExactly(a, b, y, [](int64_t i, int64_t j) { return i - j; });
  return mapReals(a, b, y, [](float i, float j) { return i - j; });
}

llvm::Expected<Tensor> interpreter::mul(const Operand &a, const Operand &b,
                                        const Result &y,
                                        bool unsignedRounding) {
  if (y.type == ElementType::Int8)
    return mulInt8(a, b, y, unsignedRounding ? 128 : 0);
  if (y.type == ElementType::Int32)
    return mapExactly(a, b, y, [](int64_t i, int64_t j) { return i * j; });
  return mapReals(a, b, y, [](float i, float j) { return i * j; });
}

Tensor interpreter::div(const Operand &a, const Operand &b, const Result &y) {
  return mapReals(a, b, y, [](float i, float j) { return i / j; });
}

Tensor interpreter::prelu(const Operand &x, const Operand &slope,
                          const Result &y) {
  std::vector<float> xs = realsOf(x.tensor, x.quantization);
  std::vector<float> slopes = realsOf(slope.tensor, slope.quantization);
  std::vector<float> ys(Tensor(y.type, y.shape).numElements());
  forEachPair(x.tensor.shape, slope.tensor.shape, y.shape,
              [&](int64_t i, int64_t j, int64_t k) {
                ys[k] = xs[i] < 0 ? xs[i] * slopes[j] : xs[i];
              });
  return y.of(ys);
}
