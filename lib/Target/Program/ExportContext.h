//===- ExportContext.h - one context of the program file --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_EXPORTCONTEXT_H
#define CM_LIB_TARGET_PROGRAM_EXPORTCONTEXT_H

#include "Names.h"
#include "cm/Program/Program.pb.h"
#include "llvm/ADT/MapVector.h"

namespace cm {

/// Writes contexts; collects the model's tensors on the way.
class ContextExporter {
public:
  ContextExporter(const ProgramNames &names, program::Program &program)
      : names(names), program(program) {}

  mlir::LogicalResult exportContext(cmcore::NodeOp node,
                                    cmcore::ContextOp context,
                                    program::Context &out);

private:
  mlir::LogicalResult exportData(cmcore::ContextOp context);
  mlir::LogicalResult exportGather(mlir::Operation *op, llvm::StringRef buffer,
                                   cmflow::WindowAttr window,
                                   program::Gather &gather);
  mlir::LogicalResult exportOp(mlir::Operation *op);
  bool exportProductOp(mlir::Operation *op);
  bool exportVectorOp(mlir::Operation *op);
  mlir::LogicalResult exportLoad(cmcore::GatherOp op);
  mlir::LogicalResult exportMvm(cmcore::MvmOp op);
  mlir::LogicalResult exportPool(cmcore::PoolOp op, program::DpuInstr &instr);
  mlir::LogicalResult exportSend(cmcore::SendOp op);
  program::DpuInstr &addInstr(mlir::Operation *op, program::DpuOpcode opcode);
  /// The names of the tensor that an instruction computes, if it has any.
  mlir::LogicalResult exportTensorOf(mlir::Operation *op);

  const ProgramNames &names;
  program::Program &program;
  llvm::StringMap<uint32_t> tensors; // 1 + index, by first name
  // Of the context that is being written.
  const ProgramNames::NodeNames *node = nullptr;
  program::Context *out = nullptr;
  cmcore::SendOp send;
  llvm::DenseMap<mlir::Value, uint32_t> registers;
};

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_EXPORTCONTEXT_H
