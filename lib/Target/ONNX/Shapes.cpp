//===- Shapes.cpp - operators that keep all elements in order -------------===//
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

static llvm::Error defineReshaped(Importer &in, const Node &node,
                                  const Tensor &x, ArrayRef<int64_t> shape) {
  if (shape.size() > kMaxRank)
    return node.error("result has {0} axes, expected at most {1}", shape.size(),
                      kMaxRank);
  if (countElements(shape) != countElements(x.shape))
    return node.error("shape {0} cannot become {1}: expected as many elements",
                      shapeText(x.shape), shapeText(shape));
  in.define(node, in.reshape(node, x, shape));
  return llvm::Error::success();
}

/// 0 keeps an extent, one -1 takes what is left.
static llvm::Error importReshape(Importer &in, const Node &node) {
  auto allowZero = node.intAttribute("allowzero", 0);
  if (!allowZero)
    return allowZero.takeError();
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto shape = in.integers(node, 1);
  if (!shape)
    return shape.takeError();
  auto extents = reshapedTo(x->shape, *shape, *allowZero != 0);
  if (!extents)
    return node.error("shape {0} is not valid for an operand of {1}",
                      shapeText(*shape), shapeText(x->shape));
  return defineReshaped(in, node, *x, *extents);
}

static llvm::Error importFlatten(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto axis = node.intAttribute("axis", 1);
  if (!axis)
    return axis.takeError();
  int64_t rank = x->rank();
  int64_t at = *axis < 0 ? *axis + rank : *axis;
  if (at < 0 || at > rank)
    return node.error("attribute 'axis' is {0}, expected {1} to {2}", *axis,
                      -rank, rank);
  ArrayRef<int64_t> shape = x->shape;
  return defineReshaped(in, node, *x,
                        {*countElements(shape.take_front(at)),
                         *countElements(shape.drop_front(at))});
}

/// The axes, an attribute before version 13, as axes of `rank`, each once.
static llvm::Expected<Shape> readAxes(Importer &in, const Node &node,
                                      int64_t rank) {
  auto axes =
      node.hasInput(1) ? in.integers(node, 1) : node.intsAttribute("axes");
  if (!axes)
    return axes.takeError();
  for (int64_t &axis : *axes) {
    auto wrapped = node.wrapAxis(axis, rank);
    if (!wrapped)
      return wrapped.takeError();
    axis = *wrapped;
  }
  llvm::sort(*axes);
  if (std::adjacent_find(axes->begin(), axes->end()) != axes->end())
    return node.error("an axis is given twice");
  return axes;
}

static llvm::Error importSqueeze(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto axes = readAxes(in, node, x->rank());
  if (!axes)
    return axes.takeError();
  bool all = !node.hasInput(1) && !node.hasAttribute("axes");
  Shape shape;
  for (auto [i, extent] : llvm::enumerate(x->shape)) {
    bool listed = llvm::is_contained(*axes, int64_t(i));
    if (listed && extent != 1)
      return node.error("axis {0} has extent {1}, expected 1", i, extent);
    if (!listed && !(all && extent == 1))
      shape.push_back(extent);
  }
  return defineReshaped(in, node, *x, shape);
}

static llvm::Error importUnsqueeze(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  // The axes are those of the result.
  auto listed =
      node.hasInput(1) ? in.integers(node, 1) : node.intsAttribute("axes");
  if (!listed)
    return listed.takeError();
  auto axes = readAxes(in, node, x->rank() + listed->size());
  if (!axes)
    return axes.takeError();
  Shape shape = x->shape;
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return defineReshaped(in, node, *x, shape);
}

/// Names the axes anew: no element moves.
static llvm::Error importTranspose(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto perm = node.intsAttribute("perm");
  if (!perm)
    return perm.takeError();
  Shape sorted = *perm;
  llvm::sort(sorted);
  if (!node.hasAttribute("perm")) {
    *perm = identityLayout(x->rank());
    std::reverse(perm->begin(), perm->end());
  } else if (sorted != identityLayout(x->rank())) {
    return node.error("attribute 'perm' is {0}, expected the {1} axes of the "
                      "operand in some order",
                      shapeText(*perm), x->rank());
  }
  in.define(node, renameAxes(*x, *perm));
  return llvm::Error::success();
}

static llvm::Error importIdentity(Importer &in, const Node &node) {
  auto item = in.item(node, 0);
  if (!item)
    return item.takeError();
  in.define(node, **item);
  return llvm::Error::success();
}

/// Nothing outside of training.
static llvm::Error importDropout(Importer &in, const Node &node) {
  if (llvm::Error error = in.expectZero(node, 2, "training is not supported"))
    return error;
  auto item = in.item(node, 0);
  if (!item)
    return item.takeError();
  in.define(node, **item);
  return llvm::Error::success();
}

/// A shape that the operand has already.
static llvm::Error importExpand(Importer &in, const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  auto wanted = in.integers(node, 1);
  if (!wanted)
    return wanted.takeError();
  auto shape = broadcastShapes(x->shape, *wanted);
  if (!shape || countElements(*shape) != countElements(x->shape))
    return node.error("operand '{0}' of {1} would be repeated to {2}, which is "
                      "not supported",
                      node.input(0), shapeText(x->shape), shapeText(*wanted));
  return defineReshaped(in, node, *x, *shape);
}

void onnx_import::addShapeHandlers(HandlerTable &table) {
  table["ai.onnx.Reshape"] = {importReshape, {2, 2}, {"allowzero"}};
  table["ai.onnx.Flatten"] = {importFlatten, {1, 1}, {"axis"}};
  table["ai.onnx.Squeeze"] = {importSqueeze, {1, 2}, {"axes"}};
  table["ai.onnx.Unsqueeze"] = {importUnsqueeze, {1, 2}, {"axes"}};
  table["ai.onnx.Transpose"] = {importTranspose, {1, 1}, {"perm"}};
  table["ai.onnx.Identity"] = {importIdentity, {1, 1}};
  table["ai.onnx.Dropout"] = {importDropout, {1, 3, 2}, {"ratio", "seed"}};
  table["ai.onnx.Expand"] = {importExpand, {2, 2}};
}
