//===- Constants.cpp - what TOSA's constants hold -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Constants.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace mlir;
using namespace cm;
using namespace cm::tosa_to_cmnn;

template <typename T>
std::optional<std::vector<T>> tosa_to_cmnn::readElements(Attribute value) {
  auto elements = dyn_cast_or_null<ElementsAttr>(value);
  if (!elements || !elements.getElementType().isSignlessInteger(8 * sizeof(T)))
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    auto values = dense.getValues<T>();
    return std::vector<T>(values.begin(), values.end());
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  size_t size = elements.getNumElements() * sizeof(T);
  if (!blob || blob->getData().size() != size)
    return std::nullopt;
  std::vector<T> values(elements.getNumElements());
  std::memcpy(values.data(), blob->getData().data(), size);
  return values;
}

template <typename T>
std::optional<std::vector<T>> tosa_to_cmnn::readConstant(Value value) {
  auto constant = value.getDefiningOp<tosa::ConstOp>();
  return constant ? readElements<T>(constant.getValues()) : std::nullopt;
}

template std::optional<std::vector<int8_t>>
    tosa_to_cmnn::readElements<int8_t>(Attribute);
template std::optional<std::vector<int32_t>>
    tosa_to_cmnn::readElements<int32_t>(Attribute);
template std::optional<std::vector<int8_t>>
    tosa_to_cmnn::readConstant<int8_t>(Value);
template std::optional<std::vector<int16_t>>
    tosa_to_cmnn::readConstant<int16_t>(Value);
template std::optional<std::vector<int32_t>>
    tosa_to_cmnn::readConstant<int32_t>(Value);

std::optional<int32_t> tosa_to_cmnn::readScalar(Value value) {
  auto int8 = readConstant<int8_t>(value);
  if (int8 && int8->size() == 1)
    return int8->front();
  auto int32 = readConstant<int32_t>(value);
  if (int32 && int32->size() == 1)
    return int32->front();
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> tosa_to_cmnn::readShape(Value value) {
  auto constant = value.getDefiningOp<tosa::ConstShapeOp>();
  if (!constant)
    return std::nullopt;
  SmallVector<int64_t> extents;
  for (const APInt &extent : constant.getValues().getValues<APInt>())
    extents.push_back(extent.getSExtValue());
  return extents;
}

template <typename T>
std::vector<T> tosa_to_cmnn::permuteElements(ArrayRef<T> elements,
                                             ArrayRef<int64_t> shape,
                                             ArrayRef<int64_t> permutation) {
  int64_t rank = shape.size();
  SmallVector<int64_t> strides(rank, 1);
  for (int64_t axis = rank - 1; axis-- > 0;)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  SmallVector<int64_t> position(rank, 0);
  std::vector<T> permuted;
  permuted.reserve(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    int64_t source = 0;
    for (int64_t axis = 0; axis < rank; ++axis)
      source += position[axis] * strides[permutation[axis]];
    permuted.push_back(elements[source]);
    for (int64_t axis = rank;
         axis-- > 0 && ++position[axis] == shape[permutation[axis]];)
      position[axis] = 0;
  }
  return permuted;
}

template std::vector<int8_t> tosa_to_cmnn::permuteElements(ArrayRef<int8_t>,
                                                           ArrayRef<int64_t>,
                                                           ArrayRef<int64_t>);
template std::vector<int32_t> tosa_to_cmnn::permuteElements(ArrayRef<int32_t>,
                                                            ArrayRef<int64_t>,
                                                            ArrayRef<int64_t>);

FlatSymbolRefAttr Weights::get(Location loc, StringRef hint,
                               RankedTensorType type, ArrayRef<char> bytes) {
  FlatSymbolRefAttr &symbol = known[{type.getAsOpaquePointer(),
                                     std::string(bytes.data(), bytes.size())}];
  if (symbol)
    return symbol;
  std::string name = hint.str();
  for (unsigned number = 1; symbols.lookup(name); ++number)
    name = (hint + "_" + Twine(number)).str();
  auto value = DenseResourceElementsAttr::get(
      type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 8));
  auto functions = module.getOps<func::FuncOp>();
  OpBuilder builder(*functions.begin());
  cmnn::WeightOp weight = cmnn::WeightOp::create(
      builder, loc, name, cast<ElementsAttr>(Attribute(value)));
  symbols.insert(weight);
  return symbol = FlatSymbolRefAttr::get(weight.getSymNameAttr());
}
