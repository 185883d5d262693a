//===- AnalogDevices.cpp - what the devices of a crossbar hold ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A signed cell is a pair of devices, one for each sign; another cell is one
// device. Values are in units of a cell's own number: its full scale is g_max.
//
//===----------------------------------------------------------------------===//

#include "Analog.h"
#include "cm/Machine/Crossbar.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::sim;

/// Where the cell of a row and a column of cells is.
AnalogUnit::CellPlace AnalogUnit::placeOf(uint32_t row, uint32_t column) const {
  const machine::Crossbar &crossbar = *place.crossbar;
  const program::MvmUnit &unit = *place.program;
  uint32_t usable = usableCols(crossbar);
  uint32_t slice = column / cols;
  // The highest bits come first.
  uint32_t at = unit.column_offset() + column % cols * ideal.slices +
                (ideal.slices - 1 - slice);
  uint32_t sides = (unit.column_offset() + width - 1) / usable + 1;
  uint32_t down = unit.row_offset() + row;
  uint32_t index = down / crossbar.rows() * sides + at / usable;
  return {unit.crossbars(index), down % crossbar.rows(), at % usable};
}

void AnalogUnit::program(double time) {
  cells.resize(uint64_t(rows) * width);
  variances.resize(parameters.read_scale() > 0 ? cells.size() : 0);
  for (uint32_t r = 0; r != rows; ++r)
    for (uint32_t j = 0; j != width; ++j)
      programCell(r, j, time);
}

void AnalogUnit::programCell(uint32_t row, uint32_t column, double time) {
  CellPlace at = placeOf(row, column);
  RandomKey keys[] = {
      keyOf(seed, RandomUse::Programming, place.epoch, place.core, at.crossbar,
            0),
      keyOf(seed, RandomUse::Stuck, 0, place.core, at.crossbar, 0)};
  uint32_t slice = column / cols;
  double full = fullScale(slice), variance = 0;
  double target = ideal.cells[uint64_t(column) * rows + row];
  if (slice + 1 != ideal.slices) // unsigned
    target = uint8_t(ideal.cells[uint64_t(column) * rows + row]);
  RandomBlock device{at.row, at.column, 0, 0};
  double value =
      programDevice(device, keys, std::max(target, 0.0), full, time, variance);
  if (slice + 1 == ideal.slices) {
    device[2] = 1;
    value -= programDevice(device, keys, std::max(-target, 0.0), full, time,
                           variance);
  }
  uint64_t index = uint64_t(row) * width + column;
  cells[index] = value;
  if (!variances.empty())
    variances[index] = variance;
}

/// What one device holds at a time, and its part of the cell's variance.
double AnalogUnit::programDevice(const RandomBlock &device,
                                 const RandomKey *keys, double target,
                                 double full, double time,
                                 double &variance) const {
  double low = parameters.stuck_low(), high = parameters.stuck_high();
  if (low + high > 0) {
    double draw = uniform(philox(keys[1], device)[0]);
    if (draw < low + high) {
      double value = draw < low ? 0 : full;
      variance += readVariance(value, value / full, time);
      return value;
    }
  }
  if (parameters.programming_scale() == 0 && parameters.drift_scale() == 0) {
    variance += readVariance(target, target / full, time);
    return target;
  }
  std::array<double, 4> draws = normals(philox(keys[0], device));
  double x = target / full, value = target;
  if (parameters.programming_scale() > 0) {
    double sigma = parameters.programming_offset_us() +
                   (parameters.programming_linear_us() +
                    parameters.programming_square_us() * x) *
                       x;
    sigma = std::max(sigma, 0.0) / parameters.g_max_us() * full;
    value += parameters.programming_scale() * sigma * draws[0];
    value = std::max(value, 0.0);
  }
  double drifted = drift(value, x, draws[1], time);
  variance += readVariance(drifted, value / full, time);
  return drifted;
}

/// `x`: what the device was to hold, over its full scale.
double AnalogUnit::drift(double value, double x, double normal,
                         double time) const {
  if (parameters.drift_scale() == 0 || time == 0)
    return value;
  double logarithm = std::log(std::max(x, 1e-7));
  double mean =
      std::clamp(parameters.drift_mean_slope() * logarithm +
                     parameters.drift_mean_offset(),
                 parameters.drift_mean_min(), parameters.drift_mean_max());
  double deviation = std::clamp(
      parameters.drift_std_slope() * logarithm + parameters.drift_std_offset(),
      parameters.drift_std_min(), parameters.drift_std_max());
  double exponent =
      parameters.drift_scale() * std::abs(mean + deviation * normal);
  double t0 = parameters.t0_s();
  return value * std::pow((time + t0) / t0, -exponent);
}

/// `x`: what was programmed into the device, over its full scale.
double AnalogUnit::readVariance(double value, double x, double time) const {
  if (parameters.read_scale() == 0 || value == 0)
    return 0;
  double factor = std::min(parameters.read_factor() /
                               std::pow(x, parameters.read_exponent()),
                           parameters.read_max());
  double read = parameters.read_time_s();
  double age = std::log((time + parameters.t0_s() + read) / (2 * read));
  double sigma =
      parameters.read_scale() * factor * std::sqrt(std::max(age, 0.0)) * value;
  return sigma * sigma;
}
