//===- Convolutions.cpp - Conv, ConvTranspose and their integer forms -----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Product.h"
#include "Window.h"
#include "cm/Dialect/CMNN/CMNNShapes.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

namespace {
/// A convolution's operands, brought to two dimensions: a sequence NxCxW is an
/// image of one row.
struct Convolution {
  Product product;
  int64_t rank = 4; // of the operand
  int64_t groups = 1;
  Tensor image;  // the operand
  Shape weights; // extents of the weights, of rank 4
  WindowImage window() const {
    return {rank == 3 ? 1u : 2u,
            {image.shape[2], image.shape[3]},
            std::array<int64_t, 2>{weights[2], weights[3]}};
  }
};
} // namespace

/// Rank of operand 0, which is that of the weights.
static llvm::Expected<unsigned> convolutionRank(Importer &in,
                                                const Node &node) {
  auto x = in.tensor(node, 0);
  if (!x)
    return x.takeError();
  if (x->rank() != 3 && x->rank() != 4)
    return node.error("operand '{0}' has shape {1}, expected an image NxCxHxW "
                      "or a sequence NxCxW",
                      node.input(0), shapeText(x->shape));
  return unsigned(x->rank());
}

static llvm::Expected<int64_t> readGroups(const Node &node) {
  auto groups = node.intAttribute("group", 1);
  if (groups && (*groups < 1 || *groups > 1 << 20))
    return node.error("attribute 'group' is {0}, expected 1 to {1}", *groups,
                      1 << 20);
  return groups;
}

static llvm::Expected<Convolution>
makeConvolution(Importer &in, const Node &node, llvm::Expected<Product> product,
                int64_t groups) {
  if (!product)
    return product.takeError();
  Convolution result;
  result.product = std::move(*product);
  result.rank = result.product.x.rank();
  result.groups = groups;
  auto image = in.image(node, result.product.x, node.input(0));
  if (!image)
    return image.takeError();
  result.image = *image;
  result.weights = result.product.weights.shape;
  if (result.rank == 3)
    result.weights.insert(result.weights.begin() + 2, 1);
  return result;
}

static llvm::Error groupError(const Convolution &conv, const Node &node) {
  return node.error(
      "{0} groups, weights of {1} and {2} input channels do not fit together",
      conv.groups, shapeText(conv.product.weights.shape), conv.image.shape[1]);
}

