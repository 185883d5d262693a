//===- ChannelShuffle.h - views that permute channels -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reshape to groups, transpose, reshape back: what ShuffleNet does to the
// channels of each pixel. To a machine the chain is one vector operation.
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CHANNELSHUFFLE_H
#define CM_DIALECT_CMNN_CHANNELSHUFFLE_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace cm::cmnn {

/// The tensor that a chain of reshapes and transposes begins with.
mlir::Value getViewRoot(mlir::Value value);

/// Whether `op` is the last of a chain of reshapes and transposes, not only
/// reshapes, that gives an image or vector the extents that it had.
bool isChannelShuffle(mlir::Operation *op);

/// Whether `op` is a reshape or transpose within such a chain: all of its users
/// are, or end one.
bool isWithinShuffle(mlir::Operation *op);

/// Channel i of each pixel of the result is channel `order[i]` of the same
/// pixel of the root; failure where the chain moves elements to other pixels.
mlir::FailureOr<llvm::SmallVector<int32_t>>
getChannelOrder(mlir::Operation *shuffle);

} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CHANNELSHUFFLE_H
