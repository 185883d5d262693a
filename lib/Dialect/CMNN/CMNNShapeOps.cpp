//===- CMNNShapeOps.cpp - verifiers of operations that move elements ------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"
#include "cm/Dialect/CMNN/StageForms.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace cm::cmnn;

/// (C3): one element for each axis.
static LogicalResult verifyPerAxis(Operation *op, StringRef what,
                                   ArrayRef<int64_t> values, int64_t rank) {
  if (static_cast<int64_t>(values.size()) == rank)
    return success();
  return op->emitOpError("(C3) expects ")
         << rank << " " << what << ", found " << values.size();
}

//===----------------------------------------------------------------------===//
// ReshapeOp and TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  int64_t from = getX().getType().getNumElements();
  int64_t to = getY().getType().getNumElements();
  if (from == to)
    return success();
  return emitOpError("(C1) expects ")
         << from << " elements in the result, found " << to;
}

/// How far apart the elements of an axis are, in row-major order.
static SmallVector<int64_t, 5> rowMajorStrides(RankedTensorType type) {
  SmallVector<int64_t, 5> strides(type.getRank(), 1);
  for (size_t axis = type.getRank(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * type.getDimSize(axis);
  return strides;
}

std::optional<ElementPositions> ReshapeOp::getElementPositions() {
  return ElementPositions{0, rowMajorStrides(getY().getType())};
}

std::optional<ElementPositions> TransposeOp::getElementPositions() {
  SmallVector<int64_t, 5> strides = rowMajorStrides(getX().getType());
  ElementPositions positions;
  for (int64_t axis : getPermutation())
    positions.strides.push_back(strides[axis]);
  return positions;
}

LogicalResult TransposeOp::verify() {
  RankedTensorType x = getX().getType();
  ArrayRef<int64_t> permutation = getPermutation();
  std::vector<bool> seen(x.getRank());
  for (int64_t axis : permutation)
    if (axis >= 0 && axis < x.getRank())
      seen[axis] = true;
  if (static_cast<int64_t>(permutation.size()) != x.getRank() ||
      llvm::is_contained(seen, false))
    return emitOpError("(C1) expects a permutation of ")
           << x.getRank() << " axes, found [" << permutation << "]";
  RankedTensorType expected = inferTransposeType(x, permutation);
  if (expected == getY().getType())
    return success();
  return emitOpError("(C2) expects a result of type ")
         << expected << ", found " << getY().getType();
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  RankedTensorType x = getX().getType(), y = getY().getType();
  if (failed(verifyPerAxis(*this, "starts", getStarts(), x.getRank())) ||
      failed(verifyPerAxis(*this, "sizes", getSizes(), x.getRank())) ||
      failed(verifyPerAxis(*this, "steps", getSteps(), x.getRank())))
    return failure();
  if (failed(verifyResultShape(
          *this, RankedTensorType::get(getSizes(), x.getElementType()), y, "")))
    return failure();
  for (auto [axis, extent] : llvm::enumerate(x.getShape())) {
    int64_t start = getStarts()[axis], step = getSteps()[axis];
    // As many steps as there are after the first element, by division.
    int64_t room = step > 0 ? extent - 1 - start : start;
    bool starts = start >= 0 && start < extent;
    if (step == 0 || step == std::numeric_limits<int64_t>::min() || !starts ||
        getSizes()[axis] - 1 > room / std::abs(step))
      return emitOpError("(C3) expects elements from 0 to ")
             << extent - 1 << " on axis " << axis << ", found "
             << getSizes()[axis] << " from " << start << " in steps of "
             << step;
  }
  return success();
}

std::optional<ElementPositions> SliceOp::getElementPositions() {
  ElementPositions positions{0, rowMajorStrides(getX().getType())};
  for (auto [axis, stride] : llvm::enumerate(positions.strides)) {
    positions.first += getStarts()[axis] * stride;
    stride *= getSteps()[axis];
  }
  return positions;
}

/// Forward, with all channels of a range.
bool SliceOp::hasStageForm() {
  return getSteps().back() == 1 &&
         llvm::all_of(getSteps(), [](int64_t step) { return step > 0; });
}

cm::Window SliceOp::getWindow(unsigned, const cm::Extent &, const Lattice &) {
  size_t rank = getStarts().size();
  cm::Window window;
  if (rank == 4)
    window.strideY = getSteps()[1], window.offsetY = getStarts()[1];
  if (rank >= 3) {
    window.strideX = getSteps()[rank - 2];
    window.offsetX = getStarts()[rank - 2];
  }
  window.channelBegin = getStarts().back();
  window.channelEnd = window.channelBegin + getSizes().back();
  window.elementEnd = window.listed();
  return window;
}

//===----------------------------------------------------------------------===//
// ConcatOp
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::verify() {
  if (getInputs().empty())
    return emitOpError("(C7) expects at least one operand, found none");
  auto types = llvm::map_to_vector(getInputs(), [](Value input) {
    return cast<RankedTensorType>(input.getType());
  });
  if (failed(verifyAxis(*this, getAxis(), types.front())))
    return failure();
  return verifyResultShape(*this, inferConcatType(types, getAxis()),
                           getY().getType(),
                           "operands with the same extents on other axes");
}

/// Rows, columns or channels, but not images.
bool ConcatOp::hasStageForm() { return getAxis() > 0; }

//===----------------------------------------------------------------------===//
// PadOp
//===----------------------------------------------------------------------===//

/// (C6)
static LogicalResult verifyFill(PadOp op) {
  std::optional<TypedAttr> value = op.getValue();
  if (!value)
    return success();
  if (op.getMode() != PadMode::Constant)
    return op.emitOpError(
               "(C6) expects a value with mode constant only, found ")
           << *value << " with " << stringifyPadMode(op.getMode());
  Type element = op.getX().getType().getElementType();
  if (value->getType() == element && isa<FloatAttr, IntegerAttr>(*value))
    return success();
  return op.emitOpError("(C6) expects a value of type ")
         << element << ", found " << *value;
}

LogicalResult PadOp::verify() {
  RankedTensorType x = getX().getType();
  if (failed(verifyPerAxis(*this, "low", getLow(), x.getRank())) ||
      failed(verifyPerAxis(*this, "high", getHigh(), x.getRank())))
    return failure();
  for (auto [axis, extent] : llvm::enumerate(x.getShape())) {
    bool reflects = getMode() == PadMode::Reflect;
    int64_t most = reflects ? extent - 1 : int64_t(1) << 40;
    for (int64_t count : {getLow()[axis], getHigh()[axis]})
      if (count < 0 || count > most)
        return emitOpError("(C3) expects 0 to ")
               << most << " elements more on axis " << axis << ", found "
               << count;
  }
  if (failed(verifyFill(*this)))
    return failure();
  return verifyResultShape(*this, inferPadType(x, getLow(), getHigh()),
                           getY().getType(), "");
}

/// Of channels alone a pixel is computed from the same one.
StageRole PadOp::getStageRole() {
  cm::Extent x = extentOf(getX()), y = extentOf(getY());
  return x.h == y.h && x.w == y.w ? StageRole::Pixelwise : StageRole::Window;
}

bool PadOp::hasStageForm() { return getMode() == PadMode::Constant; }
bool PadOp::mixesChannels() { return true; }

cm::Window PadOp::getWindow(unsigned, const cm::Extent &stored,
                            const Lattice &lattice) {
  size_t rank = getLow().size();
  cm::Window window = detail::pixelWindow(stored, lattice);
  window.offsetY = rank == 4 ? -getLow()[1] : 0;
  window.offsetX = rank >= 3 ? -getLow()[rank - 2] : 0;
  window.fill = getInt8Fill();
  return window;
}

float PadOp::getFloatFill() {
  std::optional<TypedAttr> value = getValue();
  return value ? cast<FloatAttr>(*value).getValue().convertToFloat() : 0.0f;
}

int32_t PadOp::getInt8Fill() {
  std::optional<TypedAttr> value = getValue();
  return value ? static_cast<int32_t>(cast<IntegerAttr>(*value).getInt()) : 0;
}

//===----------------------------------------------------------------------===//
// ResizeOp and DepthToSpaceOp
//===----------------------------------------------------------------------===//

LogicalResult ResizeOp::verify() {
  RankedTensorType x = getX().getType(), y = getY().getType();
  if (x.getDimSize(0) != y.getDimSize(0) || x.getDimSize(3) != y.getDimSize(3))
    return emitOpError("(C4) expects ")
           << x.getDimSize(0) << " images of " << x.getDimSize(3)
           << " channels, found " << y;
  bool positive = llvm::all_of(getScales(), [](float scale) {
    return scale > 0 && std::isfinite(scale);
  });
  if (getScales().size() != 2 || !positive)
    return emitOpError("(C6) expects two positive scales, found [")
           << getScales() << "]";
  if (!isView())
    return success();
  if (getOperandQuantization(0) == getResultQuantization() &&
      getResultQuantization() == Quantization())
    return success();
  return emitOpError("(C9) expects a nearest resize to have no quantisation");
}

bool ResizeOp::isView() { return getMode() == ResizeMode::Nearest; }

LogicalResult DepthToSpaceOp::verify() {
  return verifyResultShape(
      *this, inferDepthToSpaceType(getX().getType(), getBlock()),
      getY().getType(), "channels that the square of the block divides");
}

//===----------------------------------------------------------------------===//
// GatherOp
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::verifySymbolUses(SymbolTableCollection &symbols) {
  RankedTensorType y = getY().getType();
  auto table =
      lookUpWeight(*this, symbols, getTableAttr(), 2, y.getElementType());
  if (failed(table))
    return failure();
  return verifyResultShape(
      *this, inferGatherType(table->getType(), getIds().getType()), y, "");
}

WeightOp GatherOp::getTableOp() { return weightOf(*this, getTableAttr()); }
