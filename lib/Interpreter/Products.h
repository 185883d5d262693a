//===- Products.h - convolutions and matrix products ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Every product is a sum over K of x * w for each pair of a row of x and a
// column (output channel) of w. The naive form and the blocked one compute the
// same, to the bit: sums of int8 are exact, sums of float32 begin with the bias
// and have one order, and nothing is contracted.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_PRODUCTS_H
#define CM_LIB_INTERPRETER_PRODUCTS_H

#include "Taps.h"
#include <optional>

namespace cm::interpreter {

/// What a product makes of its sums.
struct ProductRule {
  /// Int8, Float32 or Int32 for int8 operands; Float32 for float32.
  ElementType type;
  int32_t xZeroPoint = 0;
  /// One for each output channel, or empty: all 0.
  std::vector<int32_t> wZeroPoints = {};
  /// f32(x_scale * w_scale) of each output channel; empty for type Int32.
  std::vector<float> scales = {};
  Rounding rounding = {};

  int32_t wZeroPoint(int64_t channel) const {
    return wZeroPoints.empty() ? 0 : wZeroPoints[channel];
  }
};

/// The operands: w is KH x KW x CI x CO or IN x OUT; no bias is null.
struct ProductOperands {
  const Tensor &x, &w;
  const Tensor *bias = nullptr;
};

/// The window of a convolution, its kernel that of the weight.
struct ConvolutionRule {
  Window window;
  int64_t groups = 1;
  /// Whether the window is laid over the output: conv_transpose2d.
  bool isTransposed = false;
};

/// Calls `visit(k, source)` for every tap of an output pixel.
template <typename Visit>
void forEachTapOf(const ConvolutionRule &rule, const Images &in, int64_t row,
                  int64_t column, Visit visit) {
  if (rule.isTransposed)
    forEachTransposedTap(rule.window, in, row, column, visit);
  else
    forEachTap(rule.window, in, row, column, visit);
}

/// Errors: a sum that leaves int32, with its output channel.
llvm::Expected<Tensor> conv2d(const ProductOperands &operands,
                              const ConvolutionRule &convolution,
                              const ProductRule &rule, Shape shape);
/// w has two axes, or the leading axes of x and two more.
llvm::Expected<Tensor> matmul(const ProductOperands &operands,
                              const ProductRule &rule, Shape shape);

/// The same results by blocks of rows, and with the same errors.
llvm::Expected<Tensor> blockedConv2d(const ProductOperands &operands,
                                     const ConvolutionRule &convolution,
                                     const ProductRule &rule, Shape shape);
llvm::Expected<Tensor> blockedMatmul(const ProductOperands &operands,
                                     const ProductRule &rule, Shape shape);

/// Whether each channel of x gives one of y, and blockedConv2d does all at a
/// time, by convolveChannels.
bool isChannelwise(const ProductOperands &operands,
                   const ConvolutionRule &convolution);
llvm::Error convolveChannels(const ProductOperands &operands,
                             const ConvolutionRule &convolution,
                             const ProductRule &rule, Tensor &y);

/// Where the sums of one output pixel go: the element of channel `channel`
/// is element `first` of y, and so on.
struct SumsPlace {
  Tensor &y;
  int64_t first, channel = 0;
};

/// Makes elements of sums, the bias included.
llvm::Error finishSums(llvm::ArrayRef<int64_t> sums, const ProductRule &rule,
                       const SumsPlace &place);
llvm::Error finishSums(llvm::ArrayRef<float> sums, const ProductRule &rule,
                       const SumsPlace &place);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_PRODUCTS_H
