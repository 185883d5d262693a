//===- Tensor.h - an array with its type and shape -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_TENSOR_H
#define CM_SUPPORT_TENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cassert>
#include <cstdint>
#include <cstring>
#include <vector>

namespace cm {

/// Element types of the tensors of a network.
enum class ElementType { Int8, Int32, Int64, Float32 };

/// Bytes of one element.
unsigned elementSize(ElementType type);
/// "int8", "int32", "int64", "float32".
llvm::StringRef elementTypeName(ElementType type);

/// The element type of the C++ type T.
template <typename T> struct ElementTypeOf;
template <> struct ElementTypeOf<int8_t> {
  static constexpr ElementType value = ElementType::Int8;
};
template <> struct ElementTypeOf<int32_t> {
  static constexpr ElementType value = ElementType::Int32;
};
template <> struct ElementTypeOf<int64_t> {
  static constexpr ElementType value = ElementType::Int64;
};
template <> struct ElementTypeOf<float> {
  static constexpr ElementType value = ElementType::Float32;
};

/// A dense array in row-major order. `bytes` holds the elements as the host
/// does.
struct Tensor {
  ElementType type = ElementType::Int8;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;

  Tensor() = default;
  /// All zero bytes.
  Tensor(ElementType type, llvm::ArrayRef<int64_t> shape);
  /// A copy of `data`.
  template <typename T>
  static Tensor of(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<T> data) {
    Tensor tensor(ElementTypeOf<T>::value, shape);
    assert(tensor.numElements() == static_cast<int64_t>(data.size()));
    if (!data.empty())
      std::memcpy(tensor.bytes.data(), data.data(), tensor.bytes.size());
    return tensor;
  }

  int64_t numElements() const;

  /// The elements; T must be that of `type`.
  template <typename T> llvm::ArrayRef<T> as() const {
    assert(type == ElementTypeOf<T>::value && "another element type");
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }
  template <typename T> llvm::MutableArrayRef<T> as() {
    assert(type == ElementTypeOf<T>::value && "another element type");
    return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
  }

  friend bool operator==(const Tensor &a, const Tensor &b) {
    return a.type == b.type && a.shape == b.shape && a.bytes == b.bytes;
  }
};

} // namespace cm

#endif // CM_SUPPORT_TENSOR_H
