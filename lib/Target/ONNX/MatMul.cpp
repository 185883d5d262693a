//===- MatMul.cpp - MatMul and its integer forms --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatMul.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// The last axis held last.
static Tensor lastAxisLast(Importer &in, const Node &node, const Tensor &x) {
  Shape layout = x.layout;
  llvm::erase(layout, x.rank() - 1);
  layout.push_back(x.rank() - 1);
  return in.arrange(node, x, layout);
}

llvm::Expected<std::optional<Shape>>
onnx_import::constantShape(Importer &in, const Node &node, unsigned i) {
  auto item = in.item(node, i);
  if (!item)
    return item.takeError();
  if (auto *plain = std::get_if<Constant>(*item))
    return std::optional(plain->shape);
  if (auto *quantised = std::get_if<QuantisedConstant>(*item))
    return std::optional(quantised->elements.shape);
  return std::optional<Shape>();
}

//===----------------------------------------------------------------------===//
// Constant weights
//===----------------------------------------------------------------------===//

llvm::Expected<Tensor> onnx_import::emitMatMul(Importer &in, const Node &node,
                                               llvm::Expected<Product> product,
                                               bool weightsTransposed) {
  if (!product)
    return product.takeError();
  Tensor &x = product->x;
  const Shape &weights = product->weights.shape;
  int64_t inputs = weights[weightsTransposed ? 1 : 0];
  if (x.rank() == 0 || x.shape.back() != inputs)
    return node.error("operand '{0}' has shape {1}, expected {2} as its last "
                      "extent for weights of {3}",
                      node.input(0), shapeText(x.shape), inputs,
                      shapeText(weights));
  x = lastAxisLast(in, node, x);
  Shape shape = x.shape;
  shape.back() = product->channels;
  if (llvm::Error error = in.checkSize(node, shape))
    return error;
  auto symbols = emitWeights(in, node, *product, weights,
                             weightsTransposed ? Shape{1, 0} : Shape{0, 1});
  if (!symbols)
    return symbols.takeError();
  cmnn::MatMulOp::Properties properties;
  setProduct(in, *product, *symbols, properties);
  Tensor y = productResult(*product, shape, x.layout);
  y.value = in.emit<cmnn::MatMulOp>(
      node, in.typeOf(shape, x.layout, product->resultElement), x.value,
      properties);
  return y;
}

/// A matrix of weights, or a vector, which is a matrix of one column, perhaps
/// with leading extents of 1. None where they are another array.
static std::optional<Shape> matrixShape(const Shape &shape) {
  if (shape.size() == 1)
    return Shape{shape[0], 1};
  if (shape.size() < 2)
    return std::nullopt;
  for (int64_t extent : llvm::drop_end(shape, 2))
    if (extent != 1)
      return std::nullopt;
  return Shape{shape.end()[-2], shape.end()[-1]};
}

