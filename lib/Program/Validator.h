//===- Validator.h - the checks behind validateProgram ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One class, three files: Validate.cpp (objects, nodes, memory, bindings),
// ValidateContext.cpp (windows, DPU and LCU code), ValidateRoutes.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_PROGRAM_VALIDATOR_H
#define CM_LIB_PROGRAM_VALIDATOR_H

#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"

namespace cm {

/// Largest element counts that a program may name: far above any network, low
/// enough that no product of two of them overflows.
inline constexpr uint64_t maxObjectElements = uint64_t(1) << 28;
inline constexpr uint64_t maxIterations = uint64_t(1) << 31;
inline constexpr int64_t maxWindowExtent = 1 << 20;

class Validator {
public:
  Validator(const program::Program &program, const MachineModel &machine)
      : program(program), machine(machine) {}
  llvm::Error run();

private:
  // Validate.cpp
  llvm::Error checkObjects();
  llvm::Error checkTensors();
  llvm::Error checkNode(const program::Node &node);
  llvm::Error checkUnits(const program::Node &node);
  llvm::Error checkBuffers(const program::Node &node);
  llvm::Error checkBinding(const program::Binding &binding,
                           const std::string &where, bool isInput);
  // ValidateContext.cpp
  llvm::Error checkContext(const program::Node &node, int index);
  llvm::Error checkInputContext(const program::Context &context,
                                const std::string &where);
  llvm::Error checkMvm(const program::Node &node,
                       const program::Context &context,
                       const std::string &where);
  llvm::Error checkGather(const program::Node &node,
                          const program::Gather &gather,
                          const std::string &where);
  llvm::Error checkWrite(const program::Node &node,
                         const program::Context &context,
                         const std::string &where);
  llvm::Error checkDpu(const program::Node &node,
                       const program::Context &context, int index,
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

  const program::Node *findNode(uint32_t id) const;
  std::string nodeName(uint32_t id) const;

  const program::Program &program;
  const MachineModel &machine;
  /// State while the LCU code of one context is walked.
  const program::Node *lcuNode = nullptr;
  int lcuContext = 0;
  unsigned lcuDepth = 0, lcuInstructions = 0, lcuFires = 0;
  std::vector<bool> lcuBound;
};

} // namespace cm

#endif // CM_LIB_PROGRAM_VALIDATOR_H
