//===- Constant.cpp - constant tensors of a model -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Constant.h"
#include "cm/Support/Error.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Format.h"
#include <cstring>

using namespace cm;
using namespace cm::onnx_import;

llvm::StringRef onnx_import::elementTypeName(ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return "int8";
  case ElementType::UInt8:
    return "uint8";
  case ElementType::Int32:
    return "int32";
  case ElementType::Int64:
    return "int64";
  case ElementType::Float32:
    return "float";
  case ElementType::Bool:
    return "bool";
  }
  llvm_unreachable("all types are listed");
}

unsigned onnx_import::elementSize(ElementType type) {
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Bool:
    return 1;
  case ElementType::Int32:
  case ElementType::Float32:
    return 4;
  case ElementType::Int64:
    return 8;
  }
  llvm_unreachable("all types are listed");
}

std::optional<ElementType> onnx_import::elementTypeOf(int32_t onnxType) {
  switch (onnxType) {
  case ::onnx::TensorProto::INT8:
    return ElementType::Int8;
  case ::onnx::TensorProto::UINT8:
    return ElementType::UInt8;
  case ::onnx::TensorProto::INT32:
    return ElementType::Int32;
  case ::onnx::TensorProto::INT64:
    return ElementType::Int64;
  case ::onnx::TensorProto::FLOAT:
    return ElementType::Float32;
  case ::onnx::TensorProto::BOOL:
    return ElementType::Bool;
  default:
    return std::nullopt;
  }
}

std::string onnx_import::onnxTypeName(int32_t onnxType) {
  if (::onnx::TensorProto::DataType_IsValid(onnxType))
    return llvm::StringRef(::onnx::TensorProto::DataType_Name(
                               ::onnx::TensorProto::DataType(onnxType)))
        .lower();
  return "type " + std::to_string(onnxType);
}

std::optional<int64_t>
onnx_import::countElements(llvm::ArrayRef<int64_t> shape) {
  constexpr int64_t kLimit = int64_t(1) << 31;
  int64_t count = 1;
  for (int64_t extent : shape) {
    if (extent < 0 || extent > kLimit)
      return std::nullopt;
    count *= extent;
    if (count > kLimit)
      return std::nullopt;
  }
  return count;
}

std::string onnx_import::shapeText(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(
      llvm::map_range(shape, [](int64_t e) { return std::to_string(e); }), "x");
}

std::string onnx_import::numberText(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

int64_t Constant::integerAt(int64_t i) const {
  switch (type) {
  case ElementType::Int8:
    return as<int8_t>()[i];
  case ElementType::UInt8:
  case ElementType::Bool:
    return as<uint8_t>()[i];
  case ElementType::Int32:
    return as<int32_t>()[i];
  case ElementType::Int64:
    return as<int64_t>()[i];
  case ElementType::Float32:
    break;
  }
  llvm_unreachable("not an integer array");
}

/// Narrows the values of a typed field to elements of type T.
template <typename T, typename Field>
static std::vector<uint8_t> pack(const Field &field) {
  std::vector<uint8_t> bytes(field.size() * sizeof(T));
  for (int i = 0; i < field.size(); ++i) {
    T value = static_cast<T>(field.Get(i));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

static std::vector<uint8_t> readTyped(const ::onnx::TensorProto &proto,
                                      ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return pack<int8_t>(proto.int32_data());
  case ElementType::UInt8:
  case ElementType::Bool:
    return pack<uint8_t>(proto.int32_data());
  case ElementType::Int32:
    return pack<int32_t>(proto.int32_data());
  case ElementType::Int64:
    return pack<int64_t>(proto.int64_data());
  case ElementType::Float32:
    return pack<float>(proto.float_data());
  }
  llvm_unreachable("all types are listed");
}

llvm::Expected<Constant>
onnx_import::readConstant(const ::onnx::TensorProto &proto,
                          llvm::StringRef name) {
  if (proto.data_location() == ::onnx::TensorProto::EXTERNAL)
    return makeError("constant '{0}' is in an external file: expected a model "
                     "that is saved with its data inside",
                     name);
  std::optional<ElementType> type = elementTypeOf(proto.data_type());
  if (!type)
    return makeError("constant '{0}' has type {1}: expected int8, uint8, "
                     "int32, int64, float or bool",
                     name, onnxTypeName(proto.data_type()));
  Constant result;
  result.name = name.str();
  result.type = *type;
  result.shape.assign(proto.dims().begin(), proto.dims().end());
  std::optional<int64_t> count = countElements(result.shape);
  if (!count)
    return makeError("constant '{0}' has shape {1}: expected at most 2^31 "
                     "elements",
                     name, shapeText(result.shape));
  if (proto.has_raw_data())
    result.bytes.assign(proto.raw_data().begin(), proto.raw_data().end());
  else
    result.bytes = readTyped(proto, *type);
  int64_t expected = *count * elementSize(*type);
  if (static_cast<int64_t>(result.bytes.size()) != expected)
    return makeError("constant '{0}' of {1} {2} has {3} bytes of data, "
                     "expected {4}",
                     name, shapeText(result.shape), elementTypeName(*type),
                     result.bytes.size(), expected);
  return result;
}