/// Defines MatMul and the like with constant weights of shape `weights`, which
/// the product sees as a matrix.
static llvm::Error emitConstantMatMul(Importer &in, const Node &node,
                                      llvm::Expected<Product> product,
                                      const Shape &weights) {
  auto y = emitMatMul(in, node, std::move(product), false);
  if (!y)
    return y.takeError();
  Shape shape = y->shape;
  if (weights.size() == 1)
    shape.pop_back();
  else
    shape = padRank(shape, weights.size());
  in.define(node, in.reshape(node, *y, shape));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Two computed operands
//===----------------------------------------------------------------------===//

namespace {
/// Stacks of matrices, held in ONNX's order, with the same leading extents. The
/// result, cast to `shape` and `layout`, is ONNX's.
struct Stacks {
  Tensor a, b;
  Shape shape, layout;
};
} // namespace

/// `x` in ONNX's order with the extents `shape`.
static Tensor stacked(Importer &in, const Node &node, const Tensor &x,
                      ArrayRef<int64_t> shape) {
  Tensor ordered = in.arrange(node, x, identityLayout(x.rank()));
  return in.recast(node, ordered, shape, identityLayout(shape.size()));
}

/// One of the operands is the same for all of the other's matrices: these
/// become one matrix of more rows (`a`) or columns (`b`).
static void joinStack(Importer &in, const Node &node, ArrayRef<int64_t> lead,
                      Stacks &s) {
  int64_t count = *countElements(lead), rank = s.shape.size();
  int64_t rows = s.shape[rank - 2], columns = s.shape[rank - 1];
  int64_t depth = s.a.shape.back();
  if (*countElements(s.b.shape) == depth * columns) {
    s.a = stacked(in, node, s.a, {count * rows, depth});
    s.b = stacked(in, node, s.b, {depth, columns});
    s.layout = identityLayout(rank);
    return;
  }
  Shape layout = identityLayout(rank);
  std::rotate(layout.begin(), layout.end() - 2, layout.end() - 1);
  s.a = stacked(in, node, s.a, {rows, depth});
  s.b = in.recast(node, in.arrange(node, s.b, layout), {depth, count * columns},
                  {0, 1});
  s.layout = layout;
}

static llvm::Expected<Stacks> makeStacks(Importer &in, const Node &node,
                                         Tensor a, Tensor b) {
  if (a.rank() == 0 || b.rank() == 0)
    return node.error("operands have shapes {0} and {1}, expected matrices",
                      shapeText(a.shape), shapeText(b.shape));
  std::string shapes = shapeText(a.shape) + " and " + shapeText(b.shape);
  if (a.rank() == 1)
    a = in.reshape(node, a, {1, a.shape[0]});
  if (b.rank() == 1)
    b = in.reshape(node, b, {b.shape[0], 1});
  size_t rank = std::max(a.rank(), b.rank());
  a = in.reshape(node, a, padRank(a.shape, rank));
  b = in.reshape(node, b, padRank(b.shape, rank));
  ArrayRef<int64_t> leadA = ArrayRef<int64_t>(a.shape).drop_back(2);
  ArrayRef<int64_t> leadB = ArrayRef<int64_t>(b.shape).drop_back(2);
  auto lead = broadcastShapes(leadA, leadB);
  if (!lead || a.shape.back() != b.shape.end()[-2])
    return node.error("operands have shapes {0}, which do not fit together",
                      shapes);
  Stacks s{a, b, *lead, identityLayout(rank)};
  s.shape.push_back(a.shape.end()[-2]);
  s.shape.push_back(b.shape.back());
  if (llvm::Error error = in.checkSize(node, s.shape))
    return error;
  if (leadA == leadB) {
    s.a = stacked(in, node, a, a.shape);
    s.b = stacked(in, node, b, b.shape);
    return s;
  }
  if (*countElements(leadA) != 1 && *countElements(leadB) != 1)
    return node.error(
        "operands have shapes {0}: leading extents that broadcast "
        "in part are not supported",
        shapes);
  joinStack(in, node, *lead, s);
  return s;
}

llvm::Error onnx_import::emitBatchMatMul(Importer &in, const Node &node,
                                         const Tensor &a, const Tensor &b,
                                         Type element, Tensor result) {
  auto stacks = makeStacks(in, node, a, b);
  if (!stacks)
    return stacks.takeError();
  cmnn::BatchMatMulOp::Properties properties;
  Value left = stacks->a.value, right = stacks->b.value;
  bool integer = a.isInt8() || (a.twin && b.twin);
  if (integer) {
    left = a.isInt8() ? left : stacks->a.twin;
    right = b.isInt8() ? right : stacks->b.twin;
    properties.a_scale = in.f32(a.quantization->scale);
    properties.a_zero_point = in.i8(a.quantization->zeroPoint);
    properties.b_scale = in.f32(b.quantization->scale);
    properties.b_zero_point = in.i8(b.quantization->zeroPoint);
  }
  if (element.isInteger(8)) {
    properties.y_scale = in.f32(result.quantization->scale);
    properties.y_zero_point = in.i8(result.quantization->zeroPoint);
  }
  Shape held(cast<RankedTensorType>(left.getType()).getShape());
  held.back() = cast<RankedTensorType>(right.getType()).getShape().back();
  result.value = in.emit<cmnn::BatchMatMulOp>(
      node, RankedTensorType::get(held, element), {left, right}, properties);
  result.shape = held;
  result.layout = identityLayout(held.size());
  result = in.recast(node, result, stacks->shape, stacks->layout);
  Shape shape = stacks->shape;
  if (a.rank() == 1)
    shape.erase(shape.end() - 2);
  if (b.rank() == 1)
    shape.pop_back();
  in.define(node, in.reshape(node, result, shape));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

static llvm::Error importMatMul(Importer &in, const Node &node) {
  auto weights = constantShape(in, node, 1);
  if (!weights)
    return weights.takeError();
  ProductForm form;
  if (*weights)
    form.shape = matrixShape(**weights);
  if (form.shape)
    return emitConstantMatMul(in, node, floatProduct(in, node, form),
                              **weights);
  auto a = in.floatTensor(node, 0);
  if (!a)
    return a.takeError();
  auto b = in.floatTensor(node, 1);
  if (!b)
    return b.takeError();
  return emitBatchMatMul(in, node, *a, *b, in.getBuilder().getF32Type(), {});
}

static llvm::Error importQLinearMatMul(Importer &in, const Node &node) {
  auto weights = constantShape(in, node, 3);
  if (!weights)
    return weights.takeError();
  ProductForm form;
  form.bias = 8;
  form.resultScale = 6;
  if (*weights)
    form.shape = matrixShape(**weights);
  if (form.shape)
    return emitConstantMatMul(in, node, qlinearProduct(in, node, form),
                              **weights);
  auto a = in.quantisedTensor(node, 0);
  if (!a)
    return a.takeError();
  auto b = in.quantisedTensor(node, 3);
  if (!b)
    return b.takeError();
  auto result = in.quantisedResult(node, 6, a->isUnsigned);
  if (!result)
    return result.takeError();
  return emitBatchMatMul(in, node, *a, *b, in.getBuilder().getI8Type(),
                         *result);
}

/// An int8 operand whose zero point is operand i.
static llvm::Expected<Tensor> shiftedTensor(Importer &in, const Node &node,
                                            unsigned operand, unsigned i) {
  auto x = in.int8Tensor(node, operand);
  if (!x)
    return x.takeError();
  auto points = in.zeroPoints(
      node, i, x->isUnsigned ? ElementType::UInt8 : ElementType::Int8);
  if (!points)
    return points.takeError();
  if (points->size() != 1)
    return node.error("zero point '{0}' has {1} elements, expected 1",
                      node.input(i), points->size());
  x->quantization = {1, int32_t(points->front() - (x->isUnsigned ? 128 : 0))};
  return x;
}

static llvm::Error importMatMulInteger(Importer &in, const Node &node) {
  auto weights = constantShape(in, node, 1);
  if (!weights)
    return weights.takeError();
  ProductForm form;
  if (*weights)
    form.shape = matrixShape(**weights);
  if (form.shape)
    return emitConstantMatMul(in, node, integerProduct(in, node, form),
                              **weights);
  auto a = shiftedTensor(in, node, 0, 2);
  if (!a)
    return a.takeError();
  auto b = shiftedTensor(in, node, 1, 3);
  if (!b)
    return b.takeError();
  return emitBatchMatMul(in, node, *a, *b, in.getBuilder().getI32Type(), {});
}

void onnx_import::addMatMulHandlers(HandlerTable &table) {
  table["ai.onnx.MatMul"] = {importMatMul, {2, 2}};
  table["ai.onnx.QLinearMatMul"] = {importQLinearMatMul, {8, 8}, {}, 10};
  table["ai.onnx.MatMulInteger"] = {importMatMulInteger, {2, 4}, {}, 10};
}
