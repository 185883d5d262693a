//===- EpochsTest.cpp - networks larger than their machine ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A worked example, all partitions of random problems, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Epochs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using testing::HasSubstr;

static EpochUnit makeUnit(std::string name, uint64_t crossbars,
                          uint64_t slowest) {
  EpochUnit unit;
  unit.name = std::move(name);
  unit.crossbars = crossbars, unit.contexts = 1;
  unit.slowest = slowest, unit.mvmCycles = slowest;
  unit.rows = 10 * crossbars, unit.tallest = 10;
  unit.weightBytes = 100 * crossbars;
  unit.fill = 500'000;
  return unit;
}

/// Three layers in a row with a skip from the first to the last, on a machine
/// of two cores with one crossbar each.
static EpochProblem chain() {
  EpochProblem problem;
  problem.units = {makeUnit("a", 1, 400), makeUnit("b", 1, 100),
                   makeUnit("c", 1, 200)};
  problem.values = {{"x", std::nullopt, {0}, false, 64, 8},
                    {"a", 0, {1, 2}, false, 32, 4},
                    {"b", 1, {2}, false, 16, 500},
                    {"c", 2, {}, true, 8, 1}};
  problem.images = 10;
  problem.crossbars = 2, problem.contexts = 8;
  problem.cores = problem.mvmCores = problem.ports = 2;
  problem.programCyclesPerRow = 7;
  problem.weightBytesPerCycle = 5;
  return problem;
}

static EpochSolution solve(const EpochProblem &problem) {
  EpochSolution solution = llvm::cantFail(solveEpochs(problem));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  EXPECT_LE(problem.lowerBound(), solution.cycles);
  return solution;
}

TEST(Epochs, CutsWhereTheLeastIsMoved) {
  EpochProblem problem = chain();
  EpochSolution solution = solve(problem);
  // After b would move b, which takes longer than any layer.
  ASSERT_EQ(solution.epochs.size(), 2u);
  EXPECT_EQ(solution.epochs[0], (EpochRange{0, 1}));
  EXPECT_EQ(solution.epochs[1], (EpochRange{1, 3}));
  // One row of each stage's crossbar after another: 10 * 7. 'a' begins when
  // half of x, which takes 8 cycles, is there.
  EXPECT_EQ(solution.costs[0].programming, 70u);
  EXPECT_EQ(solution.costs[0].ii, 400u);
  EXPECT_EQ(solution.costs[0].latency, 404u);
  EXPECT_EQ(solution.costs[0].readBytes, 64u);
  EXPECT_EQ(solution.costs[0].writeBytes, 32u);
  EXPECT_EQ(solution.costs[1].ii, 200u);
  // 'b' from 2 to 102; 'c' from the middle of that on.
  EXPECT_EQ(solution.costs[1].latency, 252u);
  EXPECT_EQ(solution.costs[1].readBytes, 32u);
  EXPECT_EQ(solution.costs[1].writeBytes, 8u);
  EXPECT_EQ(solution.cycles, 70u + 404 + 9 * 400 + 70u + 252 + 9 * 200);
}

TEST(Epochs, SkipsAreReadOnceByEachEpoch) {
  EpochProblem problem = chain();
  EXPECT_EQ(problem.cost({2, 3}).readBytes, 32u + 16u);
  EXPECT_EQ(problem.cost({1, 2}).readBytes, 32u);
  EXPECT_EQ(problem.cost({0, 2}).writeBytes, 32u + 16u);
  EXPECT_EQ(problem.cost({0, 3}).writeBytes, 8u);
}

TEST(Epochs, WeightsComeThroughGlobalMemory) {
  EpochProblem problem = chain();
  problem.programCyclesPerRow = 1;
  EXPECT_EQ(problem.cost({0, 2}).programming, 40u); // 200 bytes, 5 each cycle
}

TEST(Epochs, StaysWholeWhereItFits) {
  EpochProblem problem = chain();
  problem.crossbars = 3;
  problem.images = 1;
  EXPECT_EQ(solve(problem).epochs.size(), 1u);
}

TEST(Epochs, CopiesFillWhatIsLeft) {
  EpochProblem problem = chain();
  problem.copies = true;
  problem.crossbars = 7;
  // Four copies of 'a' take 100, one of 'b' 100, two of 'c' 100.
  EXPECT_EQ(problem.cost({0, 3}).ii, 350u); // 700 cycles of MVMs on two cores
  problem.mvmCores = 7;
  EXPECT_EQ(problem.cost({0, 3}).ii, 100u);
  problem.crossbars = 6;
  EXPECT_EQ(problem.cost({0, 3}).ii, 134u);
}

TEST(Epochs, KeepsOutOfRefutedRanges) {
  EpochProblem problem = chain();
  problem.refuted = {{1, 3}};
  EpochSolution solution = solve(problem);
  ASSERT_EQ(solution.epochs.size(), 2u);
  EXPECT_EQ(solution.epochs[0], (EpochRange{0, 2}));
}

//===----------------------------------------------------------------------===//
// All partitions
//===----------------------------------------------------------------------===//

