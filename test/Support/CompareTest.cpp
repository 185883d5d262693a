//===- CompareTest.cpp - differences are found and named ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Compare.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cm;
using testing::HasSubstr;

static NpyArray makeInt8(std::vector<int64_t> shape,
                         std::vector<int8_t> values) {
  NpyArray array;
  array.shape = std::move(shape);
  array.bytes.assign(values.begin(), values.end());
  return array;
}

TEST(CompareTest, CountsAndNamesTheFirstDifference) {
  NpyArray a = makeInt8({2, 2}, {1, 2, 3, 4}),
           b = makeInt8({2, 2}, {1, 2, 0, 5});
  EXPECT_EQ(llvm::cantFail(compareArrays("t", a, a)).describe(),
            "4 bytes equal");
  EXPECT_EQ(llvm::cantFail(compareArrays("t", a, b)).describe(),
            "2 of 4 elements equal, first difference at [1, 0]: found 3, "
            "expected 0");
}

TEST(CompareTest, FewerImagesAndUnitExtentsAreComparable) {
  NpyArray a = makeInt8({1, 2, 1, 1}, {1, 2});
  NpyArray b = makeInt8({2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(llvm::cantFail(compareArrays("t", a, b)).allEqual());
  EXPECT_EQ(llvm::toString(compareArrays("t", b, a).takeError()),
            "array 't': expected shape [1, 2, 1, 1], found [2, 2]");
  b.type = NpyType::UInt8;
  EXPECT_EQ(llvm::toString(compareArrays("t", a, b).takeError()),
            "array 't': expected elements of type uint8, found int8");
}

TEST(CompareTest, TensorsOfOneFileNameAreAnError) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("compare", folder));
  std::map<std::string, NpyArray> tensors;
  tensors["a_b"] = makeInt8({1, 2}, {1, 2});
  ASSERT_FALSE(static_cast<bool>(writeFolder(tensors, folder)));
  tensors["a/b"] = makeInt8({1, 3}, {1, 2, 3});
  std::string problem = "tensors 'a/b' and 'a_b': both would be 'a_b.npy'";
  EXPECT_EQ(llvm::toString(writeFolder(tensors, folder)), problem);
  std::string text;
  llvm::raw_string_ostream os(text);
  EXPECT_EQ(llvm::toString(compareWithFolder(tensors, folder, os).takeError()),
            problem);
  llvm::sys::fs::remove_directories(folder);
}

TEST(CompareTest, FoldersGoThroughFiles) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("compare", folder));
  std::map<std::string, NpyArray> tensors;
  std::string text;
  llvm::raw_string_ostream os(text);
  EXPECT_THAT(
      llvm::toString(compareWithFolder(tensors, folder, os).takeError()),
      HasSubstr("expected .npy files, found none"));
  tensors["a/b"] = makeInt8({1, 2}, {1, 2});
  tensors["c"] = makeInt8({1, 3}, {1, 2, 3});
  ASSERT_FALSE(static_cast<bool>(writeFolder(tensors, folder)));
  EXPECT_TRUE(llvm::cantFail(compareWithFolder(tensors, folder, os)));
  EXPECT_EQ(os.str(), "2 tensors, 5 bytes equal\n");
  text.clear();
  tensors["c"].bytes[1] = 7;
  EXPECT_FALSE(llvm::cantFail(compareWithFolder(tensors, folder, os)));
  EXPECT_EQ(os.str(), "c: 2 of 3 elements equal, first difference at [0, 1]: "
                      "found 7, expected 2\n");
  tensors.erase("c");
  EXPECT_THAT(
      llvm::toString(compareWithFolder(tensors, folder, os).takeError()),
      HasSubstr("c.npy': no tensor of that name was computed"));
  llvm::sys::fs::remove_directories(folder);
  EXPECT_THAT(
      llvm::toString(compareWithFolder(tensors, folder, os).takeError()),
      HasSubstr("cannot read folder"));
}
