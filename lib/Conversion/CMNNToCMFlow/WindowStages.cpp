//===- WindowStages.cpp - pools, resizes and copies -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

template <typename OpTy> static Window poolWindow(OpTy op) {
  Window window = Window::whole(op.getKernel()[0], op.getKernel()[1],
                                extentOf(op.getX()).c);
  window.strideY = op.getStrides()[0], window.strideX = op.getStrides()[1];
  window.offsetY = -op.getPads()[0], window.offsetX = -op.getPads()[1];
  window.dilationY = op.getDilations()[0];
  window.dilationX = op.getDilations()[1];
  return window;
}

Value StageEmitter::emitReduction(Operation *op) {
  Value x = op->getOperand(0);
  StringRef object = objectOf(x).getSymName();
  Extent extent = extentOf(resolve(x));
  Type type = vectorType(extent.c, 8);
  cmflow::WindowAttr window =
      windowAttr(x, Window::whole(extent.h, extent.w, extent.c));
  auto mean = dyn_cast<cmnn::ReduceMeanOp>(op);
  if (!mean)
    return cmflow::MaxPoolOp::create(builder, loc, type, object, window);
  return cmflow::ReduceMeanOp::create(
      builder, loc, type, object, window, APFloat(mean.getXScale()),
      mean.getXZeroPoint(), APFloat(mean.getYScale()), mean.getYZeroPoint(),
      mean.getMinimum(), mean.getMaximum());
}

Value StageEmitter::emitPool(Operation *op) {
  Value x = op->getOperand(0);
  StringRef object = objectOf(x).getSymName();
  Extent extent = extentOf(resolve(x));
  Type type = vectorType(extent.c, 8);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](cmnn::MaxPoolOp pool) {
        return cmflow::MaxPoolOp::create(builder, loc, type, object,
                                         windowAttr(x, poolWindow(pool)));
      })
      .Case([&](cmnn::AveragePoolOp pool) {
        Window window = poolWindow(pool);
        window.fill = pool.getXZeroPoint();
        return cmflow::AveragePoolOp::create(
            builder, loc, type, object, windowAttr(x, window),
            APFloat(pool.getXScale()), pool.getXZeroPoint(),
            APFloat(pool.getYScale()), pool.getYZeroPoint(),
            pool.getCountIncludePad(), pool.getUnsignedRounding(),
            pool.getMinimum(), pool.getMaximum());
      })
      .Case([&](cmnn::GlobalAveragePoolOp pool) {
        return cmflow::GlobalAveragePoolOp::create(
            builder, loc, type, object,
            windowAttr(x, Window::whole(extent.h, extent.w, extent.c)),
            APFloat(pool.getXScale()), pool.getXZeroPoint(),
            APFloat(pool.getYScale()), pool.getYZeroPoint(), pool.getMinimum(),
            pool.getMaximum());
      });
}

//===----------------------------------------------------------------------===//
// Other sizes
//===----------------------------------------------------------------------===//

/// The first pixel of the operand that a lattice reads.
static Window windowOf(const Lattice &lattice) {
  Window window;
  window.strideY = lattice.y.readStride, window.offsetY = lattice.y.readOffset;
  window.strideX = lattice.x.readStride, window.offsetX = lattice.x.readOffset;
  return window;
}

Value StageEmitter::emitResize(cmnn::ResizeOp op, const Lattice &lattice) {
  int64_t channels = extentOf(op.getX()).c;
  Window window = windowOf(lattice);
  if (op.getMode() == cmnn::ResizeMode::Nearest)
    return read(op.getX(), window, {0, channels});
  window.kernelY = window.kernelX = 2;
  window.channelEnd = channels, window.elementEnd = 4 * channels;
  return cmflow::InterpolateOp::create(
      builder, loc, vectorType(channels, 8), objectOf(op.getX()).getSymName(),
      windowAttr(op.getX(), window), lattice.y.weights, lattice.x.weights,
      APFloat(op.getXScale()), op.getXZeroPoint(), APFloat(op.getYScale()),
      op.getYZeroPoint(), op.getAsStored(), op.getUnsignedRounding(),
      op.getMinimum(), op.getMaximum());
}

Value StageEmitter::emitDepthToSpace(cmnn::DepthToSpaceOp op,
                                     const Lattice &lattice) {
  int64_t channels = extentOf(op.getY()).c;
  int64_t blocks = op.getBlock() * op.getBlock();
  if (!op.getCrd())
    return read(op.getX(), windowOf(lattice),
                {lattice.block * channels, (lattice.block + 1) * channels});
  SmallVector<int32_t> indices;
  for (int64_t c = 0; c < channels; ++c)
    indices.push_back(c * blocks + lattice.block);
  return shuffle(read(op.getX(), windowOf(lattice), {0, channels * blocks}),
                 indices);
}

Value StageEmitter::emitSlice(cmnn::SliceOp op) {
  Window window;
  size_t rank = op.getStarts().size();
  if (rank == 4)
    window.strideY = op.getSteps()[1], window.offsetY = op.getStarts()[1];
  if (rank >= 3) {
    window.strideX = op.getSteps()[rank - 2];
    window.offsetX = op.getStarts()[rank - 2];
  }
  int64_t first = op.getStarts().back();
  return read(op.getX(), window, {first, first + op.getSizes().back()});
}

Value StageEmitter::emitHead(const Layer &layer, const Lattice &lattice,
                             Range range) {
  if (layer.copied)
    return emitCopy(layer.copied, windowOf(lattice), range);
  if (isVectorOp(layer.head))
    return emitVectorOp(layer.head, range);
  return llvm::TypeSwitch<Operation *, Value>(layer.head)
      .Case([&](cmnn::ResizeOp op) { return emitResize(op, lattice); })
      .Case([&](cmnn::DepthToSpaceOp op) {
        return emitDepthToSpace(op, lattice);
      })
      .Case([&](cmnn::PadOp op) { return emitPad(op); })
      .Case([&](cmnn::Conv2DOp) { return emitDepthwise(layer, range); })
      .Case([&](cmnn::SliceOp op) { return emitSlice(op); })
      .Case([&](cmnn::BatchMatMulOp op) { return emitMatrixProduct(op); })
      .Case<cmnn::ReduceMeanOp, cmnn::ReduceMaxOp>(
          [&](auto op) { return emitReduction(op); })
      .Default([&](Operation *op) { return emitPool(op); });
}
