//===- Analog.h - a unit of crossbars that are not ideal --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The matrix of a unit as devices hold it, and the product as converters give
// it. docs/Simulator.md has the formulas.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_ANALOG_H
#define CM_LIB_SIM_ANALOG_H

#include "Kernels.h"
#include "Random.h"
#include "cm/Machine/Machine.pb.h"
#include "cm/Sim/NonIdeal.h"

namespace cm::sim {

/// Which unit of a chip this is, and what it is told to hold.
struct AnalogPlace {
  uint32_t epoch = 0, core = 0, unit = 0; // unit: over all nodes
  const machine::Crossbar *crossbar = nullptr;
  const program::MvmUnit *program = nullptr;
};

/// Where the read noise of an MVM comes from.
struct ReadNoise {
  RandomKey key;
  uint32_t iteration;
};

class AnalogUnit {
public:
  /// `ideal` is the matrix of the unit as its cells should hold it.
  AnalogUnit(const NonIdealChip &chip, const AnalogPlace &place,
             const CellMatrix &ideal);

  /// The product of `rows` inputs, as `cols` int32 that saturate.
  void multiply(const int8_t *input, int32_t zeroPoint, const ReadNoise &noise,
                int32_t *result) const;

  /// What the cell of slice `s` of a weight holds, in units of that slice.
  double cell(uint32_t row, uint32_t col, uint32_t s = 0) const {
    return cells[uint64_t(row) * width + s * cols + col];
  }
  /// Bytes that a unit takes while it is calibrated, which is when they are
  /// most: its cells, their ideal numbers, and what is kept of converters.
  static uint64_t bytes(const nonideal::NonIdeal &parameters,
                        const machine::Crossbar &crossbar,
                        const program::MvmUnit &unit);

private:
  /// One column of a row tile, of one slice.
  struct Converter {
    double gainError = 1, offsetError = 0; // of the converter
    double range = 1, step = 1;
    double gain = 1, offset = 0; // that calibration gives it
  };
  /// Inputs of one row tile in one plane.
  using Plane = std::vector<double>;
  struct Fit;

  void setConverters();
  void program(double time);
  void programCell(uint32_t row, uint32_t column, double time);
  double programDevice(const RandomBlock &place, const RandomKey *keys,
                       double target, double full, double time,
                       double &variance) const;
  double drift(double value, double x, double normal, double time) const;
  double readVariance(double value, double x, double time) const;
  double fullScale(uint32_t slice) const;
  void setRanges(llvm::ArrayRef<MvmSample> samples);
  void setStep(Converter &converter) const;
  void calibrate(llvm::ArrayRef<MvmSample> samples);
  double tileSlope(uint32_t tile, llvm::ArrayRef<Fit> fits) const;
  void fitTile(uint32_t tile, llvm::ArrayRef<Fit> fits);
  double stepOf(const Converter &converter) const;
  std::vector<int32_t> drive(const int8_t *input, int32_t zeroPoint) const;
  Plane planeOf(llvm::ArrayRef<int32_t> driven, uint32_t plane) const;
  void addUp(const std::vector<double> &matrix, const Plane &plane,
             uint32_t tile, std::vector<double> &sums) const;
  void convert(const Plane &plane, uint32_t tile, uint32_t planeIndex,
               const ReadNoise &noise, std::vector<double> &sums) const;
  double digitize(const Converter &converter, double sum) const;
  /// Rows of a tile: those of one crossbar.
  std::pair<uint32_t, uint32_t> rowsOf(uint32_t tile) const;
  struct CellPlace {
    uint32_t crossbar, row, column;
  };
  CellPlace placeOf(uint32_t row, uint32_t column) const;

  const nonideal::NonIdeal &parameters;
  uint64_t seed;
  AnalogPlace place;
  const CellMatrix &ideal;
  uint32_t rows, cols, width; // columns of cells: those of all slices
  uint32_t tiles, planes, planeBits;
  /// Row after row; column s * cols + c is slice s of column c. `variances` are
  /// those of read noise, empty where there is none.
  std::vector<double> cells, variances;
  std::vector<Converter> converters; // tile * width + column
  std::vector<int64_t> weightSums;   // of each column, over all rows
};

} // namespace cm::sim

#endif // CM_LIB_SIM_ANALOG_H
