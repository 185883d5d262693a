//===- Arithmetic.h - arithmetic of the functional run ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Functional. docs/Numerics.md is the specification.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_FUNCTIONAL_ARITHMETIC_H
#define CM_LIB_FUNCTIONAL_ARITHMETIC_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::functional {

/// Scale and zero point of a tensor.
struct Quantity {
  float scale = 1.0f;
  int32_t zeroPoint = 0;
};

/// Range of a result.
struct Limits {
  int32_t minimum = -128, maximum = 127;
};

/// An accumulator as int8.
int32_t requantize(int32_t accumulator, float multiplier, int32_t zeroPoint,
                   Limits limits);

/// Whether floats compute with the bytes of int8 or of uint8 tensors.
enum class Bytes { Signed, Unsigned };

/// QLinearAdd.
class Addition {
public:
  Addition(Quantity a, Quantity b, Quantity y, Limits limits, Bytes bytes);
  int32_t operator()(int32_t a, int32_t b) const;

private:
  int32_t lift; // from int8 to what floats see
  float ratioA, ratioB, offset;
  Limits limits;
};

/// QLinearMul.
class Product {
public:
  Product(Quantity a, Quantity b, Quantity y, Limits limits, Bytes bytes);
  int32_t operator()(int32_t a, int32_t b) const;

private:
  int32_t lift; // from int8 to what floats see
  int32_t zeroA, zeroB;
  float multiplier, offset;
  Limits limits;
};

/// One channel of a linear resize: terms are added in order.
class Interpolation {
public:
  /// `asStored`: the values themselves, cut off towards zero.
  Interpolation(Quantity x, Quantity y, Limits limits, Bytes bytes,
                bool asStored);
  void add(int32_t value, float weight);
  /// The sum's value; it is reset.
  int32_t finish();

private:
  int32_t lift; // from int8 to what floats see
  Quantity x, y;
  Limits limits;
  bool asStored;
  float total = 0.0f;
};

/// QLinearAveragePool of one channel: values are added in order.
class Mean {
public:
  Mean(Quantity x, Quantity y, Limits limits, Bytes bytes);
  void add(int32_t value);
  /// `count` pixels share the sum, which is reset.
  int32_t finish(int64_t count);

private:
  Quantity x, y;
  Limits limits;
  int32_t lift; // from int8 to what floats see
  float total = 0.0f;
};

/// A mean over elements that are added in order, rounded without the zero
/// point.
class PlainMean {
public:
  PlainMean(Quantity x, Quantity y, Limits limits);
  void add(int32_t value);
  /// Of what was added, which is forgotten.
  int32_t finish();

private:
  Quantity from, to;
  Limits limits;
  int64_t count = 0;
  float total = 0.0f;
};

/// QLinearGlobalAveragePool: `sum` of x - zero point over `count` pixels.
int32_t globalMean(int64_t sum, int64_t count, Quantity x, Quantity y,
                   Limits limits);

/// QLinearSoftmax over vectors of `length`.
class Softmax {
public:
  Softmax(int64_t length, float xScale, Quantity y);
  void apply(const int32_t *x, int32_t *result) const;

private:
  int64_t length;
  int32_t zeroPoint;
  float inverse;
  std::array<float, 256> exponentials;
};

/// Normalises vectors to mean 0 and variance 1; then factors and terms of each
/// element, where there are any.
class LayerNorm {
public:
  LayerNorm(Quantity x, Quantity y, Limits limits, float epsilon,
            std::vector<float> factors, std::vector<float> terms);
  void apply(const int32_t *x, size_t length, int32_t *result) const;

private:
  Quantity from, to;
  Limits limits;
  float epsilon;
  std::vector<float> factors, terms;
};

} // namespace cm::functional

#endif // CM_LIB_FUNCTIONAL_ARITHMETIC_H
