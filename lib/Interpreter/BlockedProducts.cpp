//===- BlockedProducts.cpp - products by blocks of rows -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Each output pixel is a row of numbers that the window takes out of the image;
// a block of rows is multiplied with the weight at once. Where that could leave
// int32 or differ in a bit, the naive form is taken.
//
//===----------------------------------------------------------------------===//

#include "Matrices.h"
#include "Products.h"

using namespace cm;
using namespace cm::interpreter;

/// Rows of a block: enough to use a column of the matrix often.
constexpr int64_t rowsOfBlock = 64;

namespace {
struct Int8Form {
  using Stored = int8_t;
  using Bias = int32_t;
  using Matrix = Int8Matrix;
  static constexpr int64_t greatestInput = 255;

  static Matrix matrix(const Block<int8_t> &block, const ProductRule &rule,
                       int64_t channel) {
    std::vector<int32_t> zeroPoints;
    for (int64_t c = 0; c < block.width; ++c)
      zeroPoints.push_back(rule.wZeroPoint(channel + c));
    return Matrix(block, zeroPoints);
  }
  static bool isUsable(const Matrix &matrix) {
    return matrix.fits(greatestInput);
  }
};

struct Float32Form {
  using Stored = float;
  using Bias = float;
  using Matrix = Float32Matrix;

  static Matrix matrix(const Block<float> &block, const ProductRule &,
                       int64_t) {
    return Matrix(block);
  }
  static bool isUsable(const Matrix &matrix) { return matrix.isFinite(); }
};

/// The rows of a block and what becomes of their sums, which are those of
/// output channels `channel`, `channel` + 1, ...
template <typename Form> class RowBlock {
public:
  using Stored = typename Form::Stored;
  using Element = typename Form::Matrix::Element;
  using Sum = typename Form::Matrix::Sum;

  RowBlock(const ProductOperands &operands, const ProductRule &rule,
           const Block<Stored> &weight, int64_t channel)
      : rule(rule), channel(channel), width(weight.width),
        matrix(Form::matrix(weight, rule, channel)),
        rows(rowsOfBlock * matrix.rowStride()), sums(rowsOfBlock * width),
        bias(width, 0) {
    if (operands.bias)
      for (int64_t c = 0; c < width; ++c)
        bias[c] += operands.bias->as<typename Form::Bias>()[channel + c];
  }

  bool isUsable() const { return Form::isUsable(matrix); }

  /// Begins row `row` with zeros.
  void startRow(int64_t row) {
    std::fill_n(&rows[row * matrix.rowStride()], matrix.rowStride(), 0);
  }

  /// Writes `count` elements of x into a row, from element `k` on.
  void write(int64_t row, int64_t k, const Stored *x, int64_t count) {
    Element *to = &rows[row * matrix.rowStride() + k];
    for (int64_t c = 0; c < count; ++c)
      to[c] = stepsOf(x[c]);
  }

  /// Multiplies the first `count` rows; sums of row r belong to the pixel whose
  /// elements begin at `first` + r * `pixelSize`.
  llvm::Error finish(int64_t count, int64_t first, int64_t pixelSize,
                     Tensor &y) {
    for (int64_t i = 0; i < count * width; ++i)
      sums[i] = startOf(i % width);
    matrix.multiply(rows.data(), count, sums.data());
    for (int64_t row = 0; row < count; ++row)
      if (llvm::Error error = finishRow(&sums[row * width],
                                        {y, first + row * pixelSize, channel}))
        return error;
    return llvm::Error::success();
  }

private:
  int16_t stepsOf(int8_t x) const {
    return static_cast<int16_t>(x - rule.xZeroPoint);
  }
  float stepsOf(float x) const { return x; }

  /// float32 sums begin with the bias, those of int8 get it in int64.
  Sum startOf(int64_t c) const {
    return std::is_same_v<Stored, float> ? bias[c] : 0;
  }
  llvm::Error finishRow(const float *row, const SumsPlace &place) {
    return finishSums(llvm::ArrayRef(row, width), rule, place);
  }
  llvm::Error finishRow(const int32_t *row, const SumsPlace &place) {
    withBias.resize(width);
    for (int64_t c = 0; c < width; ++c)
      withBias[c] = static_cast<int64_t>(row[c]) + bias[c];
    return finishSums(withBias, rule, place);
  }

  const ProductRule &rule;
  int64_t channel, width;
  typename Form::Matrix matrix;
  std::vector<Element> rows;
  std::vector<Sum> sums;
  std::vector<typename Form::Bias> bias;
  std::vector<int64_t> withBias;
};
} // namespace

