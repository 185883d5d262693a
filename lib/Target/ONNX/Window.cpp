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

/// An attribute of one number for each axis (`sides` of them) from `least` to
/// 65536 into `values`, which keeps its elements where the attribute is absent.
template <size_t N>
static llvm::Error readNumbers(const Node &node, llvm::StringRef name,
                               unsigned axes, int64_t least,
                               std::array<int64_t, N> &values) {
  auto found = node.intsAttribute(name);
  if (!found)
    return found.takeError();
  if (!node.hasAttribute(name))
    return llvm::Error::success();
  size_t expected = axes * (N / 2);
  if (found->size() != expected)
    return node.error("attribute '{0}' has {1} elements, expected {2}", name,
                      found->size(), expected);
  for (size_t i = 0; i < expected; ++i) {
    int64_t value = (*found)[i];
    if (value < least || value > 65536)
      return node.error(
          "attribute '{0}' has element {1}, expected {2} to 65536", name, value,
          least);
    values[i / axes * 2 + i % axes + (2 - axes)] = value;
  }
  return llvm::Error::success();
}

static llvm::Error readKernel(const Node &node, const WindowImage &image,
                              Window &window) {
  if (!image.kernel && !node.hasAttribute("kernel_shape"))
    return node.error("attribute 'kernel_shape' is missing");
  if (image.kernel)
    window.kernel = *image.kernel;
  if (llvm::Error error =
          readNumbers(node, "kernel_shape", image.axes, 1, window.kernel))
    return error;
  if (image.kernel && window.kernel != *image.kernel)
    return node.error("attribute 'kernel_shape' is {0}, but the weights have "
                      "{1}",
                      shapeText(window.kernel), shapeText(*image.kernel));
  for (int64_t extent : window.kernel)
    if (extent > 65536)
      return node.error("weights have a kernel of {0}, expected at most 65536 "
                        "on an axis",
                        shapeText(window.kernel));
  return llvm::Error::success();
}

/// Kernel, strides and dilations.
static llvm::Error readSteps(const Node &node, const WindowImage &image,
                             Window &window) {
  if (llvm::Error error = readKernel(node, image, window))
    return error;
  if (llvm::Error error =
          readNumbers(node, "strides", image.axes, 1, window.strides))
    return error;
  return readNumbers(node, "dilations", image.axes, 1, window.dilations);
}

/// auto_pad, "NOTSET" where it is left out.
static llvm::Expected<std::string> readAutoPad(const Node &node) {
  auto automatic = node.stringAttribute("auto_pad", "NOTSET");
  if (!automatic)
    return automatic.takeError();
  if (automatic->empty())
    return std::string("NOTSET");
  if (*automatic != "NOTSET" && *automatic != "VALID" &&
      *automatic != "SAME_UPPER" && *automatic != "SAME_LOWER")
    return node.error("attribute 'auto_pad' is '{0}', expected NOTSET, VALID, "
                      "SAME_UPPER or SAME_LOWER",
                      *automatic);
  return automatic;
}

//===----------------------------------------------------------------------===//
// Convolutions and pools
//===----------------------------------------------------------------------===//

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

