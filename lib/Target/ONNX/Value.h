//===- Value.h - what a name of the model stands for ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_VALUE_H
#define CM_LIB_TARGET_ONNX_VALUE_H

#include "Constant.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include <variant>

namespace cm::onnx_import {

using cmnn::Quantization;

/// Elements that are computed at run time. Axis i of the value is axis
/// `layout[i]` of the ONNX tensor; a scalar is held as one element of rank 1.
struct Tensor {
  mlir::Value value;
  Shape shape; // as ONNX says
  Shape layout;
  /// int8: the model says uint8, and values are shifted by 128.
  bool isUnsigned = false;
  /// int8: scale and zero point, as its producer says. f32 with a twin: those
  /// of the twin.
  std::optional<Quantization> quantization;
  /// int8 elements of the same shape and layout which, dequantised, are exactly
  /// the f32 elements of `value`. Views are applied to both; what is not used
  /// in the end is erased.
  mlir::Value twin;

  mlir::Type elementType() const {
    return llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType();
  }
  bool isFloat() const { return elementType().isF32(); }
  bool isInt8() const { return elementType().isInteger(8); }
  int64_t rank() const { return shape.size(); }
  /// Where the value holds an axis of the ONNX tensor.
  int64_t heldAxis(int64_t axis) const {
    return llvm::find(layout, axis) - layout.begin();
  }
};

/// DequantizeLinear of a constant, not computed.
struct QuantisedConstant {
  Constant elements;               // int4, uint4, int8, uint8 or int32
  std::vector<float> scales;       // one, or one for each index of `axis`
  std::vector<int64_t> zeroPoints; // one, or as many as scales
  int64_t axis = 0;

  bool isPerTensor() const {
    return scales.size() == 1 && zeroPoints.size() == 1;
  }
};

using Item = std::variant<Constant, QuantisedConstant, Tensor>;

/// The shape that ONNX says.
llvm::ArrayRef<int64_t> shapeOf(const Item &item);
/// 0, 1, ..., rank - 1.
Shape identityLayout(int64_t rank);
/// NHWC of NCHW: {0, 2, 3, 1}.
Shape imageLayout();
/// Extents as held; {1} for a scalar.
Shape heldShape(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> layout);
/// ONNX's Transpose: axis i of the result is axis `perm[i]` of `x`.
Tensor renameAxes(const Tensor &x, llvm::ArrayRef<int64_t> perm);
/// `shape` with leading ones.
Shape padRank(llvm::ArrayRef<int64_t> shape, size_t rank);
/// ONNX's broadcasting of two shapes, or none.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b);
/// What Reshape makes of `shape`: 0 keeps an extent unless `allowZero`, one -1
/// takes what is left. None where `wanted` is not valid; the number of elements
/// may differ.
std::optional<Shape> reshapedTo(llvm::ArrayRef<int64_t> shape,
                                llvm::ArrayRef<int64_t> wanted, bool allowZero);
/// Whether an array of `shape`, added to a product whose last extent is
/// `channels`, adds one number to each channel and no axis.
bool isChannelBias(llvm::ArrayRef<int64_t> shape, int64_t channels,
                   size_t rank);
/// The elements of an array of `shape` (each `size` bytes) with its axes in the
/// order `layout`, into `to`.
void permute(const char *from, unsigned size, llvm::ArrayRef<int64_t> shape,
             llvm::ArrayRef<int64_t> layout, char *to);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_VALUE_H
