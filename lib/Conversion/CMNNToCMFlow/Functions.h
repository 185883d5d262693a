//===- Functions.h - operations that are tables of bytes --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function of one int8 value, the same in all channels or one for each, is
// a look-up. Its tables are computed here, by docs/Numerics.md.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_FUNCTIONS_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_FUNCTIONS_H

#include "cm/Dialect/CMNN/CMNNOps.h"
#include <optional>

namespace cm::partition {

/// The 256 values of a function of bytes, the first for -128; those of channels
/// `begin .. end-1` one after the other where they differ.
llvm::SmallVector<int8_t> byteTable(mlir::Operation *op, int64_t begin,
                                    int64_t end);

/// Elements of what cmnn::isConstant says is a constant, in row-major order;
/// nothing for other values, and for floats.
std::optional<std::vector<int8_t>> constantOf(mlir::Value value);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_FUNCTIONS_H
