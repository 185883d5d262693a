//===- AccessTest.cpp - what iterations read and write --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Access.h"
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
            "horizontal dilation is 0, expected at least 1");
  bad = window;
  bad.channelEnd = 5;
  EXPECT_EQ(text(checkAccess(domain, bad, object)),
            "channel range is [0, 5), expected a non-empty part of [0, 4)");
  bad = window;
  bad.elementEnd = 37;
  EXPECT_EQ(text(checkAccess(domain, bad, object)),
            "element range is [0, 37), expected a non-empty part of [0, 36)");
  EXPECT_EQ(text(checkAccess({8, 0}, window, object)),
            "domain width is 0, expected at least 1");
  EXPECT_EQ(text(checkAccess({8, 0}, window, {0, 8, 4})),
            "domain width is 0, expected at least 1");
}

TEST(Access, RefusesWritesOutsideTheObject) {
  PixelWrite write = PixelWrite::whole(4);
  write.strideY = 2;
  write.offsetY = 1;
  EXPECT_EQ(text(checkAccess({4, 8}, write, {8, 8, 4})), "");
  EXPECT_EQ(text(checkAccess({5, 8}, write, {8, 8, 4})),
            "pixels 1 .. 9 of axis y are written, the object has 0 .. 7");
  write.strideY = 0;
  EXPECT_EQ(text(checkAccess({4, 8}, write, {8, 8, 4})),
            "vertical stride is 0, expected at least 1");
}

TEST(Access, ComparesAndHashesByValue) {
  Window a = Window::whole(3, 3, 4), b = a;
  EXPECT_EQ(a, b);
  EXPECT_EQ(hash_value(a), hash_value(b));
  b.fill = -128;
  EXPECT_NE(a, b);
  EXPECT_LT(Domain({2, 9}), Domain({3, 1}));
}