/// One group of a convolution; false where the naive form is to be taken.
template <typename Form>
static llvm::Expected<bool> convolveGroup(const ProductOperands &operands,
                                          const ConvolutionRule &convolution,
                                          const ProductRule &rule,
                                          int64_t group, Tensor &y) {
  using Stored = typename Form::Stored;
  Images in(operands.x.shape), out(y.shape);
  int64_t inputs = operands.w.shape[2];
  int64_t outputs = out.channels / convolution.groups;
  const Stored *x = operands.x.as<Stored>().data() + group * inputs;
  Block<Stored> weight{operands.w.as<Stored>().data() + group * outputs,
                       operands.w.numElements() / out.channels, outputs,
                       out.channels};
  RowBlock<Form> block(operands, rule, weight, group * outputs);
  if (!block.isUsable())
    return false;
  llvm::Error error = llvm::Error::success();
  int64_t pixels = out.count * out.numPixels();
  forEachPixel(out, [&](int64_t image, int64_t row, int64_t column,
                        int64_t pixel) {
    if (error)
      return;
    int64_t inBlock = pixel % rowsOfBlock;
    block.startRow(inBlock);
    forEachTapOf(convolution, in, row, column, [&](int64_t k, int64_t source) {
      block.write(inBlock, k * inputs,
                  x + (image * in.numPixels() + source) * in.channels, inputs);
    });
    if (inBlock + 1 == rowsOfBlock || pixel + 1 == pixels)
      error = block.finish(inBlock + 1,
                           (pixel - inBlock) * out.channels + group * outputs,
                           out.channels, y);
  });
  if (error)
    return std::move(error);
  return true;
}

//===----------------------------------------------------------------------===//
// Whole products
//===----------------------------------------------------------------------===//

template <typename Form>
static llvm::Expected<Tensor> convolve(const ProductOperands &operands,
                                       const ConvolutionRule &convolution,
                                       const ProductRule &rule, Shape shape) {
  Tensor y(rule.type, shape);
  if (isChannelwise(operands, convolution)) {
    if (llvm::Error error = convolveChannels(operands, convolution, rule, y))
      return std::move(error);
    return y;
  }
  for (int64_t group = 0; group < convolution.groups; ++group) {
    auto isDone = convolveGroup<Form>(operands, convolution, rule, group, y);
    if (!isDone)
      return isDone.takeError();
    if (!*isDone)
      return conv2d(operands, convolution, rule, shape);
  }
  return y;
}

llvm::Expected<Tensor>
interpreter::blockedConv2d(const ProductOperands &operands,
                           const ConvolutionRule &convolution,
                           const ProductRule &rule, Shape shape) {
  if (operands.x.type == ElementType::Int8)
    return convolve<Int8Form>(operands, convolution, rule, shape);
  return convolve<Float32Form>(operands, convolution, rule, shape);
}

/// The rows of x that one matrix of w belongs to, `x` the first of them; false
/// where the naive form is to be taken.
template <typename Form>
static llvm::Expected<bool>
multiplyRows(const ProductOperands &operands, const ProductRule &rule,
             int64_t matrix, int64_t rows, Tensor &y) {
  using Stored = typename Form::Stored;
  int64_t inputs = operands.x.shape.back(), outputs = y.shape.back();
  const Stored *x = operands.x.as<Stored>().data() + matrix * rows * inputs;
  const Stored *w = operands.w.as<Stored>().data() + matrix * inputs * outputs;
  RowBlock<Form> block(operands, rule, {w, inputs, outputs, outputs}, 0);
  if (!block.isUsable())
    return false;
  for (int64_t first = 0; first < rows; first += rowsOfBlock) {
    int64_t count = std::min(rowsOfBlock, rows - first);
    for (int64_t row = 0; row < count; ++row) {
      block.startRow(row);
      block.write(row, 0, x + (first + row) * inputs, inputs);
    }
    if (llvm::Error error =
            block.finish(count, (matrix * rows + first) * outputs, outputs, y))
      return std::move(error);
  }
  return true;
}

template <typename Form>
static llvm::Expected<Tensor> multiply(const ProductOperands &operands,
                                       const ProductRule &rule, Shape shape) {
  Tensor y(rule.type, shape);
  int64_t inputs = operands.x.shape.back(), outputs = shape.back();
  int64_t matrices = operands.w.numElements() / (inputs * outputs);
  int64_t rows = operands.x.numElements() / inputs / matrices;
  for (int64_t matrix = 0; matrix < matrices; ++matrix) {
    auto isDone = multiplyRows<Form>(operands, rule, matrix, rows, y);
    if (!isDone)
      return isDone.takeError();
    if (!*isDone)
      return matmul(operands, rule, shape);
  }
  return y;
}

llvm::Expected<Tensor>
interpreter::blockedMatmul(const ProductOperands &operands,
                           const ProductRule &rule, Shape shape) {
  if (operands.x.type == ElementType::Int8)
    return multiply<Int8Form>(operands, rule, shape);
  return multiply<Float32Form>(operands, rule, shape);
}
