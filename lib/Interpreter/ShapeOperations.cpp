//===- ShapeOperations.cpp - operations that move elements ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Operations.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

using Computed = std::optional<llvm::Expected<Tensor>>;

static Shape shapeOf(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

static Tensor computePad(cmnn::PadOp op, const Tensor &x) {
  if (x.type == ElementType::Int8) {
    uint8_t byte = static_cast<uint8_t>(op.getInt8Fill());
    return pad(x, op.getLow(), shapeOf(op), op.getMode(), byte);
  }
  float value = op.getFloatFill();
  llvm::ArrayRef<uint8_t> fill(reinterpret_cast<const uint8_t *>(&value),
                               sizeof value);
  return pad(x, op.getLow(), shapeOf(op), op.getMode(), fill);
}

static Tensor computeResize(cmnn::ResizeOp op, const Tensor &x) {
  ResizeRule rule{op.getScales(), op.getCoordinates()};
  if (op.getMode() == cmnn::ResizeMode::Nearest)
    return resizeNearest(x, shapeOf(op), rule, op.getNearestMode());
  const Tensor *operands[] = {&x};
  Signature signature(op, operands);
  if (x.type == ElementType::Int8 && op.getAsStored())
    return resizeStored(x, signature.result(), rule, op.getUnsignedRounding());
  return resizeLinear(signature.operand(0), signature.result(), rule);
}

Computed interpreter::computeView(Operation *op, OperandTensors operands) {
  Shape shape = shapeOf(op);
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::ConstantOp constant) {
        return tensorOf(constant.getWeightOp());
      })
      .Case([&](cmnn::ReshapeOp) { return reshape(*operands[0], shape); })
      .Case([&](cmnn::TransposeOp transpose) {
        return interpreter::transpose(*operands[0], transpose.getPermutation());
      })
      .Case([&](cmnn::SliceOp slice) {
        return interpreter::slice(*operands[0], slice.getStarts(),
                                  slice.getSizes(), slice.getSteps());
      })
      .Case([&](cmnn::ConcatOp concat) {
        return interpreter::concat(operands, concat.getAxis(), shape);
      })
      .Case([&](cmnn::PadOp pad) { return computePad(pad, *operands[0]); })
      .Case([&](cmnn::ResizeOp resize) {
        return computeResize(resize, *operands[0]);
      })
      .Case([&](cmnn::DepthToSpaceOp depth) {
        return depthToSpace(*operands[0], depth.getBlock(), depth.getCrd());
      })
      .Case([&](cmnn::GatherOp gather) {
        return interpreter::gather(tensorOf(gather.getTableOp()), *operands[0],
                                   shape);
      })
      .Default([](Operation *) { return Computed(); });
}
