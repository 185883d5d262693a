//===- Operands.cpp - tensors, scales and zero points of a node -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include <cmath>

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

//===----------------------------------------------------------------------===//
// What a name stands for
//===----------------------------------------------------------------------===//

llvm::Expected<const Item *> Importer::item(const Node &node, unsigned i) {
  StringRef name = node.input(i);
  auto known = items.find(name);
  if (known != items.end())
    return &known->getValue();
  if (!graph.isConstant(name))
    return node.error("operand '{0}' is a result that the importer does not "
                      "compute",
                      name);
  auto constant = graph.takeConstant(name);
  if (!constant)
    return node.error("{0}", llvm::toString(constant.takeError()));
  return &items.try_emplace(name, std::move(*constant)).first->getValue();
}

llvm::Expected<const Constant *> Importer::findConstant(const Node &node,
                                                        unsigned i) {
  auto known = item(node, i);
  if (!known)
    return known.takeError();
  return std::get_if<Constant>(*known);
}

llvm::Expected<const Constant *> Importer::constant(const Node &node,
                                                    unsigned i) {
  if (!node.hasInput(i))
    return node.error("operand {0} is left out", i);
  auto found = findConstant(node, i);
  if (found && !*found)
    return node.error("operand {0}, '{1}', is not constant", i, node.input(i));
  return found;
}

llvm::Expected<Shape> Importer::integers(const Node &node, unsigned i) {
  auto found = constant(node, i);
  if (!found)
    return found.takeError();
  const Constant &list = **found;
  if ((list.type != ElementType::Int64 && list.type != ElementType::Int32) ||
      list.shape.size() > 1)
    return node.error("operand '{0}' is {1}, expected a list of int64",
                      node.input(i), list.describe());
  Shape values;
  for (int64_t k = 0; k < list.size(); ++k)
    values.push_back(list.integerAt(k));
  return values;
}

Constant Importer::dequantise(const QuantisedConstant &constant) {
  const Constant &elements = constant.elements;
  int64_t inner = 1;
  if (!constant.isPerTensor())
    for (int64_t extent : llvm::drop_begin(elements.shape, constant.axis + 1))
      inner *= extent;
  std::string bytes(elements.size() * sizeof(float), '\0');
  auto *reals = reinterpret_cast<float *>(bytes.data());
  size_t numScales = constant.scales.size();
  for (int64_t i = 0, size = elements.size(); i < size; ++i) {
    size_t k = i / inner % std::max(numScales, constant.zeroPoints.size());
    int64_t zeroPoint =
        constant.zeroPoints[constant.zeroPoints.size() == 1 ? 0 : k];
    reals[i] = static_cast<float>(elements.integerAt(i) - zeroPoint) *
               constant.scales[numScales == 1 ? 0 : k];
  }
  Constant result;
  result.name = elements.name;
  result.type = ElementType::Float32;
  result.shape = elements.shape;
  result.bytes = std::make_shared<const std::string>(std::move(bytes));
  return result;
}

llvm::Expected<Constant> Importer::floats(const Node &node, unsigned i) {
  auto known = item(node, i);
  if (!known)
    return known.takeError();
  if (auto *quantised = std::get_if<QuantisedConstant>(*known))
    return dequantise(*quantised);
  auto *plain = std::get_if<Constant>(*known);
  if (!plain)
    return node.error("operand '{0}' is not constant", node.input(i));
  if (plain->type != ElementType::Float32)
    return node.error("operand '{0}' is {1}, expected float", node.input(i),
                      elementTypeName(plain->type));
  return *plain;
}

llvm::Expected<Tensor> Importer::tensor(const Node &node, unsigned i) {
  if (!node.hasInput(i))
    return node.error("operand {0} is left out", i);
  auto known = item(node, i);
  if (!known)
    return known.takeError();
  if (auto *tensor = std::get_if<Tensor>(*known))
    return *tensor;
  if (auto *plain = std::get_if<Constant>(*known))
    return constantTensor(node, *plain, plain->shape,
                          identityLayout(plain->shape.size()));
  const auto &quantised = std::get<QuantisedConstant>(**known);
  return constantTensor(node, quantised, quantised.elements.shape,
                        identityLayout(quantised.elements.shape.size()));
}

llvm::Expected<Tensor> Importer::floatTensor(const Node &node, unsigned i) {
  auto found = tensor(node, i);
  if (found && !found->isFloat())
    return node.error("operand '{0}' is an integer, expected float",
                      node.input(i));
  return found;
}

