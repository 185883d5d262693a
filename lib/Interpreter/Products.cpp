//===- Products.cpp - convolutions and matrix products --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Products.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::interpreter;

llvm::Error interpreter::finishSums(llvm::ArrayRef<int64_t> sums,
                                    const ProductRule &rule,
                                    const SumsPlace &place) {
  for (auto [i, sum] : llvm::enumerate(sums)) {
    int64_t channel = place.channel + i, element = place.first + i;
    int32_t exact = static_cast<int32_t>(sum);
    if (sum != exact)
      return makeError("the sum {0} of output channel {1} leaves int32", sum,
                       channel);
    if (rule.type == ElementType::Int32) {
      place.y.as<int32_t>()[element] = exact;
      continue;
    }
    float scale = rule.scales[channel];
    if (rule.type == ElementType::Float32) {
      place.y.as<float>()[element] = static_cast<float>(exact) * scale;
      continue;
    }
    float multiplier = scale / rule.rounding.scale;
    place.y.as<int8_t>()[element] =
        rule.rounding.toInt8(static_cast<float>(exact) * multiplier);
  }
  return llvm::Error::success();
}

llvm::Error interpreter::finishSums(llvm::ArrayRef<float> sums,
                                    const ProductRule &,
                                    const SumsPlace &place) {
  llvm::copy(sums, place.y.as<float>().begin() + place.first);
  return llvm::Error::success();
}

namespace {
/// Element and accumulator types of the two forms.
struct Int8Form {
  using Element = int8_t;
  using Bias = int32_t;
  using Sum = int64_t;
};
struct Float32Form {
  using Element = float;
  using Bias = float;
  using Sum = float;
};

/// The sums of one output pixel or row.
template <typename Form> class Sums {
public:
  Sums(const ProductOperands &operands, const ProductRule &rule, int64_t groups)
      : rule(rule), groups(groups), outputs(operands.w.shape.back()),
        groupInputs(operands.w.shape.end()[-2]), sums(outputs),
        wZeroPoints(outputs) {
    for (int64_t co = 0; co < outputs; ++co)
      wZeroPoints[co] = rule.wZeroPoint(co);
    if (operands.bias)
      bias = operands.bias->as<typename Form::Bias>();
  }

  void start() {
    std::fill(sums.begin(), sums.end(), 0);
    for (size_t co = 0; co < bias.size(); ++co)
      sums[co] += bias[co];
  }

  /// sums[co] += x[c] * w[c][co] for the channels of every group.
  void add(const typename Form::Element *x, const typename Form::Element *w) {
    int64_t groupOutputs = outputs / groups;
    for (int64_t group = 0; group < groups; ++group)
      for (int64_t c = 0; c < groupInputs; ++c)
        for (int64_t co = group * groupOutputs; co < (group + 1) * groupOutputs;
             ++co)
          sums[co] += product(x[group * groupInputs + c], w[c * outputs + co],
                              wZeroPoints[co]);
  }

  llvm::Error finish(Tensor &y, int64_t first) {
    return finishSums(sums, rule, {y, first});
  }

private:
  int32_t product(int8_t x, int8_t w, int32_t wZeroPoint) const {
    return (x - rule.xZeroPoint) * (w - wZeroPoint);
  }
  float product(float x, float w, int32_t) const { return x * w; }

  const ProductRule &rule;
  int64_t groups, outputs, groupInputs;
  std::vector<typename Form::Sum> sums;
  std::vector<int32_t> wZeroPoints;
  llvm::ArrayRef<typename Form::Bias> bias;
};
} // namespace

template <typename Form>
static llvm::Expected<Tensor> convolve(const ProductOperands &operands,
                                       const ConvolutionRule &convolution,
                                       const ProductRule &rule, Shape shape) {
  using Element = typename Form::Element;
  auto x = operands.x.as<Element>(), w = operands.w.as<Element>();
  Images in(operands.x.shape), out(shape);
  int64_t tapSize = operands.w.shape[2] * operands.w.shape[3];
  Sums<Form> sums(operands, rule, convolution.groups);
  Tensor y(rule.type, shape);
  llvm::Error error = llvm::Error::success();
  forEachPixel(out,
               [&](int64_t image, int64_t row, int64_t column, int64_t pixel) {
                 if (error)
                   return;
                 auto addTap = [&](int64_t k, int64_t source) {
                   sums.add(&x[(image * in.numPixels() + source) * in.channels],
                            &w[k * tapSize]);
                 };
                 sums.start();
                 forEachTapOf(convolution, in, row, column, addTap);
                 error = sums.finish(y, pixel * out.channels);
               });
  if (error)
    return std::move(error);
  return y;
}

llvm::Expected<Tensor> interpreter::conv2d(const ProductOperands &operands,
                                           const ConvolutionRule &convolution,
                                           const ProductRule &rule,
                                           Shape shape) {
  if (operands.x.type == ElementType::Int8)
    return convolve<Int8Form>(operands, convolution, rule, shape);
  return convolve<Float32Form>(operands, convolution, rule, shape);
}

/// Row i of y is row i of x times the matrix of w that belongs to it.
template <typename Form>
static llvm::Expected<Tensor> multiply(const ProductOperands &operands,
                                       const ProductRule &rule, Shape shape) {
  using Element = typename Form::Element;
  auto x = operands.x.as<Element>(), w = operands.w.as<Element>();
  int64_t inputs = operands.x.shape.back(), outputs = shape.back();
  Sums<Form> sums(operands, rule, /*groups=*/1);
  Tensor y(rule.type, shape);
  int64_t rows = x.size() / inputs, matrices = w.size() / (inputs * outputs);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t matrix = row / (rows / matrices);
    sums.start();
    sums.add(&x[row * inputs], &w[matrix * inputs * outputs]);
    if (llvm::Error error = sums.finish(y, row * outputs))
      return std::move(error);
  }
  return y;
}

llvm::Expected<Tensor> interpreter::matmul(const ProductOperands &operands,
                                           const ProductRule &rule,
                                           Shape shape) {
  if (operands.x.type == ElementType::Int8)
    return multiply<Int8Form>(operands, rule, shape);
  return multiply<Float32Form>(operands, rule, shape);
}
