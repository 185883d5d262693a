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
#include "llvm/Support/Compiler.h"
#include <memory>

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

/// Adds up the port accesses and bytes of contiguous runs.
class RunCounter {
public:
  explicit RunCounter(const NodeTimes &times) : times(times) {}
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
    accesses += times.accesses(begin, end - begin);
    bytes += end - begin;
    begin = end;
  }

  uint64_t accesses = 0, bytes = 0;

private:
  const NodeTimes &times;
  uint64_t begin = 0, end = 0;
};

class Memory {
public:
  Memory(const SimModel &model, bool withData);

  /// The number of a context's gather among all windows, or where it has none
  /// of its first load. Its loads follow, in order.
  uint32_t firstWindowOf(uint32_t context) const {
    return firstWindow[context];
  }
  /// Reads a window for iteration `at` of image `image`, checks the tags and
  /// counts port time. Values are filled in when data is simulated. Returns
  /// false where something is wrong, of which `problem()` tells.
  bool read(uint32_t window, const Dims &at, uint64_t image, WindowData &data);

  /// Address of a pixel's channel.
  uint64_t addressOf(const BufferModel &buffer, uint64_t image, Pixel pixel,
                     int64_t channel) const;

  /// Commits channels `begin` .. `end` of a pixel; `bytes` may be null. Returns
  /// false where something is wrong.
  bool write(uint32_t buffer, uint64_t image, Pixel pixel, int64_t begin,
             int64_t end, const uint8_t *bytes);

  /// Of the read or write that has just failed.
  const std::string &problem() const { return problemText; }

  /// The number of a buffer's reader among all.
  uint32_t readerOf(uint32_t buffer, uint32_t reader) const {
    return firstReader[buffer] + reader;
  }
  /// A reader is done with its next iteration, which is the first of image
  /// `image` or the one behind that of the last call.
  void retire(uint32_t reader, uint64_t image, bool isFirst);

  /// Live bytes, and what its slots hold.
  std::string describeContents(uint32_t buffer) const;

  uint64_t livePeak(uint32_t node) const { return nodes[node].peak; }
  uint64_t bufferLive(uint32_t buffer) const {
    return shadows[buffer].bytes.live;
  }
  uint64_t bufferPeak(uint32_t buffer) const {
    return shadows[buffer].bytes.peak;
  }

private:
  /// Bytes that are live.
  struct Live {
    uint64_t live = 0, peak = 0;
    void add(uint64_t size) {
      live += size;
      peak = std::max(peak, live);
    }
  };
  struct Cell {
    /// 1 + pixel number counted over all images, 0 where nothing was written.
    uint64_t tag = 0;
    uint32_t remaining = 0; // readers that still need it
  };
  static_assert(sizeof(Cell) == 16, "RunLimits.cpp counts as many");
  /// What is looked at all the time lies together, with copies of what the
  /// model says.
  struct alignas(64) Shadow {
    Shadow(const BufferModel &buffer, const ObjectModel &object);
    Shadow(Shadow &&) = default;
    /// Of a pixel in a row that is counted over all images.
    uint64_t place(uint64_t row, int64_t x) const {
      if (foldRow)
        return bySlots.remainder(row) * width + x;
      return bySlots.remainder(row * width + x);
    }
    uint64_t tagOf(uint64_t row, int64_t x) const {
      return row * width + x + 1;
    }
    uint64_t rowOf(uint64_t image, int64_t y) const {
      return image * height + y;
    }

    std::unique_ptr<Cell[]> cells; // by place and segment
    const uint32_t *readersOf;     // by location
    int64_t height, width;
    Divisor bySlots;
    uint32_t segments;
    bool foldRow;
    Live bytes;
    Divisor byWidth;
    uint32_t node;
    llvm::SmallVector<uint64_t, 1> segmentBytes;
  };
  /// A window of a buffer with what a read of it looks at.
  struct alignas(64) Window {
    int64_t strideY, strideX, offsetY, offsetX;
    llvm::ArrayRef<WindowRow> rows;
    uint64_t address; // of the buffer
    uint64_t slots;
    uint64_t pixelBytes;
    int64_t channels; // of the object
    const NodeTimes &times;
    uint32_t buffer;
    uint32_t elementBytes;
    const WindowModel &model;
  };
  Window makeWindow(const WindowModel &window) const;
  /// A reader of a buffer.
  struct Reader {
    Shadow &shadow;
    const uint32_t *freed; // as in BufferReader
    const uint32_t *next;  // what the next iteration frees
    /// Iterations that it has retired, to name the one that is late.
    uint64_t retired = 0;
  };
  // Those that are always inlined leave what a read counts in registers.
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  bool readRow(const Window &window, const WindowRow &part, uint64_t row,
               int64_t x, RunCounter &runs, WindowData &data);
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  static bool haveTags(const Shadow &shadow, const WindowRow &part,
                       uint64_t place, uint64_t tag, int64_t pixels);
  bool failTags(const Window &window, const WindowRow &part, uint64_t row,
                int64_t x, int64_t pixels);
  LLVM_ATTRIBUTE_ALWAYS_INLINE
  static void countRow(const Window &window, const WindowRow &part,
                       uint64_t place, int64_t pixels, RunCounter &runs);
  void copyRow(const Window &window, const WindowRow &part, uint64_t place,
               int64_t pixels, int64_t skipped, WindowData &data) const;
  std::string describe(const BufferModel &buffer, uint64_t tag) const;
  std::string checkTags(uint32_t buffer, uint64_t row, int64_t x, int64_t begin,
                        int64_t end) const;
  bool fail(std::string text) {
    problemText = std::move(text);
    return false;
  }
  std::pair<uint32_t, uint32_t> segmentsOf(uint32_t buffer, int64_t begin,
                                           int64_t end) const;
  void copyPixel(uint32_t buffer, uint64_t place, int64_t begin, int64_t end,
                 const uint8_t *bytes);
  std::string liveError(uint32_t buffer, uint64_t tag, uint32_t segment,
                        uint64_t image, Pixel pixel) const;

  const SimModel &model;
  bool withData;
  /// By buffer: what lies between buffers takes no memory of ours.
  std::vector<std::vector<uint8_t>> sram;
  std::vector<Shadow> shadows; // by buffer
  std::vector<Live> nodes;
  std::vector<Reader> readers;       // those of a buffer follow each other
  std::vector<uint32_t> firstReader; // by buffer
  std::vector<Window> windows;
  std::vector<uint32_t> firstWindow; // by context
  std::string problemText;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_MEMORY_H
