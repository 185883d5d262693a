//===- Engines.h - two engines, one answer ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program in both engines and in shuffled orders of modules, and says
// where a run first differs from the event engine's.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_ENGINES_H
#define CM_SIM_ENGINES_H

#include "cm/Sim/Simulator.h"

namespace cm {

struct EngineComparison {
  unsigned runs = 0;
  /// Of one run; 0 where it fails.
  uint64_t cycles = 0, events = 0;
  /// The error of every run, where they fail.
  std::string error;
  /// Empty: report, energy, outputs, tensors, trace and all events are the
  /// same in all runs.
  std::string difference;
};

/// Each engine in the modules' own order and in `orders` shuffled ones. Engine,
/// seed and events of `options` are not looked at.
EngineComparison compareEngines(const program::Program &program,
                                const MachineModel &machine,
                                llvm::ArrayRef<SimInput> inputs,
                                const SimOptions &options, unsigned orders);

} // namespace cm

#endif // CM_SIM_ENGINES_H
