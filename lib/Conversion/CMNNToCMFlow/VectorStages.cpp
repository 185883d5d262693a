//===- VectorStages.cpp - operations on the pixel at hand -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "cm/Dialect/CMNN/ChannelShuffle.h"

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

Value StageEmitter::read(Value tensor, Window window) {
  return cmflow::ReadOp::create(builder, loc, vectorType(window.elements(), 8),
                                objectNameOf(tensor),
                                windowAttr(tensor, window));
}

Value StageEmitter::read(Value tensor, Window window, Range range) {
  window.channelBegin = range.begin, window.channelEnd = range.end;
  window.elementBegin = 0, window.elementEnd = window.listed();
  return read(tensor, window);
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

Value StageEmitter::emitPad(cmnn::PadOp op, const Site &site) {
  Value value = computed.lookup(resolve(op.getX()));
  if (!value)
    value = read(op.getX(), windowOf(op, 0, site.lattice));
  if (extentOf(op.getX()).c == extentOf(op.getY()).c)
    return value;
  return shuffle(value, padIndices(op), op.getInt8Fill());
}

Value StageEmitter::emitAdd(cmnn::AddOp op, const Site &site) {
  Value a = operand(op.getA(), op.getY(), site.range);
  Value b = operand(op.getB(), op.getY(), site.range);
  return createBinary<cmflow::AddQuantizedOp>(builder, loc, op, a, b);
}

Value StageEmitter::emitMul(cmnn::MulOp op, const Site &site) {
  Value a = operand(op.getA(), op.getY(), site.range);
  Value b = operand(op.getB(), op.getY(), site.range);
  return createBinary<cmflow::MulQuantizedOp>(builder, loc, op, a, b);
}

Value StageEmitter::emitSoftmax(cmnn::SoftmaxOp op, const Site &site) {
  return cmflow::SoftmaxOp::create(
      builder, loc, operand(op.getX(), op.getY(), site.range),
      APFloat(op.getXScale()), APFloat(op.getYScale()), op.getYZeroPoint());
}

void StageEmitter::addVectorEmissions() {
  addEmission(&StageEmitter::emitAdd);
  addEmission(&StageEmitter::emitMul);
  addEmission(&StageEmitter::emitPad);
  addEmission(&StageEmitter::emitSoftmax);
}

//===----------------------------------------------------------------------===//
// All operations
//===----------------------------------------------------------------------===//

Value StageEmitter::emitOperation(Operation *op, const Site &site) {
  Value result = op->getResult(0);
  if (isByteFunction(op)) {
    SmallVector<int8_t> table =
        cast<cmnn::ByteFunctionOpInterface>(op).getByteTable(site.range.begin,
                                                             site.range.end);
    return cmflow::LookupOp::create(
        builder, loc, operand(op->getOperand(0), result, site.range), table);
  }
  if (cmnn::isChannelShuffle(op))
    return shuffle(operand(cmnn::getViewRoot(result), result, site.range),
                   *cmnn::getChannelOrder(op));
  auto emission = emissions.find(op->getName().getStringRef());
  assert(emission != emissions.end() && "a role without an emission");
  return emission->second(op, site);
}

Value StageEmitter::emitTail(const Layer &layer, const Lattice &lattice,
                             Value value, Range &range) {
  computed[layer.head->getResult(0)] = value;
  for (Operation *op : layer.fused) {
    loc = op->getLoc();
    value = emitOperation(op, {lattice, range});
    range.end =
        range.begin + cast<VectorType>(value.getType()).getNumElements();
    setNames(value, op->getResult(0), range.begin);
    computed[op->getResult(0)] = value;
  }
  loc = layer.head->getLoc();
  return value;
}
