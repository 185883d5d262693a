//===- Npy.h - arrays in NumPy files ----------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_NPY_H
#define CM_SUPPORT_NPY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace cm {

/// Element types that `.npy` files of this project may have.
enum class NpyType { Int8, UInt8, Int32, Int64, Float32 };

/// Bytes of one element.
unsigned npyElementSize(NpyType type);
/// "int8", "uint8", "int32", "int64", "float32".
llvm::StringRef npyTypeName(NpyType type);
/// "[1, 3, 32, 32]", for messages.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// A dense array in C (row-major) order, little-endian.
struct NpyArray {
  NpyType type = NpyType::Int8;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;

  int64_t numElements() const;
  template <typename T> llvm::ArrayRef<T> as() const {
    return {reinterpret_cast<const T *>(bytes.data()),
            bytes.size() / sizeof(T)};
  }
};

/// Parses the contents of a `.npy` file of version 1, 2 or 3 in C order. `name`
/// is what errors call it.
llvm::Expected<NpyArray> parseNpy(llvm::StringRef contents,
                                  llvm::StringRef name);
llvm::Expected<NpyArray> readNpy(llvm::StringRef path);

/// The bytes of a version 1 file: the same array always gives the same bytes.
std::string formatNpy(const NpyArray &array);
llvm::Error writeNpy(llvm::StringRef path, const NpyArray &array);

} // namespace cm

#endif // CM_SUPPORT_NPY_H
