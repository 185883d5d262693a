//===- Ranges.h - which integers a value can hold ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// cmnn's int32 arithmetic is exact and a result outside int32 an error. What is
// computed in more steps than TOSA has is exact where no step can leave int32.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_TOSATOCMNN_RANGES_H
#define CM_LIB_CONVERSION_TOSATOCMNN_RANGES_H

#include "mlir/IR/Value.h"

namespace cm::tosa_to_cmnn {

/// All integers from `least` to `greatest`, within int32 if those of a value.
struct Range {
  int64_t least, greatest;

  /// Whether all of them are of the type.
  bool isInt8() const;
  bool isInt32() const;
};

/// What the elements of an i8 or i32 tensor lie in: of constants and of what
/// rescales give it is known, else it is all of the type.
Range rangeOf(mlir::Value value);

Range operator-(const Range &a, const Range &b);
Range operator*(const Range &a, const Range &b);

} // namespace cm::tosa_to_cmnn

#endif // CM_LIB_CONVERSION_TOSATOCMNN_RANGES_H
