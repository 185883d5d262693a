//===- CMFlowAttrs.cpp - access relations and buffers ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowAttrs.h"
#include "cm/Support/Limits.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

using EmitError = function_ref<InFlightDiagnostic()>;

#include "cm/Dialect/CMFlow/CMFlowEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMFlow/CMFlowAttrs.cpp.inc"

void CMFlowDialect::registerAttrs() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "cm/Dialect/CMFlow/CMFlowAttrs.cpp.inc"
      >();
}

/// (C1): exactly two values, none below `least` or beyond what a program file
/// may hold.
static LogicalResult verifyPair(EmitError emitError, StringRef what,
                                ArrayRef<int64_t> values, int64_t least) {
  if (values.size() != 2)
    return emitError() << "(C1) expected two " << what << ", found "
                       << values.size();
  for (int64_t value : values)
    if (value < least || value > maxWindowExtent)
      return emitError() << "(C1) expected " << what << " of " << least
                         << " to " << maxWindowExtent << ", found " << value;
  return success();
}

/// A half-open range that is not empty and starts at 0 or later.
static LogicalResult verifyRange(EmitError emitError, StringRef label,
                                 StringRef what, ArrayRef<int64_t> range) {
  if (range.size() == 2 && range[0] >= 0 && range[0] < range[1] &&
      range[1] <= int64_t(maxObjectElements))
    return success();
  return emitError() << "(" << label << ") expected " << what
                     << " [begin, end) with 0 <= begin < end <= "
                     << maxObjectElements << ", found [" << range << "]";
}

/// (C4): an array of the host, as `HostLayout` takes it.
static LogicalResult verifyHostArray(EmitError emitError,
                                     ArrayRef<int64_t> shape,
                                     ArrayRef<int64_t> permutation) {
  int64_t left = maxObjectElements;
  for (int64_t extent : shape)
    left = extent < 1 ? 0 : left / extent;
  if (shape.empty() || shape[0] != 1 || left == 0)
    return emitError() << "(C4) expected a host shape of 1 to "
                       << maxObjectElements
                       << " elements after a leading extent of 1, found ["
                       << shape << "]";
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, shape.size() - 1)))
    return emitError() << "(C4) expected a permutation of the "
                       << shape.size() - 1 << " axes behind the first, found ["
                       << permutation << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// WindowAttr
//===----------------------------------------------------------------------===//

LogicalResult WindowAttr::verify(EmitError emitError, ArrayRef<int64_t> kernel,
                                 ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> offsets,
                                 ArrayRef<int64_t> dilations,
                                 ArrayRef<int64_t> channels,
                                 ArrayRef<int64_t> elements, int64_t fill) {
  if (failed(verifyPair(emitError, "kernel extents", kernel, 1)) ||
      failed(verifyPair(emitError, "strides", strides, 0)) ||
      failed(verifyPair(emitError, "offsets", offsets, -maxWindowExtent)) ||
      failed(verifyPair(emitError, "dilations", dilations, 1)) ||
      failed(verifyRange(emitError, "C2", "channels", channels)) ||
      failed(verifyRange(emitError, "C3", "elements", elements)))
    return failure();
  if (kernel[0] * kernel[1] > maxWindowExtent)
    return emitError() << "(C1) expected a kernel of at most "
                       << maxWindowExtent << " pixels, found " << kernel[0]
                       << "x" << kernel[1];
  int64_t listed = kernel[0] * kernel[1] * (channels[1] - channels[0]);
  if (elements[1] > listed)
    return emitError() << "(C3) expected elements within the " << listed
                       << " of the window, found " << elements[1];
  if (fill < -128 || fill > 127)
    return emitError() << "(C4) expected an int8 fill, found " << fill;
  return success();
}

Window WindowAttr::toWindow() const {
  Window window;
  window.kernelY = getKernel()[0], window.kernelX = getKernel()[1];
  window.strideY = getStrides()[0], window.strideX = getStrides()[1];
  window.offsetY = getOffsets()[0], window.offsetX = getOffsets()[1];
  window.dilationY = getDilations()[0], window.dilationX = getDilations()[1];
  window.channelBegin = getChannels()[0], window.channelEnd = getChannels()[1];
  window.elementBegin = getElements()[0], window.elementEnd = getElements()[1];
  window.fill = getFill();
  return window;
}

