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
//                   four axes are NHWC for NCHW, others as they are
//   cm.permutation  array<i64>, as HostLayout has it
//   cm.host_type    of an int8 tensor "int8" (default), "uint8" or "float32";
//                   of others the name of their elements
//   cm.scale        f32, cm.zero_point i8: of the tensor's int8 values
//
// Where the leading extent is not 1, the whole tensor is one image and the
// host's shape gets another leading 1.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNBINDING_H
#define CM_DIALECT_CMNN_CMNNBINDING_H

#include "cm/Support/HostLayout.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace cm::cmnn {

/// The element type of a tensor of `type`s; nothing for one that cmnn has not.
std::optional<ElementType> getElementType(mlir::Type type);

/// The layout that the attributes `attrs` (null: none) give to a tensor of
/// `type`, static and of an element type. `fallback` names it where `cm.tensor`
/// is missing. Errors: an attribute of another type, another number of elements
/// than the tensor has, another host type than an element has, and those of
/// HostLayout.
llvm::Expected<HostLayout> getHostLayout(mlir::DictionaryAttr attrs,
                                         mlir::RankedTensorType type,
                                         llvm::StringRef fallback);

llvm::Expected<HostLayout> getArgumentLayout(mlir::func::FuncOp function,
                                             unsigned index);
llvm::Expected<HostLayout> getResultLayout(mlir::func::FuncOp function,
                                           unsigned index);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CMNNBINDING_H