static EpochProblem randomProblem(std::mt19937 &random) {
  auto draw = [&](uint64_t least, uint64_t most) {
    return least + random() % (most - least + 1);
  };
  EpochProblem problem;
  uint32_t count = draw(1, 9);
  for (uint32_t i = 0; i != count; ++i) {
    EpochUnit unit =
        makeUnit("u" + std::to_string(i), draw(0, 4), draw(1, 500));
    unit.contexts = draw(0, 3), unit.sramBytes = draw(0, 50);
    unit.dpuCycles = draw(0, 900), unit.sramCycles = draw(0, 900);
    unit.fill = draw(0, 1'500'000), unit.service = draw(0, 20);
    unit.tallest = draw(0, 30), unit.rows = unit.tallest + draw(0, 60);
    problem.units.push_back(unit);
  }
  for (uint32_t i = 0; i != count; ++i) {
    EpochValue value{"v", i, {}, draw(0, 3) == 0, draw(1, 99), draw(0, 400)};
    if (draw(0, 4) == 0)
      value.producer = std::nullopt;
    for (uint32_t j = i + 1; j < count; ++j)
      if (draw(0, 2) == 0)
        value.consumers.push_back(j);
    problem.values.push_back(std::move(value));
  }
  problem.images = draw(1, 40);
  problem.crossbars = draw(4, 14), problem.contexts = draw(3, 12);
  problem.sramBytes = draw(0, 1) * draw(50, 200);
  problem.cores = draw(1, 4), problem.mvmCores = draw(1, 4);
  problem.ports = draw(1, 8);
  problem.programCyclesPerRow = draw(1, 40);
  problem.copies = draw(0, 1);
  problem.weightBytesPerCycle = draw(1, 4);
  if (count > 2 && draw(0, 1))
    problem.refuted.push_back({1, 3});
  return problem;
}

