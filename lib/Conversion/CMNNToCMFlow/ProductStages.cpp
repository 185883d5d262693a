//===- ProductStages.cpp - convolutions and products ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stages of a layer with weights: one for each tile, and what they compute.
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
  int8_t zeroPointOf(int64_t channel) const {
    if (wZeroPoints.empty())
      return 0;
    return wZeroPoints[wZeroPoints.size() == 1 ? 0 : channel];
  }

  Value x;
  cmnn::WeightOp weight, bias;
  int64_t groups = 1;
  int32_t xZeroPoint, yZeroPoint, minimum, maximum;
  float xScale, yScale;
  ArrayRef<float> wScales;
  ArrayRef<int8_t> wZeroPoints;
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
  product.wZeroPoints = op.getWZeroPoints();
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
    window = isFlattening(cast<cmnn::MatMulOp>(op))
                 ? Window::whole(extent.h, extent.w, extent.c)
                 : Window::whole(1, 1, extent.c);
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
  int64_t rows = product.taps.empty() ? weights.size() / columns
                                      : product.taps.size() * shape[2];

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
    int64_t sum = sums[column - begin] - rows * product.zeroPointOf(column);
    int64_t value =
        (bias.empty() ? 0 : bias[column]) - product.xZeroPoint * sum;
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
    ArrayRef<Tile> rows = tiles.take_front(tiles.front().rowTiles);
    std::string tile =
        single ? name.str() : (name + ".c" + Twine(column)).str();
    if (failed(emitRowTiles(layer, lattice, rows, base, tile)))
      return failure();
    tiles = tiles.drop_front(rows.size());
  }
  return success();
}

/// Adds the sums of another row tile.
Value StageEmitter::addPartial(Value sum, cmflow::ObjectOp partial,
                               int64_t channels) {
  Value previous = cmflow::ReadOp::create(
      builder, loc, sum.getType(),
      FlatSymbolRefAttr::get(partial.getSymNameAttr()),
      cmflow::WindowAttr::fromWindow(builder.getContext(),
                                     Window::whole(1, 1, channels)));
  return arith::AddIOp::create(builder, loc, sum, previous);
}

LogicalResult StageEmitter::emitRowTiles(const Layer &layer, unsigned index,
                                         ArrayRef<Tile> tiles, StringRef base,
                                         StringRef name) {
  const Lattice &lattice = layer.lattices[index];
  Range range{tiles.front().columnBegin, tiles.front().columnEnd};
  FailureOr<SmallVector<int32_t>> bias =
      foldedBias(layer.head, range.begin, range.end, lattice);
  if (failed(bias))
    return failure();

  SmallVector<cmflow::ObjectOp> partials;
  auto emitSum = [&](const Tile &tile) {
    Value sum = emitMvm(layer, lattice, tile);
    for (int64_t child :
         childrenOf(tile.rowTile, tile.rowTiles, layer.fanIns[index]))
      sum = addPartial(sum, partials[child], range.size());
    return sum;
  };
  PixelWrite result = pixels;
  for (const Tile &tile : tiles.drop_back()) {
    partials.push_back(createObject((name + ".p" + Twine(tile.rowTile)).str(),
                                    {domain.h, domain.w, range.size()},
                                    builder.getI32Type()));
    ++numRowTiles;
    pixels = PixelWrite(); // partial sums of a lattice are stored densely
    beginStage((name + ".r" + Twine(tile.rowTile)).str(), domain, base);
    finishPartial(emitSum(tile), partials.back());
  }
  pixels = result;
  beginStage(name, domain, base);
  setReason(layer);
  Value sum = emitSum(tiles.back());
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
  int64_t sums = needsInputSums(layer.head) ? tile.groups() : 0;
  auto mvm = cmflow::MvmOp::create(
      builder, loc, vectorType(tile.cols() + sums, 32), input,
      FlatSymbolRefAttr::get(product.weight.getSymNameAttr()),
      builder.getI64IntegerAttr(product.groups),
      range(tile.channelBegin, tile.channelEnd),
      range(tile.elementBegin, tile.elementEnd),
      range(tile.columnBegin, tile.columnEnd), taps,
      sums ? builder.getI64IntegerAttr(sums) : IntegerAttr(),
      DenseI64ArrayAttr());
  if (sums == 0)
    return mvm;
  SmallVector<int8_t> zeroPoints;
  for (int64_t column = tile.columnBegin; column < tile.columnEnd; ++column)
    zeroPoints.push_back(product.zeroPointOf(column));
  if (llvm::all_equal(zeroPoints))
    zeroPoints.resize(1);
  return cmflow::SubtractZeroPointsOp::create(
      builder, loc, vectorType(tile.cols(), 32), mvm, zeroPoints);
}

Value StageEmitter::emitDepthwise(const Layer &layer, Range range) {
  const Lattice &lattice = layer.lattices.front();
  Product product(layer.head, lattice);
  std::vector<int8_t> storage;
  SmallVector<int32_t> weights;
  for (auto [index, weight] : llvm::enumerate(product.weight.getInt8(storage)))
    weights.push_back(weight - product.zeroPointOf(index % range.size()));
  Value input = cmflow::ReadOp::create(
      builder, loc, vectorType(weights.size(), 8), objectNameOf(product.x),
      windowAttr(product.x, product.window));
  Value sum = cmflow::DepthwiseOp::create(
      builder, loc, vectorType(range.size(), 32), input, weights);
  SmallVector<int32_t> bias =
      *foldedBias(layer.head, range.begin, range.end, lattice);
  if (llvm::any_of(bias, [](int32_t value) { return value != 0; }))
    sum = arith::AddIOp::create(builder, loc, sum, constant(bias));
  Tile whole;
  whole.columnEnd = range.size();
  return emitRequantize(layer, whole, sum);
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
