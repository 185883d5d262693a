//===- MergePiecesTest.cpp - pieces that say the same ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Piecewise.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

namespace {

QuasiAffine d(unsigned k) { return QuasiAffine::dim(k); }

Conjunction box(int64_t y0, int64_t y1, int64_t x0, int64_t x1) {
  return {d(0) - y0, d(0) * -1 + y1, d(1) - x0, d(1) * -1 + x1};
}

TEST(MergePieces, AValueThatAgreesAtABorderTakesItIn) {
  // 8*d0 where d1 = 0, and 8*d0 + d1 behind it.
  Piecewise rule{{{{box(0, 7, 0, 0)}, d(0) * 8},
                  {{box(0, 7, 1, 7)}, d(0) * 8 + d(1)}}};
  mergePieces(rule, 2);
  EXPECT_EQ(rule.str(), "8*d0 + d1 : d0 >= 0 and -d0 + 7 >= 0 and d1 >= 0 and "
                        "-d1 + 7 >= 0\n");
}

TEST(MergePieces, DifferentValuesStay) {
  Piecewise rule{{{{box(0, 7, 0, 3)}, d(0)}, {{box(0, 7, 4, 7)}, d(1)}}};
  Piecewise merged = rule;
  mergePieces(merged, 2);
  EXPECT_EQ(merged, rule);
}

TEST(MergePieces, DivisionsAndOtherDomainsStay) {
  QuasiAffine half = QuasiAffine::floorDiv(d(1), 2);
  Piecewise rule{{{{box(0, 7, 0, 1)}, d(0)},
                  {{box(0, 7, 2, 7)}, d(0) + half},
                  {{{d(0) - d(1) - 8}}, d(0) + 1}}};
  Piecewise merged = rule;
  mergePieces(merged, 2);
  EXPECT_EQ(merged, rule);
}

TEST(MergePieces, TheImageCounts) {
  QuasiAffine later = d(0);
  later.image = 64;
  Piecewise rule{{{{box(0, 3, 0, 7)}, d(0)}, {{box(4, 7, 0, 7)}, later}}};
  mergePieces(rule, 2);
  EXPECT_EQ(rule.pieces.size(), 2u);
}

/// Cuts a grid at random into boxes with values that often agree.
TEST(MergePieces, RandomFunctionsStayTheSame) {
  std::mt19937 random(1);
  unsigned before = 0, after = 0;
  for (int round = 0; round < 500; ++round) {
    int64_t y = 1 + random() % 6, x = 1 + random() % 6;
    auto value = [&] {
      return d(0) * int64_t(random() % 2) + d(1) * int64_t(random() % 2) +
             int64_t(random() % 2);
    };
    Piecewise rule{{{{box(0, y - 1, 0, x - 1)}, value()},
                    {{box(0, y - 1, x, 7)}, value()},
                    {{box(y, 7, 0, x - 1)}, value()},
                    {{box(y, 7, x, 7)}, value()}}};
    Piecewise merged = rule;
    mergePieces(merged, 2);
    before += rule.pieces.size(), after += merged.pieces.size();
    for (int64_t i = -1; i < 9; ++i)
      for (int64_t k = -1; k < 9; ++k)
        ASSERT_EQ(merged.eval(3, {i, k}), rule.eval(3, {i, k}))
            << rule.str() << merged.str();
    int holds = 0;
    for (const Piece &piece : merged.pieces)
      holds += piece.contains({y, x});
    ASSERT_EQ(holds, 1) << merged.str();
  }
  EXPECT_LT(after, before);
}

} // namespace
