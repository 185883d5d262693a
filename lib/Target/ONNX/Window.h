//===- Window.h - window attributes of convolutions and pools -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_WINDOW_H
#define CM_LIB_TARGET_ONNX_WINDOW_H

#include "Graph.h"
#include <array>

namespace cm::onnx_import {

/// Two axes, vertical first; pads are top, left, bottom, right. Every number is
/// at most 65536. A sequence has one axis, the horizontal one.
struct Window {
  std::array<int64_t, 2> kernel = {1, 1}, strides = {1, 1}, dilations = {1, 1};
  std::array<int64_t, 4> pads = {0, 0, 0, 0};
  /// `pads` was enlarged at its end because of `ceil_mode`.
  bool enlarged = false;
  /// Of transposed convolutions: bottom, right.
  std::array<int64_t, 2> outputPads = {0, 0};
};

/// What a window moves over: `axes` is 2, or 1 for a sequence.
struct WindowImage {
  unsigned axes = 2;
  std::array<int64_t, 2> extents = {1, 1};
  /// The size of the weights where the node has some.
  std::optional<std::array<int64_t, 2>> kernel;
};

/// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode.
/// Padding that `auto_pad` or `ceil_mode` imply is explicit in the result, and
/// at least one window fits.
llvm::Expected<Window> readWindow(const Node &node, const WindowImage &image);

/// Reads kernel_shape, strides, dilations, pads, auto_pad, output_padding and
/// output_shape of a transposed convolution. Padding is explicit in the result,
/// which has at least one pixel.
llvm::Expected<Window> readTransposedWindow(const Node &node,
                                            const WindowImage &image);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_WINDOW_H
