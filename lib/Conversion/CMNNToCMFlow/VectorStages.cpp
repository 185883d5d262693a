//===- VectorStages.cpp - operations on the pixel at hand -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"
#include "StageEmitter.h"
#include "cm/Dialect/CMNN/ChannelShuffle.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr StageEmitter::objectNameOf(Value tensor) {
  return FlatSymbolRefAttr::get(objectOf(tensor).getSymNameAttr());
}

cmflow::WindowAttr StageEmitter::windowAttr(Value tensor, Window window) {
  int64_t channel = homes.find(tensor).channel;
  window.channelBegin += channel, window.channelEnd += channel;
  return cmflow::WindowAttr::fromWindow(builder.getContext(), window);
}

Value StageEmitter::read(Value tensor, Window window, Range range) {
  window.channelBegin = range.begin, window.channelEnd = range.end;
  window.elementBegin = 0, window.elementEnd = window.listed();
  return cmflow::ReadOp::create(builder, loc, vectorType(window.listed(), 8),
                                objectNameOf(tensor),
                                windowAttr(tensor, window));
}

Value StageEmitter::shuffle(Value vector, ArrayRef<int32_t> indices,
                            int32_t fill) {
  return cmflow::ShuffleOp::create(builder, loc, vectorType(indices.size(), 8),
                                   vector, indices, fill);
}

/// The pixel of `tensor` that belongs to the one of `result` that the stage
/// computes: the same one, or on axes where the tensor has extent 1 the first.
Value StageEmitter::readPixel(Value tensor, Value result, Range range) {
  Extent from = extentOf(tensor), to = extentOf(result);
  if (extentOf(resolve(tensor)).key() != from.key())
    return readFlat(tensor, range);
  Window window;
  window.strideY = pixels.strideY, window.offsetY = pixels.offsetY;
  window.strideX = pixels.strideX, window.offsetX = pixels.offsetX;
  if (from.h == 1 && to.h > 1)
    window.strideY = window.offsetY = 0;
  if (from.w == 1 && to.w > 1)
    window.strideX = window.offsetX = 0;
  return read(tensor, window, range);
}

Value StageEmitter::readFlat(Value tensor, Range range) {
  Extent extent = extentOf(resolve(tensor));
  Window window = Window::whole(extent.h, extent.w, extent.c);
  window.strideY = window.strideX = 0;
  Value all = read(tensor, window, {0, extent.c});
  if (range.size() == extentOf(tensor).c)
    return all;
  return shuffle(all,
                 llvm::to_vector(llvm::seq<int32_t>(range.begin, range.end)));
}

Value StageEmitter::operand(Value tensor, Value result, Range range) {
  if (const std::vector<int8_t> *values = constantAt(tensor))
    return emitConstant(tensor, *values, range);
  if (Value value = computed.lookup(resolve(tensor)))
    return value;
  if (extentOf(tensor).c == extentOf(result).c)
    return readPixel(tensor, result, range);
  Value only = readPixel(tensor, result, {0, 1});
  return shuffle(only, SmallVector<int32_t>(range.size(), 0));
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// A sum or a product of quantised tensors.
template <typename ResultOp, typename OpTy>
static Value createBinary(OpBuilder &builder, Location loc, OpTy op, Value a,
                          Value b) {
  return ResultOp::create(builder, loc, a, b, APFloat(op.getAScale()),
                          op.getAZeroPoint(), APFloat(op.getBScale()),
                          op.getBZeroPoint(), APFloat(op.getYScale()),
                          op.getYZeroPoint(), op.getUnsignedRounding(),
                          op.getMinimum(), op.getMaximum());
}

/// The channels of x, with `value` before and after them.
static SmallVector<int32_t> padIndices(cmnn::PadOp pad) {
  SmallVector<int32_t> indices(pad.getLow().back(), -1);
  for (int64_t c = 0; c < extentOf(pad.getX()).c; ++c)
    indices.push_back(c);
  indices.append(pad.getHigh().back(), -1);
  return indices;
}

Value StageEmitter::emitPad(cmnn::PadOp op) {
  Extent x = extentOf(op.getX());
  int32_t fill = op.getInt8Fill();
  Value value = computed.lookup(resolve(op.getX()));
  if (!value) {
    Window window;
    unsigned rank = op.getLow().size();
    window.offsetY = rank == 4 ? -op.getLow()[1] : 0;
    window.offsetX = rank >= 3 ? -op.getLow()[rank - 2] : 0;
    window.fill = fill;
    value = read(op.getX(), window, {0, x.c});
  }
  if (x.c == extentOf(op.getY()).c)
    return value;
  return shuffle(value, padIndices(op), fill);
}

Value StageEmitter::emitVectorOp(Operation *op, Range range) {
  Value result = op->getResult(0);
  auto of = [&](Value tensor) { return operand(tensor, result, range); };
  if (isByteFunction(op))
    return cmflow::LookupOp::create(builder, loc, of(op->getOperand(0)),
                                    byteTable(op, range.begin, range.end));
  if (cmnn::isChannelShuffle(op))
    return shuffle(of(cmnn::getViewRoot(result)), *cmnn::getChannelOrder(op));
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](cmnn::AddOp add) {
        Value a = of(add.getA()), b = of(add.getB());
        return createBinary<cmflow::AddQuantizedOp>(builder, loc, add, a, b);
      })
      .Case([&](cmnn::MulOp mul) {
        Value a = of(mul.getA()), b = of(mul.getB());
        return createBinary<cmflow::MulQuantizedOp>(builder, loc, mul, a, b);
      })
      .Case([&](cmnn::PadOp pad) { return emitPad(pad); })
      .Case([&](cmnn::LayerNormOp norm) {
        return emitLayerNorm(norm, of(norm.getX()));
      })
      .Case([&](cmnn::SoftmaxOp softmax) {
        return cmflow::SoftmaxOp::create(
            builder, loc, of(softmax.getX()), APFloat(softmax.getXScale()),
            APFloat(softmax.getYScale()), softmax.getYZeroPoint());
      });
}

Value StageEmitter::emitTail(const Layer &layer, Value value, Range &range) {
  computed[layer.head->getResult(0)] = value;
  for (Operation *op : layer.fused) {
    loc = op->getLoc();
    value = emitVectorOp(op, range);
    range.end =
        range.begin + cast<VectorType>(value.getType()).getNumElements();
    setNames(value, op->getResult(0), range.begin);
    computed[op->getResult(0)] = value;
  }
  loc = layer.head->getLoc();
  return value;
}
