//===- Validate.h - is a program file sane ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All checks on a whole program that need no execution: indices, shapes,
// ranges, register types, routes, memory, limits of the machine and of
// docs/Program.md. What passes runs or stops with one error of the simulator;
// whether it is *right* is found by running it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROGRAM_VALIDATE_H
#define CM_PROGRAM_VALIDATE_H

#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"

namespace cm {

/// Checks `program` against the machine that it names (made from
/// `program.machine()`). The error names node, context and instruction, what
/// was expected and what was found.
llvm::Error validateProgram(const program::Program &program,
                            const MachineModel &machine);

/// Type of a DPU register.
enum class RegisterType { Int8, Int32 };

/// Type of the result of an instruction whose program has passed validation.
RegisterType registerType(const program::Program &program,
                          const program::Node &node,
                          const program::DpuInstr &instr);

} // namespace cm

#endif // CM_PROGRAM_VALIDATE_H
