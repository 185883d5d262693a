//===- Analog.cpp - a unit of crossbars that are not ideal ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Devices are in AnalogDevices.cpp, calibration in AnalogCalibration.cpp. Sums
// go over rows in order and are not contracted: they are the same whatever the
// processor's vectors.
//
//===----------------------------------------------------------------------===//

#include "Analog.h"
#include "VectorVersions.h"
#include "cm/Machine/Crossbar.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::sim;

CM_VECTOR_VERSIONS
static void addRow(double factor, const double *row, uint32_t width,
                   double *sums) {
  for (uint32_t j = 0; j != width; ++j)
    sums[j] += factor * row[j];
}

AnalogUnit::AnalogUnit(const NonIdealChip &chip, const AnalogPlace &place,
                       const CellMatrix &ideal)
    : parameters(*chip.parameters), seed(chip.seed), place(place), ideal(ideal),
      rows(ideal.rows), cols(ideal.cols), width(ideal.slices * ideal.cols) {
  const machine::Crossbar &crossbar = *place.crossbar;
  tiles = (place.program->row_offset() + rows - 1) / crossbar.rows() + 1;
  planes = inputPlanes(crossbar);
  planeBits = crossbar.dac_bits();
  weightSums.resize(cols);
  for (uint32_t j = 0; j != width; ++j)
    weightSums[j % cols] +=
        ideal.sums[j] * (int64_t(1) << (j / cols * ideal.cellBits));
  llvm::ArrayRef<MvmSample> samples;
  if (place.epoch < chip.calibration->samples.size() &&
      place.unit < chip.calibration->samples[place.epoch].size())
    samples = chip.calibration->samples[place.epoch][place.unit];
  setConverters();
  setRanges(samples);
  double used = parameters.time_s();
  double calibrated = parameters.has_calibration_time_s()
                          ? parameters.calibration_time_s()
                          : used;
  program(calibrated);
  if (parameters.calibration() != nonideal::CALIBRATION_NONE)
    calibrate(samples);
  if (used != calibrated)
    program(used);
}

std::pair<uint32_t, uint32_t> AnalogUnit::rowsOf(uint32_t tile) const {
  uint32_t height = place.crossbar->rows();
  uint32_t first = place.program->row_offset();
  uint32_t begin = std::max(tile * height, first) - first;
  return {begin, std::min((tile + 1) * height - first, rows)};
}

/// The greatest value of a cell: of a signed one either way.
double AnalogUnit::fullScale(uint32_t slice) const {
  bool isSigned = slice + 1 == ideal.slices;
  return isSigned ? std::ldexp(1, ideal.cellBits - 1)
                  : std::ldexp(1, ideal.cellBits) - 1;
}

/// The DAC's sign and `dac_bits` bits of magnitude.
std::vector<int32_t> AnalogUnit::drive(const int8_t *input,
                                       int32_t zeroPoint) const {
  int32_t origin =
      parameters.drive() == nonideal::DRIVE_ZERO_POINT ? zeroPoint : 0;
  int32_t step = 1 << (8 - parameters.dac_bits());
  int32_t most = (1 << parameters.dac_bits()) - 1;
  std::vector<int32_t> driven(rows);
  for (uint32_t r = 0; r != rows; ++r) {
    int32_t value = input[r] - origin;
    double code = std::nearbyint(double(std::abs(value)) / step);
    int32_t magnitude = std::min(int32_t(code), most) * step;
    driven[r] = value < 0 ? -magnitude : magnitude;
  }
  return driven;
}

/// The bits of the magnitudes that are driven at once, with their signs.
AnalogUnit::Plane AnalogUnit::planeOf(llvm::ArrayRef<int32_t> driven,
                                      uint32_t plane) const {
  Plane result(rows);
  for (uint32_t r = 0; r != rows; ++r) {
    int32_t magnitude = std::abs(driven[r]);
    if (planes > 1)
      magnitude = (magnitude >> (plane * planeBits)) & ((1 << planeBits) - 1);
    result[r] = driven[r] < 0 ? -magnitude : magnitude;
  }
  return result;
}

void AnalogUnit::addUp(const std::vector<double> &matrix, const Plane &plane,
                       uint32_t tile, std::vector<double> &sums) const {
  sums.assign(width, 0);
  auto [begin, end] = rowsOf(tile);
  for (uint32_t r = begin; r != end; ++r)
    if (plane[r] != 0)
      addRow(plane[r], matrix.data() + uint64_t(r) * width, width, sums.data());
}

/// The number that a converter gives for a sum.
double AnalogUnit::digitize(const Converter &converter, double sum) const {
  sum = sum * converter.gainError + converter.offsetError;
  if (parameters.adc_bits() == 0)
    return sum;
  double most = std::ldexp(1, parameters.adc_bits() - 1) - 1;
  double code = std::nearbyint(sum / converter.step);
  return std::clamp(code, -most - 1, most) * converter.step;
}

/// Sums of a tile as the converters give them, before calibration. The noises
/// of devices are independent, so that of a column is normal, too, with the sum
/// of their variances.
void AnalogUnit::convert(const Plane &plane, uint32_t tile, uint32_t planeIndex,
                         const ReadNoise &noise,
                         std::vector<double> &sums) const {
  addUp(cells, plane, tile, sums);
  if (!variances.empty()) {
    Plane squares(rows);
    for (uint32_t r = 0; r != rows; ++r)
      squares[r] = plane[r] * plane[r];
    std::vector<double> spread;
    addUp(variances, squares, tile, spread);
    std::array<double, 4> draws;
    for (uint32_t j = 0; j != width; ++j) {
      if (j % 4 == 0)
        draws =
            normals(philox(noise.key, {noise.iteration,
                                       tile * planes + planeIndex, j / 4, 0}));
      sums[j] += std::sqrt(spread[j]) * draws[j % 4];
    }
  }
  for (uint32_t j = 0; j != width; ++j)
    sums[j] = digitize(converters[tile * width + j], sums[j]);
}

void AnalogUnit::multiply(const int8_t *input, int32_t zeroPoint,
                          const ReadNoise &noise, int32_t *result) const {
  std::vector<int32_t> driven = drive(input, zeroPoint);
  std::vector<double> total(cols, 0), sums;
  for (uint32_t p = 0; p != planes; ++p) {
    Plane plane = planeOf(driven, p);
    for (uint32_t tile = 0; tile != tiles; ++tile) {
      convert(plane, tile, p, noise, sums);
      for (uint32_t s = 0; s != ideal.slices; ++s) {
        double weight = std::ldexp(1, p * planeBits + s * ideal.cellBits);
        const Converter *first = &converters[tile * width + s * cols];
        for (uint32_t c = 0; c != cols; ++c)
          total[c] +=
              weight * (first[c].gain * sums[s * cols + c] + first[c].offset);
      }
    }
  }
  bool isShifted = parameters.drive() == nonideal::DRIVE_ZERO_POINT;
  for (uint32_t c = 0; c != cols; ++c) {
    double value = std::nearbyint(total[c]);
    if (isShifted)
      value += double(zeroPoint * weightSums[c]);
    result[c] =
        int32_t(std::clamp(value, double(INT32_MIN), double(INT32_MAX)));
  }
}