llvm::Expected<Tensor> Importer::int8Tensor(const Node &node, unsigned i) {
  auto found = tensor(node, i);
  if (found && !found->isInt8())
    return node.error("operand '{0}' is {1}, expected int8 or uint8",
                      node.input(i),
                      found->isFloat() ? "float" : "a wide integer");
  return found;
}

//===----------------------------------------------------------------------===//
// Scales and zero points
//===----------------------------------------------------------------------===//

llvm::Error Importer::expectZero(const Node &node, unsigned i,
                                 StringRef otherwise) {
  if (!node.hasInput(i))
    return llvm::Error::success();
  auto found = constant(node, i);
  if (!found)
    return found.takeError();
  for (char byte : *(*found)->bytes)
    if (byte != 0)
      return node.error("{0} ('{1}')", otherwise, node.input(i));
  return llvm::Error::success();
}

llvm::Expected<std::vector<float>> Importer::scales(const Node &node,
                                                    unsigned i) {
  auto found = constant(node, i);
  if (!found)
    return found.takeError();
  if ((*found)->type != ElementType::Float32 || (*found)->size() == 0)
    return node.error("scale '{0}' is {1}, expected float", node.input(i),
                      (*found)->describe());
  ArrayRef<float> scales = (*found)->as<float>();
  for (float scale : scales)
    if (!isScale(scale))
      return node.error(
          "scale '{0}' is {1}, expected a positive, normal number of at most "
          "2^80",
          node.input(i), numberText(scale));
  return scales.vec();
}

llvm::Expected<float> Importer::scale(const Node &node, unsigned i) {
  auto found = scales(node, i);
  if (!found)
    return found.takeError();
  if (found->size() != 1)
    return node.error("scale '{0}' has {1} elements, expected 1 (only weights "
                      "have a scale per channel)",
                      node.input(i), found->size());
  return found->front();
}

llvm::Expected<std::vector<int64_t>>
Importer::zeroPoints(const Node &node, unsigned i, ElementType type) {
  if (!node.hasInput(i))
    return std::vector<int64_t>(1, 0);
  auto found = constant(node, i);
  if (!found)
    return found.takeError();
  if ((*found)->type != type)
    return node.error("zero point '{0}' is {1}, expected {2} as the tensor",
                      node.input(i), elementTypeName((*found)->type),
                      elementTypeName(type));
  std::vector<int64_t> zeroPoints;
  for (int64_t k = 0; k < (*found)->size(); ++k)
    zeroPoints.push_back((*found)->integerAt(k));
  if (zeroPoints.empty())
    return node.error("zero point '{0}' is empty", node.input(i));
  return zeroPoints;
}

llvm::Expected<Quantization> Importer::quantization(const Node &node,
                                                    unsigned scaleIndex,
                                                    unsigned zeroPoint,
                                                    bool isUnsigned) {
  auto scaleValue = scale(node, scaleIndex);
  if (!scaleValue)
    return scaleValue.takeError();
  auto points = zeroPoints(node, zeroPoint,
                           isUnsigned ? ElementType::UInt8 : ElementType::Int8);
  if (!points)
    return points.takeError();
  if (points->size() != 1)
    return node.error("zero point '{0}' has {1} elements, expected 1",
                      node.input(zeroPoint), points->size());
  Quantization result;
  result.scale = *scaleValue;
  result.zeroPoint = points->front() - (isUnsigned ? 128 : 0);
  return result;
}

llvm::Expected<Tensor> Importer::quantisedTensor(const Node &node, unsigned i) {
  auto x = int8Tensor(node, i);
  if (!x)
    return x.takeError();
  auto found = quantization(node, i + 1, i + 2, x->isUnsigned);
  if (!found)
    return found.takeError();
  x->quantization = *found;
  return x;
}

llvm::Expected<Tensor> Importer::quantisedResult(const Node &node, unsigned i,
                                                 bool likeUnsigned) {
  Tensor result;
  result.isUnsigned = likeUnsigned;
  if (node.hasInput(i + 1)) {
    auto zeroPoint = constant(node, i + 1);
    if (!zeroPoint)
      return zeroPoint.takeError();
    result.isUnsigned = (*zeroPoint)->type == ElementType::UInt8;
  }
  auto found = quantization(node, i, i + 1, result.isUnsigned);
  if (!found)
    return found.takeError();
  result.quantization = *found;
  return result;
}
