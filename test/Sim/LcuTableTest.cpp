//===- LcuTableTest.cpp - waits that are looked up ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Sim/LcuTable.h"
#include "../../lib/Sim/Divisor.h"
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>

using namespace cm;
using namespace cm::sim;

namespace {

LcuCode codeOf(const std::string &lcu) {
  program::Context context;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(lcu, &context));
  return compileLcu(context,
                    [](const program::Wait &wait) { return wait.received(); });
}

/// What each iteration needs of each counter before it fires.
using Needs = std::vector<std::map<uint32_t, int64_t>>;

void need(std::map<uint32_t, int64_t> &needs, uint32_t counter, int64_t count) {
  auto [highest, isFirst] = needs.try_emplace(counter, count);
  highest->second = std::max(highest->second, count);
}

Needs needsOfCode(const LcuCode &code, uint64_t image) {
  Needs needs;
  std::map<uint32_t, int64_t> sofar;
  LcuState state;
  state.image = image;
  for (;; ++state.pc) {
    state.run(code, 1'000'000);
    const LcuOp &op = code[state.pc];
    if (op.kind == LcuOp::End)
      return needs;
    if (op.kind == LcuOp::Fire)
      needs.push_back(sofar);
    else
      need(sofar, op.counter, op.threshold.evaluate(image, state.dims));
  }
}

Needs needsOfTable(const LcuTable &table, uint64_t image) {
  Needs needs;
  std::map<uint32_t, int64_t> sofar;
  for (const LcuTable::Step &step : table.steps) {
    const LcuTable::Op &op = table.ops[step.op];
    if (step.fires)
      needs.push_back(sofar);
    else
      need(sofar, op.counter, step.threshold + op.image * int64_t(image));
  }
  return needs;
}

/// An affine expression of the iteration, with a floor in every second.
std::string randomAffine(std::mt19937 &random, int64_t image) {
  auto upTo = [&](int most) { return std::to_string(int(random() % most)); };
  std::string text = "constant: " + std::to_string(int(random() % 20) - 10) +
                     " image: " + std::to_string(image) + " dims: [" + upTo(6) +
                     ", " + upTo(3) + "]";
  if (random() % 2)
    text += " divs { coefficient: " + upTo(4) +
            " divisor: " + std::to_string(random() % 3 + 2) +
            " numerator { constant: " + upTo(5) + " dims: [" + upTo(3) +
            ", 1] } }";
  return text;
}

std::string randomCode(std::mt19937 &random, int height, int width) {
  std::string body;
  for (unsigned i = 0, e = random() % 6; i != e; ++i) {
    std::string wait = "wait { received: " + std::to_string(random() % 3) +
                       " threshold { " +
                       randomAffine(random, random() % 4 ? 50 : 7) + " } }";
    if (random() % 3 == 0)
      wait = "guard { nonnegative { " + randomAffine(random, 0) + " } body { " +
             wait + " } }";
    body += " body { " + wait + " }";
  }
  auto loop = [](int dim, int count, const std::string &body) {
    return "loop { dim: " + std::to_string(dim) +
           " lower { } upper { constant: " + std::to_string(count - 1) +
           " } step: 1 " + body + " }";
  };
  std::string inner = loop(1, width, body + " body { fire { } }");
  return "lcu { " + loop(0, height, "body { " + inner + " }") + " }";
}

/// Whether the table's steps are instructions of image 0 in order, with all
/// fires among them.
bool isInOrder(const LcuTable &table, const LcuCode &code) {
  LcuState state;
  auto step = table.steps.begin();
  for (;; ++state.pc) {
    state.run(code, 1'000'000);
    const LcuOp &op = code[state.pc];
    if (op.kind == LcuOp::End)
      return step == table.steps.end();
    bool isHere = step != table.steps.end() &&
                  table.ops[step->op].pc == state.pc &&
                  step->threshold == op.threshold.evaluate(0, state.dims);
    if (!isHere && op.kind == LcuOp::Fire)
      return false;
    step += isHere;
  }
}

