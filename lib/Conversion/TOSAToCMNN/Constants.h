//===- Constants.h - what TOSA's constants hold -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TOSA has weights, zero points, multipliers and shapes as operands; here they
// are read, and become weights of cmnn.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_TOSATOCMNN_CONSTANTS_H
#define CM_LIB_CONVERSION_TOSATOCMNN_CONSTANTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include <map>
#include <optional>
#include <vector>

namespace cm::tosa_to_cmnn {

/// The elements of a dense array of signless integers as wide as T, in
/// row-major order; nothing for another value.
template <typename T>
std::optional<std::vector<T>> readElements(mlir::Attribute value);
/// Likewise of what a `tosa.const` gives.
template <typename T>
std::optional<std::vector<T>> readConstant(mlir::Value value);

/// The one element of a constant of i8 or i32.
std::optional<int32_t> readScalar(mlir::Value value);
/// The elements of a `tosa.const_shape`.
std::optional<llvm::SmallVector<int64_t>> readShape(mlir::Value value);

/// The elements of an array of extents `shape` with axis i of the result being
/// axis permutation[i].
template <typename T>
std::vector<T> permuteElements(llvm::ArrayRef<T> elements,
                               llvm::ArrayRef<int64_t> shape,
                               llvm::ArrayRef<int64_t> permutation);

/// The bytes of elements as the host keeps them.
template <typename T> llvm::ArrayRef<char> bytesOf(llvm::ArrayRef<T> elements) {
  return {reinterpret_cast<const char *>(elements.data()),
          elements.size() * sizeof(T)};
}

/// The `cmnn.weight`s of a module, before its functions, each array once.
class Weights {
public:
  explicit Weights(mlir::ModuleOp module) : module(module), symbols(module) {}

  /// The symbol of a weight with elements `bytes`; a new one is called `hint`,
  /// perhaps with a number.
  mlir::FlatSymbolRefAttr get(mlir::Location loc, llvm::StringRef hint,
                              mlir::RankedTensorType type,
                              llvm::ArrayRef<char> bytes);

private:
  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  std::map<std::pair<const void *, std::string>, mlir::FlatSymbolRefAttr> known;
};

} // namespace cm::tosa_to_cmnn

#endif // CM_LIB_CONVERSION_TOSATOCMNN_CONSTANTS_H
