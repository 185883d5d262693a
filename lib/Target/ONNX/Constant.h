//===- Constant.h - constant tensors of a model -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_ONNX_CONSTANT_H
#define CM_LIB_TARGET_ONNX_CONSTANT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace cm::onnx_import {

/// Element types that the importer computes with.
enum class ElementType { Int8, UInt8, Int32, Int64, Float32, Bool };

/// "int8", "uint8", ...
llvm::StringRef elementTypeName(ElementType type);
/// Bytes of one element.
unsigned elementSize(ElementType type);
/// The type of an ONNX data type code, or none.
std::optional<ElementType> elementTypeOf(int32_t onnxType);
/// ONNX's name of a data type code, for errors.
std::string onnxTypeName(int32_t onnxType);

/// Number of elements of a shape, or none where an extent is negative or the
/// product exceeds 2^31.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);
/// "2x3x4"; "scalar" for rank 0.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// At most six digits, as C's %g: for errors.
std::string numberText(double value);

/// A dense array in row-major order.
struct Constant {
  std::string name;
  ElementType type = ElementType::Int8;
  llvm::SmallVector<int64_t> shape;
  std::vector<uint8_t> bytes;

  int64_t size() const { return bytes.size() / elementSize(type); }
  /// One element, whatever its rank.
  bool isScalar() const { return size() == 1; }
  bool isInt8() const {
    return type == ElementType::Int8 || type == ElementType::UInt8;
  }
  template <typename T> llvm::ArrayRef<T> as() const {
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }
  /// Element `i` of an integer array.
  int64_t integerAt(int64_t i) const;
};

/// Reads ONNX's tensor, from raw data or from the typed field. Errors: external
/// data, another type, a size that does not match the shape.
llvm::Expected<Constant> readConstant(const onnx::TensorProto &proto,
                                      llvm::StringRef name);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_CONSTANT_H
