//===- NonIdeal.h - crossbars that are not ideal, as options ----*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_SIM_NONIDEAL_H
#define CM_TOOLS_CM_SIM_NONIDEAL_H

#include "Options.h"
#include "cm/Sim/NonIdeal.h"
#include "cm/Support/Npy.h"

namespace cm {

/// Whether the options go together.
llvm::Error checkNonIdeal(const SimCommand &command);

/// The chip of one run.
struct ChipSetup {
  nonideal::NonIdeal parameters;
  Calibration calibration;
  NonIdealChip chip;
};

/// Reads the parameters, calibrates, and gives the chip to `command.options`,
/// which refers to `setup`. Nothing without `--non-ideal`.
llvm::Error setUpChip(SimCommand &command, const program::Program &program,
                      const MachineModel &machine,
                      llvm::ArrayRef<SimInput> inputs, ChipSetup &setup);

/// `--monte-carlo`: runs all chips and reports their accuracy.
llvm::Error runChips(const SimCommand &command, const NpyArray &labels,
                     const program::Program &program,
                     const MachineModel &machine,
                     llvm::ArrayRef<SimInput> inputs);

} // namespace cm

#endif // CM_TOOLS_CM_SIM_NONIDEAL_H
