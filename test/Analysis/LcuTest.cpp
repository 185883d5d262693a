//===- LcuTest.cpp - LCU programs and what they do ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Lcu.h"
#include "Cases.h"
#include "cm/Poly/Context.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace cm::test;

namespace {

/// An iteration that fired and the waits that it ran: counter and threshold.
struct Fired {
  std::vector<int64_t> dims;
  std::map<unsigned, int64_t> waits;
};

/// Runs the program of one image as an LCU does.
class Runner {
public:
  explicit Runner(int64_t image) : image(image) {}

  void run(const LcuProgram &program) {
    for (const LcuNode &node : program)
      run(node);
  }

  std::vector<Fired> fired;

private:
  int64_t value(const QuasiAffine &expression) {
    return expression.eval(image, dims);
  }

  void run(const LcuNode &node) {
    switch (node.kind) {
    case LcuNode::Kind::Loop: {
      int64_t lower = value(node.lower[0]), upper = value(node.upper[0]);
      for (const QuasiAffine &bound : node.lower)
        lower = std::max(lower, value(bound));
      for (const QuasiAffine &bound : node.upper)
        upper = std::min(upper, value(bound));
      for (int64_t at = lower; at <= upper; at += node.step) {
        dims[node.dim] = at;
        run(node.body);
      }
      break;
    }
    case LcuNode::Kind::Guard:
      for (const QuasiAffine &condition : node.conditions)
        if (value(condition) < 0)
          return;
      run(node.body);
      break;
    case LcuNode::Kind::Wait:
      EXPECT_EQ(waits.count(node.counter), 0u);
      waits[node.counter] = value(node.threshold);
      break;
    case LcuNode::Kind::Fire:
      fired.push_back({dims, waits});
      waits.clear();
      break;
    }
  }

  int64_t image;
  std::vector<int64_t> dims = {-1, -1};
  std::map<unsigned, int64_t> waits;
};

} // namespace

static void checkProgram(const LcuProgram &program, const Domain &domain,
                         llvm::ArrayRef<CounterRule> rules) {
  for (int64_t image : {0, 2}) {
    Runner runner(image);
    runner.run(program);
    ASSERT_EQ(int64_t(runner.fired.size()), domain.size());
    for (int64_t rank = 0; rank < domain.size(); ++rank) {
      std::vector<int64_t> dims = {rank / domain.w, rank % domain.w};
      ASSERT_EQ(runner.fired[rank].dims, dims);
      std::map<unsigned, int64_t> expected;
      for (const CounterRule &rule : rules)
        if (auto threshold = rule.threshold.eval(image, dims))
          expected[rule.counter] = *threshold;
      ASSERT_EQ(runner.fired[rank].waits, expected) << "rank " << rank;
    }
  }
}

static StreamAccess convolution(int64_t size, int64_t kernel) {
  StreamAccess stream;
  stream.writer = stream.reader = {size, size};
  stream.write = PixelWrite::whole(8);
  stream.object = {size, size, 8};
  Window window = Window::whole(kernel, kernel, 8);
  window.offsetY = window.offsetX = -(kernel / 2);
  stream.reads = {window};
  return stream;
}

class Lcu : public ::testing::Test {
protected:
  PolyContext context;
  ControlRules rules{context};
};

TEST_F(Lcu, Convolution3x3AsText) {
  Piecewise fire = llvm::cantFail(rules.fire(convolution(32, 3)));
  LcuSynthesiser synthesiser(context);
  EXPECT_EQ(
      formatLcu(llvm::cantFail(synthesiser.synthesise({32, 32}, {{5, fire}}))),
      "loop d0 = 0 .. 29\n"
      "  loop d1 = 0 .. 29\n"
      "    wait #5 >= 1024*n + 32*d0 + d1 + 34\n"
      "    fire\n"
      "  loop d1 = 30 .. 31\n"
      "    wait #5 >= 1024*n + 32*d0 + 64\n"
      "    fire\n"
      "loop d0 = 30 .. 31\n"
      "  loop d1 = 0 .. 29\n"
      "    wait #5 >= 1024*n + d1 + 994\n"
      "    fire\n"
      "  loop d1 = 30 .. 31\n"
      "    wait #5 >= 1024*n + 1024\n"
      "    fire\n");
}

