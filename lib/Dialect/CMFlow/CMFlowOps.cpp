//===- CMFlowOps.cpp - objects, accesses and products ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Limits.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/OpImplementation.h"

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

#include "cm/Dialect/CMFlow/CMFlowInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMFlow/CMFlowOps.cpp.inc"

static int64_t lengthOf(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

//===----------------------------------------------------------------------===//
// Extent
//===----------------------------------------------------------------------===//

ParseResult cmflow::parseExtent(OpAsmParser &parser, IntegerAttr &height,
                                IntegerAttr &width, IntegerAttr &channels) {
  SmallVector<int64_t> extents;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(extents, /*allowDynamic=*/false,
                                /*withTrailingX=*/false))
    return failure();
  if (extents.size() != 3)
    return parser.emitError(loc) << "expected height x width x channels, found "
                                 << extents.size() << " extents";
  height = parser.getBuilder().getI64IntegerAttr(extents[0]);
  width = parser.getBuilder().getI64IntegerAttr(extents[1]);
  channels = parser.getBuilder().getI64IntegerAttr(extents[2]);
  return success();
}

void cmflow::printExtent(OpAsmPrinter &printer, Operation *, IntegerAttr height,
                         IntegerAttr width, IntegerAttr channels) {
  printer << height.getInt() << "x" << width.getInt() << "x"
          << channels.getInt();
}

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

//===----------------------------------------------------------------------===//
// AccessOpInterface
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr ReadOp::getAccessedObject() { return getObjectAttr(); }
WindowAttr ReadOp::getReadRelation() { return getWindow(); }
bool ReadOp::feedsCrossbar() {
  return llvm::any_of(getResult().getUsers(),
                      [](Operation *user) { return isa<MvmOp>(user); });
}

FlatSymbolRefAttr MaxPoolOp::getAccessedObject() { return getObjectAttr(); }
WindowAttr MaxPoolOp::getReadRelation() { return getWindow(); }
bool MaxPoolOp::feedsCrossbar() { return false; }

FlatSymbolRefAttr AveragePoolOp::getAccessedObject() { return getObjectAttr(); }
WindowAttr AveragePoolOp::getReadRelation() { return getWindow(); }
bool AveragePoolOp::feedsCrossbar() { return false; }

FlatSymbolRefAttr GlobalAveragePoolOp::getAccessedObject() {
  return getObjectAttr();
}
WindowAttr GlobalAveragePoolOp::getReadRelation() { return getWindow(); }
bool GlobalAveragePoolOp::feedsCrossbar() { return false; }

FlatSymbolRefAttr ReduceMeanOp::getAccessedObject() { return getObjectAttr(); }
WindowAttr ReduceMeanOp::getReadRelation() { return getWindow(); }
bool ReduceMeanOp::feedsCrossbar() { return false; }

FlatSymbolRefAttr InterpolateOp::getAccessedObject() { return getObjectAttr(); }
WindowAttr InterpolateOp::getReadRelation() { return getWindow(); }
bool InterpolateOp::feedsCrossbar() { return false; }

//===----------------------------------------------------------------------===//
// MvmOp
//===----------------------------------------------------------------------===//

LogicalResult MvmOp::verify() {
  for (ArrayRef<int64_t> range : {getChannels(), getElements(), getColumns()})
    if (range.size() != 2 || range[0] < 0 || range[0] >= range[1] ||
        range[1] > int64_t(maxObjectElements))
      return emitOpError("(C3) expected ranges [begin, end) with 0 <= begin < "
                         "end <= ")
             << maxObjectElements << ", found [" << range << "]";
  int64_t rows = getElements()[1] - getElements()[0];
  if (lengthOf(getInput()) != rows)
    return emitOpError("(C1) expected an operand of ")
           << rows << " elements, found " << lengthOf(getInput());
  if (lengthOf(getResult()) != getMatrixCols())
    return emitOpError("(C2) expected a result of ")
           << getMatrixCols() << " elements, found " << lengthOf(getResult());
  std::optional<ArrayRef<int64_t>> cells = getCells();
  auto isWrong = [](int64_t number) { return number < 0 || number > 65535; };
  if (cells && (cells->size() != 3 || llvm::any_of(*cells, isWrong)))
    return emitOpError("(C5) expected a crossbar, a row and a column from 0 to "
                       "65535, found [")
           << *cells << "]";
  return success();
}

