//===- LcuTable.h - the waits of one image ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LCU code whose control does not depend on the image does the same for every
// image: it can be run once, and what each iteration waits for be looked up
// from then on.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_LCUTABLE_H
#define CM_LIB_SIM_LCUTABLE_H

#include "Lcu.h"
#include <optional>

namespace cm::sim {

/// The waits and fires of one image of one context, in order.
struct LcuTable {
  struct Op {
    uint32_t pc;
    uint32_t counter; // of a wait
    int64_t image;    // of the threshold: so much more for each image
  };
  struct Step {
    uint32_t fires : 1, op : 31;
    int32_t threshold; // of image 0
  };
  std::vector<Op> ops;
  /// Without waits that an earlier one of the image implies.
  std::vector<Step> steps;
};

/// Runs the code for image 0. Nothing where another image could take another
/// way or wait for something else than its multiple more, where the iterations
/// are not those of `height` rows of `width`, each once and in order, with
/// waits among the instructions of their iteration, where more than
/// `maxInstructions` lie between two iterations, or for more than `maxSteps`
/// steps.
std::optional<LcuTable> tabulateLcu(const LcuCode &code, int64_t height,
                                    int64_t width, uint64_t maxInstructions,
                                    uint64_t maxSteps);

} // namespace cm::sim

#endif // CM_LIB_SIM_LCUTABLE_H
