//===- LcuCostTest.cpp - programs run by additions alone ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An LCU without a multiplier: it computes expressions when a loop begins and
// from then on adds. Its values must be those of the expressions, and its
// additions those that `lcuCost` says.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/LcuCost.h"
#include "Cases.h"
#include "cm/Analysis/Control.h"
#include "cm/Poly/Context.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace cm::test;

namespace {

/// The registers of one expression.
class Register {
public:
  Register(const QuasiAffine &expression, int64_t image,
           const std::vector<int64_t> &dims)
      : expression(expression), value(expression.eval(image, dims)) {
    for (const FloorDiv &div : expression.divs) {
      int64_t numerator = div.numerator.eval(image, dims);
      int64_t remainder = numerator % div.divisor;
      remainders.push_back(remainder < 0 ? remainder + div.divisor : remainder);
    }
  }

  int64_t get() const { return value; }

  /// `dim` is `step` higher; returns how many additions that took. Products
  /// with `step` are constants of the program.
  unsigned advance(unsigned dim, int64_t step) {
    unsigned additions = 0;
    if (int64_t factor = factorOf(expression, dim)) {
      value += factor * step;
      ++additions;
    }
    for (size_t i = 0; i < remainders.size(); ++i) {
      const FloorDiv &div = expression.divs[i];
      int64_t change = factorOf(div.numerator, dim) * step;
      if (change == 0)
        continue;
      int64_t whole = change / div.divisor - (change % div.divisor < 0);
      int64_t carry = 0;
      remainders[i] += change - whole * div.divisor;
      if (remainders[i] >= div.divisor) {
        remainders[i] -= div.divisor;
        carry = 1;
      }
      value += div.coefficient * (whole + carry); // one of two constants
      additions += 3;
    }
    return additions;
  }

private:
  static int64_t factorOf(const QuasiAffine &value, unsigned dim) {
    return dim < value.dims.size() ? value.dims[dim] : 0;
  }

  const QuasiAffine &expression;
  int64_t value;
  std::vector<int64_t> remainders;
};

class AddingLcu {
public:
  explicit AddingLcu(int64_t image) : image(image) {}

  void run(const LcuProgram &program) {
    for (const LcuNode &node : program)
      run(node);
  }

  unsigned mostAdditions = 0;
  int64_t fires = 0;

private:
  /// Computes the expressions of a level, loops inside left out.
  void prepare(const LcuProgram &body) {
    for (const LcuNode &node : body) {
      if (node.kind == LcuNode::Kind::Wait)
        set(node.threshold);
      if (node.kind != LcuNode::Kind::Guard)
        continue;
      for (const QuasiAffine &condition : node.conditions)
        set(condition);
      prepare(node.body);
    }
  }
  void set(const QuasiAffine &expression) {
    registers.erase(&expression);
    registers.emplace(&expression, Register(expression, image, dims));
  }
  unsigned advance(const LcuProgram &body, unsigned dim, int64_t step) {
    unsigned additions = 0;
    for (const LcuNode &node : body) {
      if (node.kind == LcuNode::Kind::Wait)
        additions += registers.at(&node.threshold).advance(dim, step);
      if (node.kind != LcuNode::Kind::Guard)
        continue;
      for (const QuasiAffine &condition : node.conditions)
        additions += registers.at(&condition).advance(dim, step);
      additions += advance(node.body, dim, step);
    }
    return additions;
  }
  int64_t check(const QuasiAffine &expression) {
    int64_t value = registers.at(&expression).get();
    EXPECT_EQ(value, expression.eval(image, dims)) << expression.str();
    return value;
  }
  int64_t bound(const std::vector<QuasiAffine> &bounds, bool isLower) {
    int64_t value = bounds[0].eval(image, dims);
    for (const QuasiAffine &bound : bounds)
      value = isLower ? std::max(value, bound.eval(image, dims))
                      : std::min(value, bound.eval(image, dims));
    return value;
  }

  void run(const LcuNode &node) {
    switch (node.kind) {
    case LcuNode::Kind::Loop: {
      int64_t last = bound(node.upper, false);
      dims[node.dim] = bound(node.lower, true);
      if (dims[node.dim] > last)
        break;
      prepare(node.body);
      for (;;) {
        run(node.body);
        if (dims[node.dim] + node.step > last)
          break;
        dims[node.dim] += node.step;
        unsigned additions = advance(node.body, node.dim, node.step);
        if (node.dim == 1)
          mostAdditions = std::max(mostAdditions, additions);
      }
      break;
    }
    case LcuNode::Kind::Guard:
      for (const QuasiAffine &condition : node.conditions)
        if (check(condition) < 0)
          return;
      run(node.body);
      break;
    case LcuNode::Kind::Wait:
      check(node.threshold);
      break;
    case LcuNode::Kind::Fire:
      ++fires;
      break;
    }
  }

  int64_t image;
  std::vector<int64_t> dims = {0, 0};
  std::map<const QuasiAffine *, Register> registers;
};

Piecewise everywhere(QuasiAffine value) { return {{{{Conjunction()}, value}}}; }

TEST(LcuCost, CountsAsWritten) {
  QuasiAffine d0 = QuasiAffine::dim(0), d1 = QuasiAffine::dim(1);
  QuasiAffine half = QuasiAffine::floorDiv(d1 + 1, 2);
  PolyContext context;
  LcuSynthesiser synthesiser(context);
  auto costOf = [&](QuasiAffine value) {
    LcuCost cost = lcuCost(llvm::cantFail(
        synthesiser.synthesise({4, 8}, {{0, everywhere(std::move(value))}})));
    EXPECT_EQ(cost.instructions, 4u); // two loops, wait, fire
    return std::make_pair(cost.registers, cost.additions);
  };
  EXPECT_EQ(costOf(d0 * 8 + d1 + 3), std::make_pair(1u, 1u));
  EXPECT_EQ(costOf(d0 * 8), std::make_pair(1u, 0u));
  EXPECT_EQ(costOf(d0 * 8 + half * 4), std::make_pair(2u, 3u));
  EXPECT_EQ(costOf(d0 + d1 + half), std::make_pair(2u, 4u));
}

TEST(LcuCost, RandomProgramsRunByAdditions) {
  PolyContext context;
  ControlRules rules(context);
  LcuSynthesiser loops(context), guarded(context, /*maxNodes=*/1);
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    StreamAccess stream = randomStream(random);
    std::vector<CounterRule> all = {{0, llvm::cantFail(rules.fire(stream))}};
    for (LcuSynthesiser *synthesiser : {&loops, &guarded}) {
      LcuProgram program =
          llvm::cantFail(synthesiser->synthesise(stream.reader, all));
      for (int64_t image : {0, 3}) {
        AddingLcu lcu(image);
        lcu.run(program);
        ASSERT_EQ(lcu.fires, stream.reader.size());
        ASSERT_LE(lcu.mostAdditions, lcuCost(program).additions);
      }
    }
    if (HasFailure())
      return;
  }
}

} // namespace