TEST(LcuTable, NeedsOfEachIterationAreThoseOfTheCode) {
  std::mt19937 random(3);
  size_t left = 0, all = 0;
  for (int round = 0; round != 300; ++round) {
    int height = random() % 5 + 1, width = random() % 7 + 1;
    std::string text = randomCode(random, height, width);
    LcuCode code = codeOf(text);
    std::optional<LcuTable> table =
        tabulateLcu(code, height, width, 1000, 1000);
    ASSERT_TRUE(table) << text;
    ASSERT_TRUE(isInOrder(*table, code)) << text;
    for (uint64_t image : {0, 1, 5})
      ASSERT_EQ(needsOfCode(code, image), needsOfTable(*table, image)) << text;
    left += table->steps.size();
    all += height * width * 4;
  }
  EXPECT_LT(left, all); // implied waits are left out
}

/// One row of `width` iterations with `before` in front of each fire.
std::optional<LcuTable> tableOf(const std::string &before,
                                const std::string &first = "",
                                uint64_t maxInstructions = 100,
                                uint64_t maxSteps = 100) {
  return tabulateLcu(
      codeOf("lcu { loop { dim: 0 lower { } upper { } step: 1 " + first +
             " body { loop { dim: 1 lower { } upper { constant: 3 } step: 1 " +
             before + " body { fire { } } } } } }"),
      1, 4, maxInstructions, maxSteps);
}

TEST(LcuTable, CodeThatDependsOnTheImageIsNotLookedUp) {
  EXPECT_TRUE(tableOf(""));
  EXPECT_TRUE(tableOf("body { wait { threshold { image: 4 } } }"));
  EXPECT_FALSE(tableOf("body { guard { nonnegative { image: 1 } body { wait { "
                       "threshold { } } } } }"));
  EXPECT_FALSE(tableOf("body { wait { threshold { divs { coefficient: 1 "
                       "divisor: 2 numerator { image: 1 } } } } }"));
  EXPECT_FALSE(tableOf("body { guard { nonnegative { divs { coefficient: 1 "
                       "divisor: 2 numerator { image: 1 } } } body { wait { "
                       "threshold { } } } } }"));
}

TEST(LcuTable, OtherIterationsThanDueAreNotLookedUp) {
  EXPECT_FALSE(tableOf("body { fire { } }")); // each twice
  EXPECT_FALSE(tableOf("", "body { fire { } }"));
  EXPECT_FALSE(
      tabulateLcu(codeOf("lcu { fire { } }"), 1, 2, 100, 9)); // too few
}

TEST(LcuTable, LongOrLargeCodeIsNotLookedUp) {
  std::string guard = "body { guard { nonnegative { } } }";
  EXPECT_TRUE(tableOf(guard + guard));
  EXPECT_FALSE(tableOf(guard + guard, "", 4));
  EXPECT_FALSE(tableOf("body { wait { threshold { constant: 3000000000 } } }"));
  EXPECT_FALSE(tableOf("body { wait { threshold { image: 3000000000 } } }"));
  std::string wait = "body { wait { threshold { dims: [0, 1] } } }";
  EXPECT_TRUE(tableOf(wait, "", 100, 8));
  EXPECT_FALSE(tableOf(wait, "", 100, 7));
  EXPECT_FALSE(tableOf("", "", 100, 3));
}

TEST(Divisor, QuotientsAndRemaindersAreThoseOfTheProcessor) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> numbers{0, 1,          2,           3,
                                7, 0xffffffff, 0x100000000, UINT64_MAX};
  for (int i = 0; i != 2000; ++i)
    numbers.push_back(random() >> random() % 64);
  for (size_t i = 0; i != numbers.size(); ++i)
    for (uint64_t value :
         {uint64_t(1), uint64_t(2), uint64_t(0xffffffff), uint64_t(0x100000001),
          std::max<uint64_t>(numbers[i], 1)}) {
      Divisor by(value);
      for (uint64_t number : {numbers[i], numbers[numbers.size() - 1 - i]}) {
        ASSERT_EQ(by.quotient(number), number / value)
            << number << " " << value;
        ASSERT_EQ(by.remainder(number), number % value)
            << number << " " << value;
      }
    }
}

} // namespace
