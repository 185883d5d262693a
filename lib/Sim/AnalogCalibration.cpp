//===- AnalogCalibration.cpp - ranges, gains and offsets of converters ----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Analog.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::sim;

/// Least squares of what a converter gave (x) over what it should have been
/// (y): noise is in x, and a slope over noisy numbers would be too small.
struct AnalogUnit::Fit {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;

  void add(double found, double expected) {
    n += 1, x += found, y += expected;
    xx += found * found, xy += found * expected, yy += expected * expected;
  }
  bool isEnough() const { return n >= 3; }
  double slope(double step) const;
};

/// The slope about the means; 0 where the samples do not tell it: their ideal
/// numbers are closer than some steps of the converter, or it is not ten times
/// its standard error.
double AnalogUnit::Fit::slope(double step) const {
  double spread = yy - y * y / n, products = xy - x * y / n;
  if (!isEnough() || products <= 0 ||
      spread <= std::max(16 * step * step, 1e-9 * yy))
    return 0;
  double slope = products / spread;
  double left = xx - x * x / n - slope * products; // squares off the line
  return slope * products * (n - 2) >= 100 * left ? slope : 0;
}

uint64_t AnalogUnit::bytes(const nonideal::NonIdeal &parameters,
                           const machine::Crossbar &crossbar,
                           const program::MvmUnit &unit) {
  uint64_t width = uint64_t(std::max(1u, unit.slices())) * unit.cols();
  uint64_t tiles = (unit.row_offset() + unit.rows() - 1) / crossbar.rows() + 1;
  uint64_t numbers = parameters.read_scale() > 0 ? 3 : 2;
  return unit.rows() * width * numbers * sizeof(double) +
         tiles * width * (sizeof(Converter) + sizeof(Fit) + sizeof(double));
}

/// The errors of converters belong to columns of crossbars.
void AnalogUnit::setConverters() {
  converters.resize(uint64_t(tiles) * width);
  if (parameters.adc_gain_sigma() == 0 && parameters.adc_offset_sigma() == 0)
    return;
  for (uint32_t tile = 0; tile != tiles; ++tile)
    for (uint32_t j = 0; j != width; ++j) {
      CellPlace at = placeOf(rowsOf(tile).first, j);
      RandomKey key =
          keyOf(seed, RandomUse::Converter, 0, place.core, at.crossbar, 0);
      std::array<double, 4> draws = normals(philox(key, {at.column, 0, 0, 0}));
      Converter &converter = converters[tile * width + j];
      converter.gainError = 1 + parameters.adc_gain_sigma() * draws[0];
      converter.offsetError = parameters.adc_offset_sigma() * draws[1];
    }
}

static std::vector<double> idealCells(const CellMatrix &matrix) {
  uint64_t width = uint64_t(matrix.slices) * matrix.cols;
  std::vector<double> cells(matrix.rows * width);
  for (uint64_t j = 0; j != width; ++j)
    for (uint64_t r = 0; r != matrix.rows; ++r) {
      int8_t cell = matrix.cells[j * matrix.rows + r];
      bool isSigned = j / matrix.cols + 1 == matrix.slices;
      cells[r * width + j] = isSigned ? cell : uint8_t(cell);
    }
  return cells;
}

