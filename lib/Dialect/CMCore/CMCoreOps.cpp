//===- CMCoreOps.cpp - verifiers ------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Support/Limits.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/SmallSet.h"

using namespace cm;
using namespace cm::cmcore;
using namespace mlir;

using cmflow::parseExtent;
using cmflow::printExtent;

#define GET_OP_CLASSES
#include "cm/Dialect/CMCore/CMCoreOps.cpp.inc"

LogicalResult ObjectOp::verify() {
  if (!isElementCount(getHeight(), getWidth(), getChannels()))
    return emitOpError("(C1) expected 1 to ")
           << maxObjectElements << " elements, found " << getHeight() << "x"
           << getWidth() << "x" << getChannels();
  if (!getElementType().isInteger(8) && !getElementType().isInteger(32))
    return emitOpError("(C2) expected elements of i8 or i32, found ")
           << getElementType();
  return success();
}

LogicalResult PoolOp::verify() {
  bool interpolates = getKind() == "interpolate";
  if (getKind() != "max" && getKind() != "average" &&
      getKind() != "global_average" && getKind() != "reduce_mean" &&
      !interpolates)
    return emitOpError("(C1) expected kind max, average, global_average, "
                       "reduce_mean or interpolate, found '")
           << getKind() << "'";
  if (getKind() != "max" &&
      !(getXScale() && getXZeroPoint() && getYScale() && getYZeroPoint()))
    return emitOpError("(C2) expected scales and zero points of an average");
  if (interpolates != bool(getYWeights()) ||
      interpolates != bool(getXWeights()))
    return emitOpError("(C3) expected weights of an interpolation, and of "
                       "nothing else");
  return success();
}

LogicalResult UnitOp::verify() {
  for (ArrayRef<int64_t> range : {getChannels(), getElements(), getColumns()})
    if (range.size() != 2 || range[0] < 0 || range[0] >= range[1])
      return emitOpError("(C1) expected ranges [begin, end) with 0 <= begin < "
                         "end, found [")
             << range << "]";
  std::optional<ArrayRef<int64_t>> at = getAt();
  auto isWrong = [](int64_t number) { return number < 0 || number > 65535; };
  if (at && (at->size() != 2 || llvm::any_of(*at, isWrong)))
    return emitOpError("(C2) expected a row and a column from 0 to 65535, "
                       "found [")
           << *at << "]";
  return success();
}

LogicalResult ProgramOp::verify() {
  int64_t interval = getReleaseInterval();
  if (interval < 1 || interval > static_cast<int64_t>(maxReleaseInterval))
    return emitOpError("(C3) expected a release interval of 1 to ")
           << maxReleaseInterval << " cycles, found " << interval;
  return success();
}

LogicalResult ProgramOp::verifyRegions() {
  llvm::SmallSet<uint64_t, 16> nodes;
  for (NodeOp node : getBody().getOps<NodeOp>())
    if (!nodes.insert(node.getId()).second)
      return node.emitOpError("(C1) of cmcore.program: repeats the id ")
             << node.getId();
  for (auto [index, route] : llvm::enumerate(getBody().getOps<RouteOp>()))
    if (route.getId() != index)
      return route.emitOpError("(C2) of cmcore.program: expected id ")
             << index << ", found " << route.getId();
  return success();
}

//===----------------------------------------------------------------------===//
// LCU
//===----------------------------------------------------------------------===//

/// `label`: a region of an LCU program.
static LogicalResult verifyLcu(Region &region, StringRef label) {
  for (Operation &op : region.getOps())
    if (!isa<ForOp, GuardOp, WaitOp, FireOp>(op))
      return op.emitOpError("(")
             << label << ") of " << op.getParentOp()->getName()
             << ": expected an LCU operation";
  return success();
}

/// (C3): over (n, d0, d1).
static LogicalResult verifyMap(Operation *op, AffineMap map) {
  if (map.getNumDims() == 3 && map.getNumSymbols() == 0 &&
      map.getNumResults() > 0)
    return success();
  return op->emitOpError("(C3) expected a map (n, d0, d1) -> (...), found ")
         << AffineMapAttr::get(map);
}

LogicalResult ForOp::verifyRegions() {
  if (getDim() > 1)
    return emitOpError("(C1) expected dim 0 or 1, found ") << getDim();
  if (static_cast<int64_t>(getStep()) < 1)
    return emitOpError("(C2) expected a step of at least 1, found ")
           << static_cast<int64_t>(getStep());
  if (failed(verifyMap(*this, getLower())) ||
      failed(verifyMap(*this, getUpper())))
    return failure();
  return verifyLcu(getBody(), "C4");
}

LogicalResult GuardOp::verifyRegions() {
  if (failed(verifyMap(*this, getNonnegative())))
    return failure();
  return verifyLcu(getBody(), "C4");
}

LogicalResult WaitOp::verify() {
  if (failed(verifyMap(*this, getThreshold())))
    return failure();
  if (getThreshold().getNumResults() != 1)
    return emitOpError("(C3) expected one threshold, found ")
           << getThreshold().getNumResults();
  return success();
}

//===----------------------------------------------------------------------===//
// Context
//===----------------------------------------------------------------------===//

static LogicalResult verifyData(ContextOp context) {
  if (context.getData().empty() || context.getData().front().empty()) {
    if (context.getInput())
      return success();
    return context.emitOpError("(C3) expected a data path or an input");
  }
  Block &block = context.getData().front();
  if (context.getInput() || !isa<SendOp>(block.back()))
    return context.emitOpError("(C3) expected a data path that ends in "
                               "cmcore.send, or an input without one");
  unsigned count = 0;
  for (MvmOp mvm : block.getOps<MvmOp>()) {
    auto gather = mvm.getInput().getDefiningOp<GatherOp>();
    if (++count > 1 || !gather || !gather->hasOneUse())
      return mvm.emitOpError("(C4) of cmcore.context: expected one MVM, with "
                             "an operand from a cmcore.gather that nothing "
                             "else uses");
  }
  return success();
}

LogicalResult ContextOp::verifyRegions() {
  if (getDomain().size() != 2 ||
      !isIterationCount(getDomain()[0], getDomain()[1]))
    return emitOpError("(C1) expected a domain of two extents, 1 to ")
           << maxIterations << " iterations, found [" << getDomain() << "]";
  if (failed(verifyLcu(getLcu(), "C2")))
    return failure();
  return verifyData(*this);
}
