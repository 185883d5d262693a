//===- Weights.cpp - the model's constants as symbols of the module -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

FlatSymbolRefAttr
Importer::weight(const Node &node, StringRef name, RankedTensorType type,
                 llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  unsigned width = type.getElementTypeBitWidth() / 8;
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(type.getNumElements() * width, 8);
  fill(blob.getMutableData());
  std::string symbol = name.empty() ? "constant" : name.str();
  for (unsigned number = 1;; ++number) {
    // The function's name is a symbol, too.
    bool taken = symbol == "main";
    auto known = symbols.find(symbol);
    if (known == symbols.end() && !taken)
      break;
    if (!taken) {
      auto value = cast<DenseResourceElementsAttr>(known->second);
      if (value.getType() == type &&
          value.getRawHandle().getBlob()->getData() == blob.getData())
        return FlatSymbolRefAttr::get(builder.getContext(), symbol);
    }
    symbol = (name + "_" + llvm::Twine(number)).str();
  }
  auto value = DenseResourceElementsAttr::get(type, symbol, std::move(blob));
  symbols[symbol] = value;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(body->getParentOp());
  cmnn::WeightOp::create(builder, locationOf(node), symbol,
                         cast<ElementsAttr>(Attribute(value)));
  return FlatSymbolRefAttr::get(builder.getContext(), symbol);
}

/// The type of cmnn that holds constants of this type; null for none.
static Type weightType(ElementType type, Builder &builder) {
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Int4:
  case ElementType::UInt4:
    return builder.getI8Type();
  case ElementType::Int32:
    return builder.getI32Type();
  case ElementType::Int64:
    return builder.getI64Type();
  case ElementType::Float32:
    return builder.getF32Type();
  default:
    return nullptr;
  }
}

llvm::Expected<FlatSymbolRefAttr> Importer::weight(const Node &node,
                                                   const Constant &constant,
                                                   ArrayRef<int64_t> shape,
                                                   ArrayRef<int64_t> layout) {
  Type element = weightType(constant.type, builder);
  if (!element)
    return node.error("operand '{0}' is {1}, expected int8, uint8, int32, "
                      "int64 or float",
                      constant.name, elementTypeName(constant.type));
  if (constant.size() == 0)
    return node.error("operand '{0}' is {1}, expected at least one element",
                      constant.name, constant.describe());
  auto fill = [&](MutableArrayRef<char> to) {
    permute(constant.bytes->data(), elementSize(constant.type), shape, layout,
            to.data());
    if (constant.type == ElementType::UInt8)
      for (char &byte : to)
        byte ^= char(0x80);
  };
  return weight(node, constant.name, typeOf(shape, layout, element), fill);
}

llvm::Expected<Tensor> Importer::constantTensor(const Node &node,
                                                const Constant &constant,
                                                ArrayRef<int64_t> shape,
                                                ArrayRef<int64_t> layout) {
  auto symbol = weight(node, constant, shape, layout);
  if (!symbol)
    return symbol.takeError();
  Tensor result;
  result.shape.assign(shape.begin(), shape.end());
  result.layout.assign(layout.begin(), layout.end());
  result.isUnsigned = constant.type == ElementType::UInt8;
  cmnn::ConstantOp::Properties properties;
  properties.weight = *symbol;
  Type type = typeOf(shape, layout, weightType(constant.type, builder));
  result.value = emit<cmnn::ConstantOp>(node, type, {}, properties);
  return result;
}

llvm::Expected<Tensor> Importer::constantTensor(
    const Node &node, const QuantisedConstant &constant,
    ArrayRef<int64_t> shape, ArrayRef<int64_t> layout) {
  if (!constant.isPerTensor() || !constant.elements.isInt8()) {
    Constant reals = dequantise(constant);
    return constantTensor(node, reals, shape, layout);
  }
  auto elements = constantTensor(node, constant.elements, shape, layout);
  if (!elements)
    return elements.takeError();
  int64_t offset = elements->isUnsigned ? 128 : 0;
  elements->quantization = {constant.scales.front(),
                            int32_t(constant.zeroPoints.front() - offset)};
  return dequantised(node, *elements);
}

Tensor Importer::dequantised(const Node &node, const Tensor &x) {
  cmnn::DequantizeOp::Properties properties;
  properties.x_scale = f32(x.quantization->scale);
  properties.x_zero_point = i8(x.quantization->zeroPoint);
  Tensor y = x;
  y.twin = x.value;
  y.value = emit<cmnn::DequantizeOp>(
      node, typeOf(x.shape, x.layout, builder.getF32Type()), x.value,
      properties);
  return y;
}
