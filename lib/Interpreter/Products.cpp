//===- Products.cpp - convolutions and products ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

namespace {
/// The constants of a product.
template <typename OpTy> struct Product {
  OpTy op;
  std::vector<int8_t> weightStorage;
  std::vector<int32_t> biasStorage;
  llvm::ArrayRef<int8_t> weight;
  llvm::ArrayRef<int32_t> bias; // empty: none
  std::vector<float> multipliers;

  explicit Product(OpTy product) : op(product) {
    weight = op.getWeightOp().getInt8(weightStorage);
    if (cmnn::WeightOp biasOp = op.getBiasOp())
      bias = biasOp.getInt32(biasStorage);
    int64_t channels = op.getY().getType().getShape().back();
    for (int64_t channel = 0; channel < channels; ++channel) {
      float scale = op.getXScale() * op.getWScale(channel);
      multipliers.push_back(scale / op.getYScale());
    }
  }

  /// The sums of one pixel, before any product is added.
  void start(std::vector<int64_t> &sums) const {
    sums.assign(multipliers.size(), 0);
    std::copy(bias.begin(), bias.end(), sums.begin());
  }

  /// Rounds the sums of one pixel into `y`.
  llvm::Error finish(llvm::ArrayRef<int64_t> sums, int8_t *y) const {
    Rounding rounding(op);
    for (auto [channel, sum] : llvm::enumerate(sums)) {
      if (sum != static_cast<int32_t>(sum))
        return makeError("the sum {0} of output channel {1} leaves int32", sum,
                         channel);
      float value = static_cast<float>(static_cast<int32_t>(sum));
      y[channel] = rounding.toInt8(value * multipliers[channel]);
    }
    return llvm::Error::success();
  }
};
} // namespace

/// sums[co] += x[c] * w[c][co] for the channels of every group; `w` is one
/// (ky, kx) of the weight. A product is at most 255 * 128, which fits 16 bits.
static void addPixel(const int8_t *x, const int8_t *w, int32_t zeroPoint,
                     int64_t groups, int64_t groupInputs,
                     std::vector<int64_t> &sums) {
  int64_t outputs = sums.size(), groupOutputs = outputs / groups;
  for (int64_t group = 0; group < groups; ++group) {
    int64_t first = group * groupOutputs;
    for (int64_t c = 0; c < groupInputs; ++c) {
      int32_t value = x[group * groupInputs + c] - zeroPoint;
      const int8_t *row = w + c * outputs;
      for (int64_t co = first; co < first + groupOutputs; ++co)
        sums[co] += static_cast<int16_t>(value * row[co]);
    }
  }
}

llvm::Expected<TensorData> interpreter::run(cmnn::Conv2DOp op,
                                            llvm::ArrayRef<int8_t> x) {
  Product<cmnn::Conv2DOp> product(op);
  Extents in(op.getX()), out(op.getY());
  auto shape = op.getWeightOp().getType().getShape();
  int64_t tapSize = shape[2] * shape[3];
  TensorData y(out.numElements());
  std::vector<int64_t> sums;
  for (int64_t pixel = 0; pixel < out.numPixels(); ++pixel) {
    product.start(sums);
    forEachTap(op, in, shape[0], shape[1], pixel / out.width, pixel % out.width,
               [&](int64_t k, int64_t source) {
                 addPixel(&x[source * in.channels],
                          &product.weight[k * tapSize], op.getXZeroPoint(),
                          op.getGroups(), shape[2], sums);
               });
    if (llvm::Error error = product.finish(sums, &y[pixel * out.channels]))
      return std::move(error);
  }
  return y;
}

llvm::Expected<TensorData> interpreter::run(cmnn::MatMulOp op,
                                            llvm::ArrayRef<int8_t> x) {
  Product<cmnn::MatMulOp> product(op);
  TensorData y(Extents(op.getY()).numElements());
  std::vector<int64_t> sums;
  product.start(sums);
  addPixel(x.data(), product.weight.data(), op.getXZeroPoint(), /*groups=*/1,
           x.size(), sums);
  if (llvm::Error error = product.finish(sums, y.data()))
    return std::move(error);
  return y;
}
