//===- CMCoreOps.cpp - verifiers ------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "mlir/IR/OpImplementation.h"

using namespace cm;
using namespace cm::cmcore;
using namespace mlir;

using cmflow::parseExtent;
using cmflow::printExtent;

#define GET_OP_CLASSES
#include "cm/Dialect/CMCore/CMCoreOps.cpp.inc"

LogicalResult ObjectOp::verify() {
  if (getHeight() < 1 || getWidth() < 1 || getChannels() < 1)
    return emitOpError("(C1) expected positive extents");
  if (!getElementType().isInteger(8) && !getElementType().isInteger(32))
    return emitOpError("(C2) expected elements of i8 or i32, found ")
           << getElementType();
  return success();
}

LogicalResult PoolOp::verify() {
  if (getKind() != "max" && getKind() != "average" &&
      getKind() != "global_average")
    return emitOpError("expected kind max, average or global_average, found '")
           << getKind() << "'";
  return success();
}