WindowAttr WindowAttr::fromWindow(MLIRContext *context, const Window &window) {
  return WindowAttr::get(context, {window.kernelY, window.kernelX},
                         {window.strideY, window.strideX},
                         {window.offsetY, window.offsetX},
                         {window.dilationY, window.dilationX},
                         {window.channelBegin, window.channelEnd},
                         {window.elementBegin, window.elementEnd}, window.fill);
}

//===----------------------------------------------------------------------===//
// PixelsAttr
//===----------------------------------------------------------------------===//

LogicalResult PixelsAttr::verify(EmitError emitError, ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> offsets,
                                 ArrayRef<int64_t> channels, int64_t count,
                                 int64_t rows) {
  if (failed(verifyPair(emitError, "strides", strides, 1)) ||
      failed(verifyPair(emitError, "offsets", offsets, 0)))
    return failure();
  if (count != 1 && (count < 1 || count > strides[1]))
    return emitError() << "(C3) expected a count of 1 to " << strides[1]
                       << " pixels, found " << count;
  if (rows != 1 && (rows < 1 || rows > strides[0]))
    return emitError() << "(C3) expected 1 to " << strides[0] << " rows, found "
                       << rows;
  if (failed(verifyRange(emitError, "C2", "channels", channels)))
    return failure();
  int64_t most = maxObjectElements;
  if (count * rows > most / (channels[1] - channels[0]))
    return emitError() << "(C3) expected at most " << most
                       << " elements, found " << rows << "x" << count << "x"
                       << channels[1] - channels[0];
  return success();
}

PixelWrite PixelsAttr::toPixelWrite() const {
  PixelWrite write;
  write.strideY = getStrides()[0], write.strideX = getStrides()[1];
  write.offsetY = getOffsets()[0], write.offsetX = getOffsets()[1];
  write.channelBegin = getChannels()[0], write.channelEnd = getChannels()[1];
  write.pixels = getCount(), write.rows = getRows();
  return write;
}

PixelsAttr PixelsAttr::fromPixelWrite(MLIRContext *context,
                                      const PixelWrite &write) {
  return PixelsAttr::get(
      context, {write.strideY, write.strideX}, {write.offsetY, write.offsetX},
      {write.channelBegin, write.channelEnd}, write.pixels, write.rows);
}

//===----------------------------------------------------------------------===//
// CapacityAttr, BindingAttr
//===----------------------------------------------------------------------===//

LogicalResult CapacityAttr::verify(EmitError emitError, int64_t slots,
                                   cmflow::Fold) {
  if (slots < 1 || slots > int64_t(UINT32_MAX))
    return emitError() << "(C1) expected 1 to " << UINT32_MAX
                       << " slots, found " << slots;
  return success();
}

LogicalResult BindingAttr::verify(EmitError emitError, StringRef,
                                  StringRef hostType, ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> permutation,
                                  FloatAttr scale, int64_t zeroPoint) {
  if (hostType != "int8" && hostType != "uint8" && hostType != "float32")
    return emitError() << "(C1) expected host type int8, uint8 or float32, "
                          "found '"
                       << hostType << "'";
  if (!scale.getType().isF32() || !isScale(scale.getValue().convertToFloat()))
    return emitError() << "(C2) expected an f32 scale that is positive, normal "
                          "and at most 2^80, found "
                       << scale;
  if (zeroPoint < -128 || zeroPoint > 127)
    return emitError() << "(C3) expected an int8 zero point, found "
                       << zeroPoint;
  return verifyHostArray(emitError, shape, permutation);
}

LogicalResult TensorAttr::verify(EmitError emitError, StringRef,
                                 StringRef hostType, ArrayRef<int64_t> shape,
                                 ArrayRef<int64_t> permutation) {
  if (hostType != "int8" && hostType != "uint8")
    return emitError() << "(C1) expected host type int8 or uint8, found '"
                       << hostType << "'";
  return verifyHostArray(emitError, shape, permutation);
}
