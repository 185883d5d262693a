//===- ActivationStages.cpp - attention, normalisation, constants ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What transformers need beside products with weights: tokens are pixels of one
// row, and a product of two tensors reads all tokens of its second operand for
// each token of its first.
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

Value StageEmitter::emitMatrixProduct(cmnn::BatchMatMulOp op,
                                      const Site &site) {
  SmallVector<Value> operands = operandsOf(op);
  Extent y = extentOf(op.getY());
  Value vector = operand(op.getA(), op.getA(), {0, extentOf(op.getA()).c});
  Value matrix = read(operands[1], windowOf(op, 1, site.lattice));
  SmallVector<int8_t> zeroPoints{static_cast<int8_t>(op.getAZeroPoint()),
                                 static_cast<int8_t>(op.getBZeroPoint())};
  Value sum = cmflow::MultiplyMatrixOp::create(
      builder, loc, vectorType(y.c, 32), vector, matrix, zeroPoints,
      /*transposed=*/operands[1] != op.getB());
  float accumulator = op.getAScale() * op.getBScale();
  SmallVector<float> scales{accumulator / op.getYScale()};
  return cmflow::RequantizeOp::create(builder, loc, vectorType(y.c, 8), sum,
                                      scales, op.getYZeroPoint(),
                                      op.getMinimum(), op.getMaximum());
}

Value StageEmitter::emitLayerNorm(cmnn::LayerNormOp op, const Site &site) {
  Value value = operand(op.getX(), op.getY(), site.range);
  std::vector<float> scaleStorage, biasStorage;
  ArrayRef<float> scales, biases;
  if (cmnn::WeightOp weight = op.getScaleOp())
    scales = weight.getFloat(scaleStorage);
  if (cmnn::WeightOp weight = op.getBiasOp())
    biases = weight.getFloat(biasStorage);
  return cmflow::LayerNormOp::create(
      builder, loc, value, APFloat(op.getXScale()), op.getXZeroPoint(),
      APFloat(op.getEpsilon()), scales, biases, APFloat(op.getYScale()),
      op.getYZeroPoint(), op.getMinimum(), op.getMaximum());
}

void StageEmitter::addActivationEmissions() {
  addEmission(&StageEmitter::emitMatrixProduct);
  addEmission(&StageEmitter::emitLayerNorm);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Elements of what cmnn::isConstant says is a constant, in row-major order;
/// nothing for other values, and for floats.
static std::optional<std::vector<int8_t>> constantOf(Value value) {
  Operation *op = value.getDefiningOp();
  auto type = cast<RankedTensorType>(value.getType());
  if (!isConstant(value) || !type.getElementType().isInteger(8))
    return std::nullopt;
  if (auto constant = dyn_cast<cmnn::ConstantOp>(op)) {
    std::vector<int8_t> storage;
    return constant.getWeightOp().getInt8(storage).vec();
  }
  auto values = constantOf(op->getOperand(0));
  if (cmnn::isReshape(op))
    return values;
  size_t channels = type.getShape().back();
  SmallVector<int8_t> table =
      cast<cmnn::ByteFunctionOpInterface>(op).getByteTable(0, channels);
  for (auto [index, element] : llvm::enumerate(*values)) {
    size_t first = table.size() == 256 ? 0 : index % channels * 256;
    element = table[first + element + 128];
  }
  return values;
}

const std::vector<int8_t> *StageEmitter::constantAt(Value tensor) {
  if (auto found = constants.find(tensor); found != constants.end())
    return &found->second;
  auto values = constantOf(tensor);
  return values ? &(constants[tensor] = std::move(*values)) : nullptr;
}

Value StageEmitter::emitConstant(Value tensor, ArrayRef<int8_t> values,
                                 Range range) {
  Extent extent = extentOf(tensor);
  SmallVector<int8_t> table;
  for (; !values.empty(); values = values.drop_front(extent.c)) {
    if (extent.c == 1)
      table.append(range.size(), values.front());
    else
      llvm::append_range(table, values.slice(range.begin, range.size()));
  }
  return cmflow::ConstantsOp::create(builder, loc, vectorType(range.size(), 8),
                                     ArrayRef<int64_t>{extent.h, extent.w},
                                     table);
}

Value StageEmitter::emitCopy(Value copied, Window window, Range range) {
  const std::vector<int8_t> *values = constantAt(copied);
  if (!values)
    return read(copied, window, range);
  // The table begins with pixel (0, 0) of what is written.
  Extent extent = extentOf(copied);
  int64_t top = extent.h == 1 ? 0 : pixels.offsetY;
  int64_t left = extent.w == 1 ? 0 : pixels.offsetX;
  int64_t width = left + extent.w;
  SmallVector<int8_t> table((top + extent.h) * width * extent.c, 0);
  for (int64_t y = 0; y < extent.h; ++y)
    llvm::copy(
        ArrayRef(*values).slice(y * extent.w * extent.c, extent.w * extent.c),
        table.begin() + ((top + y) * width + left) * extent.c);
  return cmflow::ConstantsOp::create(builder, loc, vectorType(extent.c, 8),
                                     ArrayRef<int64_t>{top + extent.h, width},
                                     table);
}
