//===- Concat.cpp - Concat and QLinearConcat ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Pieces.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// The layout of the operand that has most elements among `operands`.
static llvm::Expected<Shape> commonLayout(Importer &in, const Node &node,
                                          ArrayRef<unsigned> operands) {
  std::optional<Shape> layout;
  int64_t most = 0, rank = 0;
  for (unsigned i : operands) {
    if (!node.hasInput(i))
      return node.error("operand {0} is left out", i);
    auto item = in.item(node, i);
    if (!item)
      return item.takeError();
    rank = shapeOf(**item).size();
    auto *tensor = std::get_if<Tensor>(*item);
    if (!tensor || *countElements(tensor->shape) <= most)
      continue;
    most = *countElements(tensor->shape);
    layout = tensor->layout;
  }
  return layout.value_or(identityLayout(rank));
}

/// Operands in one layout that agree but for `axis`; `shape` becomes the
/// result's.
static llvm::Expected<SmallVector<Tensor>>
alignPieces(Importer &in, const Node &node, ArrayRef<unsigned> operands,
            int64_t &axis, Shape &shape) {
  auto layout = commonLayout(in, node, operands);
  if (!layout)
    return layout.takeError();
  int64_t rank = layout->size(), extent = 0;
  auto wrapped = node.axisAttribute("axis", 1, rank);
  if (!wrapped)
    return wrapped.takeError();
  axis = *wrapped;
  SmallVector<Tensor> pieces;
  for (unsigned i : operands) {
    Shape piece(shapeOf(**in.item(node, i)));
    bool fits = int64_t(piece.size()) == rank;
    int64_t length = fits ? piece[axis] : 0;
    if (pieces.empty())
      shape = piece;
    else if (fits)
      piece[axis] = shape[axis];
    if (!fits || piece != shape)
      return node.error("operand '{0}' of shape {1} does not fit the others",
                        node.input(i), shapeText(shapeOf(**in.item(node, i))));
    extent += length;
    auto held = in.operandIn(node, i, *layout);
    if (!held)
      return held.takeError();
    pieces.push_back(*held);
    if (pieces.back().elementType() != pieces.front().elementType())
      return node.error("operand '{0}' has another type than the others",
                        node.input(i));
  }
  shape[axis] = extent;
  if (llvm::Error error = in.checkSize(node, shape))
    return error;
  return pieces;
}

static llvm::Error importConcat(Importer &in, const Node &node) {
  SmallVector<unsigned> operands;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    operands.push_back(i);
  int64_t axis = 0;
  Shape shape;
  auto pieces = alignPieces(in, node, operands, axis, shape);
  if (!pieces)
    return pieces.takeError();
  const Tensor &first = pieces->front();
  SmallVector<Value> values, twins;
  for (const Tensor &piece : *pieces) {
    if (piece.isInt8() && piece.isUnsigned != first.isUnsigned)
      return node.error("operands are int8 and uint8, expected one type");
    values.push_back(piece.value);
    if (piece.twin && *piece.quantization == *first.quantization &&
        piece.isUnsigned == first.isUnsigned)
      twins.push_back(piece.twin);
  }
  Tensor y = first;
  y.shape = shape;
  int64_t held = y.heldAxis(axis);
  y.value = emitConcat(
      in, node, in.typeOf(shape, y.layout, first.elementType()), values, held);
  y.twin = nullptr;
  if (first.twin && twins.size() == values.size())
    y.twin = emitConcat(in, node,
                        in.typeOf(shape, y.layout, in.getBuilder().getI8Type()),
                        twins, held);
  in.define(node, y);
  return llvm::Error::success();
}

/// Piece i, whose scale and zero point are the next operands, with those of the
/// result.
static llvm::Expected<Value> requantisedPiece(Importer &in, const Node &node,
                                              unsigned i, const Tensor &piece,
                                              Quantization to) {
  if (!piece.isInt8())
    return node.error("operand '{0}' is {1}, expected int8 or uint8",
                      node.input(i), piece.isFloat() ? "float" : "an integer");
  auto from = in.quantization(node, i + 1, i + 2, piece.isUnsigned);
  if (!from)
    return from.takeError();
  if (*from == to)
    return piece.value;
  cmnn::RequantizeOp::Properties properties;
  properties.x_scale = in.f32(from->scale);
  properties.x_zero_point = in.i8(from->zeroPoint);
  properties.y_scale = in.f32(to.scale);
  properties.y_zero_point = in.i8(to.zeroPoint);
  return in.emit<cmnn::RequantizeOp>(node, piece.value.getType(), piece.value,
                                     properties);
}

/// Operands 0 and 1 are the result's scale and zero point, then tensors with
/// theirs.
static llvm::Error importQLinearConcat(Importer &in, const Node &node) {
  SmallVector<unsigned> operands;
  for (unsigned i = 2; i < node.numInputs(); i += 3)
    operands.push_back(i);
  auto result = in.quantisedResult(node, 0, false);
  if (!result)
    return result.takeError();
  int64_t axis = 0;
  Shape shape;
  auto pieces = alignPieces(in, node, operands, axis, shape);
  if (!pieces)
    return pieces.takeError();
  SmallVector<Value> values;
  for (auto [i, piece] : llvm::zip(operands, *pieces)) {
    auto value = requantisedPiece(in, node, i, piece, *result->quantization);
    if (!value)
      return value.takeError();
    values.push_back(*value);
  }
  result->shape = shape;
  result->layout = pieces->front().layout;
  result->value = emitConcat(
      in, node, in.typeOf(shape, result->layout, in.getBuilder().getI8Type()),
      values, result->heldAxis(axis));
  in.define(node, *result);
  return llvm::Error::success();
}

void onnx_import::addConcatHandlers(HandlerTable &table) {
  table["ai.onnx.Concat"] = {importConcat, {1, 65536}, {"axis"}};
  table["com.microsoft.QLinearConcat"] = {
      importQLinearConcat, {5, 65536}, {"axis"}};
}
