//===- Memory.h - SRAM contents and their shadow ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The bytes of every core's SRAM and, for each location, a tag that says which
// pixel of which image lies there and how many readers still need it. The tags
// find reads of data that is not there and writes over data that is live; who
// the last readers are comes from the program's windows (SimModel), never from
// its waits.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_MEMORY_H
#define CM_LIB_SIM_MEMORY_H

#include "SimModel.h"

namespace cm::sim {

/// A window's data as the DPU and the crossbar see it.
struct WindowData {
  /// In window order, fill outside the object: in `values`, or in `narrow`
  /// where that is wanted of a buffer of int8.
  bool isNarrow = false;
  std::vector<int32_t> values;
  std::vector<int8_t> narrow;
  uint64_t portCycles = 0; // of all contiguous runs
  uint64_t bytes = 0;      // read from SRAM
};

/// Adds up the port cycles and bytes of contiguous runs.
class RunCounter {
public:
  RunCounter(const NodeTimes &times, WindowData &data)
      : times(times), data(data) {}
  void add(uint64_t address, uint64_t bytes) {
    if (address != end) {
      close();
      begin = address;
    }
    end = address + bytes;
  }
  void close() {
    if (end == begin)
      return;
    data.portCycles += times.accesses(begin, end - begin) * times.readCycles;
    data.bytes += end - begin;
  }

private:
  const NodeTimes &times;
  WindowData &data;
  uint64_t begin = 0, end = 0;
};

class Memory {
public:
  Memory(const SimModel &model, bool withData);

  /// Reads a window for iteration `at` of image `image`, checks the tags and
  /// counts port time. Values are filled in when data is simulated. Returns
  /// what is wrong, or an empty string.
  std::string read(const WindowModel &window, const Dims &at, uint64_t image,
                   WindowData &data) const;

  /// Address of a pixel's channel.
  uint64_t addressOf(const BufferModel &buffer, uint64_t image, Pixel pixel,
                     int64_t channel) const;

  /// Commits channels `begin` .. `end` of a pixel; `bytes` may be null.
  std::string write(uint32_t buffer, uint64_t image, Pixel pixel, int64_t begin,
                    int64_t end, const uint8_t *bytes);

  /// Reader `reader` is done with iteration `rank` of image `image`.
  void retire(uint32_t buffer, uint32_t reader, uint64_t image, uint64_t rank);

  /// Live bytes, and what its slots hold.
  std::string describeContents(uint32_t buffer) const;

  uint64_t livePeak(uint32_t node) const { return peakOfNode[node]; }
  uint64_t bufferLive(uint32_t buffer) const { return shadows[buffer].live; }
  uint64_t bufferPeak(uint32_t buffer) const { return shadows[buffer].peak; }

private:
  struct Shadow {
    /// By place and segment: 1 + pixel number counted over all images, 0 where
    /// nothing was written.
    std::vector<uint64_t> tags;
    std::vector<uint16_t> remaining; // readers that still need it
    uint64_t live = 0, peak = 0;     // bytes
  };
  /// What `read` is at.
  struct Reading {
    uint32_t index; // of the buffer
    const BufferModel &buffer;
    const ObjectModel &object;
    uint64_t image;
    WindowData &data;
    RunCounter runs;
  };
  std::string readRow(Reading &reading, const WindowRow &row,
                      Pixel pixel) const;
  bool haveTags(const Reading &reading, const WindowRow &row, uint64_t place,
                Pixel pixel, int64_t pixels) const;
  std::string describeTags(const Reading &reading, const WindowRow &row,
                           Pixel pixel, int64_t pixels) const;
  void copyRow(Reading &reading, const WindowRow &row, uint64_t place,
               int64_t pixels, int64_t element) const;
  std::string describe(const BufferModel &buffer, uint64_t tag) const;
  std::string checkTags(const BufferModel &buffer, const Shadow &shadow,
                        uint64_t image, Pixel pixel, int64_t begin,
                        int64_t end) const;
  std::string liveError(const BufferModel &buffer, uint64_t tag,
                        uint32_t segment, uint64_t image, Pixel pixel) const;

  const SimModel &model;
  bool withData;
  /// By buffer: what lies between buffers takes no memory of ours.
  std::vector<std::vector<uint8_t>> sram;
  std::vector<Shadow> shadows; // by buffer
  std::vector<uint64_t> liveOfNode, peakOfNode;
  /// Iterations that each reader has retired, to name the one that is late.
  std::vector<std::vector<uint64_t>> retired;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_MEMORY_H
