//===- ProductStages.cpp - convolutions and products ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::partition;
using namespace mlir;

namespace {
/// What convolutions and products have in common.
struct Product {
  explicit Product(Operation *op);

  float scaleOf(int64_t channel) const {
    return wScales[wScales.size() == 1 ? 0 : channel];
  }

  Value x;
  cmnn::WeightOp weight, bias;
  int64_t groups = 1;
  int32_t xZeroPoint, yZeroPoint, minimum, maximum;
  float xScale, yScale;
  ArrayRef<float> wScales;
  Window window; // all channels and elements
};
} // namespace

template <typename OpTy>
static void readQuantization(OpTy op, Product &product) {
  product.x = op.getX();
  product.weight = op.getWeightOp(), product.bias = op.getBiasOp();
  product.xZeroPoint = op.getXZeroPoint();
  product.yZeroPoint = op.getYZeroPoint();
  product.minimum = op.getMinimum(), product.maximum = op.getMaximum();
  product.xScale = op.getXScale();
  product.yScale = op.getYScale();
  product.wScales = op.getWScales();
}

Product::Product(Operation *op) {
  Extent extent = extentOf(resolve(op->getOperand(0)));
  if (auto conv = dyn_cast<cmnn::Conv2DOp>(op)) {
    readQuantization(conv, *this);
    groups = conv.getGroups();
    ArrayRef<int64_t> shape = weight.getType().getShape();
    window = Window::whole(shape[0], shape[1], extent.c);
    window.strideY = conv.getStrides()[0],
    window.strideX = conv.getStrides()[1];
    window.offsetY = -conv.getPads()[0], window.offsetX = -conv.getPads()[1];
    window.dilationY = conv.getDilations()[0];
    window.dilationX = conv.getDilations()[1];
  } else {
    readQuantization(cast<cmnn::MatMulOp>(op), *this);
    window = Window::whole(extent.h, extent.w, extent.c);
  }
  window.fill = xZeroPoint;
}

FailureOr<SmallVector<int32_t>>
partition::foldedBias(Operation *op, int64_t begin, int64_t end) {
  Product product(op);
  std::vector<int8_t> weightStorage;
  std::vector<int32_t> biasStorage;
  ArrayRef<int8_t> weights = product.weight.getInt8(weightStorage);
  ArrayRef<int32_t> bias =
      product.bias ? product.bias.getInt32(biasStorage) : ArrayRef<int32_t>();
  int64_t columns = product.weight.getType().getShape().back();

  SmallVector<int64_t> sums(end - begin, 0);
  for (size_t row = 0; row < weights.size(); row += columns)
    for (int64_t column = begin; column < end; ++column)
      sums[column - begin] += weights[row + column];
  SmallVector<int32_t> result;
  for (int64_t column = begin; column < end; ++column) {
    int64_t value = (bias.empty() ? 0 : bias[column]) -
                    product.xZeroPoint * sums[column - begin];
    if (!llvm::isInt<32>(value))
      return op->emitOpError("bias of channel ")
             << column << " with the input's zero point folded in is " << value
             << ", expected an int32";
    result.push_back(value);
  }
  return result;
}

LogicalResult StageEmitter::emitProduct(const Layer &layer) {
  cmflow::ObjectOp result = objectOf(layer.result());
  std::string base =
      (layer.head->getName().stripDialect() + "_" + result.getSymName()).str();
  ArrayRef<Tile> tiles = layer.tiling.tiles;
  bool single = layer.columnTiles() == 1;
  for (unsigned column = 0; !tiles.empty(); ++column) {
    ArrayRef<Tile> chain = tiles.take_front(tiles.front().rowTiles);
    std::string name = single ? base : base + ".c" + std::to_string(column);
    if (failed(emitChain(layer, chain, base, name, result)))
      return failure();
    tiles = tiles.drop_front(chain.size());
  }
  return success();
}

/// Adds the sums of the row tile before.
Value StageEmitter::addPartial(Value sum, cmflow::ObjectOp partial,
                               int64_t channels) {
  Value previous = cmflow::ReadOp::create(
      builder, loc, sum.getType(),
      FlatSymbolRefAttr::get(partial.getSymNameAttr()),
      cmflow::WindowAttr::fromWindow(builder.getContext(),
                                     Window::whole(1, 1, channels)));
  return arith::AddIOp::create(builder, loc, sum, previous);
}

LogicalResult StageEmitter::emitChain(const Layer &layer, ArrayRef<Tile> tiles,
                                      StringRef base, StringRef name,
                                      cmflow::ObjectOp result) {
  Extent extent = extentOf(layer.head->getResult(0));
  Range range{tiles.front().columnBegin, tiles.front().columnEnd};
  FailureOr<SmallVector<int32_t>> bias =
      foldedBias(layer.head, range.begin, range.end);
  if (failed(bias))
    return failure();

  cmflow::ObjectOp partial;
  for (const Tile &tile : tiles) {
    bool isLast = &tile == &tiles.back();
    cmflow::ObjectOp next = result;
    if (!isLast) {
      next = createObject((name + ".p" + Twine(tile.rowTile)).str(),
                          {extent.h, extent.w, range.size()},
                          builder.getI32Type());
      ++numRowTiles;
    }
    beginStage(isLast ? name.str() : (name + ".r" + Twine(tile.rowTile)).str(),
               {extent.h, extent.w}, base);
    Value sum = emitMvm(layer, tile);
    if (partial)
      sum = addPartial(sum, partial, range.size());
    partial = next;
    if (!isLast) {
      finishStage(sum, next, {0, range.size()});
      continue;
    }
    if (llvm::any_of(*bias, [](int32_t value) { return value != 0; }))
      sum = arith::AddIOp::create(builder, loc, sum, constant(*bias));
    Value value = emitRequantize(layer, tile, sum);
    finishStage(emitTail(layer, value, range), result, range);
  }
  return success();
}

Value StageEmitter::emitMvm(const Layer &layer, const Tile &tile) {
  Product product(layer.head);
  Window window = product.window;
  window.channelBegin = tile.channelBegin, window.channelEnd = tile.channelEnd;
  window.elementBegin = tile.elementBegin, window.elementEnd = tile.elementEnd;
  Value input = cmflow::ReadOp::create(
      builder, loc, vectorType(tile.rows(), 8),
      FlatSymbolRefAttr::get(objectOf(product.x).getSymNameAttr()),
      cmflow::WindowAttr::fromWindow(builder.getContext(), window));
  return cmflow::MvmOp::create(
      builder, loc, vectorType(tile.cols(), 32), input,
      product.weight.getSymName(), product.groups,
      ArrayRef<int64_t>{tile.channelBegin, tile.channelEnd},
      ArrayRef<int64_t>{tile.elementBegin, tile.elementEnd},
      ArrayRef<int64_t>{tile.columnBegin, tile.columnEnd});
}

Value StageEmitter::emitRequantize(const Layer &layer, const Tile &tile,
                                   Value sum) {
  Product product(layer.head);
  SmallVector<float> scales;
  for (int64_t column = tile.columnBegin; column < tile.columnEnd; ++column) {
    float accumulator = product.xScale * product.scaleOf(column);
    scales.push_back(accumulator / product.yScale);
  }
  if (llvm::all_equal(scales))
    scales.resize(1);
  Value value = cmflow::RequantizeOp::create(
      builder, loc, vectorType(tile.cols(), 8), sum, scales, product.yZeroPoint,
      product.minimum, product.maximum);
  setNames(value, layer.head->getResult(0));
  return value;
}