TEST_F(Lcu, NoRulesIsTwoLoops) {
  LcuSynthesiser synthesiser(context);
  EXPECT_EQ(formatLcu(llvm::cantFail(synthesiser.synthesise({1, 7}, {}))),
            "loop d0 = 0 .. 0\n"
            "  loop d1 = 0 .. 6\n"
            "    fire\n");
}

TEST_F(Lcu, SizeDoesNotDependOnTheImage) {
  LcuSynthesiser synthesiser(context);
  std::set<unsigned> sizes;
  for (int64_t size : {16, 56, 224, 1000}) {
    StreamAccess stream = convolution(size, 3);
    Piecewise fire = llvm::cantFail(rules.fire(stream));
    Piecewise credit = llvm::cantFail(rules.credit(stream, Fold::Row, 5));
    sizes.insert(countNodes(llvm::cantFail(
        synthesiser.synthesise(stream.reader, {{0, fire}, {1, credit}}))));
  }
  EXPECT_EQ(sizes.size(), 1u);
  EXPECT_LE(*sizes.begin(), 60u);
}

TEST_F(Lcu, CountersAreTheCallers) {
  Piecewise fire = llvm::cantFail(rules.fire(convolution(8, 3)));
  LcuSynthesiser synthesiser(context);
  for (unsigned counter : {3u, 9u}) {
    LcuProgram program =
        llvm::cantFail(synthesiser.synthesise({8, 8}, {{counter, fire}}));
    checkProgram(program, {8, 8}, {{counter, fire}});
  }
}

/// A threshold that differs between even and odd rows makes isl's loops step by
/// two, which is not what an LCU does.
TEST_F(Lcu, ResidueClassesAreGuarded) {
  QuasiAffine parity =
      QuasiAffine::dim(0) - QuasiAffine::floorDiv(QuasiAffine::dim(0), 2) * 2;
  Piecewise rule;
  rule.pieces.push_back({{{parity * -1}}, QuasiAffine(1)});
  rule.pieces.push_back({{{parity - 1}}, QuasiAffine(2)});
  LcuSynthesiser synthesiser(context);
  LcuProgram program =
      llvm::cantFail(synthesiser.synthesise({7, 3}, {{0, rule}}));
  checkProgram(program, {7, 3}, {{0, rule}});
}

static bool isGuarded(const LcuProgram &program) {
  return formatLcu(program).find("guard") != std::string::npos;
}

/// Loops of 14 nodes for four pieces give way to guards of 11, and loops of 4
/// for one piece do not, though both have more than what is wanted.
TEST_F(Lcu, LoopsAreKeptWhereGuardsHaveNoFewerNodes) {
  LcuSynthesiser one(context, /*maxNodes=*/1), enough(context, 14);
  std::vector<CounterRule> four = {
      {0, llvm::cantFail(rules.fire(convolution(8, 3)))}};
  std::vector<CounterRule> single = {
      {0, llvm::cantFail(rules.fire(convolution(8, 1)))}};
  LcuProgram guarded = llvm::cantFail(one.synthesise({8, 8}, four));
  EXPECT_TRUE(isGuarded(guarded));
  EXPECT_EQ(countNodes(guarded), 11u);
  checkProgram(guarded, {8, 8}, four);
  EXPECT_FALSE(isGuarded(llvm::cantFail(enough.synthesise({8, 8}, four))));
  EXPECT_FALSE(isGuarded(llvm::cantFail(one.synthesise({8, 8}, single))));
}

/// isl is asked for loops over as many cells as there may be nodes in fours.
TEST_F(Lcu, ManyCellsAreGuarded) {
  QuasiAffine below = QuasiAffine::dim(0) - QuasiAffine::dim(1);
  Piecewise halves;
  halves.pieces = {{{{below}}, QuasiAffine(1)},
                   {{{below * -1 - 1}}, QuasiAffine(2)}};
  LcuSynthesiser few(context, /*maxNodes=*/7), enough(context, 8);
  LcuProgram guarded = llvm::cantFail(few.synthesise({3, 8}, {{0, halves}}));
  LcuProgram loops = llvm::cantFail(enough.synthesise({3, 8}, {{0, halves}}));
  EXPECT_TRUE(isGuarded(guarded));
  EXPECT_FALSE(isGuarded(loops));
  EXPECT_EQ(countNodes(loops), countNodes(guarded));
  checkProgram(guarded, {3, 8}, {{0, halves}});
  checkProgram(loops, {3, 8}, {{0, halves}});
}

