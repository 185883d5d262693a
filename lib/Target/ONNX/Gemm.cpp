//===- Gemm.cpp - Gemm and QGemm ------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatMul.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// A matrix with its axes the other way round.
static Tensor transposed(Tensor x) {
  std::swap(x.shape[0], x.shape[1]);
  for (int64_t &axis : x.layout)
    axis = 1 - axis;
  return x;
}

namespace {
struct GemmAttributes {
  float alpha = 1, beta = 1;
  bool transA = false, transB = false;
};
} // namespace

static llvm::Expected<GemmAttributes> readGemm(const Node &node) {
  GemmAttributes result;
  for (auto [name, slot] :
       {std::pair("alpha", &result.alpha), std::pair("beta", &result.beta)}) {
    auto factor = node.floatAttribute(name, 1);
    if (!factor)
      return factor.takeError();
    *slot = *factor;
  }
  for (auto [name, slot] : {std::pair("transA", &result.transA),
                            std::pair("transB", &result.transB)}) {
    auto flag = node.intAttribute(name, 0);
    if (!flag)
      return flag.takeError();
    *slot = *flag != 0;
  }
  return result;
}

static llvm::Error expectOne(const Node &node, StringRef name, float factor) {
  if (factor == 1)
    return llvm::Error::success();
  return node.error("attribute '{0}' is {1}, supported is 1", name,
                    numberText(factor));
}

static llvm::Error expectMatrix(const Node &node, StringRef name,
                                ArrayRef<int64_t> shape) {
  if (shape.size() == 2)
    return llvm::Error::success();
  return node.error("operand '{0}' has shape {1}, expected a matrix", name,
                    shapeText(shape));
}

static llvm::Expected<Product> transposeOperand(const Node &node,
                                                llvm::Expected<Product> product,
                                                bool transA) {
  if (!product)
    return product;
  if (llvm::Error error = expectMatrix(node, node.input(0), product->x.shape))
    return error;
  if (transA)
    product->x = transposed(product->x);
  return product;
}

/// y plus operand 2, whatever it broadcasts to.
static llvm::Error addOperand(Importer &in, const Node &node, const Tensor &y,
                              float beta) {
  if (llvm::Error error = expectOne(node, "beta", beta))
    return error;
  auto bias = in.operandIn(node, 2, y.layout);
  if (!bias)
    return bias.takeError();
  if (!bias->isFloat() || bias->rank() != y.rank() ||
      broadcastShapes(bias->shape, y.shape) != y.shape)
    return node.error("operand '{0}' has shape {1}, which does not broadcast "
                      "to {2}",
                      node.input(2), shapeText(bias->shape),
                      shapeText(y.shape));
  Tensor sum = y;
  sum.value =
      in.emit<cmnn::AddOp>(node, y.value.getType(), {y.value, bias->value}, {});
  in.define(node, sum);
  return llvm::Error::success();
}

/// Whether operand 2 is a constant that the product can take in.
static llvm::Expected<bool> isRowBias(Importer &in, const Node &node,
                                      int64_t columns) {
  auto shape = constantShape(in, node, 2);
  if (!shape)
    return shape.takeError();
  return *shape && isChannelBias(**shape, columns, 2);
}

/// With operand 1 computed at run time.
static llvm::Error importComputedGemm(Importer &in, const Node &node,
                                      const GemmAttributes &gemm) {
  auto a = in.floatTensor(node, 0);
  if (!a)
    return a.takeError();
  auto b = in.floatTensor(node, 1);
  if (!b)
    return b.takeError();
  for (auto [i, x] : {std::pair(0, &*a), std::pair(1, &*b)})
    if (llvm::Error error = expectMatrix(node, node.input(i), x->shape))
      return error;
  if (llvm::Error error = expectOne(node, "alpha", gemm.alpha))
    return error;
  if (llvm::Error error = emitBatchMatMul(
          in, node, gemm.transA ? transposed(*a) : *a,
          gemm.transB ? transposed(*b) : *b, in.getBuilder().getF32Type(), {}))
    return error;
  if (!node.hasInput(2))
    return llvm::Error::success();
  return addOperand(in, node, in.result(node), gemm.beta);
}

static llvm::Error importGemm(Importer &in, const Node &node) {
  auto gemm = readGemm(node);
  if (!gemm)
    return gemm.takeError();
  auto weights = constantShape(in, node, 1);
  if (!weights)
    return weights.takeError();
  if (!*weights)
    return importComputedGemm(in, node, *gemm);
  ProductForm form;
  form.channelAxis = gemm->transB ? 0 : 1;
  form.alpha = gemm->alpha;
  bool row = false;
  if (node.hasInput(2) && (*weights)->size() == 2) {
    auto isRow = isRowBias(in, node, (**weights)[form.channelAxis]);
    if (!isRow)
      return isRow.takeError();
    row = *isRow;
  }
  form.beta = row ? gemm->beta : 1;
  form.bias = row ? 2 : 3;
  auto product =
      transposeOperand(node, floatProduct(in, node, form), gemm->transA);
  auto y = emitMatMul(in, node, std::move(product), gemm->transB);
  if (!y)
    return y.takeError();
  if (node.hasInput(2) && !row)
    return addOperand(in, node, *y, gemm->beta);
  in.define(node, *y);
  return llvm::Error::success();
}

static llvm::Error importQGemm(Importer &in, const Node &node) {
  auto gemm = readGemm(node);
  if (!gemm)
    return gemm.takeError();
  if (llvm::Error error = expectOne(node, "alpha", gemm->alpha))
    return error;
  ProductForm form;
  form.channelAxis = gemm->transB ? 0 : 1;
  form.bias = 6;
  form.resultScale = 7;
  auto product =
      transposeOperand(node, qlinearProduct(in, node, form), gemm->transA);
  auto y = emitMatMul(in, node, std::move(product), gemm->transB);
  if (!y)
    return y.takeError();
  in.define(node, *y);
  return llvm::Error::success();
}

void onnx_import::addGemmHandlers(HandlerTable &table) {
  const AttributeNames gemm = {"alpha", "beta", "transA", "transB"};
  addMatMulHandlers(table);
  table["ai.onnx.Gemm"] = {importGemm, {2, 3}, gemm};
  table["com.microsoft.QGemm"] = {importQGemm, {6, 9}, gemm};
}