static uint64_t ceilOf(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

/// docs/Mapping.md once more, in plain loops: shares nothing with the problem's
/// own figures.
class PlainEpoch {
public:
  PlainEpoch(const EpochProblem &p, uint32_t begin, uint32_t end)
      : p(p), begin(begin), end(end) {}

  bool fits() const {
    uint64_t crossbars = 0, contexts = 0, bytes = 0;
    for (uint32_t u = begin; u != end; ++u) {
      crossbars += p.units[u].crossbars;
      contexts += p.units[u].contexts;
      bytes += p.units[u].sramBytes;
    }
    for (EpochRange r : p.refuted)
      if (begin <= r.begin && r.end <= end)
        return false;
    return crossbars <= p.crossbars && contexts <= p.contexts &&
           (!p.sramBytes || bytes <= p.sramBytes);
  }
  uint64_t cycles() const {
    uint64_t ii = interval();
    return programming() + latency(ii) + (p.images - 1) * ii;
  }

private:
  bool holds(uint32_t unit) const { return begin <= unit && unit < end; }
  bool makes(const EpochValue &v) const {
    return v.producer && holds(*v.producer);
  }

  uint64_t programming() const {
    uint64_t rows = 0, tallest = 0, bytes = 0;
    for (uint32_t u = begin; u != end; ++u) {
      rows += p.units[u].rows, bytes += p.units[u].weightBytes;
      tallest = std::max(tallest, p.units[u].tallest);
    }
    return std::max(std::max(ceilOf(rows, p.mvmCores), tallest) *
                        p.programCyclesPerRow,
                    ceilOf(bytes, p.weightBytesPerCycle));
  }

  /// Cycles of what comes in from global memory, and of what goes out.
  std::pair<uint64_t, uint64_t> moved() const {
    uint64_t in = 0, out = 0;
    for (const EpochValue &v : p.values) {
      bool here = false, elsewhere = v.isOutput;
      for (uint32_t consumer : v.consumers)
        (holds(consumer) ? here : elsewhere) = true;
      if (here && !makes(v))
        in += v.ioCycles;
      if (elsewhere && makes(v))
        out += v.ioCycles;
    }
    return {in, out};
  }

  uint64_t interval() const {
    uint64_t slowest = 0, mvm = 0, dpu = 0, sram = 0;
    for (uint32_t u = begin; u != end; ++u) {
      slowest = std::max(slowest, p.units[u].slowest);
      mvm += p.units[u].mvmCycles, dpu += p.units[u].dpuCycles;
      sram += p.units[u].sramCycles;
    }
    auto [in, out] = moved();
    uint64_t ii = std::max<uint64_t>(
        {1, in, out, ceilOf(mvm, p.mvmCores), ceilOf(dpu, p.cores),
         ceilOf(sram, p.ports), p.copies ? 0 : slowest});
    for (; p.copies; ++ii) {
      uint64_t used = 0;
      for (uint32_t u = begin; u != end; ++u)
        used += p.units[u].crossbars * ceilOf(p.units[u].slowest, ii);
      if (used <= p.crossbars)
        break;
    }
    return ii;
  }

  uint64_t latency(uint64_t ii) const {
    std::vector<uint64_t> first(end), last(end); // pixel of a unit's results
    uint64_t latency = ii;
    for (uint32_t u = begin; u != end; ++u) {
      uint64_t start = 0, inputs = 0;
      for (const EpochValue &v : p.values)
        for (uint32_t consumer : v.consumers) {
          if (consumer != u)
            continue;
          uint64_t from = makes(v) ? first[*v.producer] : 0;
          uint64_t to = makes(v) ? last[*v.producer] : v.ioCycles;
          uint64_t part = std::min<uint64_t>(p.units[u].fill, 1'000'000);
          start = std::max(start, from + (to - from) * part / 1'000'000);
          inputs = std::max(inputs, to);
        }
      uint64_t own = p.units[u].slowest;
      own = p.copies ? std::min(own, ii) : own;
      first[u] = start + p.units[u].service;
      last[u] = std::max(start + own, inputs) + p.units[u].service;
      latency = std::max(latency, last[u]);
    }
    return latency;
  }

  const EpochProblem &p;
  uint32_t begin, end;
};

/// Bit i of `cuts` says whether an epoch ends behind unit i.
static uint64_t cyclesOf(const EpochProblem &problem, uint32_t cuts) {
  uint64_t cycles = 0;
  uint32_t count = problem.units.size(), begin = 0;
  for (uint32_t end = 1; end <= count; ++end) {
    if (end != count && !(cuts >> (end - 1) & 1))
      continue;
    PlainEpoch epoch(problem, begin, end);
    if (!epoch.fits())
      return UINT64_MAX;
    cycles += epoch.cycles();
    begin = end;
  }
  return cycles;
}

TEST(Epochs, NoPartitionIsBetter) {
  std::mt19937 random(20);
  unsigned cut = 0;
  for (int round = 0; round != 1000; ++round) {
    EpochProblem problem = randomProblem(random);
    EpochSolution solution = solve(problem);
    uint64_t least = UINT64_MAX;
    for (uint32_t cuts = 0; cuts != 1u << (problem.units.size() - 1); ++cuts)
      least = std::min(least, cyclesOf(problem, cuts));
    ASSERT_EQ(solution.cycles, least) << "round " << round;
    cut += solution.epochs.size() > 1;
  }
  EXPECT_GT(cut, 300u);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

static std::string errorOf(const EpochProblem &problem) {
  return llvm::toString(solveEpochs(problem).takeError());
}

TEST(Epochs, RefusesWrongInput) {
  EpochProblem problem = chain();
  problem.units[1].crossbars = 3;
  EXPECT_EQ(
      errorOf(problem),
      "layer 'b' does not fit the machine alone, so no epochs help: it "
      "needs 3 crossbars, 1 LCU contexts and 0 bytes of SRAM, the machine "
      "has 2, 8 and unlimited");
  problem = chain();
  problem.values[2].consumers = {1};
  EXPECT_THAT(errorOf(problem), HasSubstr("value 'b' has the consumer 1, "
                                          "expected a unit behind its producer "
                                          "and below 3"));
  problem = chain();
  problem.images = 0;
  EXPECT_THAT(
      errorOf(problem),
      HasSubstr("epochs: expected a batch of 1 to 16777216 images, found 0"));
  problem = chain();
  problem.ports = 0;
  EXPECT_THAT(errorOf(problem),
              HasSubstr("epochs: expected a machine with cores, crossbars, "
                        "ports and global memory"));
  problem = chain();
  problem.units[0].slowest = uint64_t(1) << 37;
  EXPECT_THAT(errorOf(problem),
              HasSubstr("unit 'a' takes 137438953472 cycles"));
  EXPECT_THAT(errorOf(EpochProblem()),
              HasSubstr("epochs: expected at least one unit, found none"));
}

TEST(Epochs, RefusesWrongSolutions) {
  EpochProblem problem = chain();
  const EpochSolution right = solve(problem);
  auto errorOf = [&](auto change) {
    EpochSolution wrong = right;
    change(wrong);
    return llvm::toString(problem.verify(wrong));
  };
  EXPECT_THAT(errorOf([](EpochSolution &s) { s.costs.pop_back(); }),
              HasSubstr("1 costs for 2 epochs"));
  EXPECT_THAT(errorOf([](EpochSolution &s) { s.epochs[1].begin = 2; }),
              HasSubstr("epoch 1 holds units 2 to 3, expected a range from "
                        "unit 1 on"));
  EXPECT_THAT(errorOf([](EpochSolution &s) {
                s.epochs = {{0, 3}};
                s.costs.pop_back();
              }),
              HasSubstr("epoch 0 from 'a' to 'c' does not fit"));
  EXPECT_THAT(
      errorOf([](EpochSolution &s) { ++s.costs[1].ii; }),
      HasSubstr("epochs: the cost of epoch 1 is not that of its units"));
  EXPECT_THAT(errorOf([](EpochSolution &s) {
                s.epochs.pop_back();
                s.costs.pop_back();
              }),
              HasSubstr("epochs: the last epoch ends at unit 1, expected 3"));
  EXPECT_THAT(errorOf([](EpochSolution &s) { ++s.cycles; }),
              HasSubstr(" cycles, the epochs take 6196"));
}
