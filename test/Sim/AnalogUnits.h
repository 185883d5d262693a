//===- AnalogUnits.h - units of crossbars for tests -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_ANALOGUNITS_H
#define CM_TEST_SIM_ANALOGUNITS_H

#include "../../lib/Sim/Analog.h"
#include "gtest/gtest.h"
#include <cmath>

namespace cm::sim {

inline nonideal::NonIdeal
parametersOf(const char *preset,
             const std::vector<std::string> &settings = {}) {
  auto parameters = loadNonIdeal(preset, settings);
  EXPECT_TRUE(bool(parameters)) << llvm::toString(parameters.takeError());
  return parameters ? *parameters : nonideal::NonIdeal();
}

/// A unit whose weights are given by a function of row and column.
struct Unit {
  template <typename Weight>
  Unit(const nonideal::NonIdeal &own, uint32_t rows, uint32_t cols,
       Weight weight, uint32_t cellBits = 8, uint32_t dacBits = 8)
      : parameters(own) {
    crossbar.set_rows(64), crossbar.set_cols(4096);
    crossbar.set_cell_bits(cellBits), crossbar.set_weight_bits(8);
    crossbar.set_dac_bits(dacBits);
    matrix.rows = rows, matrix.cols = cols, matrix.cellBits = cellBits;
    matrix.slices = (8 + cellBits - 1) / cellBits;
    program.set_rows(rows), program.set_cols(cols);
    for (uint32_t k = 0; k <= rows / 64 && k * 64 < rows; ++k)
      program.add_crossbars(k);
    for (uint32_t s = 0; s != matrix.slices; ++s)
      for (uint32_t c = 0; c != cols; ++c)
        for (uint32_t r = 0; r != rows; ++r)
          matrix.cells.push_back(matrix.slices == 1
                                     ? weight(r, c)
                                     : cutBits(weight(r, c), s, cellBits, 8));
    addSums(matrix);
  }

  AnalogUnit make(uint64_t seed, uint32_t epoch = 0) {
    calibration.samples.assign(epoch + 1,
                               std::vector<std::vector<MvmSample>>(1, samples));
    chip = {&parameters, &calibration, seed};
    return AnalogUnit(chip, {epoch, 0, 0, &crossbar, &program}, matrix);
  }

  nonideal::NonIdeal parameters;
  machine::Crossbar crossbar;
  program::MvmUnit program;
  CellMatrix matrix;
  std::vector<MvmSample> samples;
  Calibration calibration;
  NonIdealChip chip;
};

struct Moments {
  void add(double value) {
    sum += value, squares += value * value;
    ++count;
  }
  double mean() const { return sum / count; }
  double deviation() const {
    return std::sqrt(std::max(squares / count - mean() * mean(), 0.0));
  }
  /// Five standard errors of the mean, and of the deviation, of normal numbers
  /// of the deviation `sigma`: a right result is outside once in 1.7 million.
  double meanBound(double sigma) const { return 5 * sigma / std::sqrt(count); }
  double deviationBound(double sigma) const {
    return 5 * sigma / std::sqrt(2.0 * count);
  }
  double sum = 0, squares = 0, count = 0;
};

} // namespace cm::sim

#endif // CM_TEST_SIM_ANALOGUNITS_H
