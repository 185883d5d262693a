//===- AccessTest.cpp - what iterations read and write --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Access.h"
#include "cm/Poly/CreditRules.h"
#include "gtest/gtest.h"

using namespace cm;

static std::string text(llvm::Error error) {
  return llvm::toString(std::move(error));
}

TEST(Access, AcceptsPaddingAndRefusesNonsense) {
  Domain domain{8, 8};
  Extent object{8, 8, 4};
  Window window = Window::whole(3, 3, 4);
  window.offsetY = window.offsetX = -1;
  EXPECT_EQ(text(checkAccess(domain, window, object)), "");

  Window bad = window;
  bad.dilationX = 0;
  EXPECT_EQ(text(checkAccess(domain, bad, object)),
            "horizontal dilation is 0, expected 1 to 1048576");
  bad = window;
  bad.channelEnd = 5;
  EXPECT_EQ(text(checkAccess(domain, bad, object)),
            "channel range is [0, 5), expected a non-empty part of [0, 4)");
  bad = window;
  bad.elementEnd = 37;
  EXPECT_EQ(text(checkAccess(domain, bad, object)),
            "element range is [0, 37), expected a non-empty part of [0, 36)");
  EXPECT_EQ(text(checkAccess({8, 0}, window, object)),
            "domain is 8x0, expected 1 to 268435456 iterations");
  EXPECT_EQ(text(checkAccess({8, 0}, window, {0, 8, 4})),
            "domain is 8x0, expected 1 to 268435456 iterations");
}

TEST(Access, RefusesWritesOutsideTheObject) {
  PixelWrite write = PixelWrite::whole(4);
  write.strideY = 2;
  write.offsetY = 1;
  EXPECT_EQ(text(checkAccess({4, 8}, write, {8, 8, 4})), "");
  EXPECT_EQ(text(checkAccess({5, 8}, write, {8, 8, 4})),
            "pixels 1 .. 9 of axis y are written, the object has 0 .. 7");
  write.rows = 2;
  EXPECT_EQ(text(checkAccess({4, 8}, write, {8, 8, 4})),
            "pixels 1 .. 8 of axis y are written, the object has 0 .. 7");
  write.strideY = 0;
  EXPECT_EQ(text(checkAccess({4, 8}, write, {8, 8, 4})),
            "vertical stride is 0, expected 1 to 1048576");
}

TEST(Access, RowsThatAreWrittenAtOnceHaveOneCreditRuleWhereSlotsAreWhole) {
  PixelWrite write = PixelWrite::whole(4);
  Extent object{12, 8, 4};
  EXPECT_EQ(numCreditRules(write, object, Fold::Pixel, 5), 1);
  write.rows = write.strideY = 3;
  EXPECT_EQ(numCreditRules(write, object, Fold::Row, 6), 1);
  EXPECT_EQ(numCreditRules(write, object, Fold::Row, 7), 3);
  EXPECT_EQ(numCreditRules(write, object, Fold::Pixel, 6), 3);
  EXPECT_EQ(leastCreditRules(write, object), 1);
  object.h = 13;
  EXPECT_EQ(leastCreditRules(write, object), 3);
  object.h = 12, write.strideY = 4;
  EXPECT_EQ(leastCreditRules(write, object), 3);
  write.strideY = 6, write.offsetY = 1;
  EXPECT_EQ(leastCreditRules(write, object), 3);
  write.offsetY = 3;
  EXPECT_EQ(leastCreditRules(write, object), 1);
}

TEST(Access, RefusesWhatWouldOverflow) {
  constexpr int64_t huge = INT64_MAX;
  Domain domain{8, 8};
  Extent object{8, 8, 4};
  Window window = Window::whole(3, 3, 4);
  auto errorWith = [&](int64_t Window::*field, int64_t value) {
    Window bad = window;
    bad.*field = value;
    return text(checkAccess(domain, bad, object));
  };
  EXPECT_EQ(errorWith(&Window::kernelY, 6148914691236517211),
            "kernel height is 6148914691236517211, expected 1 to 1048576");
  EXPECT_EQ(errorWith(&Window::kernelX, 1 << 20),
            "pixels of the kernel is 3145728, expected 1 to 1048576");
  EXPECT_EQ(errorWith(&Window::offsetY, huge),
            "vertical offset is 9223372036854775807, expected -1048576 to "
            "1048576");
  EXPECT_EQ(errorWith(&Window::offsetX, INT64_MIN),
            "horizontal offset is -9223372036854775808, expected -1048576 to "
            "1048576");
  EXPECT_EQ(errorWith(&Window::strideX, huge),
            "horizontal stride is 9223372036854775807, expected 0 to 1048576");
  EXPECT_EQ(text(checkAccess({huge, 3}, window, object)),
            "domain is 9223372036854775807x3, expected 1 to 268435456 "
            "iterations");
  EXPECT_EQ(text(checkAccess(domain, window, {1 << 20, 1 << 20, 4})),
            "object is 1048576x1048576x4, expected 1 to 268435456 elements");
  PixelWrite write = PixelWrite::whole(4);
  write.strideY = int64_t(1) << 62; // 4 of them wrap to 0
  EXPECT_EQ(text(checkAccess({5, 8}, write, object)),
            "vertical stride is 4611686018427387904, expected 1 to 1048576");
  write.strideY = 1;
  write.offsetX = huge;
  EXPECT_EQ(text(checkAccess(domain, write, object)),
            "horizontal offset is 9223372036854775807, expected -1048576 to "
            "1048576");
}

TEST(Access, ComparesAndHashesByValue) {
  Window a = Window::whole(3, 3, 4), b = a;
  EXPECT_EQ(a, b);
  EXPECT_EQ(hash_value(a), hash_value(b));
  b.fill = -128;
  EXPECT_NE(a, b);
  EXPECT_LT(Domain({2, 9}), Domain({3, 1}));
}
