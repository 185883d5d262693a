//===- ChannelwiseProducts.cpp - depthwise convolutions -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matrices.h"
#include "Products.h"

using namespace cm;
using namespace cm::interpreter;

/// So many products of two int8 with their zero points fit int32.
constexpr int64_t mostTaps = INT32_MAX / (255 * 255);

bool interpreter::isChannelwise(const ProductOperands &operands,
                                const ConvolutionRule &convolution) {
  return convolution.groups == operands.x.shape[3] &&
         convolution.groups == operands.w.shape[3] &&
         operands.w.shape[0] * operands.w.shape[1] <= mostTaps;
}

/// Every tap's weights, their zero points subtracted.
static std::vector<int16_t> stepsOf(llvm::ArrayRef<int8_t> weight,
                                    const ProductRule &rule, int64_t channels) {
  std::vector<int16_t> steps;
  steps.reserve(weight.size());
  for (auto [i, w] : llvm::enumerate(weight))
    steps.push_back(static_cast<int16_t>(w - rule.wZeroPoint(i % channels)));
  return steps;
}

/// Calls `start()` for each output pixel, then `addTap(k, pixel of x)` for its
/// taps and `finish(pixel)`, until that fails.
template <typename Start, typename AddTap, typename Finish>
static llvm::Error forEachSum(const ConvolutionRule &convolution,
                              const Images &in, const Images &out, Start start,
                              AddTap addTap, Finish finish) {
  llvm::Error error = llvm::Error::success();
  forEachPixel(out, [&](int64_t image, int64_t row, int64_t column,
                        int64_t pixel) {
    if (error)
      return;
    start();
    forEachTapOf(convolution, in, row, column, [&](int64_t k, int64_t source) {
      addTap(k, image * in.numPixels() + source);
    });
    error = finish(pixel);
  });
  return error;
}

static llvm::Error convolveInt8(const ProductOperands &operands,
                                const ConvolutionRule &convolution,
                                const ProductRule &rule, Tensor &y) {
  Images in(operands.x.shape), out(y.shape);
  int64_t channels = out.channels;
  const int8_t *x = operands.x.as<int8_t>().data();
  auto w = stepsOf(operands.w.as<int8_t>(), rule, channels);
  std::vector<int32_t> sums(channels);
  std::vector<int64_t> withBias(channels, 0);
  return forEachSum(
      convolution, in, out, [&] { std::fill(sums.begin(), sums.end(), 0); },
      [&](int64_t k, int64_t source) {
        addChannels(x + source * channels, rule.xZeroPoint, &w[k * channels],
                    channels, sums.data());
      },
      [&](int64_t pixel) {
        for (int64_t c = 0; c < channels; ++c)
          withBias[c] = int64_t(sums[c]) +
                        (operands.bias ? operands.bias->as<int32_t>()[c] : 0);
        return finishSums(withBias, rule, {y, pixel * channels});
      });
}

static llvm::Error convolveFloat32(const ProductOperands &operands,
                                   const ConvolutionRule &convolution,
                                   const ProductRule &rule, Tensor &y) {
  Images in(operands.x.shape), out(y.shape);
  int64_t channels = out.channels;
  const float *x = operands.x.as<float>().data();
  const float *w = operands.w.as<float>().data();
  std::vector<float> sums(channels);
  return forEachSum(
      convolution, in, out,
      [&] {
        for (int64_t c = 0; c < channels; ++c)
          sums[c] = operands.bias ? 0.0f + operands.bias->as<float>()[c] : 0.0f;
      },
      [&](int64_t k, int64_t source) {
        addChannels(x + source * channels, w + k * channels, channels,
                    sums.data());
      },
      [&](int64_t pixel) {
        return finishSums(sums, rule, {y, pixel * channels});
      });
}

llvm::Error interpreter::convolveChannels(const ProductOperands &operands,
                                          const ConvolutionRule &convolution,
                                          const ProductRule &rule, Tensor &y) {
  if (operands.x.type == ElementType::Int8)
    return convolveInt8(operands, convolution, rule, y);
  return convolveFloat32(operands, convolution, rule, y);
}
