//===- Epochs.h - programs that program the crossbars anew ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_EPOCHS_H
#define CM_LIB_SIM_EPOCHS_H

#include "cm/Sim/Simulator.h"

namespace cm::sim {

/// Cycles until the crossbars hold the program's weights. The rows of a core
/// are written one after another, cores at the same time; and the weights come
/// through the input nodes, a byte each. The longer of the two counts.
uint64_t programmingCycles(const program::Program &program,
                           const MachineModel &machine);

/// Runs the epochs of a program one after another, each for all images; what
/// they pass on lies in global memory. `inputs` have been checked.
llvm::Expected<SimResult> runEpochs(const program::Program &program,
                                    const MachineModel &machine,
                                    llvm::ArrayRef<SimInput> inputs,
                                    const SimOptions &options);

} // namespace cm::sim

#endif // CM_LIB_SIM_EPOCHS_H