/// The ranges of converters, and with them the offsets that are in units of
/// ranges.
void AnalogUnit::setRanges(llvm::ArrayRef<MvmSample> samples) {
  bool isCalibrated = parameters.adc_range() == nonideal::RANGE_TILE ||
                      parameters.adc_range() == nonideal::RANGE_COLUMN;
  std::vector<double> greatest(converters.size(), 0), sums;
  if (isCalibrated) {
    std::vector<double> cells = idealCells(ideal);
    for (const MvmSample &sample : samples) {
      auto driven = drive(sample.input.data(), sample.zeroPoint);
      for (uint32_t p = 0; p != planes; ++p)
        for (uint32_t tile = 0; tile != tiles; ++tile) {
          addUp(cells, planeOf(driven, p), tile, sums);
          for (uint32_t j = 0; j != width; ++j)
            greatest[tile * width + j] =
                std::max(greatest[tile * width + j], std::abs(sums[j]));
        }
    }
  }
  double input = planes > 1 ? std::ldexp(1, planeBits) - 1
                 : parameters.drive() == nonideal::DRIVE_ZERO_POINT ? 255
                                                                    : 128;
  for (uint32_t tile = 0; tile != tiles; ++tile) {
    auto first = greatest.begin() + uint64_t(tile) * width;
    double ofTile = *std::max_element(first, first + width);
    auto [begin, end] = rowsOf(tile);
    for (uint32_t j = 0; j != width; ++j) {
      double seen =
          parameters.adc_range() == nonideal::RANGE_TILE ? ofTile : first[j];
      Converter &converter = converters[tile * width + j];
      converter.range = seen * parameters.adc_headroom();
      if (parameters.adc_range() == nonideal::RANGE_FIXED)
        converter.range = parameters.adc_full_scale();
      else if (seen == 0) // nothing known
        converter.range = (end - begin) * input * fullScale(j / cols);
      setStep(converter);
    }
  }
}

void AnalogUnit::setStep(Converter &converter) const {
  converter.offsetError *= converter.range;
  if (parameters.adc_bits())
    converter.step =
        converter.range / (std::ldexp(1, parameters.adc_bits() - 1) - 1);
}

/// Finds gains and offsets from what the converters give for the samples.
void AnalogUnit::calibrate(llvm::ArrayRef<MvmSample> samples) {
  std::vector<double> cells = idealCells(ideal), expected, found;
  std::vector<Fit> fits(converters.size());
  for (uint32_t i = 0; i != samples.size(); ++i) {
    auto driven = drive(samples[i].input.data(), samples[i].zeroPoint);
    ReadNoise noise{keyOf(seed, RandomUse::CalibrationRead, place.epoch,
                          place.core, place.unit, 0),
                    i};
    for (uint32_t p = 0; p != planes; ++p) {
      Plane plane = planeOf(driven, p);
      for (uint32_t tile = 0; tile != tiles; ++tile) {
        addUp(cells, plane, tile, expected);
        convert(plane, tile, p, noise, found);
        for (uint32_t j = 0; j != width; ++j)
          fits[tile * width + j].add(found[j], expected[j]);
      }
    }
  }
  for (uint32_t tile = 0; tile != tiles; ++tile)
    fitTile(tile,
            llvm::ArrayRef<Fit>(fits).slice(uint64_t(tile) * width, width));
}

/// One slope through zero for all columns of a tile; 1 where the samples do not
/// tell it.
double AnalogUnit::tileSlope(uint32_t tile, llvm::ArrayRef<Fit> fits) const {
  double step = 0, xy = 0, yy = 0;
  for (uint32_t j = 0; j != width; ++j) {
    xy += fits[j].xy, yy += fits[j].yy;
    step = std::max(step, stepOf(converters[tile * width + j]));
  }
  if (yy <= 16 * step * step)
    return 1;
  double slope = xy / yy;
  return slope >= 1.0 / 64 && slope <= 64 ? slope : 1;
}

/// A column whose slope is not known, or far from the tile's, has the tile's.
void AnalogUnit::fitTile(uint32_t tile, llvm::ArrayRef<Fit> fits) {
  bool ofColumns = parameters.calibration() == nonideal::CALIBRATION_COLUMN;
  double common = tileSlope(tile, fits);
  for (uint32_t j = 0; j != width; ++j) {
    const Fit &fit = fits[j];
    Converter &converter = converters[tile * width + j];
    converter.gain = 1 / common;
    if (!ofColumns || !fit.isEnough())
      continue;
    double slope = fit.slope(stepOf(converter));
    if (slope >= common / 8 && slope <= common * 8)
      converter.gain = 1 / slope;
    converter.offset = (fit.y - converter.gain * fit.x) / fit.n;
  }
}

/// Numbers of a converter that are closer are the same to it.
double AnalogUnit::stepOf(const Converter &converter) const {
  return parameters.adc_bits() ? converter.step : 0;
}
