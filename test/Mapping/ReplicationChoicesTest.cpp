//===- ReplicationChoicesTest.cpp - against all choices of copies ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random problems, each choice of copies costed by loops that share nothing
// with the solver but the problem.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Replication.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

//===----------------------------------------------------------------------===//
// Random problems
//===----------------------------------------------------------------------===//

namespace {
/// Draws problems of up to `maxLayers` layers.
struct RandomProblem {
  RandomProblem(std::mt19937 &random, int maxLayers);

  uint64_t pick(uint64_t low, uint64_t high) {
    return low + random() % (high - low + 1);
  }
  void addCores();
  ReplicationStage stage(const std::string &name);
  void addLayer(uint64_t number);

  std::mt19937 &random;
  ReplicationProblem problem;
};
} // namespace

/// Of one type or of two, one of which may have no crossbars.
void RandomProblem::addCores() {
  ReplicationCore types[2];
  for (ReplicationCore &core : types) {
    core.crossbars = pick(0, 4);
    core.contexts = pick(1, 6);
    core.ports = pick(1, 2);
    core.links = pick(1, 4);
    core.bytes = pick(0, 2) ? pick(20, 60) : 0;
  }
  types[0].crossbars = std::max<uint64_t>(1, types[0].crossbars);
  for (uint64_t core = pick(1, 16); core > 0; --core)
    problem.cores.push_back(types[pick(0, 3) == 0]);
}

ReplicationStage RandomProblem::stage(const std::string &name) {
  ReplicationStage stage;
  stage.name = name;
  stage.crossbars = pick(0, 2);
  stage.mvm = stage.crossbars ? pick(0, 20) : 0;
  stage.dpu = pick(0, 8);
  stage.service = std::max({stage.mvm, stage.dpu, pick(1, 5)});
  stage.send = pick(0, 12);
  stage.gather = pick(0, 30);
  stage.port = stage.gather + pick(0, 40);
  stage.bytes = pick(0, 4);
  stage.leaves = pick(0, 5) == 0;
  for (uint32_t input = 0; input < problem.inputs.size(); ++input)
    if (pick(0, problem.inputs.size()) < 2)
      stage.inputs.push_back(input);
  return stage;
}

void RandomProblem::addLayer(uint64_t number) {
  ReplicationLayer layer;
  layer.name = "l" + std::to_string(number);
  layer.domain = {int64_t(pick(1, 4)), int64_t(pick(1, 4))};
  layer.maxCopies = pick(1, problem.axis == SplitAxis::Rows ? layer.domain.h
                                                            : layer.domain.w);
  std::vector<ReplicationInput> outputs;
  for (uint64_t s = pick(1, 3); s > 0; --s) {
    layer.stages.push_back(stage(layer.name + "." + std::to_string(s)));
    if (pick(0, 2)) {
      layer.stages.back().output = problem.inputs.size() + outputs.size();
      outputs.push_back({pick(0, 10), pick(0, 20), pick(0, 6), false});
    }
  }
  problem.inputs.insert(problem.inputs.end(), outputs.begin(), outputs.end());
  problem.layers.push_back(layer);
}

RandomProblem::RandomProblem(std::mt19937 &random, int maxLayers)
    : random(random) {
  problem.axis = pick(0, 1) ? SplitAxis::Rows : SplitAxis::Pixels;
  problem.floorII = pick(1, 60);
  problem.inputs.push_back({pick(0, 10), pick(0, 20), pick(0, 6), true});
  addCores();
  for (uint64_t layer = pick(1, maxLayers); layer > 0; --layer)
    addLayer(layer);
}

//===----------------------------------------------------------------------===//
// One choice
//===----------------------------------------------------------------------===//

namespace {
/// docs/Mapping.md, "Replication", once more: a choice of copies at an II, by
/// nothing but loops.
struct Choice {
  const ReplicationProblem &problem;
  const std::vector<uint64_t> &copies;
  uint64_t ii;

  uint64_t iterations(uint32_t layer) const;
  uint64_t largest(uint32_t layer) const;
  uint64_t spread(uint32_t layer, const ReplicationStage &stage,
                  uint64_t count) const;
  uint64_t readers(uint32_t input, bool single) const;
  bool stageKeeps(uint32_t layer, const ReplicationStage &stage) const;
  bool coresSuffice(uint64_t cores) const;
  /// On the first so many cores.
  bool isPossible(uint64_t cores) const;
  /// 0: on none.
  uint64_t fewestCores() const;
};
} // namespace

