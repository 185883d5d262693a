//===- WindowStages.cpp - pools, resizes and copies -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

Value StageEmitter::emitMaximum(Operation *op, const Site &site) {
  Value x = op->getOperand(0);
  return cmflow::MaxPoolOp::create(
      builder, loc, vectorType(extentOf(resolve(x)).c, 8),
      objectOf(x).getSymName(), windowAttr(x, windowOf(op, 0, site.lattice)));
}

Value StageEmitter::emitMaxPool(cmnn::MaxPoolOp op, const Site &site) {
  return emitMaximum(op, site);
}

Value StageEmitter::emitReduceMax(cmnn::ReduceMaxOp op, const Site &site) {
  return emitMaximum(op, site);
}

Value StageEmitter::emitAveragePool(cmnn::AveragePoolOp op, const Site &site) {
  Window window = windowOf(op, 0, site.lattice);
  return cmflow::AveragePoolOp::create(
      builder, loc, vectorType(window.channels(), 8),
      objectOf(op.getX()).getSymName(), windowAttr(op.getX(), window),
      APFloat(op.getXScale()), op.getXZeroPoint(), APFloat(op.getYScale()),
      op.getYZeroPoint(), op.getCountIncludePad(), op.getUnsignedRounding(),
      op.getMinimum(), op.getMaximum());
}

/// A mean of all pixels that the window of `op` reads.
template <typename ResultOp, typename OpTy>
static Value createMean(OpBuilder &builder, Location loc, OpTy op,
                        VectorType type, StringRef object,
                        cmflow::WindowAttr window) {
  return ResultOp::create(builder, loc, type, object, window,
                          APFloat(op.getXScale()), op.getXZeroPoint(),
                          APFloat(op.getYScale()), op.getYZeroPoint(),
                          op.getMinimum(), op.getMaximum());
}

Value StageEmitter::emitGlobalAveragePool(cmnn::GlobalAveragePoolOp op,
                                          const Site &site) {
  Window window = windowOf(op, 0, site.lattice);
  return createMean<cmflow::GlobalAveragePoolOp>(
      builder, loc, op, vectorType(window.channels(), 8),
      objectOf(op.getX()).getSymName(), windowAttr(op.getX(), window));
}

Value StageEmitter::emitReduceMean(cmnn::ReduceMeanOp op, const Site &site) {
  Window window = windowOf(op, 0, site.lattice);
  return createMean<cmflow::ReduceMeanOp>(
      builder, loc, op, vectorType(window.channels(), 8),
      objectOf(op.getX()).getSymName(), windowAttr(op.getX(), window));
}

//===----------------------------------------------------------------------===//
// Other sizes
//===----------------------------------------------------------------------===//

Value StageEmitter::emitResize(cmnn::ResizeOp op, const Site &site) {
  Window window = windowOf(op, 0, site.lattice);
  if (op.getMode() == cmnn::ResizeMode::Nearest)
    return read(op.getX(), window);
  return cmflow::InterpolateOp::create(
      builder, loc, vectorType(window.channels(), 8),
      objectOf(op.getX()).getSymName(), windowAttr(op.getX(), window),
      site.lattice.y.weights, site.lattice.x.weights, APFloat(op.getXScale()),
      op.getXZeroPoint(), APFloat(op.getYScale()), op.getYZeroPoint(),
      op.getAsStored(), op.getUnsignedRounding(), op.getMinimum(),
      op.getMaximum());
}

Value StageEmitter::emitDepthToSpace(cmnn::DepthToSpaceOp op,
                                     const Site &site) {
  Value value = read(op.getX(), windowOf(op, 0, site.lattice));
  if (!op.getCrd())
    return value;
  SmallVector<int32_t> indices;
  for (int64_t c = 0; c < extentOf(op.getY()).c; ++c)
    indices.push_back(c * op.getBlock() * op.getBlock() + site.lattice.block);
  return shuffle(value, indices);
}

Value StageEmitter::emitSlice(cmnn::SliceOp op, const Site &site) {
  return read(op.getX(), windowOf(op, 0, site.lattice));
}

void StageEmitter::addWindowEmissions() {
  addEmission(&StageEmitter::emitMaxPool);
  addEmission(&StageEmitter::emitReduceMax);
  addEmission(&StageEmitter::emitAveragePool);
  addEmission(&StageEmitter::emitGlobalAveragePool);
  addEmission(&StageEmitter::emitReduceMean);
  addEmission(&StageEmitter::emitResize);
  addEmission(&StageEmitter::emitDepthToSpace);
  addEmission(&StageEmitter::emitSlice);
}

Value StageEmitter::emitHead(const Layer &layer, const Lattice &lattice,
                             Range range) {
  if (layer.copied) {
    Extent stored = extentOf(layer.copied);
    return emitCopy(layer.copied, cmnn::detail::pixelWindow(stored, lattice),
                    range);
  }
  if (layer.onDpu)
    return emitDepthwise(layer, lattice, range);
  return emitOperation(layer.head, {lattice, range});
}
