//===- Product.cpp - weights and biases of products -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Product.h"
#include <cmath>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Output channels; fails where shape, scales or zero points do not fit.
static llvm::Error setChannels(const Node &node, const ProductForm &form,
                               size_t zeroPoints, Product &product) {
  const Constant &weights = product.weights;
  StringRef name = weights.name;
  if (weights.shape.size() != form.rank || weights.size() == 0)
    return node.error("weights '{0}' have shape {1}, expected rank {2} without "
                      "empty axes",
                      name, shapeText(weights.shape), form.rank);
  if (weights.shape[0] % form.repeat != 0)
    return node.error("weights '{0}' have shape {1}, which {2} groups do not "
                      "divide",
                      name, shapeText(weights.shape), form.repeat);
  int64_t count = weights.shape[form.channelAxis];
  auto fits = [&](size_t size) { return size <= 1 || int64_t(size) == count; };
  if (!fits(product.scales.size()))
    return node.error("weights '{0}' have {1} scales, expected 1 or {2}, one "
                      "per output channel",
                      name, product.scales.size(), count);
  if (!fits(zeroPoints))
    return node.error("weights '{0}' have {1} zero points, expected 1 or {2}, "
                      "one per output channel",
                      name, zeroPoints, count);
  product.channels = count * form.repeat;
  return llvm::Error::success();
}

template <typename T>
static void repeatElements(std::vector<T> &list, int64_t times) {
  std::vector<T> once = list;
  for (int64_t i = 1; once.size() > 1 && i < times; ++i)
    list.insert(list.end(), once.begin(), once.end());
}

/// int4 and uint4 less their zero points: that fits int8.
static Constant subtractZeroPoints(const Constant &weights,
                                   ArrayRef<int64_t> zeroPoints,
                                   int64_t channelAxis) {
  int64_t inner = 1;
  for (int64_t extent : llvm::drop_begin(weights.shape, channelAxis + 1))
    inner *= extent;
  std::string bytes(weights.size(), '\0');
  for (int64_t i = 0, size = weights.size(); i < size; ++i)
    bytes[i] = static_cast<char>(weights.integerAt(i) -
                                 zeroPoints[i / inner % zeroPoints.size()]);
  Constant result = weights;
  result.type = ElementType::Int8;
  result.bytes = std::make_shared<const std::string>(std::move(bytes));
  return result;
}

