//===- LiftedContext.h - what an LCU program waits for ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The LCU program of a context, lifted to functions of the iteration: which
// iterations fire, and what each has waited for when it does.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_LIFTEDCONTEXT_H
#define CM_PROOF_LIFTEDCONTEXT_H

#include "cm/Proof/Contract.h"
#include "cm/Proof/Counterexample.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace cm::proof {

/// What stands for "nothing is waited for".
inline constexpr int64_t nothing = INT64_MIN / 4;

/// A counter of a context. Values are relative to the image: v in image n
/// stands for v + n*perImage iterations of `counted` since the beginning.
struct LiftedCounter {
  uint32_t route = 0;
  std::optional<uint32_t> reader; // of the route; none: messages received
  uint32_t counted = 0;           // the stage whose iterations it counts
  int64_t perImage = 0;

  /// When iteration k fires the counter is at least this, in every image; the
  /// last entry is for the end of the image.
  std::vector<int64_t> certain;
  /// The most that has been waited for then, in any image.
  std::vector<int64_t> awaited;
  /// By how much slower thresholds fall behind in each image, at most.
  int64_t loss = 0;
  /// An image other than the first in which less is certain of some iteration
  /// than in those before it: one such image for all iterations.
  int64_t loosestImage = 0;

  /// An image to look at where `needed` is not certain at iteration `rank`: the
  /// first that does not await it where thresholds fall behind, else
  /// `loosestImage`, in which another iteration may be the one that waits less.
  int64_t imageWithout(int64_t rank, int64_t needed) const {
    bool atFirst = loss > 0 && awaited[rank] >= needed;
    return atFirst ? (awaited[rank] - needed) / loss + 1 : loosestImage;
  }

  /// `certain` where the image before exists as well.
  int64_t certainLater(int64_t rank) const {
    return std::max(certain[rank], certain.back() - perImage);
  }
};

struct LiftedContext {
  std::vector<LiftedCounter> counters;
  /// Loops or guards change from image to image: what is lifted is that of the
  /// first images, which can show an error, but no more.
  bool isPartial = false;

  const LiftedCounter *find(uint32_t route,
                            std::optional<uint32_t> reader) const;
};

/// Says which stage a counter of the context counts the iterations of.
using CountedStage = llvm::function_ref<uint32_t(const program::Wait &)>;

/// Lifts the program of `stage`. For all images at once: thresholds that grow
/// by `perImage` with each image are the same in every image; slower ones are
/// certain of nothing; faster ones deadlock. Fails where an iteration is
/// missing or extra, or where a threshold is faster.
std::optional<Counterexample> liftContext(const program::Context &context,
                                          const Contract &contract,
                                          uint32_t stage, CountedStage counted,
                                          LiftedContext &lifted);

} // namespace cm::proof

#endif // CM_PROOF_LIFTEDCONTEXT_H
