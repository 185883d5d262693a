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

FailureOr<SmallVector<int32_t>>
partition::foldedBias(cmnn::ProductOpInterface product, int64_t begin,
                      int64_t end, const Lattice &lattice) {
  cmnn::WeightOp weight = cmnn::weightOf(product, product.getWeightAttr());
  cmnn::WeightOp biasOp = cmnn::weightOf(product, product.getBiasAttr());
  std::vector<int8_t> weightStorage;
  std::vector<int32_t> biasStorage;
  ArrayRef<int8_t> weights = weight.getInt8(weightStorage);
  ArrayRef<int32_t> bias =
      biasOp ? biasOp.getInt32(biasStorage) : ArrayRef<int32_t>();
  ArrayRef<int64_t> shape = weight.getType().getShape();
  SmallVector<int64_t> taps = lattice.taps(shape[1]);
  int64_t columns = shape.back();
  int64_t rows =
      taps.empty() ? weights.size() / columns : taps.size() * shape[2];

  SmallVector<int64_t> sums(end - begin, 0);
  auto addRows = [&](ArrayRef<int8_t> rows) {
    for (size_t row = 0; row < rows.size(); row += columns)
      for (int64_t column = begin; column < end; ++column)
        sums[column - begin] += rows[row + column];
  };
  if (taps.empty())
    addRows(weights);
  for (int64_t tap : taps)
    addRows(weights.slice(tap * shape[2] * columns, shape[2] * columns));
  SmallVector<int32_t> result;
  for (int64_t column = begin; column < end; ++column) {
    int64_t sum = sums[column - begin] - rows * product.getWZeroPoint(column);
    int64_t value =
        (bias.empty() ? 0 : bias[column]) - product.getXZeroPoint() * sum;
    if (!llvm::isInt<32>(value))
      return product->emitOpError("bias of channel ")
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
      foldedBias(cast<cmnn::ProductOpInterface>(layer.head), range.begin,
                 range.end, lattice);
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
  value = emitTail(layer, lattice, value, range);
  finishStage(layer, value, range);
  return success();
}

Value StageEmitter::emitMvm(const Layer &layer, const Lattice &lattice,
                            const Tile &tile) {
  auto product = cast<cmnn::ProductOpInterface>(layer.head);
  cmnn::WeightOp weight = cmnn::weightOf(product, product.getWeightAttr());
  Value x = product->getOperand(0);
  Window window = windowOf(product, 0, lattice);
  window.channelBegin = tile.channelBegin, window.channelEnd = tile.channelEnd;
  window.elementBegin = tile.elementBegin, window.elementEnd = tile.elementEnd;
  Value input = cmflow::ReadOp::create(builder, loc, vectorType(tile.rows(), 8),
                                       objectNameOf(x), windowAttr(x, window));
  SmallVector<int64_t> positions = lattice.taps(weight.getType().getDimSize(1));
  DenseI64ArrayAttr taps;
  if (!positions.empty())
    taps = builder.getDenseI64ArrayAttr(positions);
  auto range = [&](int64_t begin, int64_t end) {
    return builder.getDenseI64ArrayAttr({begin, end});
  };
  int64_t sums = needsInputSums(product) ? tile.groups() : 0;
  auto mvm = cmflow::MvmOp::create(
      builder, loc, vectorType(tile.cols() + sums, 32), input,
      FlatSymbolRefAttr::get(weight.getSymNameAttr()),
      builder.getI64IntegerAttr(product.getGroups()),
      range(tile.channelBegin, tile.channelEnd),
      range(tile.elementBegin, tile.elementEnd),
      range(tile.columnBegin, tile.columnEnd), taps,
      sums ? builder.getI64IntegerAttr(sums) : IntegerAttr(),
      DenseI64ArrayAttr());
  if (sums == 0)
    return mvm;
  SmallVector<int8_t> zeroPoints;
  for (int64_t column = tile.columnBegin; column < tile.columnEnd; ++column)
    zeroPoints.push_back(product.getWZeroPoint(column));
  if (llvm::all_equal(zeroPoints))
    zeroPoints.resize(1);
  return cmflow::SubtractZeroPointsOp::create(
      builder, loc, vectorType(tile.cols(), 32), mvm, zeroPoints);
}

Value StageEmitter::emitDepthwise(const Layer &layer, const Lattice &lattice,
                                  Range range) {
  auto product = cast<cmnn::ProductOpInterface>(layer.head);
  Value x = product->getOperand(0);
  cmnn::WeightOp kernel = cmnn::weightOf(product, product.getWeightAttr());
  std::vector<int8_t> storage;
  SmallVector<int32_t> weights;
  for (auto [index, weight] : llvm::enumerate(kernel.getInt8(storage)))
    weights.push_back(weight - product.getWZeroPoint(index % range.size()));
  Value input = read(x, windowOf(product, 0, lattice));
  Value sum = cmflow::DepthwiseOp::create(
      builder, loc, vectorType(range.size(), 32), input, weights);
  SmallVector<int32_t> bias =
      *foldedBias(product, range.begin, range.end, lattice);
  if (llvm::any_of(bias, [](int32_t value) { return value != 0; }))
    sum = arith::AddIOp::create(builder, loc, sum, constant(bias));
  Tile whole;
  whole.columnEnd = range.size();
  return emitRequantize(layer, whole, sum);
}

Value StageEmitter::emitRequantize(const Layer &layer, const Tile &tile,
                                   Value sum) {
  auto product = cast<cmnn::ProductOpInterface>(layer.head);
  auto result = cast<cmnn::RequantizingOpInterface>(layer.head);
  SmallVector<float> scales;
  for (int64_t column = tile.columnBegin; column < tile.columnEnd; ++column) {
    float accumulator = product.getXScale() * product.getWScale(column);
    scales.push_back(accumulator / result.getYScale());
  }
  if (llvm::all_equal(scales))
    scales.resize(1);
  Value value = cmflow::RequantizeOp::create(
      builder, loc, vectorType(tile.cols(), 8), sum, scales,
      result.getYZeroPoint(), result.getMinimum(), result.getMaximum());
  setNames(value, layer.head->getResult(0), tile.columnBegin);
  return value;
}
