//===- StageForms.cpp - forms of operations that have stages --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/StageForms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using namespace cm::cmnn;
using namespace mlir;

//===----------------------------------------------------------------------===//
// What most operations answer
//===----------------------------------------------------------------------===//

OperandForms cm::cmnn::detail::getOperandForms(StageRole role) {
  OperandForms forms;
  forms.constant = role == StageRole::Pixelwise || role == StageRole::Join;
  return forms;
}

Window cm::cmnn::detail::pixelWindow(const Extent &stored,
                                     const Lattice &lattice) {
  Window window = Window::whole(1, 1, stored.c);
  window.strideY = lattice.y.readStride, window.offsetY = lattice.y.readOffset;
  window.strideX = lattice.x.readStride, window.offsetX = lattice.x.readOffset;
  return window;
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

Extent cmnn::extentOf(Value value) {
  ArrayRef<int64_t> shape = typeOf(value).getShape();
  if (shape.size() == 4)
    return {shape[1], shape[2], shape[3]};
  if (shape.size() == 3)
    return {1, shape[1], shape[2]};
  return {1, 1, shape.empty() ? 1 : shape.back()};
}

/// From int8 to int8.
static bool isOfBytes(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1)
    return false;
  auto isInt8 = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getElementType().isInteger(8);
  };
  return isInt8(op->getOperand(0)) && isInt8(op->getResult(0));
}

StageRole cmnn::getStageRole(Operation *op) {
  auto stage = dyn_cast<StageOpInterface>(op);
  return stage && isOfBytes(op) && stage.hasStageForm() ? stage.getStageRole()
                                                        : StageRole::None;
}

bool cmnn::isByteFunction(Operation *op) {
  return isa<ByteFunctionOpInterface>(op) &&
         getStageRole(op) == StageRole::Pixelwise;
}

bool cmnn::isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  auto stage = dyn_cast<StageOpInterface>(op);
  if (stage && stage.getStageRole() == StageRole::Constant)
    return true;
  return (isReshape(op) || isByteFunction(op)) && isConstant(op->getOperand(0));
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

/// Where the elements lie if all of them do so once, in any order.
static std::optional<ElementPositions> positionsOfAll(Operation *op) {
  auto view = dyn_cast_if_present<ViewOpInterface>(op);
  auto positions = view ? view.getElementPositions() : std::nullopt;
  if (!positions || typeOf(op->getOperand(0)).getNumElements() !=
                        typeOf(op->getResult(0)).getNumElements())
    return std::nullopt;
  bool isForward = llvm::all_of(positions->strides,
                                [](int64_t stride) { return stride > 0; });
  return isForward ? positions : std::nullopt;
}

bool cmnn::isReordering(Operation *op) {
  return positionsOfAll(op).has_value();
}

// Strides of axes of extent 1 count, too: a transpose of such axes moves no
// element, but may say how a matrix of one row is read.
bool cmnn::isReshape(Operation *op) {
  auto positions = positionsOfAll(op);
  if (!positions)
    return false;
  ArrayRef<int64_t> shape = typeOf(op->getResult(0)).getShape();
  int64_t stride = 1;
  for (size_t axis = shape.size(); axis-- > 0; stride *= shape[axis])
    if (positions->strides[axis] != stride)
      return false;
  return true;
}

bool cmnn::isTransposedOperand(Operation *op) {
  auto positions = positionsOfAll(op);
  RankedTensorType type =
      positions ? typeOf(op->getResult(0)) : RankedTensorType();
  return type && type.getRank() == 3 && positions->strides[1] == 1 &&
         positions->strides[2] == type.getDimSize(1) &&
         llvm::all_of(op->getUses(), [](OpOperand &use) {
           auto reader = dyn_cast<StageOpInterface>(use.getOwner());
           return reader &&
                  reader.getOperandForms(use.getOperandNumber()).transposed;
         });
}

Operation *cmnn::findUserOfPixels(Value value) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    auto reader = dyn_cast<StageOpInterface>(user);
    if (isa<func::ReturnOp>(user) ||
        (reader && reader.getOperandForms(use.getOperandNumber()).flattened))
      continue;
    if (!isReshape(user))
      return user;
    if (Operation *other = findUserOfPixels(user->getResult(0)))
      return other;
  }
  return nullptr;
}
