//===- LcuBoxes.cpp - loops over boxes ------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LcuBoxes.h"
#include "cm/Poly/Box.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

namespace {
/// A piece of a rule on one of its boxes.
struct BoxWait {
  unsigned rule;
  Box box;
  const QuasiAffine *threshold;
};

/// Iterations with the same waits, at most one for each rule.
struct Segment {
  Box box;
  std::vector<const QuasiAffine *> waits; // of each rule; null: none
};

/// Rows with the same segments, from left to right.
using Band = std::vector<Segment>;
} // namespace

static std::optional<std::vector<BoxWait>>
collectWaits(llvm::ArrayRef<CounterRule> rules) {
  std::vector<BoxWait> waits;
  for (auto [index, rule] : llvm::enumerate(rules))
    for (const Piece &piece : rule.threshold.pieces) {
      std::optional<std::vector<Box>> boxes = boxesOf(piece.domain, 2);
      if (!boxes)
        return std::nullopt;
      for (Box &box : *boxes)
        waits.push_back({unsigned(index), std::move(box), &piece.value});
    }
  return waits;
}

/// Where intervals of dim k within 0 .. size-1 begin, and `size`.
static std::vector<int64_t> bordersOf(llvm::ArrayRef<const BoxWait *> waits,
                                      unsigned k, int64_t size) {
  std::vector<int64_t> borders{0, size};
  for (const BoxWait *wait : waits)
    for (int64_t border : {wait->box.lower[k], wait->box.upper[k] + 1})
      if (border > 0 && border < size)
        borders.push_back(border);
  llvm::sort(borders);
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  return borders;
}

/// Whether the waits of `a` do for the iterations of `b`, too.
static bool covers(const Segment &a, const Segment &b) {
  for (auto [wait, other] : llvm::zip(a.waits, b.waits)) {
    if (!wait != !other)
      return false;
    if (!wait || *wait == *other)
      continue;
    if (!wait->divs.empty() || !other->divs.empty() ||
        !agreeOn(*wait, *other, b.box))
      return false;
  }
  return true;
}

/// Makes `a` both segments, which are neighbours, where one's waits do.
static bool join(Segment &a, const Segment &b) {
  bool first = covers(a, b);
  if (!first && !covers(b, a))
    return false;
  Box both = a.box;
  if (!joinBoxes(both, b.box))
    return false;
  if (!first)
    a.waits = b.waits;
  a.box = both;
  return true;
}

/// The same for bands: segment by segment.
static bool join(Band &a, const Band &b) {
  if (a.size() != b.size())
    return false;
  Band both = a;
  for (auto [segment, other] : llvm::zip(both, b))
    if (!join(segment, other))
      return false;
  a = std::move(both);
  return true;
}

static Band makeBand(int64_t begin, int64_t end, int64_t width,
                     llvm::ArrayRef<const BoxWait *> waits, size_t rules) {
  std::vector<int64_t> borders = bordersOf(waits, 1, width);
  Band band;
  for (size_t i = 0; i + 1 < borders.size(); ++i) {
    Segment segment{{{begin, borders[i]}, {end - 1, borders[i + 1] - 1}},
                    std::vector<const QuasiAffine *>(rules, nullptr)};
    for (const BoxWait *wait : waits)
      if (wait->box.contains({begin, borders[i]}))
        segment.waits[wait->rule] = wait->threshold;
    if (band.empty() || !join(band.back(), segment))
      band.push_back(std::move(segment));
  }
  return band;
}

static LcuNode makeLoop(const Box &box, unsigned dim) {
  LcuNode loop;
  loop.kind = LcuNode::Kind::Loop;
  loop.dim = dim;
  loop.lower = {QuasiAffine(box.lower[dim])};
  loop.upper = {QuasiAffine(box.upper[dim])};
  return loop;
}

static LcuNode lower(const Band &band) {
  LcuNode rows = makeLoop(band.front().box, 0);
  for (const Segment &segment : band) {
    LcuNode columns = makeLoop(segment.box, 1);
    for (auto [rule, threshold] : llvm::enumerate(segment.waits)) {
      if (!threshold)
        continue;
      LcuNode wait;
      wait.kind = LcuNode::Kind::Wait;
      wait.counter = rule;
      wait.threshold = *threshold;
      columns.body.push_back(std::move(wait));
    }
    columns.body.emplace_back(); // fire
    rows.body.push_back(std::move(columns));
  }
  return rows;
}

std::optional<LcuProgram> cm::scanBoxes(const Domain &domain,
                                        llvm::ArrayRef<CounterRule> rules) {
  std::optional<std::vector<BoxWait>> waits = collectWaits(rules);
  if (!waits)
    return std::nullopt;
  std::vector<const BoxWait *> all;
  for (const BoxWait &wait : *waits)
    all.push_back(&wait);
  std::vector<int64_t> borders = bordersOf(all, 0, domain.h);
  std::vector<Band> bands;
  for (size_t i = 0; i + 1 < borders.size(); ++i) {
    std::vector<const BoxWait *> active;
    for (const BoxWait *wait : all)
      if (wait->box.lower[0] <= borders[i] && borders[i] <= wait->box.upper[0])
        active.push_back(wait);
    Band band =
        makeBand(borders[i], borders[i + 1], domain.w, active, rules.size());
    if (bands.empty() || !join(bands.back(), band))
      bands.push_back(std::move(band));
  }
  LcuProgram program;
  for (const Band &band : bands)
    program.push_back(lower(band));
  return program;
}