static llvm::Error finish(Importer &in, const Node &node,
                          const Convolution &conv, Value value,
                          ArrayRef<int64_t> shape) {
  Tensor y = productResult(conv.product, shape, imageLayout());
  y.value = value;
  in.define(node, in.fromImage(node, y, conv.rank));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

static llvm::Error emitConv(Importer &in, const Node &node,
                            llvm::Expected<Product> product, int64_t groups) {
  auto conv = makeConvolution(in, node, std::move(product), groups);
  if (!conv)
    return conv.takeError();
  auto window = readWindow(node, conv->window());
  if (!window)
    return window.takeError();
  const Shape &weights = conv->weights, &image = conv->image.shape;
  if (weights[0] % groups != 0 || image[1] % groups != 0 ||
      image[1] / groups != weights[1])
    return groupError(*conv, node);
  auto extents = cmnn::windowExtents(
      image[2], image[3],
      {window->kernel, window->strides, window->dilations, window->pads});
  Shape shape = {image[0], weights[0], extents->first, extents->second};
  if (llvm::Error error = in.checkSize(node, shape))
    return error;
  auto symbols = emitWeights(in, node, conv->product, weights, {2, 3, 1, 0});
  if (!symbols)
    return symbols.takeError();
  cmnn::Conv2DOp::Properties properties;
  setProduct(in, conv->product, *symbols, properties);
  properties.strides = in.array(window->strides);
  properties.dilations = in.array(window->dilations);
  properties.pads = in.array(window->pads);
  properties.groups = in.i64(groups);
  Value y = in.emit<cmnn::Conv2DOp>(
      node, in.typeOf(shape, imageLayout(), conv->product.resultElement),
      conv->image.value, properties);
  return finish(in, node, *conv, y, shape);
}

/// Imports a node with what `read` makes of its operands.
static llvm::Error
importConvolution(Importer &in, const Node &node, ProductForm form,
                  llvm::Expected<Product> (*read)(Importer &, const Node &,
                                                  const ProductForm &)) {
  auto rank = convolutionRank(in, node);
  if (!rank)
    return rank.takeError();
  auto groups = readGroups(node);
  if (!groups)
    return groups.takeError();
  form.rank = *rank;
  form.channelAxis = 0;
  return emitConv(in, node, read(in, node, form), *groups);
}

static llvm::Error importConv(Importer &in, const Node &node) {
  return importConvolution(in, node, {}, floatProduct);
}

static llvm::Error importQLinearConv(Importer &in, const Node &node) {
  ProductForm form;
  form.bias = 8;
  form.resultScale = 6;
  return importConvolution(in, node, form, qlinearProduct);
}

static llvm::Error importConvInteger(Importer &in, const Node &node) {
  return importConvolution(in, node, {}, integerProduct);
}

//===----------------------------------------------------------------------===//
// Transposed convolution
//===----------------------------------------------------------------------===//

static Shape transposedShape(const Convolution &conv,
                             const onnx_import::Window &window) {
  const Shape &image = conv.image.shape;
  Shape shape = {image[0], conv.product.channels, 0, 0};
  for (unsigned axis : {0, 1})
    shape[axis + 2] = (image[axis + 2] - 1) * window.strides[axis] +
                      window.dilations[axis] * (window.kernel[axis] - 1) + 1 -
                      window.pads[axis] - window.pads[axis + 2] +
                      window.outputPads[axis];
  return shape;
}

/// ONNX's weights are (group, ci, co, ky, kx), of which the first two are one
/// axis; ours (ky, kx, ci, group, co), of which the last two are one.
static llvm::Expected<ProductSymbols>
emitTransposedWeights(Importer &in, const Node &node, const Convolution &conv) {
  const Constant &from = conv.product.weights;
  Shape grouped = {conv.groups, conv.weights[0] / conv.groups, conv.weights[1],
                   conv.weights[2], conv.weights[3]};
  Type element = in.getBuilder().getF32Type();
  if (conv.product.isInteger())
    element = in.getBuilder().getI8Type();
  Shape held = {conv.weights[2], conv.weights[3], grouped[1],
                conv.product.channels};
  ProductSymbols symbols;
  symbols.weight =
      in.weight(node, from.name, RankedTensorType::get(held, element),
                [&](MutableArrayRef<char> to) {
                  permute(from.bytes->data(), elementSize(from.type), grouped,
                          {3, 4, 1, 0, 2}, to.data());
                  if (from.type == ElementType::UInt8)
                    for (char &byte : to)
                      byte ^= char(0x80);
                });
  if (!conv.product.bias)
    return symbols;
  auto bias = in.weight(node, *conv.product.bias, {conv.product.channels}, {0});
  if (!bias)
    return bias.takeError();
  symbols.bias = *bias;
  return symbols;
}

static llvm::Error emitConvTranspose(Importer &in, const Node &node,
                                     llvm::Expected<Convolution> conv) {
  if (!conv)
    return conv.takeError();
  auto window = readTransposedWindow(node, conv->window());
  if (!window)
    return window.takeError();
  if (conv->weights[0] != conv->image.shape[1])
    return groupError(*conv, node);
  Shape shape = transposedShape(*conv, *window);
  if (llvm::Error error = in.checkSize(node, shape))
    return error;
  auto symbols = emitTransposedWeights(in, node, *conv);
  if (!symbols)
    return symbols.takeError();
  cmnn::ConvTranspose2DOp::Properties properties;
  setProduct(in, conv->product, *symbols, properties);
  properties.strides = in.array(window->strides);
  properties.dilations = in.array(window->dilations);
  properties.pads = in.array(window->pads);
  properties.output_pads = in.array(window->outputPads);
  properties.groups = in.i64(conv->groups);
  Value y = in.emit<cmnn::ConvTranspose2DOp>(
      node, in.typeOf(shape, imageLayout(), conv->product.resultElement),
      conv->image.value, properties);
  return finish(in, node, *conv, y, shape);
}

static llvm::Error importConvTranspose(Importer &in, const Node &node) {
  auto rank = convolutionRank(in, node);
  if (!rank)
    return rank.takeError();
  auto groups = readGroups(node);
  if (!groups)
    return groups.takeError();
  ProductForm form;
  form.rank = *rank;
  form.repeat = *groups;
  return emitConvTranspose(
      in, node,
      makeConvolution(in, node, floatProduct(in, node, form), *groups));
}

void onnx_import::addProductHandlers(HandlerTable &table) {
  const AttributeNames transposed = {
      "auto_pad",       "dilations",    "group", "kernel_shape",
      "output_padding", "output_shape", "pads",  "strides"};
  const AttributeNames conv = {"auto_pad",     "dilations", "group",
                               "kernel_shape", "pads",      "strides"};
  table["ai.onnx.Conv"] = {importConv, {2, 3}, conv};
  table["ai.onnx.ConvTranspose"] = {importConvTranspose, {2, 3}, transposed};
  table["ai.onnx.QLinearConv"] = {importQLinearConv, {8, 9}, conv, 10};
  table["ai.onnx.ConvInteger"] = {importConvInteger, {2, 4}, conv, 10};
}