uint64_t Choice::iterations(uint32_t layer) const {
  const Domain &domain = problem.layers[layer].domain;
  return domain.h * domain.w;
}

uint64_t Choice::largest(uint32_t layer) const {
  const Domain &domain = problem.layers[layer].domain;
  std::vector<uint64_t> shares(copies[layer], 0);
  for (int64_t y = 0; y < domain.h; ++y)
    for (int64_t x = 0; x < domain.w; ++x)
      ++shares[(problem.axis == SplitAxis::Rows ? y : x) % copies[layer]];
  return *std::max_element(shares.begin(), shares.end());
}

uint64_t Choice::spread(uint32_t layer, const ReplicationStage &stage,
                        uint64_t count) const {
  uint64_t crossbars = 0, contexts = 0, ports = 0, cores = 1;
  for (const ReplicationCore &core : problem.cores) {
    crossbars = std::max(crossbars, core.crossbars);
    contexts = std::max(contexts, core.contexts);
    ports = std::max(ports, core.ports);
  }
  while (cores * crossbars < count * stage.crossbars ||
         cores * contexts < count ||
         cores * ii < iterations(layer) * stage.mvm ||
         cores * ii < iterations(layer) * stage.dpu ||
         cores * ii * ports < stage.port)
    ++cores;
  return cores;
}

uint64_t Choice::readers(uint32_t input, bool single) const {
  uint64_t cores = 0;
  for (uint32_t layer = 0; layer < copies.size(); ++layer)
    for (const ReplicationStage &stage : problem.layers[layer].stages)
      for (uint32_t read : stage.inputs)
        if (read == input)
          cores =
              std::max(cores, spread(layer, stage, single ? 1 : copies[layer]));
  return cores;
}

bool Choice::stageKeeps(uint32_t layer, const ReplicationStage &stage) const {
  uint64_t ports = 0, links = 0, n = largest(layer), r = copies[layer];
  for (const ReplicationCore &core : problem.cores) {
    ports = std::max(ports, core.ports);
    links = std::max(links, core.links);
  }
  uint64_t port = (stage.port + r - 1) / r, link = 0;
  for (uint32_t input : stage.inputs) {
    port += problem.inputs[input].arrivals;
    if (problem.inputs[input].external)
      link += problem.inputs[input].link;
  }
  bool sends =
      stage.leaves || (stage.output && readers(*stage.output, true) > 1);
  return n * stage.service <= ii && stage.gather <= ii * r &&
         port <= ii * ports && link <= ii * links &&
         (!sends || n * stage.send <= ii);
}

bool Choice::coresSuffice(uint64_t cores) const {
  int64_t crossbars = 0, contexts = 0, mvm = 0, dpu = 0, port = 0, links = 0;
  int64_t bytes = 0;
  bool unlimited = false;
  for (uint64_t i = 0; i < cores; ++i) {
    const ReplicationCore &core = problem.cores[i];
    crossbars += core.crossbars, contexts += core.contexts;
    mvm += core.crossbars ? ii : 0, dpu += ii;
    port += ii * core.ports, links += ii * core.links;
    bytes += core.bytes;
    unlimited |= core.bytes == 0;
  }
  for (uint32_t layer = 0; layer < copies.size(); ++layer)
    for (const ReplicationStage &stage : problem.layers[layer].stages) {
      crossbars -= copies[layer] * stage.crossbars, contexts -= copies[layer];
      mvm -= iterations(layer) * stage.mvm,
          dpu -= iterations(layer) * stage.dpu;
      port -= stage.port, bytes -= copies[layer] * stage.bytes;
    }
  for (uint32_t i = 0; i < problem.inputs.size(); ++i) {
    const ReplicationInput &input = problem.inputs[i];
    int64_t cores = readers(i, false);
    port -= cores * input.arrivals, bytes -= cores * input.bytes;
    links -= (input.external || cores == 0 ? cores : cores - 1) * input.link;
  }
  return crossbars >= 0 && contexts >= 0 && mvm >= 0 && dpu >= 0 && port >= 0 &&
         links >= 0 && (unlimited || bytes >= 0);
}

