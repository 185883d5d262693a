//===- Reductions.cpp - reductions, softmax and layer normalisation -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

namespace {
struct Reduction {
  Shape axes; // of ONNX, each once
  bool keep = true;
};
} // namespace

/// The axes are an attribute before version `asOperand`, then operand 1.
static llvm::Expected<Reduction>
readReduction(Importer &in, const Node &node, int64_t rank, int64_t asOperand) {
  if (llvm::Error error =
          node.checkOperands(1, node.opset() < asOperand ? 1 : 2))
    return error;
  Reduction result;
  auto axes =
      node.hasInput(1) ? in.integers(node, 1) : node.intsAttribute("axes");
  if (!axes)
    return axes.takeError();
  for (int64_t axis : *axes) {
    auto wrapped = node.wrapAxis(axis, rank);
    if (!wrapped)
      return wrapped.takeError();
    if (!llvm::is_contained(result.axes, *wrapped))
      result.axes.push_back(*wrapped);
  }
  auto noop = node.intAttribute("noop_with_empty_axes", 0);
  if (!noop)
    return noop.takeError();
  if (axes->empty() && *noop == 0)
    result.axes = identityLayout(rank);
  auto keep = node.intAttribute("keepdims", 1);
  if (!keep)
    return keep.takeError();
  result.keep = *keep != 0;
  return result;
}

/// `x` without the axes, which have extent 1.
static Tensor dropAxes(Importer &in, const Node &node, const Tensor &x,
                       ArrayRef<int64_t> axes) {
  Shape shape, numbers(x.rank(), 0), layout;
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    numbers[axis] = shape.size();
    if (!llvm::is_contained(axes, axis))
      shape.push_back(x.shape[axis]);
  }
  for (int64_t axis : x.layout)
    if (!llvm::is_contained(axes, axis))
      layout.push_back(numbers[axis]);
  return in.recast(node, x, shape, layout);
}

