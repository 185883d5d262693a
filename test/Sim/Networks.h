//===- Networks.h - small networks for tests --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs that do a little real work, written by hand.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_NETWORKS_H
#define CM_TEST_SIM_NETWORKS_H

#include "ProgramBuilder.h"

namespace cm::test {

/// A 3x3 convolution with padding 1 (fill 3) of one channel to four on core 1,
/// bias 100 * c, scale 0.01, zero point -5. The input is folded to four rows.
struct Convolution : ProgramBuilder {
  Convolution(uint32_t height, uint32_t width);
  std::vector<int8_t> weights; // (ky, kx, co)
  uint32_t inRoute;
};

/// A product of 8 to 4 channels on 1x3 pixels as two row tiles on cores 0 and
/// 1: core 0 sends 3-byte sums to core 1, which adds its own.
struct RowTiles : ProgramBuilder {
  RowTiles();
  std::vector<int8_t> weights; // (row, column)
  uint32_t sumRoute;
};

/// A 3x3 pool with padding 1 of a 4x4x2 object on core 0.
struct Pool : ProgramBuilder {
  explicit Pool(program::DpuOpcode opcode);
};

} // namespace cm::test

#endif // CM_TEST_SIM_NETWORKS_H
