//===- MonteCarlo.h - the accuracy of many chips ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program on chips that differ in their seeds, each through the whole
// simulator, and says how accurate they are and how sure that is.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_MONTECARLO_H
#define CM_SIM_MONTECARLO_H

#include "cm/Sim/NonIdeal.h"

namespace cm {

/// Both ends included.
struct Interval {
  double low, high;
};

/// Wilson's score interval of a probability, 95 %: `right` of `count` trials.
Interval wilsonInterval(uint64_t right, uint64_t count);

/// The 97.5 % quantile of Student's t distribution.
double studentQuantile(unsigned degrees);

/// The mean of at least two numbers, 95 %, by Student's t distribution.
Interval meanInterval(llvm::ArrayRef<double> values);

struct MonteCarloOptions {
  uint64_t firstSeed = 0; // chip i has the seed firstSeed + i
  unsigned chips = 1;
  unsigned threads = 0; // 0: one for each processor
  /// How many images of a run are classified rightly. Called by many threads.
  std::function<uint64_t(const SimResult &)> countRight;
  /// Called by many threads with the number of complete chips.
  std::function<void(uint64_t)> progress;
};

struct MonteCarloResult {
  uint64_t images = 0, firstSeed = 0;
  uint64_t idealRight = 0;     // in the ideal mode
  std::vector<uint64_t> right; // by chip

  std::vector<double> accuracies() const;
  double mean() const;
  /// The sample standard deviation of the accuracies, whose variance is over
  /// n - 1; 0 for one chip.
  double deviation() const;
  /// Of the mean over all such chips, within 0 and 1; nothing for one chip.
  std::optional<Interval> interval() const;
};

/// How many chips run at once: as many as there are threads, but no more than
/// hold all their cells in `options.maxBytes`.
unsigned monteCarloThreads(const program::Program &program,
                           const MachineModel &machine,
                           const nonideal::NonIdeal &parameters,
                           const SimOptions &options, unsigned threads);

/// The ideal mode and then all chips, with the calibration that they share.
/// `options` says how to run; `chip` of it is not looked at. Of chips that fail
/// the one with the lowest seed is the error, and those after it do not begin.
llvm::Expected<MonteCarloResult>
runMonteCarlo(const program::Program &program, const MachineModel &machine,
              llvm::ArrayRef<SimInput> inputs,
              const nonideal::NonIdeal &parameters, const SimOptions &options,
              const MonteCarloOptions &monteCarlo);

void printMonteCarlo(const program::Program &program,
                     const MonteCarloResult &result, llvm::raw_ostream &os);
void printMonteCarloJson(const program::Program &program,
                         const nonideal::NonIdeal &parameters,
                         const MonteCarloResult &result, llvm::raw_ostream &os);

} // namespace cm

#endif // CM_SIM_MONTECARLO_H
