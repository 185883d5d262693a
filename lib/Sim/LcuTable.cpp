//===- LcuTable.cpp - the waits of one image ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LcuTable.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace cm;
using namespace cm::sim;

static bool dependsOnImage(const FlatAffine &affine);

static bool hasImageInDivs(const FlatAffine &affine) {
  return llvm::any_of(affine.divs, [](const FlatAffine::Div &div) {
    return dependsOnImage(div.numerator);
  });
}

static bool dependsOnImage(const FlatAffine &affine) {
  return affine.image != 0 || hasImageInDivs(affine);
}

/// Whether every image takes the same way, and each threshold is a multiple of
/// the image more than that of image 0.
static bool isPeriodic(const LcuCode &code) {
  return llvm::none_of(code, [](const LcuOp &op) {
    return llvm::any_of(op.lower, dependsOnImage) ||
           llvm::any_of(op.upper, dependsOnImage) ||
           hasImageInDivs(op.threshold);
  });
}

namespace {
class Tabulator {
public:
  Tabulator(const LcuCode &code, int64_t height, int64_t width,
            uint64_t maxSteps)
      : code(code), height(height), width(width), maxSteps(maxSteps),
        opOf(code.size(), UINT32_MAX) {}

  bool run(uint64_t maxInstructions) {
    uint64_t count = 0; // since the last iteration
    for (;; ++state.pc) {
      count += state.run(code, maxInstructions - count) + 1;
      if (count > maxInstructions || table.steps.size() > maxSteps)
        return false;
      const LcuOp &op = code[state.pc];
      if (op.kind == LcuOp::End)
        return due == Dims{height, 0};
      if (state.dims != due)
        return false;
      if (op.kind == LcuOp::Wait) {
        if (!addWait(op))
          return false;
        continue;
      }
      addStep(/*fires=*/true, 0, 0, 0);
      if (++due[1] == width)
        due = {due[0] + 1, 0};
      count = 0;
    }
  }

  LcuTable table;

private:
  bool addWait(const LcuOp &op) {
    int64_t threshold = op.threshold.evaluate(0, state.dims);
    // Small, so that no threshold of an image wraps round.
    int64_t image = op.threshold.image;
    if (threshold != int32_t(threshold) || image != int32_t(image))
      return false;
    // Counters never fall: a wait implies those for less that come later in
    // the image, where both want as many more for each image.
    auto [highest, isFirst] =
        highestOf.try_emplace({op.counter, image}, threshold);
    if (!isFirst && threshold <= highest->second)
      return true;
    highest->second = threshold;
    addStep(/*fires=*/false, op.counter, image, threshold);
    return true;
  }
  void addStep(bool fires, uint32_t counter, int64_t image, int64_t threshold) {
    uint32_t &op = opOf[state.pc];
    if (op == UINT32_MAX) {
      op = table.ops.size();
      table.ops.push_back({state.pc, counter, image});
    }
    table.steps.push_back({fires, op, int32_t(threshold)});
  }

  const LcuCode &code;
  int64_t height, width;
  uint64_t maxSteps;
  LcuState state;
  Dims due = {0, 0};
  std::vector<uint32_t> opOf; // by instruction
  std::map<std::pair<uint32_t, int64_t>, int64_t> highestOf;
};
} // namespace

std::optional<LcuTable> cm::sim::tabulateLcu(const LcuCode &code,
                                             int64_t height, int64_t width,
                                             uint64_t maxInstructions,
                                             uint64_t maxSteps) {
  if (uint64_t(height) * width > maxSteps || !isPeriodic(code))
    return std::nullopt;
  Tabulator tabulator(code, height, width, maxSteps);
  if (!tabulator.run(maxInstructions))
    return std::nullopt;
  tabulator.table.steps.shrink_to_fit();
  return std::move(tabulator.table);
}