bool Choice::isPossible(uint64_t cores) const {
  if (ii < problem.floorII)
    return false;
  for (uint32_t layer = 0; layer < copies.size(); ++layer)
    for (const ReplicationStage &stage : problem.layers[layer].stages)
      if (!stageKeeps(layer, stage))
        return false;
  return coresSuffice(cores);
}

uint64_t Choice::fewestCores() const {
  for (uint64_t cores = 1; cores <= problem.cores.size(); ++cores)
    if (isPossible(cores))
      return cores;
  return 0;
}

//===----------------------------------------------------------------------===//
// All choices
//===----------------------------------------------------------------------===//

/// A problem that is sane: most are.
static ReplicationProblem saneProblem(std::mt19937 &random, int maxLayers) {
  while (true) {
    RandomProblem draw(random, maxLayers);
    llvm::Error error = draw.problem.check();
    if (!error)
      return draw.problem;
    llvm::consumeError(std::move(error));
  }
}

/// The least II of given copies if it is below `below`, by trying one after the
/// other.
static uint64_t leastII(const ReplicationProblem &problem,
                        const std::vector<uint64_t> &copies, uint64_t below) {
  uint64_t all = problem.cores.size();
  if (!Choice{problem, copies, below - 1}.isPossible(all))
    return below; // more time never needs more cores
  uint64_t ii = 1;
  while (!Choice{problem, copies, ii}.isPossible(all))
    ++ii;
  return ii;
}

/// Calls `visit` for all numbers of copies.
static void forAllCopies(const ReplicationProblem &problem,
                         std::vector<uint64_t> &copies,
                         llvm::function_ref<void()> visit) {
  if (copies.size() == problem.layers.size())
    return visit();
  uint64_t most = problem.layers[copies.size()].maxCopies;
  for (uint64_t c = 1; c <= most; ++c) {
    copies.push_back(c);
    forAllCopies(problem, copies, visit);
    copies.pop_back();
  }
}

TEST(Replication, EqualsAllCopiesOfRandomProblems) {
  std::mt19937 random(5);
  int solved = 0, several = 0;
  for (int trial = 0; solved < 500; ++trial) {
    ReplicationProblem problem = saneProblem(random, 8);
    uint64_t none = 20000, best = none;
    std::vector<uint64_t> copies;
    forAllCopies(problem, copies,
                 [&] { best = leastII(problem, copies, best); });
    llvm::Expected<ReplicationSolution> solution = solveReplication(problem);
    if (best == none) {
      EXPECT_FALSE(bool(solution)) << "trial " << trial;
      llvm::consumeError(solution.takeError());
      continue;
    }
    ASSERT_TRUE(bool(solution)) << "trial " << trial;
    EXPECT_EQ(llvm::toString(problem.verify(*solution)), "");
    EXPECT_EQ(solution->ii, best) << "trial " << trial;
    ++solved;
    several += llvm::any_of(solution->copies, [](uint64_t c) { return c > 1; });
  }
  EXPECT_GT(several, 100);
}

TEST(Replication, FewestCoresEqualAllCopiesOfRandomProblems) {
  std::mt19937 random(6);
  int solved = 0;
  for (int trial = 0; solved < 200; ++trial) {
    ReplicationProblem problem = saneProblem(random, 5);
    uint64_t ii = problem.floorII + random() % 100;
    uint64_t best = ~uint64_t(0);
    std::vector<uint64_t> copies;
    forAllCopies(problem, copies, [&] {
      if (uint64_t cores = Choice{problem, copies, ii}.fewestCores())
        best = std::min(best, cores);
    });
    llvm::Expected<ReplicationSolution> solution =
        solveReplicationFor(problem, ii);
    if (best == ~uint64_t(0)) {
      EXPECT_FALSE(bool(solution)) << "trial " << trial;
      llvm::consumeError(solution.takeError());
      continue;
    }
    ASSERT_TRUE(bool(solution)) << "trial " << trial;
    EXPECT_EQ(solution->cores, best) << "trial " << trial;
    ++solved;
  }
}
