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
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace cm::onnx_import {

using Shape = llvm::SmallVector<int64_t>;

/// Tensors have at most as many axes.
inline constexpr size_t kMaxRank = 16;

/// Element types of constants. Int4 and UInt4 are held one to a byte. Float16
/// and Float64 only become Float32 by a Cast.
enum class ElementType {
  Int8,
  UInt8,
  Int4,
  UInt4,
  Int32,
  Int64,
  Float32,
  Bool,
  Float16,
  Float64
};

/// "int8", "uint8", ...
llvm::StringRef elementTypeName(ElementType type);
/// Bytes of one element, as held.
unsigned elementSize(ElementType type);
/// The type of an ONNX data type code, or none.
std::optional<ElementType> elementTypeOf(int64_t onnxType);
/// ONNX's name of a data type code, for errors.
std::string onnxTypeName(int64_t onnxType);

/// Number of elements of a shape, or none where an extent is negative or the
/// product exceeds 2^31.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);
/// "2x3x4"; "scalar" for rank 0.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// At most six digits, as C's %g: for errors.
std::string numberText(double value);

/// A dense array in row-major order. Copies share the bytes.
struct Constant {
  std::string name;
  ElementType type = ElementType::Int8;
  Shape shape;
  std::shared_ptr<const std::string> bytes =
      std::make_shared<const std::string>();

  int64_t size() const { return bytes->size() / elementSize(type); }
  /// One element, whatever its rank.
  bool isScalar() const { return size() == 1; }
  bool isInt8() const {
    return type == ElementType::Int8 || type == ElementType::UInt8;
  }
  /// int8, uint8, int4 or uint4.
  bool isQuantised() const {
    return isInt8() || type == ElementType::Int4 || type == ElementType::UInt4;
  }
  /// Any integer or bool.
  bool isInteger() const;
  template <typename T> llvm::ArrayRef<T> as() const {
    return {reinterpret_cast<const T *>(bytes->data()),
            bytes->size() / sizeof(T)};
  }
  /// Element `i` of an integer array.
  int64_t integerAt(int64_t i) const;
  /// Element `i` of any array.
  double realAt(int64_t i) const;
  /// "3x4 int8".
  std::string describe() const;

  /// An array of these elements.
  template <typename T>
  static Constant make(ElementType type, llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<T> elements) {
    Constant result;
    result.type = type;
    result.shape.assign(shape.begin(), shape.end());
    result.bytes = std::make_shared<const std::string>(
        reinterpret_cast<const char *>(elements.data()),
        elements.size() * sizeof(T));
    return result;
  }
};

/// Reads ONNX's tensor, from raw data, which it takes out of `proto`, from the
/// typed field, or from a file that lies in `folder` or below it. Errors:
/// another type, a size that does not match the shape, a file that is missing,
/// elsewhere or too short.
llvm::Expected<Constant> readConstant(onnx::TensorProto &proto,
                                      llvm::StringRef name,
                                      llvm::StringRef folder);

/// External.cpp: the bytes of a tensor that is kept in a file below `folder`,
/// of which an empty name means that there is none.
llvm::Expected<std::string> readExternal(const onnx::TensorProto &proto,
                                         llvm::StringRef name,
                                         llvm::StringRef folder,
                                         uint64_t size);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_CONSTANT_H