/// Rows that a weight of `shape` lists for the channels of an MVM.
static int64_t listedRows(MvmOp op, ArrayRef<int64_t> shape) {
  if (shape.size() == 2)
    return shape[0];
  int64_t positions = op.getTaps() ? op.getTaps()->size() : shape[0] * shape[1];
  return positions * (op.getChannels()[1] - op.getChannels()[0]);
}

/// (C3) of an MVM: taps are positions of the kernel.
static LogicalResult verifyTaps(MvmOp op, ArrayRef<int64_t> shape) {
  int64_t positions = shape.size() == 4 ? shape[0] * shape[1] : 0;
  for (int64_t tap : op.getTaps().value_or(ArrayRef<int64_t>()))
    if (tap < 0 || tap >= positions)
      return op.emitOpError("(C3) expected taps of 0 to ")
             << positions - 1 << ", found [" << *op.getTaps() << "]";
  return success();
}

/// (C3) of an MVM: what kind of weight it is.
static LogicalResult verifyWeightType(MvmOp op, cmnn::WeightOp weight) {
  RankedTensorType type = weight.getType();
  // By division, since the product may overflow.
  int64_t left = maxObjectElements;
  for (int64_t extent : type.getShape())
    left /= extent;
  if (!type.getElementType().isInteger(8) || left == 0 ||
      (type.getRank() != 2 && type.getRank() != 4))
    return op.emitOpError("(C3) expected a weight of KHxKWxCIxCO or INxOUT "
                          "int8 with at most ")
           << maxObjectElements << " elements, found " << type;
  if (type.getRank() == 4 || (op.getGroups() == 1 && op.getChannels()[0] == 0))
    return success();
  return op.emitOpError("(C3) expected one group and channels from 0 of a "
                        "weight INxOUT, found ")
         << op.getGroups() << " groups and channels [" << op.getChannels()
         << "]";
}

/// (C4) of an MVM: `width` are the columns of a group.
static LogicalResult verifySums(MvmOp op, int64_t width) {
  int64_t groups =
      (op.getColumns()[1] - 1) / width - op.getColumns()[0] / width + 1;
  if (!op.getSums() || int64_t(*op.getSums()) == groups)
    return success();
  return op.emitOpError("(C4) expected a sum for each of the ")
         << groups << " groups of the columns, found " << *op.getSums();
}

/// (C3) of an MVM.
static LogicalResult verifyWeight(MvmOp op, cmnn::WeightOp weight) {
  ArrayRef<int64_t> shape = weight.getType().getShape();
  if (failed(verifyWeightType(op, weight)) || failed(verifyTaps(op, shape)))
    return failure();
  int64_t groups = op.getGroups(), columns = shape.back();
  int64_t channels =
      shape.size() == 4 ? shape[2] * std::min(groups, columns) : shape[0];
  if (columns % groups == 0 && op.getChannels()[1] <= channels &&
      op.getElements()[1] <= listedRows(op, shape) &&
      op.getColumns()[1] <= columns)
    return verifySums(op, columns / groups);
  return op.emitOpError("(C3) expected channels, elements and columns within "
                        "the ")
         << channels << ", " << listedRows(op, shape) << " and " << columns
         << " of @" << weight.getSymName() << " in " << groups << " groups";
}

LogicalResult GraphOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (StageOp stage : getBody().getOps<StageOp>()) {
    for (MvmOp mvm : stage.getBody().getOps<MvmOp>()) {
      auto weight = symbols.lookupNearestSymbolFrom<cmnn::WeightOp>(
          getOperation()->getParentOp(), mvm.getWeightAttr());
      if (!weight)
        return mvm.emitOpError(
                   "(C3) expected the name of a cmnn.weight, found ")
               << mvm.getWeightAttr();
      if (failed(verifyWeight(mvm, weight)))
        return failure();
    }
  }
  return success();
}
