//===- NonIdeal.h - crossbars that are not ideal ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parameters of analogue crossbars, and what converters are calibrated with.
// `docs/Simulator.md` has the model. Every random number depends on a seed and
// on where it is used, on nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_NONIDEAL_H
#define CM_SIM_NONIDEAL_H

#include "cm/Sim/NonIdeal.pb.h"
#include "cm/Sim/Simulator.h"

namespace cm {

/// Names of the presets, in alphabetical order.
std::vector<std::string> nonIdealPresets();

/// Reads `--non-ideal=`: the name of a preset or the path of a textproto file,
/// changed by `settings` of the form "field=value". Every field has a value
/// then, but `calibration_time_s`, and all are in range.
llvm::Expected<nonideal::NonIdeal>
loadNonIdeal(llvm::StringRef presetOrPath,
             llvm::ArrayRef<std::string> settings = {});

/// An input that an MVM unit was given in an ideal run.
struct MvmSample {
  std::vector<int8_t> input;
  int32_t zeroPoint = 0;
};

/// Samples by epoch (one where there are none) and unit, units in the order of
/// nodes.
struct Calibration {
  std::vector<std::vector<std::vector<MvmSample>>> samples;
};

/// Runs the first `calibration_images` images in the ideal mode and keeps
/// `calibration_vectors` inputs of each unit, chosen by a hash of image and
/// iteration.
llvm::Expected<Calibration> calibrate(const program::Program &program,
                                      const MachineModel &machine,
                                      llvm::ArrayRef<SimInput> inputs,
                                      const nonideal::NonIdeal &parameters,
                                      const SimOptions &options);

/// One chip that a program runs on (`SimOptions::chip`); what it refers to
/// lives longer.
struct NonIdealChip {
  const nonideal::NonIdeal *parameters = nullptr;
  const Calibration *calibration = nullptr;
  uint64_t seed = 0;
};

} // namespace cm

#endif // CM_SIM_NONIDEAL_H
