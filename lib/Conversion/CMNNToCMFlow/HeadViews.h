//===- HeadViews.h - where the elements of heads lie ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exporters bring heads to axes of their own, and back, by chains of reshapes,
// transposes and slices. Whatever the chain, what counts is where each element
// comes from.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_HEADVIEWS_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_HEADVIEWS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace cm::partition {

/// A value as matrices: `count` of them, of rows x columns, the last two axes.
/// Without rows where it has fewer than three axes.
struct Heads {
  explicit Heads(mlir::Value value);
  int64_t count = 1, rows = 0, columns = 0;

  /// The position of an element in row-major order.
  int64_t at(int64_t head, int64_t row, int64_t column) const {
    return (head * rows + row) * columns + column;
  }
};

/// Where the elements of a value lie in another one: that of position i at
/// `positions[i]`, both in row-major order.
struct Origin {
  mlir::Value root;
  std::vector<int64_t> positions;
};

/// A view of all elements, or of some with more than three axes. False for
/// null.
bool isHeadView(mlir::Operation *op);

/// Where the elements lie behind all views, or behind those after `root`.
Origin originOf(mlir::Value value, mlir::Value root = {});

/// A tensor of 1xTxC: tokens.
bool isTokens(mlir::Value value);

/// The first tokens in the chain of views behind a value, seen from its root;
/// null where there are none.
mlir::Value findTokensBehind(mlir::Value value);

/// Where element (head, row, column) is expected.
using Position = llvm::function_ref<int64_t(int64_t, int64_t, int64_t)>;

/// Whether element (head, row, column) of `heads` is where `expected` says.
bool matches(const Origin &origin, const Heads &heads, Position expected);

/// Whether `heads` have `rows` rows and lie as `expected` says, or are that
/// with rows and columns exchanged (true); failure where neither.
mlir::FailureOr<bool> isSwapped(const Origin &origin, const Heads &heads,
                                int64_t rows, Position expected);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_HEADVIEWS_H