/// Elements, scales and zero points of int8 weights.
static llvm::Error setWeights(const Node &node, const ProductForm &form,
                              const QuantisedConstant &value,
                              Product &product) {
  product.weights = value.elements;
  product.weights.shape = form.shape.value_or(value.elements.shape);
  product.scales = value.scales;
  if (llvm::Error error =
          setChannels(node, form, value.zeroPoints.size(), product))
    return error;
  if (!value.elements.isInt8()) {
    product.weights =
        subtractZeroPoints(product.weights, value.zeroPoints, form.channelAxis);
  } else {
    int64_t offset = value.elements.type == ElementType::UInt8 ? 128 : 0;
    for (int64_t zeroPoint : value.zeroPoints)
      product.zeroPoints.push_back(static_cast<int8_t>(zeroPoint - offset));
    if (llvm::all_of(product.zeroPoints, [](int8_t z) { return z == 0; }))
      product.zeroPoints.clear();
  }
  repeatElements(product.scales, form.repeat);
  repeatElements(product.zeroPoints, form.repeat);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Biases
//===----------------------------------------------------------------------===//

/// Element `i` of a list that has one element or one for each channel.
template <typename T> static T pick(const std::vector<T> &list, size_t i) {
  return list[list.size() == 1 ? 0 : i];
}

static llvm::Error int32Bias(Importer &in, const Node &node, unsigned i,
                             Product &product) {
  if (!node.hasInput(i))
    return llvm::Error::success();
  auto constant = in.constant(node, i);
  if (!constant)
    return constant.takeError();
  if ((*constant)->type != ElementType::Int32 ||
      (*constant)->shape != Shape{product.channels})
    return node.error("bias '{0}' is {1}, expected {2} int32", node.input(i),
                      (*constant)->describe(), product.channels);
  product.bias = **constant;
  return llvm::Error::success();
}

/// A constant as real numbers, exactly.
static llvm::Expected<std::vector<double>>
realNumbers(Importer &in, const Node &node, unsigned i) {
  auto item = in.item(node, i);
  if (!item)
    return item.takeError();
  std::vector<double> reals;
  if (auto *value = std::get_if<QuantisedConstant>(*item)) {
    const Constant &elements = value->elements;
    if (value->scales.size() != 1 &&
        int64_t(value->scales.size()) != elements.size())
      return node.error("operand '{0}' has {1} elements but {2} scales",
                        node.input(i), elements.size(), value->scales.size());
    for (int64_t k = 0; k < elements.size(); ++k)
      reals.push_back(
          double(elements.integerAt(k) - pick(value->zeroPoints, k)) *
          pick(value->scales, k));
    return reals;
  }
  auto constant = in.floats(node, i);
  if (!constant)
    return constant.takeError();
  for (float element : constant->as<float>())
    reals.push_back(element);
  return reals;
}

/// In units of x scale * weight scale: int32 elements as they are, others
/// rounded to even.
/// Gives an integer product without bias the constant operand i, rounded.
static llvm::Error addFloatBias(Importer &in, const Node &node, unsigned i,
                                Product &product) {
  auto reals = realNumbers(in, node, i);
  if (!reals)
    return reals.takeError();
  if (reals->size() != 1 && int64_t(reals->size()) != product.channels)
    return node.error("bias '{0}' has {1} elements, expected {2}",
                      node.input(i), reals->size(), product.channels);
  auto *exact = std::get_if<QuantisedConstant>(*in.item(node, i));
  if (exact && exact->elements.type != ElementType::Int32)
    exact = nullptr;
  std::vector<int32_t> elements;
  for (int64_t k = 0; k < product.channels; ++k) {
    float scale = product.x.quantization->scale * pick(product.scales, k);
    if (exact && std::abs(pick(exact->scales, k) - scale) > 1e-4f * scale)
      return node.error("bias '{0}' has scale {1}, expected input scale times "
                        "weight scale, {2}",
                        node.input(i), numberText(pick(exact->scales, k)),
                        numberText(scale));
    double rounded = exact
                         ? exact->elements.integerAt(reals->size() == 1 ? 0 : k)
                         : std::nearbyint(pick(*reals, k) / double(scale));
    if (!(std::abs(rounded) <= double(INT32_MAX)))
      return node.error("bias '{0}' is {1} in units of {2}, which does not fit "
                        "32 bits",
                        node.input(i), numberText(rounded), numberText(scale));
    elements.push_back(static_cast<int32_t>(rounded));
  }
  product.bias =
      Constant::make<int32_t>(ElementType::Int32, {product.channels}, elements);
  product.bias->name = exact ? exact->elements.name : node.input(i).str();
  return llvm::Error::success();
}

/// A float bias of a float product, one element for each channel.
static llvm::Error plainBias(Importer &in, const Node &node, unsigned i,
                             float beta, Product &product) {
  auto constant = in.floats(node, i);
  if (!constant)
    return constant.takeError();
  ArrayRef<float> reals = constant->as<float>();
  if (reals.size() != 1 && int64_t(reals.size()) != product.channels)
    return node.error("bias '{0}' has {1} elements, expected {2}",
                      node.input(i), reals.size(), product.channels);
  std::vector<float> elements;
  for (int64_t k = 0; k < product.channels; ++k)
    elements.push_back(beta * reals[reals.size() == 1 ? 0 : k]);
  product.bias =
      Constant::make<float>(ElementType::Float32, {product.channels}, elements);
  product.bias->name = constant->name;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The three forms
//===----------------------------------------------------------------------===//

/// Whether int8 weights have their scales, if several, on the channels.
static bool isIntegerWeight(const QuantisedConstant &value,
                            const ProductForm &form) {
  int64_t rank = value.elements.shape.size();
  return value.elements.isQuantised() &&
         (value.isPerTensor() ||
          value.axis - rank + form.rank == form.channelAxis);
}

/// A float constant times `factor`.
static Constant scaled(const Constant &constant, float factor) {
  if (factor == 1)
    return constant;
  std::vector<float> elements;
  for (float element : constant.as<float>())
    elements.push_back(factor * element);
  Constant result =
      Constant::make<float>(ElementType::Float32, constant.shape, elements);
  result.name = constant.name;
  return result;
}

llvm::Expected<Product> onnx_import::floatProduct(Importer &in,
                                                  const Node &node,
                                                  const ProductForm &form) {
  Product product;
  product.resultElement = in.getBuilder().getF32Type();
  auto x = in.floatTensor(node, 0);
  if (!x)
    return x.takeError();
  product.x = *x;
  auto weights = in.item(node, 1);
  if (!weights)
    return weights.takeError();
  auto *quantised = std::get_if<QuantisedConstant>(*weights);
  if (x->twin && quantised && isIntegerWeight(*quantised, form) &&
      form.alpha == 1 && form.beta == 1) {
    product.x.value = x->twin;
    product.x.twin = nullptr;
    if (llvm::Error error = setWeights(node, form, *quantised, product))
      return error;
    if (node.hasInput(form.bias))
      if (llvm::Error error = addFloatBias(in, node, form.bias, product))
        return error;
    return product;
  }
  auto *plain = std::get_if<Constant>(*weights);
  if (!quantised && (!plain || plain->type != ElementType::Float32))
    return node.error("weights '{0}' are {1}, expected float", node.input(1),
                      plain ? elementTypeName(plain->type) : "not constant");
  product.weights =
      scaled(quantised ? Importer::dequantise(*quantised) : *plain, form.alpha);
  product.weights.shape = form.shape.value_or(product.weights.shape);
  product.x.twin = nullptr;
  if (llvm::Error error = setChannels(node, form, 1, product))
    return error;
  if (node.hasInput(form.bias))
    if (llvm::Error error = plainBias(in, node, form.bias, form.beta, product))
      return error;
  return product;
}

/// int8 weights with scales and zero points as operands i, i+1, i+2.
static llvm::Expected<QuantisedConstant>
weightsOperand(Importer &in, const Node &node, unsigned i) {
  QuantisedConstant value;
  auto elements = in.constant(node, i);
  if (!elements)
    return elements.takeError();
  value.elements = **elements;
  if (!value.elements.isQuantised())
    return node.error("weights '{0}' are {1}, expected int8 or uint8",
                      node.input(i), elementTypeName(value.elements.type));
  auto scales = in.scales(node, i + 1);
  if (!scales)
    return scales.takeError();
  value.scales = *scales;
  auto zeroPoints = in.zeroPoints(node, i + 2, value.elements.type);
  if (!zeroPoints)
    return zeroPoints.takeError();
  value.zeroPoints = *zeroPoints;
  return value;
}

llvm::Expected<Product> onnx_import::qlinearProduct(Importer &in,
                                                    const Node &node,
                                                    const ProductForm &form) {
  Product product;
  product.resultElement = in.getBuilder().getI8Type();
  auto x = in.quantisedTensor(node, 0);
  if (!x)
    return x.takeError();
  product.x = *x;
  auto weights = weightsOperand(in, node, 3);
  if (!weights)
    return weights.takeError();
  if (llvm::Error error = setWeights(node, form, *weights, product))
    return error;
  if (llvm::Error error = int32Bias(in, node, form.bias, product))
    return error;
  if (!node.hasInput(form.resultScale)) {
    product.resultElement = in.getBuilder().getF32Type();
    return product;
  }
  auto result = in.quantisedResult(node, form.resultScale, x->isUnsigned);
  if (!result)
    return result.takeError();
  product.result = *result;
  return product;
}

llvm::Expected<Product> onnx_import::integerProduct(Importer &in,
                                                    const Node &node,
                                                    const ProductForm &form) {
  Product product;
  product.resultElement = in.getBuilder().getI32Type();
  auto x = in.int8Tensor(node, 0);
  if (!x)
    return x.takeError();
  product.x = *x;
  auto points = in.zeroPoints(
      node, 2, x->isUnsigned ? ElementType::UInt8 : ElementType::Int8);
  if (!points)
    return points.takeError();
  if (points->size() != 1)
    return node.error("zero point '{0}' has {1} elements, expected 1",
                      node.input(2), points->size());
  product.x.quantization = {
      1, int32_t(points->front() - (x->isUnsigned ? 128 : 0))};
  QuantisedConstant weights;
  auto elements = in.constant(node, 1);
  if (!elements)
    return elements.takeError();
  weights.elements = **elements;
  if (!weights.elements.isInt8())
    return node.error("weights '{0}' are {1}, expected int8 or uint8",
                      node.input(1), elementTypeName(weights.elements.type));
  auto zeroPoints = in.zeroPoints(node, 3, weights.elements.type);
  if (!zeroPoints)
    return zeroPoints.takeError();
  weights.zeroPoints = *zeroPoints;
  weights.scales = {1};
  if (llvm::Error error = setWeights(node, form, weights, product))
    return error;
  return product;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

llvm::Expected<ProductSymbols>
onnx_import::emitWeights(Importer &in, const Node &node, const Product &product,
                         ArrayRef<int64_t> shape, ArrayRef<int64_t> layout) {
  ProductSymbols symbols;
  auto weight = in.weight(node, product.weights, shape, layout);
  if (!weight)
    return weight.takeError();
  symbols.weight = *weight;
  if (!product.bias)
    return symbols;
  auto bias = in.weight(node, *product.bias, {product.channels}, {0});
  if (!bias)
    return bias.takeError();
  symbols.bias = *bias;
  return symbols;
}

Tensor onnx_import::productResult(const Product &product,
                                  ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> layout) {
  Tensor y = product.result;
  y.shape.assign(shape.begin(), shape.end());
  y.layout.assign(layout.begin(), layout.end());
  return y;
}
