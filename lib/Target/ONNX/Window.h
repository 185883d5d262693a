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
/// at most 65536.
struct Window {
  std::array<int64_t, 2> kernel, strides, dilations;
  std::array<int64_t, 4> pads;
  /// `pads` was enlarged at its end because of `ceil_mode`.
  bool enlarged = false;
};

/// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode for an
/// image of `extents` pixels. `kernel` is the size of the weights where the
/// node has some. Padding that `auto_pad` or `ceil_mode` imply is explicit in
/// the result, and at least one window fits.
llvm::Expected<Window> readWindow(const Node &node,
                                  std::array<int64_t, 2> extents,
                                  std::optional<std::array<int64_t, 2>> kernel);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_WINDOW_H
