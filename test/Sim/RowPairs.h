//===- RowPairs.h - a program whose messages are rows -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host sends a 4x2x4 object to 'pairs' on core 0, which copies two rows of
// a pixel in each iteration to 'copy' on core 1, which copies single pixels to
// the host.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_ROWPAIRS_H
#define CM_TEST_SIM_ROWPAIRS_H

#include "ProgramBuilder.h"

namespace cm::test {

struct RowPairs : ProgramBuilder {
  /// The buffer of 'copy' has an even number of `slots`.
  explicit RowPairs(uint32_t slots) : ProgramBuilder(2) {
    uint32_t in = addObject("in", 4, 2, 4);
    middle = addObject("middle", 4, 2, 4);
    uint32_t out = addObject("out", 4, 2, 4);
    addInput(in);
    addOutput(out);
    addBuffer(0, in, 4);
    addPairs();
    addBuffer(1, middle, slots);
    addContext(1, "copy", 4, 2);
    addLoad(1, 0, window(1, 0));
    setWrite(1, 0, out);
    uint32_t inRoute = addRoute({host(), 0}, 0, 0, {0});
    uint32_t route = addRoute({0, 1}, 0, 0, {0});
    addRoute({1, host()}, 0, -1);
    // For all of the image before, and the last of four pixels.
    waitRetired(host(), 0, inRoute, 0, affine(0, 4));
    waitReceived(0, 0, inRoute, affine(3, 8, 4, 1));
    // For the last reader of the second row, and both rows of all pixels.
    waitRetired(0, 0, route, 0, affine(3 - 2 * int64_t(slots), 8, 4, 1));
    program::QuasiAffine pair = affine(2, 4);
    program::FloorDiv &half = *pair.add_divs();
    half.set_coefficient(2), half.set_divisor(2);
    half.mutable_numerator()->add_dims(1);
    waitReceived(1, 0, route, pair);
  }

  program::Write &pairs() { return *context(0, 0).mutable_write(); }
  /// What 'pairs' waits for credits of, and 'copy' for messages.
  program::QuasiAffine &credits() { return threshold(0, 1); }
  program::QuasiAffine &messages() { return threshold(1, 0); }

  uint32_t middle = 0;

private:
  void addPairs() {
    addContext(0, "pairs", 2, 2);
    program::Gather pair = window(0, 0);
    pair.set_kernel_y(2), pair.set_stride_y(2), pair.set_element_end(8);
    addLoad(0, 0, pair);
    setWrite(0, 0, middle);
    pairs().set_stride_y(2), pairs().set_rows(2);
  }
  program::QuasiAffine &threshold(uint32_t node, int index) {
    program::Loop &rows = *context(node, 0).mutable_lcu(0)->mutable_loop();
    program::Loop &columns = *rows.mutable_body(0)->mutable_loop();
    return *columns.mutable_body(index)->mutable_wait()->mutable_threshold();
  }
};

} // namespace cm::test

#endif // CM_TEST_SIM_ROWPAIRS_H