template <typename OpT, int64_t asOperand, bool isView>
static llvm::Error importReduction(Importer &in, const Node &node) {
  auto x = isView ? in.tensor(node, 0) : in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  if (!x->isFloat() && !x->isInt8())
    return node.error("operand '{0}' is a wide integer, expected float, int8 "
                      "or uint8",
                      node.input(0));
  auto reduction = readReduction(in, node, x->rank(), asOperand);
  if (!reduction)
    return reduction.takeError();
  if (!isView) {
    x->twin = nullptr;
    x->quantization = std::nullopt;
  }
  Shape shape = x->shape, held;
  for (int64_t axis : reduction->axes) {
    shape[axis] = 1;
    held.push_back(x->heldAxis(axis));
  }
  llvm::sort(held);
  typename OpT::Properties properties;
  properties.axes = in.array(held);
  Tensor y = *x;
  if (!held.empty())
    y = in.view(*x, shape, x->layout, [&](Value value, Type type) {
      return in.emit<OpT>(node, type, value, properties);
    });
  if (!reduction->keep)
    y = dropAxes(in, node, y, reduction->axes);
  in.define(node, y);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Before version 13 ONNX takes all axes from `axis` on as one.
static llvm::Expected<Tensor> joinSoftmaxAxes(Importer &in, const Node &node,
                                              const Tensor &x, int64_t version,
                                              int64_t &axis) {
  auto found = node.axisAttribute("axis", version < 13 ? 1 : -1,
                                  std::max<int64_t>(1, x.rank()));
  if (!found)
    return found.takeError();
  axis = *found;
  if (version >= 13 || axis + 1 >= x.rank())
    return x;
  // Where all but one axis are of one element there is nothing to join.
  int64_t real = axis, count = 0;
  for (int64_t i = axis; i < x.rank(); ++i)
    if (x.shape[i] != 1) {
      real = i;
      ++count;
    }
  if (count <= 1) {
    axis = real;
    return x;
  }
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.push_back(*countElements(ArrayRef<int64_t>(x.shape).drop_front(axis)));
  return in.reshape(node, x, shape);
}

/// Softmax of `x`, which has the quantization of `y` or is float.
static llvm::Error emitSoftmax(Importer &in, const Node &node, const Tensor &x,
                               int64_t version, Tensor y) {
  int64_t axis = 0;
  auto joined = joinSoftmaxAxes(in, node, x, version, axis);
  if (!joined)
    return joined.takeError();
  cmnn::SoftmaxOp::Properties properties;
  int64_t held = x.rank() == 0 ? 0 : joined->heldAxis(axis);
  if (held + 1 < int64_t(joined->layout.size()))
    properties.axis = in.i64(held);
  if (x.isInt8()) {
    properties.x_scale = in.f32(x.quantization->scale);
    properties.x_zero_point = in.i8(x.quantization->zeroPoint);
    properties.y_scale = in.f32(y.quantization->scale);
    properties.y_zero_point = in.i8(y.quantization->zeroPoint);
  }
  y.shape = joined->shape;
  y.layout = joined->layout;
  y.value = in.emit<cmnn::SoftmaxOp>(node, joined->value.getType(),
                                     joined->value, properties);
  in.define(node, y.shape == x.shape ? y : in.reshape(node, y, x.shape));
  return llvm::Error::success();
}

static llvm::Error importSoftmax(Importer &in, const Node &node) {
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  return emitSoftmax(in, node, *x, node.opset(), {});
}

static llvm::Error importQLinearSoftmax(Importer &in, const Node &node) {
  auto x = in.quantisedTensor(node, 0);
  if (!x)
    return x.takeError();
  auto y = in.quantisedResult(node, 3, x->isUnsigned);
  if (!y)
    return y.takeError();
  auto version = node.intAttribute("opset", node.opset());
  if (!version)
    return version.takeError();
  return emitSoftmax(in, node, *x, *version, *y);
}

//===----------------------------------------------------------------------===//
// Layer normalisation
//===----------------------------------------------------------------------===//

/// Operand i as weights of the normalised extents.
static llvm::Expected<FlatSymbolRefAttr>
normWeights(Importer &in, const Node &node, unsigned i,
            ArrayRef<int64_t> extents) {
  if (!node.hasInput(i))
    return FlatSymbolRefAttr();
  auto constant = in.floats(node, i);
  if (!constant)
    return constant.takeError();
  int64_t count = *countElements(extents);
  if (constant->size() == count)
    return in.weight(node, *constant, extents, identityLayout(extents.size()));
  if (constant->size() != 1)
    return node.error("operand '{0}' is {1}, expected {2} elements",
                      node.input(i), constant->describe(), count);
  std::vector<float> elements(count, constant->as<float>()[0]);
  Constant list =
      Constant::make<float>(ElementType::Float32, extents, elements);
  list.name = constant->name;
  return in.weight(node, list, extents, identityLayout(extents.size()));
}

static llvm::Expected<float> readLayerNorm(const Node &node) {
  if (llvm::Error error = node.expectInt("stash_type", 1))
    return error;
  auto epsilon = node.floatAttribute("epsilon", 1e-5f);
  if (epsilon && !(*epsilon >= 0))
    return node.error("attribute 'epsilon' is {0}, expected a number that is "
                      "not negative",
                      numberText(*epsilon));
  return epsilon;
}

static llvm::Error importLayerNorm(Importer &in, const Node &node) {
  auto epsilon = readLayerNorm(node);
  if (!epsilon)
    return epsilon.takeError();
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  auto axis = node.axisAttribute("axis", -1, x->rank());
  if (!axis)
    return axis.takeError();
  // The normalised axes last and in order.
  Shape layout;
  for (int64_t held : x->layout)
    if (held < *axis)
      layout.push_back(held);
  for (int64_t i = *axis; i < x->rank(); ++i)
    layout.push_back(i);
  Tensor y = in.arrange(node, *x, layout);
  ArrayRef<int64_t> extents = ArrayRef<int64_t>(x->shape).drop_front(*axis);
  cmnn::LayerNormOp::Properties properties;
  auto scale = normWeights(in, node, 1, extents);
  if (!scale)
    return scale.takeError();
  auto bias = normWeights(in, node, 2, extents);
  if (!bias)
    return bias.takeError();
  properties.scale = *scale;
  properties.bias = *bias;
  properties.axis = in.i64(*axis);
  properties.epsilon = in.f32(*epsilon);
  y.twin = nullptr;
  y.quantization = std::nullopt;
  y.value =
      in.emit<cmnn::LayerNormOp>(node, y.value.getType(), y.value, properties);
  in.define(node, y);
  return llvm::Error::success();
}

void onnx_import::addReductionHandlers(HandlerTable &table) {
  const AttributeNames reduction = {"axes", "keepdims", "noop_with_empty_axes"};
  const AttributeNames layerNorm = {"axis", "epsilon", "stash_type"};
  table["ai.onnx.ReduceMean"] = {
      importReduction<cmnn::ReduceMeanOp, 18, false>, {1, 2}, reduction};
  table["ai.onnx.ReduceSum"] = {
      importReduction<cmnn::ReduceSumOp, 13, false>, {1, 2}, reduction};
  table["ai.onnx.ReduceMax"] = {
      importReduction<cmnn::ReduceMaxOp, 18, true>, {1, 2}, reduction};
  table["ai.onnx.Softmax"] = {importSoftmax, {1, 1}, {"axis"}};
  table["com.microsoft.QLinearSoftmax"] = {
      importQLinearSoftmax, {5, 5}, {"axis", "opset"}};
  table["ai.onnx.LayerNormalization"] = {
      importLayerNorm, {2, 3, 3}, layerNorm, 17};
  table["com.microsoft.LayerNormalization"] = {
      importLayerNorm, {2, 3, 3}, layerNorm};
}
