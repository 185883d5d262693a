//===- Gather.cpp - rows of tables, and slices by index -------------------===//
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

/// The positions on an axis of `extent` that constant indices name.
static llvm::Expected<Shape> readPositions(const Node &node, int64_t extent,
                                           const Constant &indices) {
  if (indices.type != ElementType::Int64 && indices.type != ElementType::Int32)
    return node.error("indices '{0}' are {1}, expected int64", node.input(1),
                      elementTypeName(indices.type));
  if (indices.size() < 1 || indices.size() > 65536)
    return node.error("indices '{0}' are {1}, expected 1 to 65536",
                      node.input(1), indices.describe());
  Shape positions;
  for (int64_t i = 0; i < indices.size(); ++i) {
    auto position = node.wrapAxis(indices.integerAt(i), extent, "index");
    if (!position)
      return position.takeError();
    positions.push_back(*position);
  }
  return positions;
}

/// The elements at `positions` of an axis: one slice where they are evenly
/// spaced, else one for each.
static llvm::Expected<Tensor> gatherPositions(Importer &in, const Node &node,
                                              const Tensor &x, int64_t axis,
                                              ArrayRef<int64_t> positions) {
  int64_t step = positions.size() > 1 ? positions[1] - positions[0] : 1;
  bool regular = step != 0;
  for (size_t i = 1; i < positions.size(); ++i)
    regular &= positions[i] - positions[i - 1] == step;
  Box box = wholeBox(x);
  box.starts[axis] = positions[0];
  box.sizes[axis] = regular ? positions.size() : 1;
  box.steps[axis] = regular ? step : 1;
  if (regular)
    return emitSlice(in, node, x, box);
  Tensor y = x;
  y.shape[axis] = positions.size();
  if (llvm::Error error = in.checkSize(node, y.shape))
    return error;
  SmallVector<Value> values, twins;
  for (int64_t position : positions) {
    box.starts[axis] = position;
    Tensor piece = emitSlice(in, node, x, box);
    values.push_back(piece.value);
    twins.push_back(piece.twin);
  }
  int64_t held = y.heldAxis(axis);
  y.value = emitConcat(in, node, in.typeOf(y.shape, y.layout, x.elementType()),
                       values, held);
  if (y.twin)
    y.twin = emitConcat(
        in, node, in.typeOf(y.shape, y.layout, in.getBuilder().getI8Type()),
        twins, held);
  return y;
}

/// Constant indices into any tensor: slices.
static llvm::Error gatherSlices(Importer &in, const Node &node,
                                const Constant &indices) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto axis = node.axisAttribute("axis", 0, x->rank());
  if (!axis)
    return axis.takeError();
  auto positions = readPositions(node, x->shape[*axis], indices);
  if (!positions)
    return positions.takeError();
  auto y = gatherPositions(in, node, *x, *axis, *positions);
  if (!y)
    return y.takeError();
  Shape shape(x->shape.begin(), x->shape.begin() + *axis);
  shape.append(indices.shape);
  shape.append(x->shape.begin() + *axis + 1, x->shape.end());
  if (shape.size() > kMaxRank)
    return node.error("result has {0} axes, expected at most {1}", shape.size(),
                      kMaxRank);
  in.define(node, in.reshape(node, *y, shape));
  return llvm::Error::success();
}

/// Rows of `table`, whose elements are int8 or float, or its columns.
static llvm::Expected<Tensor> gatherRows(Importer &in, const Node &node,
                                         const Constant &table, int64_t axis,
                                         const Tensor &ids) {
  auto symbol = in.weight(node, table, table.shape, {axis, 1 - axis});
  if (!symbol)
    return symbol.takeError();
  Tensor y;
  y.shape = ids.shape;
  y.shape.push_back(table.shape[1 - axis]);
  y.layout = ids.layout;
  y.layout.push_back(ids.rank());
  y.isUnsigned = table.type == ElementType::UInt8;
  if (llvm::Error error = in.checkSize(node, y.shape))
    return error;
  Type element = table.type == ElementType::Float32
                     ? Type(in.getBuilder().getF32Type())
                     : Type(in.getBuilder().getI8Type());
  // A single id is held as an array of one.
  Shape held =
      ids.rank() == 0 ? Shape{1, y.shape.back()} : heldShape(y.shape, y.layout);
  cmnn::GatherOp::Properties properties;
  properties.table = *symbol;
  y.value = in.emit<cmnn::GatherOp>(node, RankedTensorType::get(held, element),
                                    ids.value, properties);
  if (ids.rank() == 0)
    y = in.recast(node, y, y.shape, y.layout);
  if (axis == 0)
    return y;
  // ONNX has the axis that is not gathered in front.
  Shape perm = identityLayout(y.rank());
  std::rotate(perm.begin(), perm.end() - 1, perm.end());
  return renameAxes(y, perm);
}

/// Computed indices into a constant table.
static llvm::Error gatherTable(Importer &in, const Node &node,
                               const Item &data) {
  auto ids = in.tensor(node, 1);
  if (!ids)
    return ids.takeError();
  if (!ids->elementType().isInteger(64))
    return node.error("indices '{0}' are not int64", node.input(1));
  if (std::holds_alternative<Tensor>(data))
    return node.error("operand '{0}' and its indices are both computed at run "
                      "time, expected a constant table or constant indices",
                      node.input(0));
  auto *quantised = std::get_if<QuantisedConstant>(&data);
  const Constant &elements =
      quantised ? quantised->elements : std::get<Constant>(data);
  auto axis = node.axisAttribute("axis", 0, elements.shape.size());
  if (!axis)
    return axis.takeError();
  if (elements.shape.size() != 2)
    return node.error("table '{0}' has shape {1}, expected a matrix",
                      node.input(0), shapeText(elements.shape));
  bool twin = quantised && quantised->isPerTensor() && elements.isInt8();
  auto y = gatherRows(in, node,
                      quantised && !twin ? Importer::dequantise(*quantised)
                                         : elements,
                      *axis, *ids);
  if (!y)
    return y.takeError();
  if (twin) {
    int64_t offset = y->isUnsigned ? 128 : 0;
    y->quantization = {quantised->scales.front(),
                       int32_t(quantised->zeroPoints.front() - offset)};
    *y = in.dequantised(node, *y);
  }
  in.define(node, *y);
  return llvm::Error::success();
}

static llvm::Error importGather(Importer &in, const Node &node) {
  auto data = in.item(node, 0);
  if (!data)
    return data.takeError();
  auto indices = in.item(node, 1);
  if (!indices)
    return indices.takeError();
  if (auto *constant = std::get_if<Constant>(*indices))
    return gatherSlices(in, node, *constant);
  return gatherTable(in, node, **data);
}

void onnx_import::addGatherHandlers(HandlerTable &table) {
  table["ai.onnx.Gather"] = {importGather, {2, 2}, {"axis"}};
}
