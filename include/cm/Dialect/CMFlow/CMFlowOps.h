//===- CMFlowOps.h - graph, object, stage, stream ---------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWOPS_H
#define CM_DIALECT_CMFLOW_CMFLOWOPS_H

#include "cm/Dialect/CMFlow/CMFlowAttrs.h"
#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace cm::cmflow {
class MvmOp;
class WriteOp;

/// The discardable attribute that keeps the model's names of a value: an array
/// of TensorAttr.
inline constexpr llvm::StringLiteral tensorAttrName = "cm.tensor";
/// The discardable attribute that says which channel of that tensor the value
/// begins with, where that is not the first that the stage writes.
inline constexpr llvm::StringLiteral channelAttrName = "cm.channel";

/// The channel of its tensor with which a named value begins: `written` is the
/// first that the stage writes.
int64_t firstChannel(mlir::Operation *named, int64_t written);

/// Whether a reader of an object reads channels that a writer of it writes:
/// they are joined by a stream.
bool sharesChannels(mlir::Operation *writer, mlir::Operation *reader,
                    llvm::StringRef object);
/// Discardable attribute of a stage: why its layer is done this way, for
/// people.
inline constexpr llvm::StringLiteral reasonAttrName = "cm.reason";

/// Parses and prints `HxWxC`.
mlir::ParseResult parseExtent(mlir::OpAsmParser &parser,
                              mlir::IntegerAttr &height,
                              mlir::IntegerAttr &width,
                              mlir::IntegerAttr &channels);
void printExtent(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                 mlir::IntegerAttr height, mlir::IntegerAttr width,
                 mlir::IntegerAttr channels);
} // namespace cm::cmflow

#include "cm/Dialect/CMFlow/CMFlowInterfaces.h.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMFlow/CMFlowOps.h.inc"

namespace cm::cmflow {
/// Creates the streams of a graph that has none: one from each writer of an
/// object to each reader of channels that it writes.
void createStreams(GraphOp graph);
} // namespace cm::cmflow

#endif // CM_DIALECT_CMFLOW_CMFLOWOPS_H
