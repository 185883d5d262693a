//===- Layouts.cpp - in which order the axes of a tensor are held ---------===//
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

/// The axes of more than one element, in the order of `layout`.
static Shape realAxes(ArrayRef<int64_t> shape, ArrayRef<int64_t> layout) {
  Shape axes;
  for (int64_t axis : layout)
    if (shape[axis] != 1)
      axes.push_back(axis);
  return axes;
}

Tensor Importer::view(
    const Tensor &x, ArrayRef<int64_t> shape, ArrayRef<int64_t> layout,
    llvm::function_ref<mlir::Value(mlir::Value, mlir::Type)> apply) {
  Tensor y = x;
  y.shape.assign(shape.begin(), shape.end());
  y.layout.assign(layout.begin(), layout.end());
  for (Value *value : {&y.value, &y.twin}) {
    if (!*value)
      continue;
    Type element =
        cast<RankedTensorType>(value->getType()).getElementType();
    *value = apply(*value, typeOf(y.shape, y.layout, element));
  }
  return y;
}

Tensor Importer::recast(const Node &node, const Tensor &x,
                        ArrayRef<int64_t> shape, ArrayRef<int64_t> layout) {
  return view(x, shape, layout, [&](Value value, Type type) -> Value {
    if (value.getType() == type)
      return value;
    return cmnn::ReshapeOp::create(builder, locationOf(node), type, value);
  });
}

Tensor Importer::arrange(const Node &node, const Tensor &x,
                         ArrayRef<int64_t> layout) {
  if (ArrayRef(x.layout) == layout)
    return x;
  if (realAxes(x.shape, x.layout) == realAxes(x.shape, layout))
    return recast(node, x, x.shape, layout);
  Shape permutation;
  for (int64_t axis : layout)
    permutation.push_back(x.heldAxis(axis));
  cmnn::TransposeOp::Properties properties;
  properties.permutation = array(permutation);
  return view(x, x.shape, layout, [&](Value value, Type type) -> Value {
    SmallVector<Value, 1> &known = arranged[value];
    for (Value other : known) {
      auto transpose = other.getDefiningOp<cmnn::TransposeOp>();
      if (transpose.getPermutation() == ArrayRef<int64_t>(permutation))
        return other;
    }
    known.push_back(emit<cmnn::TransposeOp>(node, type, value, properties));
    return known.back();
  });
}

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

namespace {
/// Axes that become other axes of as many elements.
struct Group {
  Shape from, to;
  size_t place = 0; // where the last of `from` is held
};
} // namespace

