//===- Pools.cpp - windows and axes that come to one number ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Taps.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::interpreter;

/// y of maxPool and reduceMax: the greatest element of those that belong to it.
/// `visitAll(raise)` calls raise(k, i) for every element i of x and k of y.
template <typename VisitAll>
static Tensor greatest(const Tensor &x, Shape shape, VisitAll visitAll) {
  Tensor y(x.type, shape);
  auto fill = [&](auto xs, auto ys) {
    using T = typename decltype(ys)::value_type;
    std::fill(ys.begin(), ys.end(), std::numeric_limits<T>::lowest());
    if (std::numeric_limits<T>::has_infinity)
      std::fill(ys.begin(), ys.end(), -std::numeric_limits<T>::infinity());
    visitAll([&](int64_t k, int64_t i) { ys[k] = std::max(ys[k], xs[i]); });
  };
  if (x.type == ElementType::Int8)
    fill(x.as<int8_t>(), y.as<int8_t>());
  else
    fill(x.as<float>(), y.as<float>());
  return y;
}

Tensor interpreter::maxPool(const Tensor &x, Shape shape,
                            const Window &window) {
  Images in(x.shape), out(shape);
  return greatest(x, shape, [&](auto raise) {
    forEachPixel(
        out, [&](int64_t image, int64_t row, int64_t column, int64_t pixel) {
          forEachTap(window, in, row, column, [&](int64_t, int64_t source) {
            int64_t first = (image * in.numPixels() + source) * in.channels;
            for (int64_t c = 0; c < in.channels; ++c)
              raise(pixel * out.channels + c, first + c);
          });
        });
  });
}

Tensor interpreter::averagePool(const Operand &x, const Result &y,
                                const Window &window, bool countIncludePad,
                                bool unsignedRounding) {
  Images in(x.tensor.shape), out(y.shape);
  std::vector<float> reals = realsOf(x.tensor, x.quantization);
  std::vector<float> means(out.numElements(), 0.0f);
  forEachPixel(
      out, [&](int64_t image, int64_t row, int64_t column, int64_t pixel) {
        float *sums = &means[pixel * out.channels];
        int64_t count = 0;
        forEachTap(window, in, row, column, [&](int64_t, int64_t source) {
          int64_t first = (image * in.numPixels() + source) * in.channels;
          for (int64_t c = 0; c < in.channels; ++c)
            sums[c] += reals[first + c];
          ++count;
        });
        if (countIncludePad)
          count = window.kernel[0] * window.kernel[1];
        for (int64_t c = 0; c < out.channels; ++c)
          sums[c] /= static_cast<float>(count);
      });
  if (y.type == ElementType::Float32)
    return y.of(means);
  Tensor result(ElementType::Int8, y.shape);
  int32_t shift = unsignedRounding ? 128 : 0;
  float zeroPoint = static_cast<float>(y.rounding.zeroPoint + shift);
  std::transform(means.begin(), means.end(), result.as<int8_t>().begin(),
                 [&](float mean) {
                   return y.rounding.toInt8WithZeroPoint(
                       mean / y.rounding.scale + zeroPoint, shift);
                 });
  return result;
}

/// The exact sum of steps over all pixels, rounded once.
static llvm::Expected<Tensor>
globalAverageInt8(const Operand &x, const Result &y, const Images &in) {
  float pixels = static_cast<float>(in.numPixels());
  float multiplier = x.quantization.scale / (y.rounding.scale * pixels);
  Tensor result(ElementType::Int8, y.shape);
  auto xs = x.tensor.as<int8_t>();
  auto ys = result.as<int8_t>();
  for (int64_t k = 0, e = ys.size(); k < e; ++k) {
    int64_t first = k / in.channels * in.numPixels() * in.channels;
    int64_t sum = 0;
    for (int64_t pixel = 0; pixel < in.numPixels(); ++pixel)
      sum += xs[first + pixel * in.channels + k % in.channels] -
             x.quantization.zeroPoint;
    if (sum != static_cast<int32_t>(sum))
      return makeError("the sum {0} of channel {1} leaves int32", sum,
                       k % in.channels);
    ys[k] = y.rounding.toInt8(static_cast<float>(sum) * multiplier);
  }
  return result;
}

llvm::Expected<Tensor> interpreter::globalAveragePool(const Operand &x,
                                                      const Result &y) {
  Images in(x.tensor.shape);
  if (y.type == ElementType::Int8)
    return globalAverageInt8(x, y, in);
  return reduce(Reduction::Mean, x, y);
}

Tensor interpreter::reduce(Reduction reduction, const Operand &x,
                           const Result &y) {
  std::vector<float> reals = realsOf(x.tensor, x.quantization);
  int64_t elements = 1;
  for (int64_t extent : y.shape)
    elements *= extent;
  std::vector<float> sums(elements, 0.0f);
  forEachPosition(x.tensor.shape, [&](Position position, int64_t i) {
    sums[indexOf(position, y.shape)] += reals[i];
  });
  float count = static_cast<float>(x.tensor.numElements() / elements);
  if (reduction == Reduction::Mean)
    for (float &sum : sums)
      sum /= count;
  return y.of(sums);
}

Tensor interpreter::reduceMax(const Tensor &x, Shape shape) {
  return greatest(x, shape, [&](auto raise) {
    forEachPosition(x.shape, [&](Position position, int64_t i) {
      raise(indexOf(position, shape), i);
    });
  });
}
