//===- EmbeddingTest.cpp - which network fits on which topology -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingNetworks.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using namespace cm::test;

namespace {

EmbeddingSolution solve(const EmbeddingProblem &problem,
                        uint64_t maxSteps = 10'000'000) {
  EmbeddingSolution solution =
      llvm::cantFail(solveEmbedding(problem, maxSteps));
  EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  return solution;
}

/// 'y' or 'n'; '?' where the budget did not suffice. A "no" is derived again.
char answer(const Graph &network, const Graph &topology) {
  EmbeddingProblem problem = problemOf(network, topology);
  EmbeddingSolution solution = solve(problem);
  if (solution.answer == EmbeddingSolution::None && topology.nodes <= 36) {
    EXPECT_FALSE(embedsNaively(problem));
  }
  return "yn?"[solution.answer];
}

/// Three basic blocks, a bottleneck, two Inception modules with and without a
/// merging core, dense blocks of 3, 5 and 7 layers that all read each other.
std::string row(const Graph &topology) {
  std::string text;
  for (const Graph &network :
       {basicBlocks(3), bottleneck(), inception(2, true), inception(2, false),
        clique(3), clique(5), clique(7)})
    text += answer(network, topology);
  return text;
}

TEST(Embedding, TheTableOfTopologies) {
  EXPECT_EQ(row(mesh(6, 6)), "nynnnnn");
  EXPECT_EQ(row(mesh(6, 6, /*torus=*/true)), "nynnnnn");
  EXPECT_EQ(row(hypercube(5)), "nynnnnn");
  EXPECT_EQ(row(prism(9, 4, /*overlapping=*/false)), "nynnynn");
  EXPECT_EQ(row(prism(7, 5, false, /*isCycle=*/true)), "nynnnnn");
  EXPECT_EQ(row(prism(7, 5, false)), "nynnyyn");
  EXPECT_EQ(row(prism(6, 6, false)), "nynnyyn");
  EXPECT_EQ(row(prism(12, 3, /*overlapping=*/true)), "yynnyyn");
  EXPECT_EQ(row(pathPower(36, 5)), "yyynyyn");
  EXPECT_EQ(row(king(6, 6)), "yyynynn");
  EXPECT_EQ(row(prism(9, 4, true)), "yyyyyyy");
}

/// ResNet-20 and ResNet-32 are decided on thirteen topologies of up to 96
/// cores.
TEST(Embedding, ResNetsAreDecided) {
  const std::pair<Graph, char> topologies[] = {
      {mesh(8, 12), 'n'},         {mesh(8, 12, true), 'n'},
      {hypercube(6), 'n'},        {prism(24, 4, false), 'n'},
      {prism(19, 5, false), 'n'}, {prism(16, 6, false), 'n'},
      {king(8, 12), 'y'},         {king(7, 6), 'y'},
      {prism(32, 3, true), 'y'},  {prism(24, 4, true), 'y'},
      {pathPower(64, 5), 'y'},    {pathPower(96, 5), 'y'},
      {pathPower(40, 2), 'y'}};
  for (auto [index, topology] : llvm::enumerate(topologies))
    for (uint32_t n : {3, 5}) {
      EmbeddingSolution solution = solve(problemOf(resnet(n), topology.first));
      EXPECT_EQ("yn?"[solution.answer], topology.second)
          << index << ", n = " << n;
    }
}

/// Small graphs at random, with links of one direction and stages that may not
/// be everywhere, against a search by nothing but links.
TEST(Embedding, RandomProblemsAgreeWithASecondSearch) {
  std::mt19937 random(1);
  unsigned found = 0;
  for (int round = 0; round < 400; ++round) {
    EmbeddingProblem problem;
    problem.stages = 2 + random() % 6;
    problem.cores = 2 + random() % 8;
    auto addArcs = [&](uint32_t nodes, uint32_t percent,
                       std::vector<Arc> &arcs) {
      for (uint32_t a = 0; a < nodes; ++a)
        for (uint32_t b = 0; b < nodes; ++b)
          if (a != b && random() % 100 < percent)
            arcs.push_back({a, b});
    };
    addArcs(problem.stages, 15 + random() % 25, problem.streams);
    addArcs(problem.cores, 30 + random() % 60, problem.links);
    if (random() % 2) {
      problem.allowed.resize(problem.stages);
      for (std::vector<uint32_t> &some : problem.allowed)
        for (uint32_t core = 0; core < problem.cores; ++core)
          if (random() % 3)
            some.push_back(core);
    }
    EmbeddingSolution solution = solve(problem);
    ASSERT_NE(solution.answer, EmbeddingSolution::Unknown);
    ASSERT_EQ(solution.answer == EmbeddingSolution::Found,
              embedsNaively(problem))
        << "round " << round;
    found += solution.answer == EmbeddingSolution::Found;
  }
  EXPECT_GT(found, 100u);
  EXPECT_LT(found, 300u);
}

TEST(Embedding, TheBudgetEndsTheSearch) {
  EmbeddingProblem problem = problemOf(resnet(5), prism(32, 3, true));
  EmbeddingSolution solution = solve(problem, 5);
  EXPECT_EQ(solution.answer, EmbeddingSolution::Unknown);
  EXPECT_EQ(solution.steps, 5u);
}

/// No core that a stage may be on is not the same as no word on it.
TEST(Embedding, AStageWithoutACore) {
  EmbeddingProblem problem = problemOf(bottleneck(), mesh(2, 3));
  std::vector<uint32_t> all = {0, 1, 2, 3, 4, 5};
  problem.allowed = {all, {}, all, all};
  EmbeddingSolution solution = solve(problem);
  EXPECT_EQ(solution.answer, EmbeddingSolution::None);
  solution.answer = EmbeddingSolution::Found;
  solution.host = {0, 1, 4, 3};
  EXPECT_EQ(llvm::toString(problem.verify(solution)),
            "embedding: stage 1 may not be on core 1");
}

//===----------------------------------------------------------------------===//
// Wrong input and wrong solutions
//===----------------------------------------------------------------------===//

TEST(Embedding, WrongProblemsAreRefused) {
  auto error = [](const EmbeddingProblem &problem) {
    return llvm::toString(solveEmbedding(problem).takeError());
  };
  EmbeddingProblem problem = problemOf(basicBlocks(1), mesh(2, 2));
  problem.streams.push_back({1, 3});
  EXPECT_EQ(error(problem),
            "embedding: a stream from stage 1 to 3, expected two "
            "different ones of 3");
  problem = problemOf(basicBlocks(1), mesh(2, 2));
  problem.links.push_back({2, 2});
  EXPECT_EQ(error(problem), "embedding: a link from core 2 to 2, expected two "
                            "different ones of 4");
  problem = problemOf(basicBlocks(1), mesh(2, 2));
  problem.allowed.resize(2);
  EXPECT_EQ(error(problem), "embedding: cores for 2 stages, there are 3");
  problem.allowed = {{}, {4}, {}};
  EXPECT_EQ(error(problem), "embedding: a stage may be on core 4 of 4");
}

TEST(Embedding, WrongSolutionsAreFound) {
  EmbeddingProblem problem = problemOf(bottleneck(), mesh(2, 3));
  std::vector<uint32_t> all = {0, 1, 2, 3, 4, 5};
  problem.allowed = {{0}, all, all, all};
  EmbeddingSolution right = solve(problem);
  ASSERT_EQ(right.answer, EmbeddingSolution::Found);
  auto error = [&](auto change) {
    EmbeddingSolution wrong = right;
    change(wrong);
    return llvm::toString(problem.verify(wrong));
  };
  EXPECT_EQ(error([](EmbeddingSolution &s) { s.host.pop_back(); }),
            "embedding: cores for 3 of 4 stages");
  EXPECT_EQ(error([](EmbeddingSolution &s) { s.host[1] = s.host[0]; }),
            "embedding: stage 1 is on core 0, which is another's or not there");
  EXPECT_EQ(error([](EmbeddingSolution &s) { s.host[1] = 6; }),
            "embedding: stage 1 is on core 6, which is another's or not there");
  EXPECT_EQ(error([](EmbeddingSolution &s) {
              s.host = {1, 0, 3, 4};
            }),
            "embedding: stage 0 may not be on core 1");
  EXPECT_EQ(
      error([](EmbeddingSolution &s) {
        s.host = {0, 1, 2, 3};
      }),
      "embedding: no link for the stream from stage 2 to 3, from core 2 to "
      "3");
  EXPECT_EQ(
      error([](EmbeddingSolution &s) { s.answer = EmbeddingSolution::None; }),
      "embedding: cores for 4 stages, though none was found");
}

} // namespace
