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
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <cstring>

using namespace cm;
using namespace cm::onnx_import;

// Types that are younger than the protobuf definition we compile with.
static constexpr int kUInt4 = 21, kInt4 = 22;

llvm::StringRef onnx_import::elementTypeName(ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return "int8";
  case ElementType::UInt8:
    return "uint8";
  case ElementType::Int4:
    return "int4";
  case ElementType::UInt4:
    return "uint4";
  case ElementType::Int32:
    return "int32";
  case ElementType::Int64:
    return "int64";
  case ElementType::Float32:
    return "float";
  case ElementType::Bool:
    return "bool";
  case ElementType::Float16:
    return "float16";
  case ElementType::Float64:
    return "double";
  }
  llvm_unreachable("all types are listed");
}

unsigned onnx_import::elementSize(ElementType type) {
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Int4:
  case ElementType::UInt4:
  case ElementType::Bool:
    return 1;
  case ElementType::Float16:
    return 2;
  case ElementType::Int32:
  case ElementType::Float32:
    return 4;
  case ElementType::Int64:
  case ElementType::Float64:
    return 8;
  }
  llvm_unreachable("all types are listed");
}

std::optional<ElementType> onnx_import::elementTypeOf(int64_t onnxType) {
  switch (onnxType) {
  case ::onnx::TensorProto::INT8:
    return ElementType::Int8;
  case ::onnx::TensorProto::UINT8:
    return ElementType::UInt8;
  case kInt4:
    return ElementType::Int4;
  case kUInt4:
    return ElementType::UInt4;
  case ::onnx::TensorProto::INT32:
    return ElementType::Int32;
  case ::onnx::TensorProto::INT64:
    return ElementType::Int64;
  case ::onnx::TensorProto::FLOAT:
    return ElementType::Float32;
  case ::onnx::TensorProto::BOOL:
    return ElementType::Bool;
  case ::onnx::TensorProto::FLOAT16:
    return ElementType::Float16;
  case ::onnx::TensorProto::DOUBLE:
    return ElementType::Float64;
  default:
    return std::nullopt;
  }
}

std::string onnx_import::onnxTypeName(int64_t onnxType) {
  if (std::optional<ElementType> type = elementTypeOf(onnxType))
    return elementTypeName(*type).str();
  if (llvm::isInt<32>(onnxType) &&
      ::onnx::TensorProto::DataType_IsValid(onnxType))
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
    // Also without an extent of 0, so that every part of a shape can be counted.
    count *= std::max<int64_t>(1, extent);
    if (count > kLimit)
      return std::nullopt;
  }
  return llvm::is_contained(shape, 0) ? 0 : count;
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

bool Constant::isInteger() const {
  return type != ElementType::Float32 && type != ElementType::Float16 &&
         type != ElementType::Float64;
}

int64_t Constant::integerAt(int64_t i) const {
  switch (type) {
  case ElementType::Int8:
  case ElementType::Int4:
    return as<int8_t>()[i];
  case ElementType::UInt8:
  case ElementType::UInt4:
  case ElementType::Bool:
    return as<uint8_t>()[i];
  case ElementType::Int32:
    return as<int32_t>()[i];
  case ElementType::Int64:
    return as<int64_t>()[i];
  case ElementType::Float32:
  case ElementType::Float16:
  case ElementType::Float64:
    break;
  }
  llvm_unreachable("not an integer array");
}

/// A binary16 number, exactly.
static double fromHalf(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31)
    return fraction ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0)
    return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double Constant::realAt(int64_t i) const {
  switch (type) {
  case ElementType::Float32:
    return as<float>()[i];
  case ElementType::Float16:
    return fromHalf(as<uint16_t>()[i]);
  case ElementType::Float64:
    return as<double>()[i];
  default:
    return integerAt(i);
  }
}

std::string Constant::describe() const {
  return shapeText(shape) + " " + elementTypeName(type).str();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Narrows the values of a typed field to elements of type T.
template <typename T, typename Field>
static std::string pack(const Field &field) {
  std::string bytes(field.size() * sizeof(T), '\0');
  for (int i = 0; i < field.size(); ++i) {
    T value = static_cast<T>(field.Get(i));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

static std::string readTyped(const ::onnx::TensorProto &proto,
                             ElementType type) {
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Bool:
  case ElementType::Int4: // two to a number
  case ElementType::UInt4:
    return pack<uint8_t>(proto.int32_data());
  case ElementType::Float16:
    return pack<uint16_t>(proto.int32_data());
  case ElementType::Int32:
    return pack<int32_t>(proto.int32_data());
  case ElementType::Int64:
    return pack<int64_t>(proto.int64_data());
  case ElementType::Float32:
    return pack<float>(proto.float_data());
  case ElementType::Float64:
    return pack<double>(proto.double_data());
  }
  llvm_unreachable("all types are listed");
}

/// Four-bit elements, the lower half of a byte first, one to a byte.
static std::string unpack(const std::string &packed, int64_t count,
                          bool isSigned) {
  std::string bytes(count, '\0');
  for (int64_t i = 0; i < count; ++i) {
    int value = static_cast<uint8_t>(packed[i / 2]) >> (i % 2 * 4) & 15;
    bytes[i] = static_cast<char>(isSigned && value > 7 ? value - 16 : value);
  }
  return bytes;
}

/// The bytes of the tensor, wherever they lie; `size` of them where they lie in
/// another file.
static llvm::Expected<std::string> readBytes(::onnx::TensorProto &proto,
                                             llvm::StringRef name,
                                             llvm::StringRef folder,
                                             ElementType type, size_t size) {
  if (proto.data_location() == ::onnx::TensorProto::EXTERNAL)
    return readExternal(proto, name, folder, size);
  if (proto.has_raw_data())
    return std::move(*proto.mutable_raw_data());
  return readTyped(proto, type);
}

llvm::Expected<Constant> onnx_import::readConstant(::onnx::TensorProto &proto,
                                                   llvm::StringRef name,
                                                   llvm::StringRef folder) {
  std::optional<ElementType> type = elementTypeOf(proto.data_type());
  if (!type)
    return makeError("constant '{0}' has type {1}: expected int4, uint4, int8, "
                     "uint8, int32, int64, float, float16, double or bool",
                     name, onnxTypeName(proto.data_type()));
  Constant result;
  result.name = name.str();
  result.type = *type;
  result.shape.assign(proto.dims().begin(), proto.dims().end());
  std::optional<int64_t> count = countElements(result.shape);
  if (result.shape.size() > kMaxRank)
    return makeError("constant '{0}' has {1} axes, expected at most {2}", name,
                     result.shape.size(), kMaxRank);
  if (!count)
    return makeError("constant '{0}' has shape {1}: expected at most 2^31 "
                     "elements",
                     name, shapeText(result.shape));
  bool packed = *type == ElementType::Int4 || *type == ElementType::UInt4;
  size_t expected = packed ? (*count + 1) / 2 : *count * elementSize(*type);
  auto bytes = readBytes(proto, name, folder, *type, expected);
  if (!bytes)
    return bytes.takeError();
  if (bytes->size() != expected)
    return makeError("constant '{0}' of {1} {2} has {3} bytes of data, "
                     "expected {4}",
                     name, shapeText(result.shape), elementTypeName(*type),
                     bytes->size(), expected);
  if (packed)
    *bytes = unpack(*bytes, *count, *type == ElementType::Int4);
  result.bytes = std::make_shared<const std::string>(std::move(*bytes));
  return result;
}
