//===- Validator.h - the checks behind validateProgram ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One class, four files: Validate.cpp (objects, nodes, memory, bindings),
// ValidateContext.cpp (windows, DPU code), ValidateControl.cpp (LCU code),
// ValidateRoutes.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PROGRAM_VALIDATOR_H
#define CM_LIB_PROGRAM_VALIDATOR_H

#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"

namespace cm {

class Validator {
public:
  Validator(const program::Program &program, const MachineModel &machine)
      : program(program), machine(machine) {}
  llvm::Error run();

private:
  // Validate.cpp
  llvm::Error checkObjects();
  llvm::Error checkTensors();
  llvm::Error checkNodeOrder();
  llvm::Error checkBindings();
  llvm::Error checkControl();
  llvm::Error checkNode(const program::Node &node);
  llvm::Error checkUnits(const program::Node &node);
  llvm::Error checkBuffers(const program::Node &node);
  llvm::Error checkBinding(const program::Binding &binding,
                           const std::string &where, bool isInput);
  // ValidateEpochs.cpp
  llvm::Error runEpochs();
  llvm::Error checkEpochs();
  llvm::Error checkEpoch(const program::Epoch &epoch,
                         std::vector<bool> &written);
  llvm::Error checkArrays(
      const google::protobuf::RepeatedPtrField<program::Binding> &bindings,
      const google::protobuf::RepeatedField<uint32_t> &arrays,
      const program::Epoch &epoch, const std::string &what);
  // ValidateContext.cpp
  llvm::Error checkContext(const program::Node &node, int index);
  llvm::Error checkInputContext(const program::Node &node,
                                const program::Context &context,
                                const std::string &where);
  llvm::Error checkMvm(const program::Node &node,
                       const program::Context &context,
                       const std::string &where);
  llvm::Error checkGather(const program::Node &node,
                          const program::Gather &gather,
                          const std::string &where);
  llvm::Error checkSeveral(const program::Context &context,
                           const std::string &where);
  llvm::Error checkPixels(const program::Context &context,
                          const std::string &where);
  llvm::Error checkWrite(const program::Node &node,
                         const program::Context &context,
                         const std::string &where);
  llvm::Error checkDpu(const program::Node &node,
                       const program::Context &context, int index,
                       const std::string &where);
  llvm::Error checkFields(const program::Node &node,
                          const program::Context &context,
                          const program::DpuInstr &instr,
                          const std::string &where);
  llvm::Error checkOperands(const program::Node &node,
                            const program::Context &context, int index,
                            const std::string &where);
  llvm::Error checkPool(const program::Node &node,
                        const program::DpuInstr &instr,
                        const std::string &where);
  llvm::Error checkTensorCapture(const program::Node &node,
                                 const program::Context &context, int index,
                                 const std::string &where);
  // ValidateControl.cpp
  llvm::Error checkLcu(const program::Node &node, int contextIndex,
                       const std::string &where);
  llvm::Error checkLcuBody(
      const google::protobuf::RepeatedPtrField<program::LcuInstr> &body,
      const std::string &where);
  llvm::Error checkLoop(const program::Loop &loop, const std::string &where);
  llvm::Error checkWait(const program::Wait &wait, const std::string &where);
  llvm::Error checkAffine(const program::QuasiAffine &affine,
                          const std::string &where, unsigned depth = 0);
  // ValidateRoutes.cpp
  llvm::Error checkRoute(int index);
  llvm::Error checkRouteEnd(const program::Route &route,
                            const std::string &where);
  llvm::Error checkSends(const program::Node &node, int contextIndex,
                         const std::string &where);

  /// Nodes are in rising order, as `checkNodeOrder` demands.
  const program::Node *findNode(uint32_t id) const;
  std::string nodeName(uint32_t id) const;

  const program::Program &program;
  const MachineModel &machine;
  bool hasInputContext = false;
  /// State while the LCU code of one context is walked.
  const program::Node *lcuNode = nullptr;
  int lcuContext = 0;
  unsigned lcuDepth = 0, lcuInstructions = 0, lcuFires = 0;
  std::vector<bool> lcuBound;
};

} // namespace cm

#endif // CM_LIB_PROGRAM_VALIDATOR_H
