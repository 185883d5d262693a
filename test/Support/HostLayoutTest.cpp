//===- HostLayoutTest.cpp - host arrays become objects and back -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/HostLayout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <limits>
#include <numeric>

using namespace cm;
using testing::ElementsAre;
using testing::HasSubstr;

static HostLayout makeLayout(HostType type, std::vector<int64_t> shape,
                             std::vector<int64_t> permutation,
                             float scale = 1.0f, int32_t zeroPoint = 0) {
  return llvm::cantFail(
      HostLayout::create("x", type, shape, permutation, scale, zeroPoint));
}

static std::string errorOf(HostType type, std::vector<int64_t> shape,
                           std::vector<int64_t> permutation,
                           float scale = 1.0f) {
  auto layout = HostLayout::create("x", type, shape, permutation, scale);
  return layout ? "" : llvm::toString(layout.takeError());
}

TEST(HostLayoutTest, ChannelsFirstBecomesChannelsLast) {
  HostLayout layout = makeLayout(HostType::Int8, {1, 2, 1, 3}, {1, 2, 0});
  NpyArray array = layout.makeArray(2);
  EXPECT_THAT(array.shape, ElementsAre(2, 2, 1, 3));
  std::iota(array.bytes.begin(), array.bytes.end(), 0);
  std::vector<int8_t> object(6);
  layout.toObject(array, 1, object);
  EXPECT_THAT(object, ElementsAre(6, 9, 7, 10, 8, 11));
  NpyArray back = layout.makeArray(2);
  layout.fromObject(object, 1, back);
  EXPECT_TRUE(std::equal(back.bytes.begin() + 6, back.bytes.end(),
                         array.bytes.begin() + 6));
}

TEST(HostLayoutTest, UnsignedIsShiftedBy128) {
  HostLayout layout = makeLayout(HostType::UInt8, {1, 3}, {0});
  NpyArray array = layout.makeArray(1);
  array.bytes = {0, 128, 255};
  std::vector<int8_t> object(3);
  layout.toObject(array, 0, object);
  EXPECT_THAT(object, ElementsAre(-128, 0, 127));
}

TEST(HostLayoutTest, FloatIsQuantisedHalfToEven) {
  EXPECT_EQ(quantizeHostValue(0.75f, 0.5f, 3), 5); // 1.5 -> 2
  EXPECT_EQ(quantizeHostValue(1.25f, 0.5f, 3), 5); // 2.5 -> 2
  EXPECT_EQ(quantizeHostValue(1e30f, 0.5f, 3), 127);
  EXPECT_EQ(quantizeHostValue(-std::numeric_limits<float>::infinity(), 1, -7),
            -128);
  EXPECT_EQ(quantizeHostValue(std::nanf(""), 0.5f, -9), -9);
  EXPECT_EQ(dequantizeHostValue(-2, 0.5f, 4), -3.0f);
}

TEST(HostLayoutTest, CountsImages) {
  HostLayout layout = makeLayout(HostType::Int8, {1, 2, 3}, {0, 1});
  NpyArray array = layout.makeArray(5);
  EXPECT_EQ(llvm::cantFail(layout.countImages(array)), 5);
  array.shape = {2, 3};
  EXPECT_EQ(llvm::cantFail(layout.countImages(array)), 1);
  array.shape = {6, 5};
  EXPECT_EQ(llvm::toString(layout.countImages(array).takeError()),
            "array 'x': expected images of shape [2, 3], found shape [6, 5]");
  array.type = NpyType::Float32;
  EXPECT_EQ(llvm::toString(layout.countImages(array).takeError()),
            "array 'x': expected elements of type int8, found float32");
}

TEST(HostLayoutTest, RefusesBadLayouts) {
  EXPECT_THAT(
      errorOf(HostType::Int8, {2, 3}, {0}),
      HasSubstr("expected a leading batch extent of 1, found shape [2, 3]"));
  EXPECT_THAT(errorOf(HostType::Int8, {1, 0}, {0}),
              HasSubstr("expected a shape of 1 to 2^31 elements, found ["));
  EXPECT_THAT(errorOf(HostType::Int8, {1, 1 << 20, 1 << 20}, {0, 1}),
              HasSubstr("expected a shape of 1 to 2^31 elements, found ["));
  EXPECT_THAT(errorOf(HostType::Int8, {1, 3, 4}, {0, 0}),
              HasSubstr("expected a permutation of the 2 axes"));
  EXPECT_THAT(errorOf(HostType::Float32, {1, 3}, {0}, 0.0f),
              HasSubstr("expected a positive scale, found 0"));
}

TEST(HostLayoutTest, TypeNamesGoBothWays) {
  for (HostType type : {HostType::Int8, HostType::UInt8, HostType::Float32})
    EXPECT_EQ(parseHostType(hostTypeName(type)), type);
  EXPECT_EQ(parseHostType("int16"), std::nullopt);
}
