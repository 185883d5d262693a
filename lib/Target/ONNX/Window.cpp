//===- Window.cpp - window attributes of convolutions and pools -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Window.h"

using namespace cm;
using namespace cm::onnx_import;

/// An attribute of N numbers from `least` to 65536 into `values`, which keeps
/// its elements where the attribute is absent.
template <size_t N>
static llvm::Error readNumbers(const Node &node, llvm::StringRef name,
                               int64_t least, std::array<int64_t, N> &values) {
  auto found = node.intsAttribute(name);
  if (!found)
    return found.takeError();
  if (!node.hasAttribute(name))
    return llvm::Error::success();
  if (found->size() != N)
    return node.error("attribute '{0}' has {1} elements, expected {2}", name,
                      found->size(), N);
  for (size_t i = 0; i < N; ++i) {
    values[i] = (*found)[i];
    if (values[i] < least || values[i] > 65536)
      return node.error(
          "attribute '{0}' has element {1}, expected {2} to 65536", name,
          values[i], least);
  }
  return llvm::Error::success();
}

static llvm::Error readKernel(const Node &node,
                              std::optional<std::array<int64_t, 2>> fixed,
                              Window &window) {
  if (!fixed && !node.hasAttribute("kernel_shape"))
    return node.error("attribute 'kernel_shape' is missing");
  if (fixed)
    window.kernel = *fixed;
  if (llvm::Error error = readNumbers(node, "kernel_shape", 1, window.kernel))
    return error;
  if (fixed && window.kernel != *fixed)
    return node.error("attribute 'kernel_shape' is {0}, but the weights have "
                      "{1}",
                      shapeText(window.kernel), shapeText(*fixed));
  return llvm::Error::success();
}

/// SAME: as many positions as strides fit into the image; the odd pixel of
/// padding goes to the end (UPPER) or to the beginning (LOWER).
static void padToSame(int64_t extent, unsigned axis, bool upper,
                      Window &window) {
  int64_t stride = window.strides[axis];
  int64_t positions = (extent + stride - 1) / stride;
  int64_t total = std::max<int64_t>(0, (positions - 1) * stride +
                                           window.kernel[axis] - extent);
  int64_t less = total / 2, more = total - less;
  window.pads[axis] = upper ? less : more;
  window.pads[axis + 2] = upper ? more : less;
}

static llvm::Error readPads(const Node &node, std::array<int64_t, 2> extents,
                            Window &window) {
  auto automatic = node.stringAttribute("auto_pad", "NOTSET");
  if (!automatic)
    return automatic.takeError();
  window.pads = {0, 0, 0, 0};
  if (*automatic == "NOTSET" || automatic->empty())
    return readNumbers(node, "pads", 0, window.pads);
  if (*automatic == "VALID")
    return llvm::Error::success();
  if (*automatic != "SAME_UPPER" && *automatic != "SAME_LOWER")
    return node.error("attribute 'auto_pad' is '{0}', expected NOTSET, VALID, "
                      "SAME_UPPER or SAME_LOWER",
                      *automatic);
  // ONNX counts the dilation; ONNX Runtime refuses convolutions of this kind
  // and forgets the dilation of pools.
  if (window.dilations != std::array<int64_t, 2>{1, 1})
    return node.error("auto_pad with dilations is not supported, expected "
                      "pads");
  for (unsigned axis : {0, 1})
    padToSame(extents[axis], axis, *automatic == "SAME_UPPER", window);
  return llvm::Error::success();
}

/// With `ceil_mode` a last window that starts inside the image or its leading
/// padding may hang over the end: that is padding, too.
static void padToCeiling(int64_t extent, unsigned axis, Window &window) {
  int64_t stride = window.strides[axis];
  int64_t span = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
  int64_t begin = window.pads[axis], &end = window.pads[axis + 2];
  int64_t room = extent + begin + end - span;
  int64_t last = (room + stride - 1) / stride;
  if (last * stride >= extent + begin)
    --last;
  int64_t needed = last * stride + span - extent - begin;
  if (needed > end) {
    end = needed; // less than the window, which fits the padded image
    window.enlarged = true;
  }
}

llvm::Expected<Window>
onnx_import::readWindow(const Node &node, std::array<int64_t, 2> extents,
                        std::optional<std::array<int64_t, 2>> kernel) {
  Window window;
  if (llvm::Error error = readKernel(node, kernel, window))
    return error;
  window.strides = window.dilations = {1, 1};
  if (llvm::Error error = readNumbers(node, "strides", 1, window.strides))
    return error;
  if (llvm::Error error = readNumbers(node, "dilations", 1, window.dilations))
    return error;
  if (llvm::Error error = readPads(node, extents, window))
    return error;
  auto ceiling = node.intAttribute("ceil_mode", 0);
  if (!ceiling)
    return ceiling.takeError();
  for (unsigned axis : {0, 1}) {
    int64_t span = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    int64_t room = extents[axis] + window.pads[axis] + window.pads[axis + 2];
    if (span > room)
      return node.error("window of {0} pixels is larger than the padded image "
                        "of {1} on axis {2}",
                        span, room, axis + 2);
    if (*ceiling != 0)
      padToCeiling(extents[axis], axis, window);
  }
  return window;
}
