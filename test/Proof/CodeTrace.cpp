//===- CodeTrace.cpp - what LCU code does ---------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeTrace.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <array>
#include <map>

using namespace cm;
using namespace cm::proof;
using program::LcuInstr;
using program::QuasiAffine;
using Body = google::protobuf::RepeatedPtrField<LcuInstr>;

/// Code that does so much in an image runs away.
static constexpr int64_t maxSteps = int64_t(1) << 22;

namespace {
/// One image of a context's code.
class Trace {
public:
  Trace(const program::Context &context, int64_t image) : image(image) {
    run(context.lcu());
    record();
  }

  using Dims = std::array<int64_t, 2>;

  std::vector<Dims> fires;
  /// Of each counter the most that has been awaited when each iteration fires,
  /// and at the end; entries that lack at the front are 0.
  std::map<CodeCounter, std::vector<int64_t>> awaited;

  int64_t awaitedAt(const CodeCounter &counter, size_t fire) const {
    auto found = awaited.find(counter);
    return found == awaited.end() || fire >= found->second.size()
               ? 0
               : found->second[fire];
  }

private:
  int64_t value(const QuasiAffine &affine) const;
  bool run(const Body &body);
  bool runLoop(const program::Loop &loop);
  void record();

  int64_t image, steps = 0;
  Dims dims = {0, 0};
  std::map<CodeCounter, int64_t> most;
};
} // namespace

int64_t Trace::value(const QuasiAffine &affine) const {
  int64_t sum = affine.constant() + affine.image() * image;
  for (int k = 0; k < affine.dims_size(); ++k)
    sum += affine.dims(k) * dims[k];
  for (const program::FloorDiv &div : affine.divs())
    sum += div.coefficient() * llvm::divideFloorSigned(value(div.numerator()),
                                                       int64_t(div.divisor()));
  return sum;
}

void Trace::record() {
  for (auto [counter, value] : most) {
    awaited[counter].resize(fires.size(), 0);
    awaited[counter].push_back(value);
  }
}

bool Trace::runLoop(const program::Loop &loop) {
  int64_t first = INT64_MIN, last = INT64_MAX;
  for (const QuasiAffine &bound : loop.lower())
    first = std::max(first, value(bound));
  for (const QuasiAffine &bound : loop.upper())
    last = std::min(last, value(bound));
  int64_t &dim = dims[loop.dim()];
  for (dim = first; dim <= last; dim += loop.step())
    if (++steps > maxSteps || !run(loop.body()))
      return false;
  dim = 0;
  return true;
}

/// Returns false where the code runs away.
bool Trace::run(const Body &body) {
  for (const LcuInstr &instr : body) {
    if (++steps > maxSteps)
      return false;
    if (instr.has_loop() && !runLoop(instr.loop()))
      return false;
    if (instr.has_guard() &&
        llvm::all_of(instr.guard().nonnegative(),
                     [&](const QuasiAffine &a) { return value(a) >= 0; }) &&
        !run(instr.guard().body()))
      return false;
    if (instr.has_wait()) {
      const program::Wait &wait = instr.wait();
      bool isRetired = wait.has_retired();
      CodeCounter counter(isRetired,
                          isRetired ? wait.retired().route() : wait.received(),
                          isRetired ? wait.retired().reader() : 0);
      most[counter] = std::max(most[counter], value(wait.threshold()));
    }
    if (instr.has_fire()) {
      record();
      fires.push_back(dims);
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static bool speaksOfImage(const QuasiAffine &affine) {
  return affine.image() != 0 ||
         llvm::any_of(affine.divs(), [](const program::FloorDiv &div) {
           return speaksOfImage(div.numerator());
         });
}

static bool changesWithImage(const Body &body) {
  return llvm::any_of(body, [](const LcuInstr &instr) {
    return llvm::any_of(instr.loop().lower(), speaksOfImage) ||
           llvm::any_of(instr.loop().upper(), speaksOfImage) ||
           llvm::any_of(instr.guard().nonnegative(), speaksOfImage) ||
           changesWithImage(instr.loop().body()) ||
           changesWithImage(instr.guard().body());
  });
}

/// What the first iteration that is another than it should be comes to.
static void compareFires(const Trace &right, const Trace &wrong,
                         CodeDifference &result) {
  size_t common = std::min(right.fires.size(), wrong.fires.size());
  size_t at = 0;
  while (at < common && right.fires[at] == wrong.fires[at])
    ++at;
  bool ends = at == right.fires.size();
  if (at == wrong.fires.size()) {
    result.firesTooSoon |= !ends; // the end comes before its turn
    return;
  }
  auto due = llvm::find(right.fires, wrong.fires[at]);
  bool isLater =
      due != right.fires.end() && size_t(due - right.fires.begin()) > at;
  (isLater && !ends ? result.firesTooSoon : result.firesTooMuch) = true;
}

static void compareWaits(const Trace &right, const Trace &wrong,
                         CodeDifference &result) {
  std::set<CodeCounter> counters;
  for (const Trace *trace : {&right, &wrong})
    for (const auto &[counter, values] : trace->awaited)
      counters.insert(counter);
  size_t last = std::min(right.fires.size(), wrong.fires.size());
  for (const CodeCounter &counter : counters)
    for (size_t fire = 0; fire <= last; ++fire) {
      int64_t before = right.awaitedAt(counter, fire);
      int64_t after = wrong.awaitedAt(counter, fire);
      if (after < before)
        result.waitsForLess.insert(counter);
      if (after > before)
        result.waitsForMore.insert(counter);
    }
}

CodeDifference proof::compareCode(const program::Context &right,
                                  const program::Context &wrong) {
  CodeDifference result;
  result.changesWithImage = changesWithImage(wrong.lcu());
  for (int64_t image : {0, 1, 2, 3, 4, 7, 63, 500}) {
    Trace before(right, image), after(wrong, image);
    compareFires(before, after, result);
    compareWaits(before, after, result);
  }
  return result;
}
