//===- Kernels.h - one function for each cmnn operation --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_KERNELS_H
#define CM_LIB_INTERPRETER_KERNELS_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Interpreter/Interpreter.h"
#include "cm/Support/Error.h"
#include <algorithm>
#include <cmath>

namespace cm::interpreter {

/// How an operation rounds: docs/Numerics.md.
struct Rounding {
  float scale;
  int32_t zeroPoint, minimum, maximum;

  explicit Rounding(cmnn::RequantizingOpInterface op)
      : scale(op.getYScale()), zeroPoint(op.getYZeroPoint()),
        minimum(op.getMinimum()), maximum(op.getMaximum()) {}

  /// clamp_rint: rounds `value` steps and adds the zero point to the integer.
  int8_t toInt8(float value) const {
    float low = static_cast<float>(minimum - zeroPoint);
    float high = static_cast<float>(maximum - zeroPoint);
    float clamped = std::min(std::max(value, low), high);
    return static_cast<int8_t>(zeroPoint +
                               static_cast<int32_t>(std::nearbyintf(clamped)));
  }

  /// Rounds `value`, in which the zero point and `shift` are included.
  int8_t toInt8WithZeroPoint(float value, int32_t shift) const {
    float low = static_cast<float>(minimum + shift);
    float high = static_cast<float>(maximum + shift);
    float clamped = std::min(std::max(value, low), high);
    float rounded = std::nearbyintf(clamped);
    return static_cast<int8_t>(rounded - static_cast<float>(shift));
  }
};

/// Height, width and channels of an image; a vector is 1x1xC.
struct Extents {
  int64_t height = 1, width = 1, channels;

  explicit Extents(mlir::Value value) {
    auto shape = llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
    channels = shape.back();
    if (shape.size() == 4) {
      height = shape[1];
      width = shape[2];
    }
  }
  int64_t numPixels() const { return height * width; }
  int64_t numElements() const { return numPixels() * channels; }
};

/// Calls `visit(k, pixel)` for every position k = ky * width + kx of the window
/// of output pixel (`y`, `x`) that lies in the image, in (ky, kx) order;
/// `pixel` is the index of the image's pixel.
template <typename OpTy, typename Visit>
void forEachTap(OpTy op, const Extents &in, int64_t kernelHeight,
                int64_t kernelWidth, int64_t y, int64_t x, Visit visit) {
  auto strides = op.getStrides(), dilations = op.getDilations();
  auto pads = op.getPads();
  for (int64_t ky = 0; ky < kernelHeight; ++ky) {
    int64_t row = y * strides[0] - pads[0] + ky * dilations[0];
    if (row < 0 || row >= in.height)
      continue;
    for (int64_t kx = 0; kx < kernelWidth; ++kx) {
      int64_t column = x * strides[1] - pads[1] + kx * dilations[1];
      if (column >= 0 && column < in.width)
        visit(ky * kernelWidth + kx, row * in.width + column);
    }
  }
}

llvm::Expected<TensorData> run(cmnn::Conv2DOp op, llvm::ArrayRef<int8_t> x);
llvm::Expected<TensorData> run(cmnn::MatMulOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::AddOp op, llvm::ArrayRef<int8_t> a,
               llvm::ArrayRef<int8_t> b);
TensorData run(cmnn::RequantizeOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::SoftmaxOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::MaxPoolOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::AveragePoolOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::GlobalAveragePoolOp op, llvm::ArrayRef<int8_t> x);
TensorData run(cmnn::TransposeOp op, llvm::ArrayRef<int8_t> x);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_KERNELS_H