/// The least groups of the axes of two shapes with as many elements; axes of one
/// element belong to none.
static std::vector<Group> groupAxes(ArrayRef<int64_t> from,
                                    ArrayRef<int64_t> to) {
  Shape left = realAxes(from, identityLayout(from.size()));
  Shape right = realAxes(to, identityLayout(to.size()));
  std::vector<Group> groups;
  for (size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    Group group{{left[i]}, {right[j]}};
    int64_t a = from[left[i++]], b = to[right[j++]];
    while (a != b) {
      if (a < b) {
        group.from.push_back(left[i]);
        a *= from[left[i++]];
      } else {
        group.to.push_back(right[j]);
        b *= to[right[j++]];
      }
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

/// The order in which axes of `shape` are held, of which `real` says the one of
/// those with more than one element. The others go where their neighbours are.
static Shape completeLayout(ArrayRef<int64_t> shape, ArrayRef<int64_t> real) {
  for (const Shape &usual :
       {identityLayout(shape.size()),
        shape.size() == 4 ? imageLayout() : identityLayout(shape.size())})
    if (ArrayRef(realAxes(shape, usual)) == real)
      return usual;
  Shape layout(real.begin(), real.end());
  for (int64_t axis = 0, rank = shape.size(); axis < rank; ++axis)
    if (shape[axis] == 1)
      layout.insert(axis == 0 ? layout.begin()
                              : llvm::find(layout, axis - 1) + 1,
                    axis);
  return layout;
}

Tensor Importer::reshape(const Node &node, const Tensor &x,
                         ArrayRef<int64_t> shape) {
  std::vector<Group> groups = groupAxes(x.shape, shape);
  Shape held = realAxes(x.shape, x.layout);
  for (Group &group : groups)
    group.place = llvm::find(held, group.from.back()) - held.begin();
  llvm::stable_sort(groups, [](const Group &a, const Group &b) {
    return a.place < b.place;
  });
  // A group that is held in pieces or in another order is brought together
  // where its last axis is.
  Shape wanted, result;
  for (const Group &group : groups) {
    wanted.append(group.from);
    result.append(group.to);
  }
  Tensor ordered = x;
  if (wanted != held)
    ordered = arrange(node, x, completeLayout(x.shape, wanted));
  return recast(node, ordered, shape, completeLayout(shape, result));
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

llvm::Expected<Tensor> Importer::image(const Node &node, const Tensor &x,
                                       StringRef name) {
  if (x.rank() == 4)
    return arrange(node, x, imageLayout());
  if (x.rank() != 3)
    return node.error("operand '{0}' has shape {1}, expected an image NxCxHxW "
                      "or a sequence NxCxW",
                      name, shapeText(x.shape));
  Tensor ordered = arrange(node, x, {0, 2, 1});
  Shape shape = {x.shape[0], x.shape[1], 1, x.shape[2]};
  return recast(node, ordered, shape, imageLayout());
}

Tensor Importer::fromImage(const Node &node, const Tensor &y, int64_t rank) {
  if (rank == 4)
    return y;
  Shape shape = {y.shape[0], y.shape[1], y.shape[3]};
  return recast(node, y, shape, {0, 2, 1});
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// `layout` of fewer axes, seen in `rank` axes of which the first are 1.
static Shape padLayout(ArrayRef<int64_t> layout, int64_t rank) {
  int64_t more = rank - layout.size();
  Shape padded = identityLayout(more);
  for (int64_t axis : layout)
    padded.push_back(axis + more);
  return padded;
}

llvm::Expected<Tensor> Importer::operandIn(const Node &node, unsigned i,
                                           ArrayRef<int64_t> layout) {
  auto known = item(node, i);
  if (!known)
    return known.takeError();
  if (auto *plain = std::get_if<Constant>(*known))
    return constantTensor(node, *plain, padRank(plain->shape, layout.size()),
                          layout);
  if (auto *quantised = std::get_if<QuantisedConstant>(*known))
    return constantTensor(node, *quantised,
                          padRank(quantised->elements.shape, layout.size()),
                          layout);
  const Tensor &x = std::get<Tensor>(**known);
  Tensor padded = recast(node, x, padRank(x.shape, layout.size()),
                         padLayout(x.layout, layout.size()));
  return arrange(node, padded, layout);
}

llvm::Expected<std::pair<Tensor, Tensor>>
Importer::align(const Node &node, unsigned i, unsigned j, Shape &shape) {
  auto left = item(node, i);
  if (!left)
    return left.takeError();
  auto right = item(node, j);
  if (!right)
    return right.takeError();
  auto broadcast = broadcastShapes(shapeOf(**left), shapeOf(**right));
  if (!broadcast)
    return node.error("operands have shapes {0} and {1}, which do not broadcast",
                      shapeText(shapeOf(**left)), shapeText(shapeOf(**right)));
  shape = *broadcast;
  if (llvm::Error error = checkSize(node, shape))
    return error;
  // The layout of the operand that has more elements, else of the first.
  const Tensor *chosen = nullptr;
  for (const Item *candidate : {*left, *right}) {
    auto *tensor = std::get_if<Tensor>(candidate);
    if (tensor && (!chosen || *countElements(tensor->shape) >
                                  *countElements(chosen->shape)))
      chosen = tensor;
  }
  Shape layout = chosen ? padLayout(chosen->layout, shape.size())
                        : identityLayout(shape.size());
  auto a = operandIn(node, i, layout);
  if (!a)
    return a.takeError();
  auto b = operandIn(node, j, layout);
  if (!b)
    return b.takeError();
  return std::pair(*a, *b);
}
