//===- Fixed.h - what operations on integers compute ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain functions over tensors, after the section "Fixed point" of
// docs/Numerics.md.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_INTERPRETER_FIXED_H
#define CM_LIB_INTERPRETER_FIXED_H

#include "Kernels.h"

namespace cm::interpreter {

/// A rescale; multipliers and shifts have one element, or one per channel.
struct FixedScale {
  llvm::ArrayRef<int32_t> multipliers;
  llvm::ArrayRef<int8_t> shifts;
  bool doubleRound;
  int32_t xZeroPoint, yZeroPoint, minimum, maximum;
};

/// int8 or int32 to int8 or int32. Errors: a product that leaves int32 after
/// the shift.
llvm::Expected<Tensor> rescale(const Tensor &x, ElementType type,
                               const FixedScale &scale);

/// Of int8. Errors: a sum that leaves int32.
llvm::Expected<Tensor> averagePoolFixed(const Tensor &x, Shape shape,
                                        const Window &window,
                                        int32_t xZeroPoint, int32_t yZeroPoint);

/// Where pixels of a resized image lie: (v * denominator + offset) / numerator,
/// vertical first.
struct FixedResize {
  Shape numerators, denominators, offsets;
};

Tensor resizeNearestFixed(const Tensor &x, Shape shape,
                          const FixedResize &resize);
/// int8 to int32.
Tensor resizeLinearFixed(const Tensor &x, Shape shape,
                         const FixedResize &resize);

/// int32 over the axes whose extent in y is 1. Errors: a sum that leaves int32.
llvm::Expected<Tensor> sumExactly(const Tensor &x, Shape shape);

} // namespace cm::interpreter

#endif // CM_LIB_INTERPRETER_FIXED_H
