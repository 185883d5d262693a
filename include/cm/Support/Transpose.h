//===- Transpose.h - arrays with their axes in another order ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_TRANSPOSE_H
#define CM_SUPPORT_TRANSPOSE_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace cm {

/// For every element of the transposed array, in row-major order, where it is
/// in the array of `shape`. Axis i of the transposed array is axis `axes[i]`, a
/// permutation.
std::vector<int64_t> transposedIndices(llvm::ArrayRef<int64_t> shape,
                                       llvm::ArrayRef<int64_t> axes);

} // namespace cm

#endif // CM_SUPPORT_TRANSPOSE_H
