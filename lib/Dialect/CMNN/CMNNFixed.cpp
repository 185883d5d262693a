//===- CMNNFixed.cpp - verifiers of operations on integers ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir;
using namespace cm::cmnn;

//===----------------------------------------------------------------------===//
// RescaleOp
//===----------------------------------------------------------------------===//

/// (C3)
static LogicalResult verifyFactors(RescaleOp op) {
  int64_t channels = op.getX().getType().getShape().back();
  int64_t count = op.getMultipliers().size();
  if (count != static_cast<int64_t>(op.getShifts().size()) ||
      (count != 1 && count != channels))
    return op.emitOpError("(C3) expects one multiplier and one shift, or ")
           << channels << " of each, found " << count << " and "
           << op.getShifts().size();
  for (int32_t multiplier : op.getMultipliers())
    if (multiplier < 0)
      return op.emitOpError("(C3) expects multipliers of at least 0, found ")
             << multiplier;
  for (int8_t shift : op.getShifts())
    if (shift < 2 || shift > 62)
      return op.emitOpError("(C3) expects shifts from 2 to 62, found ")
             << static_cast<int>(shift);
  return success();
}

/// (C9) of x or y.
static LogicalResult verifyZeroPoint(RescaleOp op, RankedTensorType type,
                                     int32_t zeroPoint) {
  if (type.getElementType().isInteger(8) || zeroPoint == 0)
    return success();
  return op.emitOpError("(C9) expects the zero point 0 of an int32, found ")
         << zeroPoint;
}

LogicalResult RescaleOp::verify() {
  RankedTensorType x = getX().getType(), y = getY().getType();
  if (x.getShape() != y.getShape())
    return emitOpError("(C1) expects a result with the extents of ")
           << x << ", found " << y;
  if (failed(verifyFactors(*this)) ||
      failed(verifyZeroPoint(*this, x, getXZeroPoint())) ||
      failed(verifyZeroPoint(*this, y, getYZeroPoint())))
    return failure();
  bool isInt8 = y.getElementType().isInteger(8);
  int32_t least = isInt8 ? -128 : getMinimum();
  int32_t greatest = isInt8 ? 127 : getMaximum();
  if (std::max(least, getMinimum()) <= std::min(greatest, getMaximum()))
    return success();
  return emitOpError("(C5) expects a range that holds a value of ")
         << y.getElementType() << ", found " << getMinimum() << " to "
         << getMaximum();
}

//===----------------------------------------------------------------------===//
// ResizeFixedOp
//===----------------------------------------------------------------------===//

/// (C6)
static LogicalResult verifyRatios(ResizeFixedOp op) {
  ArrayRef<int64_t> numerators = op.getNumerators(),
                    denominators = op.getDenominators(),
                    offsets = op.getOffsets();
  if (numerators.size() != 2 || denominators.size() != 2 || offsets.size() != 2)
    return op.emitOpError("(C6) expects two numerators, denominators and "
                          "offsets, found ")
           << numerators.size() << ", " << denominators.size() << " and "
           << offsets.size();
  for (auto [n, d, offset] :
       llvm::zip_equal(numerators, denominators, offsets)) {
    bool isRatio = n >= 1 && n <= 2048 && d >= 1 && d < 16 * n;
    if (!isRatio || offset < -n || offset >= 16 * n)
      return op.emitOpError("(C6) expects numerators n from 1 to 2048, "
                            "denominators from 1 to 16 * n - 1 and offsets "
                            "from -n to 16 * n - 1, found ")
             << n << ", " << d << " and " << offset;
  }
  return success();
}

LogicalResult ResizeFixedOp::verify() {
  RankedTensorType x = getX().getType(), y = getY().getType();
  if (x.getDimSize(0) != y.getDimSize(0) || x.getDimSize(3) != y.getDimSize(3))
    return emitOpError("(C4) expects ")
           << x.getDimSize(0) << " images of " << x.getDimSize(3)
           << " channels as result, found " << y;
  unsigned bits = getMode() == ResizeMode::Linear ? 32 : 8;
  if (!y.getElementType().isInteger(bits))
    return emitOpError("(C8) expects elements of i")
           << bits << " as result, found " << y;
  return verifyRatios(*this);
}
