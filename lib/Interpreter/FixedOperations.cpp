//===- FixedOperations.cpp - from operations on integers to kernels -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixed.h"
#include "Operations.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace cm;
using namespace cm::interpreter;

static Tensor computeResize(cmnn::ResizeFixedOp op, const Tensor &x,
                            Shape shape) {
  FixedResize resize{op.getNumerators(), op.getDenominators(), op.getOffsets()};
  if (op.getMode() == cmnn::ResizeMode::Nearest)
    return resizeNearestFixed(x, shape, resize);
  return resizeLinearFixed(x, shape, resize);
}

Computed interpreter::computeFixed(Operation *op, OperandTensors operands) {
  Result y = Signature(op, operands).result();
  return llvm::TypeSwitch<Operation *, Computed>(op)
      .Case([&](cmnn::RescaleOp rescale) {
        FixedScale scale{rescale.getMultipliers(), rescale.getShifts(),
                         rescale.getDoubleRound(), rescale.getXZeroPoint(),
                         rescale.getYZeroPoint(),  rescale.getMinimum(),
                         rescale.getMaximum()};
        return Computed(interpreter::rescale(*operands[0], y.type, scale));
      })
      .Case([&](cmnn::AveragePoolFixedOp pool) {
        interpreter::Window window{pool.getKernel(), pool.getStrides(),
                                   pool.getDilations(), pool.getPads()};
        return Computed(averagePoolFixed(*operands[0], y.shape, window,
                                         pool.getXZeroPoint(),
                                         pool.getYZeroPoint()));
      })
      .Case([&](cmnn::ResizeFixedOp resize) {
        return Computed(computeResize(resize, *operands[0], y.shape));
      })
      .Case([&](cmnn::ReduceSumOp) {
        if (y.type != ElementType::Int32)
          return Computed();
        return Computed(sumExactly(*operands[0], y.shape));
      })
      .Default([](Operation *) { return Computed(); });
}