static llvm::Error readPads(const Node &node, const WindowImage &image,
                            Window &window) {
  auto automatic = readAutoPad(node);
  if (!automatic)
    return automatic.takeError();
  if (*automatic == "NOTSET")
    return readNumbers(node, "pads", image.axes, 0, window.pads);
  if (*automatic == "VALID")
    return llvm::Error::success();
  // ONNX counts the dilation; ONNX Runtime refuses convolutions of this kind
  // and forgets the dilation of pools.
  if (window.dilations != std::array<int64_t, 2>{1, 1})
    return node.error("auto_pad with dilations is not supported, expected "
                      "pads");
  for (unsigned axis : {0, 1})
    padToSame(image.extents[axis], axis, *automatic == "SAME_UPPER", window);
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

llvm::Expected<Window> onnx_import::readWindow(const Node &node,
                                               const WindowImage &image) {
  Window window;
  if (llvm::Error error = readSteps(node, image, window))
    return error;
  if (llvm::Error error = readPads(node, image, window))
    return error;
  auto ceiling = node.intAttribute("ceil_mode", 0);
  if (!ceiling)
    return ceiling.takeError();
  for (unsigned axis : {0, 1}) {
    int64_t span = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    int64_t room =
        image.extents[axis] + window.pads[axis] + window.pads[axis + 2];
    if (span > room)
      return node.error("window of {0} pixels is larger than the padded image "
                        "of {1} on axis {2}",
                        span, room, axis + image.axes);
    if (*ceiling != 0)
      padToCeiling(image.extents[axis], axis, window);
  }
  return window;
}

//===----------------------------------------------------------------------===//
// Transposed convolutions
//===----------------------------------------------------------------------===//

/// Pads such that the result has `wanted` pixels.
static llvm::Error padToExtent(const Node &node, const WindowImage &image,
                               int64_t wanted, unsigned axis, bool upper,
                               Window &window) {
  int64_t full = window.strides[axis] * (image.extents[axis] - 1) +
                 window.outputPads[axis] +
                 window.dilations[axis] * (window.kernel[axis] - 1) + 1;
  int64_t total = full - wanted;
  if (wanted < 1 || total > 65536)
    return node.error("result of {0} pixels on axis {1} is not supported, "
                      "expected at most {2}, and 65536 less at least",
                      wanted, axis + image.axes, full);
  // Where pads cannot be negative, the missing pixels are output padding.
  if (total < 0) {
    window.outputPads[axis] -= total;
    total = 0;
  }
  window.pads[axis] = upper ? total / 2 : total - total / 2;
  window.pads[axis + 2] = total - window.pads[axis];
  return llvm::Error::success();
}

static llvm::Error readTransposedPads(const Node &node,
                                      const WindowImage &image,
                                      Window &window) {
  auto automatic = readAutoPad(node);
  if (!automatic)
    return automatic.takeError();
  bool given = node.hasAttribute("output_shape");
  bool same = *automatic == "SAME_UPPER" || *automatic == "SAME_LOWER";
  if (*automatic == "NOTSET" && !given)
    return readNumbers(node, "pads", image.axes, 0, window.pads);
  if (!same && !given)
    return llvm::Error::success();
  std::array<int64_t, 2> wanted = {1, 1};
  for (unsigned axis = 2 - image.axes; axis < 2; ++axis)
    wanted[axis] = std::min<int64_t>(
        65536, image.extents[axis] * window.strides[axis]);
  if (llvm::Error error =
          readNumbers(node, "output_shape", image.axes, 1, wanted))
    return error;
  for (unsigned axis = 2 - image.axes; axis < 2; ++axis)
    if (llvm::Error error =
            padToExtent(node, image, wanted[axis], axis,
                        *automatic == "SAME_UPPER", window))
      return error;
  return llvm::Error::success();
}

llvm::Expected<Window>
onnx_import::readTransposedWindow(const Node &node, const WindowImage &image) {
  Window window;
  if (llvm::Error error = readSteps(node, image, window))
    return error;
  if (llvm::Error error = readNumbers(node, "output_padding", image.axes, 0,
                                      window.outputPads))
    return error;
  if (llvm::Error error = readTransposedPads(node, image, window))
    return error;
  for (unsigned axis : {0, 1}) {
    int64_t span = window.dilations[axis] * (window.kernel[axis] - 1) + 1;
    int64_t extent = (image.extents[axis] - 1) * window.strides[axis] + span -
                     window.pads[axis] - window.pads[axis + 2] +
                     window.outputPads[axis];
    if (extent < 1)
      return node.error("padding leaves no pixel on axis {0}",
                        axis + image.axes);
  }
  return window;
}
