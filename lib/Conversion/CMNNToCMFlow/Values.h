//===- Values.h - what a tensor value is to stages --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H
#define CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cm::partition {

/// The value behind reshapes: what is stored once.
mlir::Value resolve(mlir::Value value);

/// Users of the value other than reshapes, through reshapes; a user appears
/// once per operand.
llvm::SmallVector<mlir::Operation *> usersOf(mlir::Value value);

/// Pixels of `tensor<1xHxWxCxi8>` or `tensor<1xCxi8>`.
Extent extentOf(mlir::Value value);

/// The value's own name in the model, or an empty string.
llvm::StringRef nameOf(mlir::Value value);

/// All names of the value, its reshapes included, as the attribute `cm.tensor`
/// of a vector operation; null where it has none.
mlir::ArrayAttr tensorNames(mlir::Value value);

} // namespace cm::partition

#endif // CM_LIB_CONVERSION_CMNNTOCMFLOW_VALUES_H
