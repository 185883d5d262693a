//===- QuasiAffineTest.cpp - affine expressions with floors ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/QuasiAffine.h"
#include "gtest/gtest.h"

using namespace cm;

static QuasiAffine n(int64_t factor) {
  QuasiAffine result;
  result.image = factor;
  return result;
}

TEST(QuasiAffine, PrintsTermsInOrder) {
  QuasiAffine d0 = QuasiAffine::dim(0), d1 = QuasiAffine::dim(1);
  EXPECT_EQ((n(1024) + d0 * 32 + d1 + 34).str(), "1024*n + 32*d0 + d1 + 34");
  EXPECT_EQ(QuasiAffine::floorDiv(d0 + 1, 2).str(), "floor((d0 + 1)/2)");
  EXPECT_EQ((QuasiAffine::floorDiv(d0 - d1, 3) * -2 - 5).str(),
            "-2*floor((d0 - d1)/3) - 5");
  EXPECT_EQ(QuasiAffine().str(), "0");
  EXPECT_EQ((d0 - d0).str(), "0");
}

TEST(QuasiAffine, EvaluatesFloorsTowardsMinusInfinity) {
  QuasiAffine value =
      QuasiAffine::floorDiv(QuasiAffine::dim(0) - 3, 2) * 10 + n(7) + 1;
  EXPECT_EQ(value.eval(0, {0, 0}), -19);
  EXPECT_EQ(value.eval(2, {4, 0}), 15);
  EXPECT_EQ(QuasiAffine::floorDiv(-3, 2), QuasiAffine(-2));
}

TEST(QuasiAffine, EqualFloorsAreAddedUp) {
  QuasiAffine half = QuasiAffine::floorDiv(QuasiAffine::dim(1), 2);
  EXPECT_EQ((half + half * 2).str(), "3*floor((d1)/2)");
  EXPECT_TRUE((half - half).isConstant());
  EXPECT_FALSE(half.isConstant());
}

TEST(QuasiAffine, TrailingZerosDoNotMatter) {
  QuasiAffine long_ = QuasiAffine::dim(0) + QuasiAffine::dim(1) -
                      QuasiAffine::dim(1);
  EXPECT_EQ(long_, QuasiAffine::dim(0));
  EXPECT_NE(long_, QuasiAffine::dim(1));
}
