//===- Affine.h - evaluate and print quasi-affine expressions ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The meaning of the program's quasi-affine thresholds and bounds, and how a
// person reads them: "1024*n + 32*d0 + d1 + floor((d0 + 1)/2) + 34".
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROGRAM_AFFINE_H
#define CM_PROGRAM_AFFINE_H

#include "cm/Program/Program.pb.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace cm {

/// Value of the expression for image `image` and loop indices `dims`. Indices
/// that are missing count as 0; arithmetic wraps around at 64 bits.
int64_t evaluateAffine(const program::QuasiAffine &affine, int64_t image,
                       llvm::ArrayRef<int64_t> dims);

/// Terms in the order n, d0, d1, .., divisions, constant; "0" where empty.
std::string printAffine(const program::QuasiAffine &affine);

} // namespace cm

#endif // CM_PROGRAM_AFFINE_H
