//===- FileTest.cpp - whole files or none ---------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/File.h"
#include "cm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"

using namespace cm;

namespace {
/// A folder of its own for each test.
class FileTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cm-file-test", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    return (folder + "/" + name).str();
  }
  std::vector<std::string> files() const {
    std::vector<std::string> found;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator it(folder, code), end;
         it != end && !code; it.increment(code))
      found.push_back(it->path().substr(folder.size() + 1));
    return found;
  }

  llvm::SmallString<128> folder;
};
} // namespace

TEST_F(FileTest, ContentsGoThereAndBack) {
  std::string contents("a\0b\n", 4);
  llvm::cantFail(writeFile(path("x"), contents));
  EXPECT_EQ(llvm::cantFail(readFile(path("x")))->getBuffer(), contents);
  EXPECT_THAT(files(), testing::ElementsAre("x"));
}

TEST_F(FileTest, AFailedWriteLeavesTheOldFileAndNothingElse) {
  llvm::cantFail(writeFile(path("x"), "old"));
  llvm::Error error = writeFile(path("x"), [](llvm::raw_ostream &os) {
    os << "half of the new";
    return makeError("no more");
  });
  EXPECT_EQ(llvm::toString(std::move(error)), "no more");
  EXPECT_EQ(llvm::cantFail(readFile(path("x")))->getBuffer(), "old");
  EXPECT_THAT(files(), testing::ElementsAre("x"));
}

TEST_F(FileTest, ErrorsNameThePath) {
  auto missing = readFile(path("missing"));
  EXPECT_EQ(llvm::toString(missing.takeError()),
            "cannot read '" + path("missing") + "': No such file or directory");
  EXPECT_THAT(
      llvm::toString(writeFile(path("no/folder"), "x")),
      testing::StartsWith("cannot write '" + path("no/folder") + "': "));
}

TEST_F(FileTest, WhatCannotBeWrittenIsKnownBefore) {
  EXPECT_EQ(llvm::toString(checkWritable(path("no/folder"))),
            "cannot write '" + path("no/folder") +
                "': No such file or directory");
  EXPECT_EQ(llvm::toString(checkWritable(path(""))),
            "cannot write '" + path("") + "': Is a directory");
  for (const std::string &good :
       {path("new"), std::string("-"), std::string("/dev/null"),
        std::string("beside")})
    EXPECT_EQ(llvm::toString(checkWritable(good)), "") << good;
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(FileTest, DevicesAreWrittenInPlace) {
  EXPECT_FALSE(llvm::errorToBool(writeFile("/dev/null", "x")));
  EXPECT_FALSE(llvm::sys::fs::is_regular_file("/dev/null"));
  // A device that takes nothing.
  EXPECT_EQ(llvm::toString(writeFile("/dev/full", "x")),
            "cannot write '/dev/full': No space left on device");
}
