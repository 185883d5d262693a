//===- Verify.h - verifiers of graphs, in parts -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Dialect/CMFlow.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_DIALECT_CMFLOW_VERIFY_H
#define CM_LIB_DIALECT_CMFLOW_VERIFY_H

#include "cm/Dialect/CMFlow/CMFlowOps.h"

namespace cm::cmflow {

/// The object that an operation of the graph names, or a diagnostic.
mlir::FailureOr<ObjectOp> lookupObject(mlir::SymbolTable &symbols,
                                       mlir::Operation *op,
                                       mlir::FlatSymbolRefAttr name);

/// (C7) of a stage.
mlir::LogicalResult verifyOperations(StageOp stage);

/// (C8) of the stages of a graph that is verified otherwise.
mlir::LogicalResult verifyNames(mlir::SymbolTable &symbols, GraphOp graph);

/// (C1) of a graph: an object has writers, and they are disjoint.
mlir::LogicalResult verifyWriters(ObjectOp object,
                                  llvm::ArrayRef<mlir::Operation *> writers);

/// (C4) of a pool.
mlir::LogicalResult verifyWindows(StageOp stage, AccessOpInterface pool,
                                  ObjectOp object);

} // namespace cm::cmflow

#endif // CM_LIB_DIALECT_CMFLOW_VERIFY_H
