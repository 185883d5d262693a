//===- NonIdeal.cpp - crossbars that are not ideal, as options ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NonIdeal.h"
#include "HostData.h"
#include "cm/Sim/MonteCarlo.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/Progress.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

/// What a run of many chips does not give.
static bool hasMoreThanAccuracies(const SimCommand &command) {
  for (const auto *files : {&command.outputs, &command.expected})
    if (!files->empty())
      return true;
  for (const auto *path :
       {&command.tensors, &command.expectedTensors, &command.csv,
        &command.trace, &command.html, &command.events, &command.expectedEvents,
        &command.stopAt})
    if (!path->empty())
      return true;
  return command.verifyOrders || command.watch;
}

Error cm::checkNonIdeal(const SimCommand &command) {
  if (command.threads && !command.chips)
    return makeError("--threads needs --monte-carlo");
  if (command.nonIdeal.empty()) {
    if (!command.noiseSettings.empty() || command.hasSeed || command.chips)
      return makeError("--set-noise, --seed and --monte-carlo need "
                       "--non-ideal");
    return Error::success();
  }
  if (command.options.timingOnly)
    return makeError("--timing-only computes no data: it excludes --non-ideal");
  if (!command.chips)
    return Error::success();
  if (command.labels.empty())
    return makeError("--monte-carlo needs --labels");
  if (hasMoreThanAccuracies(command))
    return makeError(
        "--monte-carlo gives accuracies: of reports it takes --json only, and "
        "excludes --output, --expect, --tensors, --expect-tensors, --compare, "
        "--stop-at, --verify-engines and --watch");
  return Error::success();
}

Error cm::setUpChip(SimCommand &command, const program::Program &program,
                    const MachineModel &machine,
                    llvm::ArrayRef<SimInput> inputs, ChipSetup &setup) {
  if (command.nonIdeal.empty())
    return Error::success();
  Expected<nonideal::NonIdeal> parameters =
      loadNonIdeal(command.nonIdeal, command.noiseSettings);
  if (!parameters)
    return parameters.takeError();
  setup.parameters = std::move(*parameters);
  Expected<Calibration> calibration =
      calibrate(program, machine, inputs, setup.parameters, command.options);
  if (!calibration)
    return makeError("{0}: calibration: {1}", command.program,
                     llvm::toString(calibration.takeError()));
  setup.calibration = std::move(*calibration);
  setup.chip = {&setup.parameters, &setup.calibration, command.seed};
  command.options.chip = &setup.chip;
  return Error::success();
}

Error cm::runChips(const SimCommand &command, const NpyArray &labels,
                   const program::Program &program, const MachineModel &machine,
                   llvm::ArrayRef<SimInput> inputs) {
  Expected<nonideal::NonIdeal> parameters =
      loadNonIdeal(command.nonIdeal, command.noiseSettings);
  if (!parameters)
    return parameters.takeError();
  Expected<HostLayout> layout = layoutOf(program.outputs(0));
  if (!layout)
    return layout.takeError();
  uint64_t images = command.options.images;
  Expected<MonteCarloResult> result = [&] {
    Progress progress("chips", command.chips + 1, command.refresh);
    MonteCarloOptions options;
    options.firstSeed = command.seed;
    options.chips = command.chips;
    options.threads = command.threads;
    options.countRight = [&](const SimResult &run) {
      return countRight(labels, toHost(*layout, run.outputs[0], images));
    };
    options.progress = [&](uint64_t done) { progress.update(done); };
    return runMonteCarlo(program, machine, inputs, *parameters, command.options,
                         options);
  }();
  if (!result)
    return makeError("{0}: {1}", command.program,
                     llvm::toString(result.takeError()));
  printMonteCarlo(program, *result,
                  command.json == "-" ? llvm::errs() : llvm::outs());
  if (command.json.empty())
    return Error::success();
  return writeFile(command.json, [&](llvm::raw_ostream &os) {
    printMonteCarloJson(program, *parameters, *result, os);
    return Error::success();
  });
}
