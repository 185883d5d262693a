//===- Pieces.h - tensors that are cut and joined ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef CM_LIB_TARGET_ONNX_PIECES_H
#define CM_LIB_TARGET_ONNX_PIECES_H

#include "Importer.h"

namespace cm::onnx_import {

/// A part of a tensor: first element, number of elements and step for each axis
/// of ONNX.
struct Box {
  Shape starts, sizes, steps;
};

Box wholeBox(const Tensor &x);
/// The part of value and twin; `x` itself where it is all.
Tensor emitSlice(Importer &in, const Node &node, const Tensor &x,
                 const Box &box);
/// Values one after the other along an axis as held.
mlir::Value emitConcat(Importer &in, const Node &node, mlir::Type type,
                       llvm::ArrayRef<mlir::Value> pieces, int64_t heldAxis);

// The files of addPieceHandlers.
void addConcatHandlers(HandlerTable &table);
void addSliceHandlers(HandlerTable &table);
void addPadHandlers(HandlerTable &table);
void addGatherHandlers(HandlerTable &table);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_PIECES_H
