//===- Occupancy.h - live bytes of buffers over time ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Samples at equal distances, whose number is bounded: where there would be too
// many every other one is dropped, and the distance doubles.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_OCCUPANCY_H
#define CM_LIB_SIM_OCCUPANCY_H

#include "Memory.h"

namespace cm::sim {

class Occupancy {
public:
  explicit Occupancy(uint32_t buffers) : samples(buffers) {}

  /// Nothing changes from now on before cycle `end`. Sample k is the state
  /// behind cycle k * distance.
  void advance(const Memory &memory, uint64_t end) {
    for (; next < end; next += distance) {
      for (uint32_t b = 0; b != samples.size(); ++b)
        samples[b].push_back(memory.bufferLive(b));
      if (++count == maxSamples)
        thin();
    }
  }
  const std::vector<uint64_t> &ofBuffer(uint32_t buffer) const {
    return samples[buffer];
  }
  uint64_t cyclesApart() const { return distance; }

private:
  static constexpr uint32_t maxSamples = 512;

  void thin() {
    for (std::vector<uint64_t> &buffer : samples) {
      for (uint32_t i = 0; 2 * i < count; ++i)
        buffer[i] = buffer[2 * i];
      buffer.resize(count / 2);
    }
    count /= 2;
    next = (count - 1) * 2 * distance;
    distance *= 2;
  }

  std::vector<std::vector<uint64_t>> samples; // by buffer
  uint32_t count = 0;
  uint64_t next = 0, distance = 1; // cycles
};

} // namespace cm::sim

#endif // CM_LIB_SIM_OCCUPANCY_H
