//===- Fold.h - operators on constants --------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shape arithmetic (Shape, Gather, Concat, Reshape, ...) and what else tools
// leave of constants, computed when a model is imported.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_ONNX_FOLD_H
#define CM_LIB_TARGET_ONNX_FOLD_H

#include "Graph.h"

namespace cm::onnx_import {

/// The operands of a node, all constant; one that is left out is null.
struct FoldInputs {
  const Node &node;
  llvm::ArrayRef<const Constant *> operands;

  bool has(unsigned i) const { return i < operands.size() && operands[i]; }
  /// Fails where operand i is left out.
  llvm::Expected<const Constant *> get(unsigned i) const;
  /// Operand i as a list of integers, or attribute `name` where it is left out.
  llvm::Expected<Shape> integers(unsigned i, llvm::StringRef name) const;
  /// An array of this type and shape with zeros. Fails above 2^26 elements.
  llvm::Expected<std::string> allocate(ElementType type,
                                       llvm::ArrayRef<int64_t> shape) const;
};

/// Computes result 0 of a node that has no other attributes than these.
struct Folding {
  llvm::Expected<Constant> (*function)(const FoldInputs &inputs) = nullptr;
  llvm::SmallVector<llvm::StringRef, 3> attributes;
};
using FoldingTable = llvm::StringMap<Folding>;

// One function for each file.
void addFoldedMoves(FoldingTable &table);
void addFoldedArithmetic(FoldingTable &table);

/// A constant of these bytes.
Constant makeFolded(ElementType type, llvm::ArrayRef<int64_t> shape,
                    std::string bytes);

/// What a node computes whose operands are constants. No value where the
/// operator is none that is folded.
llvm::Expected<std::optional<Constant>>
foldNode(const Node &node, llvm::ArrayRef<const Constant *> operands);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_FOLD_H
