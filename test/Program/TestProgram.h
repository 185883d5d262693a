//===- TestProgram.h - a small valid program to break -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two cores of `tiny8` between the host's input and output. A test changes one
// thing in the program or its machine and states the one error that follows.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROGRAM_TESTPROGRAM_H
#define CM_TEST_PROGRAM_TESTPROGRAM_H

#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"
#include "gtest/gtest.h"
#include <functional>
#include <ostream>
#include <string>

namespace cm::test {

/// Core 0 holds context 'conv' (MVM, constant, add, requantise, write of 'a'),
/// core 1 context 'post' (every other DPU operation, write of 'y').
program::Program makeProgram();

/// The parts that cases change.
struct Parts {
  program::Program &program;
  machine::Machine &machine;

  program::Node &core(int index) { return *program.mutable_nodes(index); }
  program::Context &conv() { return *core(0).mutable_contexts(0); }
  program::Context &post() { return *core(1).mutable_contexts(0); }
  program::Context &input() { return *core(2).mutable_contexts(0); }
  program::DpuInstr &dpu(int index) { return *post().mutable_dpu(index); }
  program::Gather &mvmInput() { return *conv().mutable_mvm_input(); }
  program::Loop &loop() { return *conv().mutable_lcu(0)->mutable_loop(); }
  program::Loop &innerLoop() { return *loop().mutable_body(0)->mutable_loop(); }
  program::Wait &wait(int index) {
    return *innerLoop().mutable_body(index)->mutable_wait();
  }
  program::Route &route(int index) { return *program.mutable_routes(index); }
};

struct WrongProgram {
  const char *name;
  std::function<void(Parts)> edit;
  const char *error;
};

inline void PrintTo(const WrongProgram &wrong, std::ostream *os) {
  *os << wrong.name;
}

/// The error that validation gives after the edit; empty if there is none.
std::string errorAfter(const WrongProgram &wrong);

} // namespace cm::test

#endif // CM_TEST_PROGRAM_TESTPROGRAM_H
