//===- RelationTest.cpp - relations against enumeration -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Relation.h"
#include "cm/Poly/Access.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/LoopTree.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

class Relation : public ::testing::Test {
protected:
  Map map(const std::string &text) { return Map::parse(context, text); }
  Set set(const std::string &text) { return Set::parse(context, text); }

  PolyContext context;
};

TEST_F(Relation, NumbersBeyondAnInt) {
  int64_t large = int64_t(1) << 40;
  Map made = Map::make(context, 1, 1, 0,
                       {{{-large, 1}, -large - 1},
                        {{large, -1}, large + 1},
                        {{1, 0}, 0},
                        {{-1, 0}, 3}});
  EXPECT_TRUE(
      made.isEqual(map("{ [d] -> [y] : y = 1099511627776 d + 1099511627777 and "
                       "0 <= d <= 3 }")));
}

TEST_F(Relation, ReadOfAPaddedWindow) {
  Window window = Window::whole(3, 3, 4);
  window.offsetY = window.offsetX = -1;
  Map read =
      llvm::cantFail(readRelation(context, {8, 8}, window, {8, 8, 4}));
  EXPECT_TRUE(read.isEqual(
      map("{ [d0, d1] -> [y, x, c] : 0 <= d0 < 8 and 0 <= d1 < 8 and "
          "d0 - 1 <= y <= d0 + 1 and d1 - 1 <= x <= d1 + 1 and "
          "0 <= y < 8 and 0 <= x < 8 and 0 <= c < 4 }")));
}

TEST_F(Relation, ElementRangeIsAUnionOfBoxes) {
  // Of a 3x3 window of 4 channels: half a pixel, a pixel, a row, half a pixel.
  Window window = Window::whole(3, 3, 4);
  window.elementBegin = 6;
  window.elementEnd = 26;
  EXPECT_EQ(elementBoxes(window).size(), 4u);
  Map read =
      llvm::cantFail(readRelation(context, {1, 1}, window, {3, 3, 4}));
  EXPECT_TRUE(read.range().isEqual(
      set("{ [0, 1, c] : 2 <= c < 4; [0, 2, c] : 0 <= c < 4; "
          "[1, x, c] : 0 <= x < 3 and 0 <= c < 4; "
          "[2, 0, c] : 0 <= c < 2 }")));
}

TEST_F(Relation, WriteWithAStride) {
  PixelWrite write = PixelWrite::whole(4);
  write.strideY = 2;
  write.offsetY = 1;
  write.channelBegin = 2;
  Map relation =
      llvm::cantFail(writeRelation(context, {4, 8}, write, {8, 8, 4}));
  EXPECT_TRUE(relation.isEqual(
      map("{ [d0, d1] -> [2*d0 + 1, d1, c] : 0 <= d0 < 4 and 0 <= d1 < 8 and "
          "2 <= c < 4 }")));
}

TEST_F(Relation, ReadEqualsEnumeration) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    auto pick = [&](int64_t low, int64_t high) {
      return low + int64_t(random() % uint64_t(high - low + 1));
    };
    Window window = Window::whole(pick(1, 4), pick(1, 4), pick(1, 3));
    window.strideY = pick(0, 3);
    window.dilationX = pick(1, 3);
    window.offsetX = pick(-3, 3);
    window.elementBegin = pick(0, window.listed() - 1);
    window.elementEnd = pick(window.elementBegin + 1, window.listed());
    Extent object{pick(1, 5), pick(1, 5), window.channelEnd + 1};
    Domain domain{pick(1, 3), pick(1, 3)};
    std::string points = "{ [d0, d1] -> [y, x, c] : false";
    for (int64_t d0 = 0; d0 < domain.h; ++d0)
      for (int64_t d1 = 0; d1 < domain.w; ++d1)
        for (int64_t e = window.elementBegin; e < window.elementEnd; ++e) {
          int64_t c = e % window.channels(), k = e / window.channels();
          int64_t y = d0 * window.strideY + k / window.kernelX;
          int64_t x = d1 + window.offsetX +
                      k % window.kernelX * window.dilationX;
          if (y < object.h && x >= 0 && x < object.w)
            points += "; [" + std::to_string(d0) + ", " + std::to_string(d1) +
                      "] -> [" + std::to_string(y) + ", " +
                      std::to_string(x) + ", " + std::to_string(c) + "]";
        }
    Map read = llvm::cantFail(readRelation(context, domain, window, object));
    ASSERT_TRUE(read.isEqual(map(points + " }"))) << "seed " << seed;
  }
}

TEST_F(Relation, LexmaxIsWeightedAndConverted) {
  auto rule = map("{ [d0, d1] -> [y, x] : 0 <= d0 < 10 and 0 <= d1 < 10 and "
                  "2*y <= d0 and x <= d1 and 0 <= y and 0 <= x }")
                  .lexmaxWeighted({100, 3}, 7);
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->pieces.size(), 1u);
  EXPECT_EQ(rule->eval(0, {5, 4}), 2 * 100 + 4 * 3 + 7);
  EXPECT_EQ(rule->eval(0, {10, 4}), std::nullopt);
}

TEST_F(Relation, ErrorsAreValues) {
  auto parse = context.run("a set", [&] { return set("{ [x : }"); });
  EXPECT_EQ(llvm::toString(parse.takeError()), "a set: isl: syntax error");
  auto spaces = context.run("a union", [&] {
    return map("{ [x] -> [x] }").unite(map("{ [x] -> [x, x] }"));
  });
  EXPECT_EQ(llvm::toString(spaces.takeError()),
            "a union: isl: spaces don't match");
  auto nothing = context.run("nothing", [&] { return Set(); });
  EXPECT_EQ(llvm::toString(nothing.takeError()), "nothing: no result");
  // The context is as good as new.
  EXPECT_TRUE(bool(context.run("a set", [&] { return set("{ [x] }"); })));
}

TEST_F(Relation, ConvexPartsAreDisjoint) {
  Set both = set("{ [x] : 0 <= x <= 5 or 3 <= x <= 9 or x = 20 }");
  Set sum = set("{ [x] : false }");
  for (const Set &part : both.convexParts()) {
    EXPECT_TRUE(sum.intersect(part).isEmpty());
    sum = sum.unite(part);
  }
  EXPECT_TRUE(sum.isEqual(both));
}

TEST_F(Relation, LoopsVisitSetsInOrder) {
  auto loops = llvm::cantFail(scanInOrder(
      context, {set("{ [d0, d1] : 0 <= d0 < 3 and 0 <= d1 < 2 }"),
                set("{ [d0, d1] : 0 <= d0 < 3 and 2 <= d1 < 4 }")}));
  ASSERT_TRUE(loops.has_value());
  ASSERT_EQ(loops->size(), 1u);
  const LoopNode &rows = loops->front();
  EXPECT_EQ(rows.upper[0], QuasiAffine(2));
  ASSERT_EQ(rows.body.size(), 2u);
  EXPECT_EQ(rows.body[0].body[0].cell, 0u);
  EXPECT_EQ(rows.body[1].body[0].cell, 1u);
}

TEST(Budget, HoldsOutsideOfARunToo) {
  PolyContext context(20);
  Map step = Map::parse(context, "{ [x] -> [y] : x <= y <= x + 1 or y = 3x }");
  Map power = step;
  for (int i = 0; i < 16; ++i)
    power = power.then(step).coalesce();
  EXPECT_EQ(power.str(), "null");
  // A run begins with a fresh budget, and fails for what it was given.
  auto run = context.run("power", [&] { return power; });
  EXPECT_EQ(llvm::toString(run.takeError()), "power: no result");
}
