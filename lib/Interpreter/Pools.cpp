//===- Pools.cpp - pools and transposes -----------------------------------===//
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

TensorData interpreter::run(cmnn::MaxPoolOp op, llvm::ArrayRef<int8_t> x) {
  Extents in(op.getX()), out(op.getY());
  TensorData y(out.numElements(), -128);
  for (int64_t pixel = 0; pixel < out.numPixels(); ++pixel)
    forEachTap(op, in, op.getKernel()[0], op.getKernel()[1], pixel / out.width,
               pixel % out.width, [&](int64_t, int64_t source) {
                 for (int64_t c = 0; c < in.channels; ++c) {
                   int8_t &greatest = y[pixel * out.channels + c];
                   greatest = std::max(greatest, x[source * in.channels + c]);
                 }
               });
  return y;
}

/// The exact sum over all pixels, rounded once.
template <typename OpTy>
static TensorData poolWholeImage(OpTy op, llvm::ArrayRef<int8_t> x) {
  Rounding rounding(op);
  Extents in(op.getX());
  float pixels = static_cast<float>(in.numPixels());
  float multiplier = op.getXScale() / (rounding.scale * pixels);
  TensorData y(in.channels);
  for (int64_t c = 0; c < in.channels; ++c) {
    int32_t sum = 0;
    for (int64_t pixel = 0; pixel < in.numPixels(); ++pixel)
      sum += x[pixel * in.channels + c] - op.getXZeroPoint();
    y[c] = rounding.toInt8(static_cast<float>(sum) * multiplier);
  }
  return y;
}

TensorData interpreter::run(cmnn::GlobalAveragePoolOp op,
                            llvm::ArrayRef<int8_t> x) {
  return poolWholeImage(op, x);
}

TensorData interpreter::run(cmnn::AveragePoolOp op, llvm::ArrayRef<int8_t> x) {
  if (op.isGlobal())
    return poolWholeImage(op, x);
  Rounding rounding(op);
  Extents in(op.getX()), out(op.getY());
  int64_t kernelSize = op.getKernel()[0] * op.getKernel()[1];
  int32_t shift = op.getUnsignedRounding() ? 128 : 0;
  TensorData y(out.numElements());
  for (int64_t i = 0; i < out.numElements(); ++i) {
    int64_t pixel = i / out.channels, c = i % out.channels;
    float sum = 0;
    int64_t count = 0;
    forEachTap(op, in, op.getKernel()[0], op.getKernel()[1], pixel / out.width,
               pixel % out.width, [&](int64_t, int64_t source) {
                 int32_t steps =
                     x[source * in.channels + c] - op.getXZeroPoint();
                 sum += static_cast<float>(steps) * op.getXScale();
                 ++count;
               });
    if (op.getCountIncludePad())
      count = kernelSize;
    float mean = sum / static_cast<float>(count);
    float zeroPoint = static_cast<float>(rounding.zeroPoint + shift);
    y[i] =
        rounding.toInt8WithZeroPoint(mean / rounding.scale + zeroPoint, shift);
  }
  return y;
}

TensorData interpreter::run(cmnn::TransposeOp op, llvm::ArrayRef<int8_t> x) {
  auto from = op.getX().getType().getShape();
  auto to = op.getY().getType().getShape();
  TensorData y(x.size());
  for (int64_t i = 0, end = y.size(); i < end; ++i) {
    std::vector<int64_t> position(from.size());
    for (int64_t axis = to.size(), rest = i; axis-- > 0; rest /= to[axis])
      position[op.getPermutation()[axis]] = rest % to[axis];
    int64_t source = 0;
    for (auto [extent, coordinate] : llvm::zip_equal(from, position))
      source = source * extent + coordinate;
    y[i] = x[source];
  }
  return y;
}
