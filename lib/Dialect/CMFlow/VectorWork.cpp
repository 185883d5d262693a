//===- VectorWork.cpp - what operations are to the DPU --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMFlow/VectorWork.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::cmflow;
using namespace mlir;

using Work = SmallVector<VectorWork>;

static uint64_t lengthOf(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

/// A list for each pixel, as one; what holds for all elements, which is
/// `common` long, stays.
template <typename T>
static SmallVector<T> repeat(ArrayRef<T> values, int64_t pixels,
                             size_t common) {
  SmallVector<T> result(values);
  if (values.size() != common)
    for (int64_t i = 1; i < pixels; ++i)
      result.append(values.begin(), values.end());
  return result;
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

Work cmflow::vectorWork(Operation *op) {
  if (op->getNumResults() == 0)
    return {};
  uint64_t length = lengthOf(op->getResult(0));
  VectorWork step(DpuClass::Alu, length); // one for each element
  auto ofWindow = [](WindowAttr window) {
    return VectorWork(DpuClass::Alu, window.getNumElements());
  };
  return llvm::TypeSwitch<Operation *, Work>(op)
      .Case([&](DepthwiseOp depthwise) {
        return Work{{DpuClass::Mac, depthwise.getWeights().size()}};
      })
      .Case([&](MultiplyMatrixOp product) {
        return Work{{DpuClass::Mac, lengthOf(product.getMatrix())}};
      })
      .Case([&](LayerNormOp) {
        // Two sums, differences, scales, biases, requantisation; quotients.
        Work work(6, step);
        work.push_back({DpuClass::Exp, length});
        return work;
      })
      .Case([&](SubtractZeroPointsOp) {
        return Work{step, step};
      })
      .Case([&](LookupOp) {
        return Work{{DpuClass::Lookup, length}};
      })
      .Case([&](MaxPoolOp pool) { return Work{ofWindow(pool.getWindow())}; })
      .Case<AveragePoolOp, GlobalAveragePoolOp, ReduceMeanOp, InterpolateOp>(
          [&](auto pool) {
            return Work{ofWindow(pool.getWindow()), step};
          })
      .Case([&](SoftmaxOp) {
        return Work{step, step, {DpuClass::Exp, length}};
      })
      .Case<ReadOp, MvmOp, ConstantsOp, arith::ConstantOp>(
          [](auto) { return Work(); })
      .Default([&](Operation *) { return Work{step}; });
}

//===----------------------------------------------------------------------===//
// Several pixels at once
//===----------------------------------------------------------------------===//

bool cmflow::canWiden(Operation *op) {
  return isa<RequantizeOp, AddQuantizedOp, MulQuantizedOp, LookupOp, ShuffleOp,
             arith::AddIOp, arith::ConstantOp>(op);
}

static void widenIndices(ShuffleOp shuffle, int64_t pixels) {
  int32_t operand = lengthOf(shuffle.getInput());
  SmallVector<int32_t> indices;
  for (int64_t i = 0; i < pixels; ++i)
    for (int32_t index : shuffle.getIndices())
      indices.push_back(index < 0 ? index : index + i * operand);
  shuffle.setIndices(indices);
}

static void widenConstant(arith::ConstantOp constant, int64_t pixels) {
  auto value = cast<DenseElementsAttr>(constant.getValue());
  SmallVector<Attribute> elements(value.getValues<Attribute>());
  elements = repeat(ArrayRef<Attribute>(elements), pixels, 0);
  constant.setValueAttr(DenseElementsAttr::get(
      VectorType::get({int64_t(elements.size())}, value.getElementType()),
      elements));
}

void cmflow::widenLists(Operation *op, int64_t pixels) {
  if (auto requantize = dyn_cast<RequantizeOp>(op))
    requantize.setScales(repeat(requantize.getScales(), pixels, 1));
  else if (auto lookup = dyn_cast<LookupOp>(op))
    lookup.setTable(repeat(lookup.getTable(), pixels, 256));
  else if (auto shuffle = dyn_cast<ShuffleOp>(op))
    widenIndices(shuffle, pixels);
  else if (auto constant = dyn_cast<arith::ConstantOp>(op))
    widenConstant(constant, pixels);
}
