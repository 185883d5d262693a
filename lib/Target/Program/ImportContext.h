//===- ImportContext.h - one context as cmcore ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_IMPORTCONTEXT_H
#define CM_LIB_TARGET_PROGRAM_IMPORTCONTEXT_H

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Program/Program.pb.h"

namespace cm {

/// Makes contexts of a program that is known to be right.
class ContextImporter {
public:
  ContextImporter(const program::Program &program, mlir::OpBuilder &builder)
      : program(program), builder(builder), loc(builder.getUnknownLoc()) {}

  void importContext(const program::Node &node, const program::Context &context,
                     llvm::ArrayRef<std::string> unitNames);

private:
  void importLcu(
      const google::protobuf::RepeatedPtrField<program::LcuInstr> &instrs);
  void importLoop(const program::Loop &loop);
  void importGuard(const program::Guard &guard);
  void importWait(const program::Wait &wait);
  void importData(const program::Context &context, llvm::StringRef unit);
  mlir::Value importSum(const program::DpuInstr &instr);
  /// Tables, softmax, normalisation and constants.
  mlir::Value importVector(const program::DpuInstr &instr);
  mlir::Value importLayerNorm(const program::DpuInstr &instr);
  mlir::Value importInstr(const program::Context &context,
                          const program::DpuInstr &instr, llvm::StringRef unit);
  mlir::Value importPool(const program::DpuInstr &instr);
  mlir::Value importGather(const program::Gather &gather);
  mlir::Value importTable(const program::DpuInstr &instr);
  /// A sum or a product of quantised vectors.
  template <typename OpTy>
  mlir::Value importBinary(const program::DpuInstr &instr);

  llvm::StringRef bufferName(const program::Gather &gather) const;
  mlir::VectorType vectorType(int64_t length, unsigned bits);

  const program::Program &program;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  // Of the context that is being made.
  const program::Node *node = nullptr;
  std::vector<mlir::Value> registers;
};

/// The attribute `cm.tensor` of an entry of Program.tensors.
mlir::ArrayAttr importTensorNames(const program::Tensor &tensor,
                                  mlir::MLIRContext *context);

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_IMPORTCONTEXT_H
