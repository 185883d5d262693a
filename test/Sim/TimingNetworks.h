//===- TimingNetworks.h - programs whose cycles are known -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small programs for tests of timing: a copy and products, on the row machine.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_TIMINGNETWORKS_H
#define CM_TEST_SIM_TIMINGNETWORKS_H

#include "ProgramBuilder.h"

namespace cm::test {

/// Replaces the first `from` of the row machine's text.
inline std::string changed(unsigned cores, const std::string &from,
                           const std::string &to) {
  std::string text = rowMachine(cores);
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A copy of an object on core 0, pixel by pixel: host -> core 0 -> host.
struct Copy : ProgramBuilder {
  explicit Copy(uint32_t width = 1, uint32_t channels = 4, uint32_t slots = 4,
                const std::string &machine = rowMachine(2),
                bool overCore1 = false)
      : ProgramBuilder(machine) {
    in = addObject("in", 1, width, channels);
    out = addObject("out", 1, width, channels);
    addInput(in);
    addOutput(out);
    buffer = addBuffer(0, in, slots, program::FOLD_PIXEL);
    addContext(0, "copy", 1, width);
    addLoad(0, 0, window(0, buffer));
    setWrite(0, 0, out);
    inRoute = addRoute({host(), 0}, 0, buffer, {0});
    if (overCore1)
      addRoute({0, 1, host()}, 0, -1);
    else
      addRoute({0, host()}, 0, -1);
    waitSame(0, 0, inRoute, 1, width);
    waitFree(host(), 0, inRoute, 1, width, slots);
  }
  uint32_t in, out, buffer, inRoute;
  uint64_t lastOut(uint64_t images = 1) {
    SimResult result = runOk(
        ramp(program.objects(in).width() * program.objects(in).channels()),
        images);
    return result.statistics.lastOut.empty() ? 0
                                             : result.statistics.lastOut.back();
  }
};

/// `count` contexts on core 0 that multiply every pixel by 4x4 weights and
/// requantise: gather 1 cycle, MVM 10, DPU 2.
struct Multiply : ProgramBuilder {
  explicit Multiply(uint32_t width, uint32_t count = 1,
                    const std::string &machine = rowMachine(2))
      : ProgramBuilder(machine) {
    uint32_t in = addObject("in", 1, width, 4);
    addInput(in);
    uint32_t buffer = addBuffer(0, in, 8, program::FOLD_PIXEL);
    std::vector<uint32_t> readers;
    for (uint32_t i = 0; i != count; ++i)
      readers.push_back(i);
    uint32_t route = addRoute({host(), 0}, 0, buffer, readers);
    for (uint32_t i = 0; i != count; ++i) {
      uint32_t out = addObject("out", 1, width, 4);
      addOutput(out);
      addContext(0, "multiply", 1, width);
      uint32_t unit =
          addUnit(0, 4, 4, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
      setMvm(0, i, unit, window(0, buffer));
      addDpu(0, i, program::DPU_MVM_RESULT, 4);
      addDpu(0, i, program::DPU_REQUANTIZE, 4, {0}).add_scales(1);
      setWrite(0, i, out);
      addRoute({0, host()}, i, -1);
      waitSame(0, i, route, 1, width);
      waitRetired(host(), 0, route, i, affine(-7, width, width, 1));
    }
  }
};

} // namespace cm::test

#endif // CM_TEST_SIM_TIMINGNETWORKS_H
