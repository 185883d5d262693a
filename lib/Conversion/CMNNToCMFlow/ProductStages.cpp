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
  explicit Product(Operation *op, const Lattice &lattice = Lattice());

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
  /// Of the kernel, where not all of them: positions in the order of the
  /// window.
  SmallVector<int64_t> taps;
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

/// The small convolution that a lattice of a transposed one is.
static void setTransposed(cmnn::ConvTranspose2DOp conv, const Lattice &lattice,
                          int64_t channels, Product &product) {
  readQuantization(conv, product);
  product.groups = conv.getGroups();
  int64_t width = product.weight.getType().getDimSize(1);
  for (int64_t y : lattice.y.taps)
    for (int64_t x : lattice.x.taps)
      product.taps.push_back(y * width + x);
  Window &window = product.window;
  window =
      Window::whole(lattice.y.taps.size(), lattice.x.taps.size(), channels);
  window.offsetY = lattice.y.readOffset, window.offsetX = lattice.x.readOffset;
  window.dilationY = lattice.y.dilation, window.dilationX = lattice.x.dilation;
}

Product::Product(Operation *op, const Lattice &lattice) {
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
  } else if (auto conv = dyn_cast<cmnn::ConvTranspose2DOp>(op)) {
    setTransposed(conv, lattice, extent.c, *this);
  } else {
    readQuantization(cast<cmnn::MatMulOp>(op), *this);
    window = Window::whole(extent.h, extent.w, extent.c);
  }
  window.fill = xZeroPoint;
}

FailureOr<SmallVector<int32_t>> partition::foldedBias(Operation *op,
                                                      int64_t begin,
                                                      int64_t end,
                                                      const Lattice &lattice) {
  Product product(op, lattice);
  std::vector<int8_t> weightStorage;
  std::vector<int32_t> biasStorage;
  ArrayRef<int8_t> weights = product.weight.getInt8(weightStorage);
  ArrayRef<int32_t> bias =
      product.bias ? product.bias.getInt32(biasStorage) : ArrayRef<int32_t>();
  ArrayRef<int64_t> shape = product.weight.getType().getShape();
  int64_t columns = shape.back();

  SmallVector<int64_t> sums(end - begin, 0);
  auto addRows = [&](ArrayRef<int8_t> rows) {
    for (size_t row = 0; row < rows.size(); row += columns)
      for (int64_t column = begin; column < end; ++column)
        sums[column - begin] += rows[row + column];
  };
  if (product.taps.empty())
    addRows(weights);
  for (int64_t tap : product.taps)
    addRows(weights.slice(tap * shape[2] * columns, shape[2] * columns));
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

LogicalResult StageEmitter::emitTiles(const Layer &layer, unsigned lattice,
                                      StringRef base, StringRef name) {
  ArrayRef<Tile> tiles = layer.tilings[lattice].tiles;
  bool single = layer.columnTiles() == 1;
  for (unsigned column = 0; !tiles.empty(); ++column) {
    ArrayRef<Tile> chain = tiles.take_front(tiles.front().rowTiles);
    std::string tile =
        single ? name.str() : (name + ".c" + Twine(column)).str();
    if (failed(emitChain(layer, layer.lattices[lattice], chain, base, tile)))
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

LogicalResult StageEmitter::emitChain(const Layer &layer,
                                      const Lattice &lattice,
                                      ArrayRef<Tile> tiles, StringRef base,
                                      StringRef name) {
  Range range{tiles.front().columnBegin, tiles.front().columnEnd};
  FailureOr<SmallVector<int32_t>> bias =
      foldedBias(layer.head, range.begin, range.end, lattice);
  if (failed(bias))
    return failure();

  cmflow::ObjectOp partial;
  PixelWrite result = pixels;
  for (const Tile &tile : tiles.drop_back()) {
    cmflow::ObjectOp next =
        createObject((name + ".p" + Twine(tile.rowTile)).str(),
                     {domain.h, domain.w, range.size()}, builder.getI32Type());
    ++numRowTiles;
    pixels = PixelWrite(); // partial sums of a lattice are stored densely
    beginStage((name + ".r" + Twine(tile.rowTile)).str(), domain, base);
    Value sum = emitMvm(layer, lattice, tile);
    if (partial)
      sum = addPartial(sum, partial, range.size());
    finishPartial(sum, next);
    partial = next;
  }
  pixels = result;
  beginStage(name, domain, base);
  Value sum = emitMvm(layer, lattice, tiles.back());
  if (partial)
    sum = addPartial(sum, partial, range.size());
  if (llvm::any_of(*bias, [](int32_t value) { return value != 0; }))
    sum = arith::AddIOp::create(builder, loc, sum, constant(*bias));
  Value value = emitRequantize(layer, tiles.back(), sum);
  value = emitTail(layer, value, range);
  finishStage(layer, value, range);
  return success();
}

Value StageEmitter::emitMvm(const Layer &layer, const Lattice &lattice,
                            const Tile &tile) {
  Product product(layer.head, lattice);
  Window window = product.window;
  window.channelBegin = tile.channelBegin, window.channelEnd = tile.channelEnd;
  window.elementBegin = tile.elementBegin, window.elementEnd = tile.elementEnd;
  Value input = cmflow::ReadOp::create(builder, loc, vectorType(tile.rows(), 8),
                                       objectNameOf(product.x),
                                       windowAttr(product.x, window));
  DenseI64ArrayAttr taps;
  if (!product.taps.empty())
    taps = builder.getDenseI64ArrayAttr(product.taps);
  auto range = [&](int64_t begin, int64_t end) {
    return builder.getDenseI64ArrayAttr({begin, end});
  };
  return cmflow::MvmOp::create(
      builder, loc, vectorType(tile.cols(), 32), input,
      FlatSymbolRefAttr::get(product.weight.getSymNameAttr()),
      builder.getI64IntegerAttr(product.groups),
      range(tile.channelBegin, tile.channelEnd),
      range(tile.elementBegin, tile.elementEnd),
      range(tile.columnBegin, tile.columnEnd), taps);
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
  setNames(value, layer.head->getResult(0), tile.columnBegin);
  return value;
}