TEST_F(Lcu, RandomRules) {
  LcuSynthesiser synthesiser(context), guarded(context, /*maxNodes=*/1),
      isl(context, LcuSynthesiser::kMaxNodes, /*useBoxes=*/false);
  unsigned nodes = 0, nodesOfIsl = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    // Streams that end in the stage and streams that begin there.
    Domain domain{pick(random, 1, 6), pick(random, 1, 6)};
    std::vector<CounterRule> all;
    for (unsigned counter = 0; counter < 3; ++counter) {
      StreamAccess stream = randomStream(random);
      if (pick(random, 0, 1)) {
        stream.reader = domain;
        all.push_back({counter, llvm::cantFail(rules.fire(stream))});
        continue;
      }
      stream.writer = domain;
      stream.object = {2 * domain.h, 2 * domain.w, stream.object.c};
      all.push_back({counter, llvm::cantFail(rules.credit(
                                  stream, Fold::Pixel,
                                  pick(random, 1, 4 * domain.size())))});
    }
    LcuProgram program = llvm::cantFail(synthesiser.synthesise(domain, all));
    checkProgram(program, domain, all);
    LcuProgram other = llvm::cantFail(guarded.synthesise(domain, all));
    checkProgram(other, domain, all);
    LcuProgram ofIsl = llvm::cantFail(isl.synthesise(domain, all));
    checkProgram(ofIsl, domain, all);
    nodes += countNodes(program);
    nodesOfIsl += countNodes(ofIsl);
    ASSERT_LE(countNodes(program), 400u);
    if (HasFatalFailure())
      return;
  }
  EXPECT_LT(nodes, nodesOfIsl);
}

/// Where thresholds agree a loop goes on: rows 0 and 1 have one, and so do
/// columns 0 to 4.
TEST_F(Lcu, NeighboursThatAgreeAreOneLoop) {
  QuasiAffine d0 = QuasiAffine::dim(0), d1 = QuasiAffine::dim(1);
  auto box = [&](int64_t y0, int64_t y1, int64_t x0, int64_t x1) {
    return Conjunction{d0 - y0, d0 * -1 + y1, d1 - x0, d1 * -1 + x1};
  };
  Piecewise fire, credit;
  fire.pieces = {{{box(0, 3, 0, 4)}, d0 * 8 + d1},
                 {{box(0, 3, 5, 7)}, d0 * 8 + 4}};
  credit.pieces = {{{box(0, 0, 0, 7)}, d0},
                   {{box(1, 1, 0, 7)}, d0 * 2 - 1},
                   {{box(2, 3, 0, 3)}, d1},
                   {{box(2, 3, 4, 7)}, 4}};
  std::vector<CounterRule> all = {{0, fire}, {1, credit}};
  LcuSynthesiser synthesiser(context);
  LcuProgram program = llvm::cantFail(synthesiser.synthesise({4, 8}, all));
  checkProgram(program, {4, 8}, all);
  EXPECT_EQ(formatLcu(program), "loop d0 = 0 .. 1\n"
                                "  loop d1 = 0 .. 4\n"
                                "    wait #0 >= 8*d0 + d1\n"
                                "    wait #1 >= d0\n"
                                "    fire\n"
                                "  loop d1 = 5 .. 7\n"
                                "    wait #0 >= 8*d0 + 4\n"
                                "    wait #1 >= d0\n"
                                "    fire\n"
                                "loop d0 = 2 .. 3\n"
                                "  loop d1 = 0 .. 4\n"
                                "    wait #0 >= 8*d0 + d1\n"
                                "    wait #1 >= d1\n"
                                "    fire\n"
                                "  loop d1 = 5 .. 7\n"
                                "    wait #0 >= 8*d0 + 4\n"
                                "    wait #1 >= 4\n"
                                "    fire\n");
}
