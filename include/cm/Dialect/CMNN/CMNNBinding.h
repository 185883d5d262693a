//===- CMNNBinding.h - how the host sees a tensor --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The attributes of function arguments and results, and of operations, that say
// how the model's own arrays correspond to cmnn's tensors:
//
//   cm.tensor       the model's name
//   cm.host_shape   array<i64>, one image with its batch extent 1; without it
//                   an image is NCHW and a vector as it is
//   cm.permutation  array<i64>, as HostLayout has it
//   cm.host_type    "int8" (default), "uint8" or "float32"
//   cm.scale        f32, cm.zero_point i8: of the tensor's int8 values
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNBINDING_H
#define CM_DIALECT_CMNN_CMNNBINDING_H

#include "cm/Support/HostLayout.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cm::cmnn {

/// The layout that the attributes `attrs` (null: none) give to a tensor of
/// `type`, static int8. `fallback` names it where `cm.tensor` is missing.
/// Errors: an attribute of another type, another number of elements than the
/// tensor has, and those of HostLayout.
llvm::Expected<HostLayout> getHostLayout(mlir::DictionaryAttr attrs,
                                         mlir::RankedTensorType type,
                                         llvm::StringRef fallback);

llvm::Expected<HostLayout> getArgumentLayout(mlir::func::FuncOp function,
                                             unsigned index);
llvm::Expected<HostLayout> getResultLayout(mlir::func::FuncOp function,
                                           unsigned index);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CMNNBINDING_H
