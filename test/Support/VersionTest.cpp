//===- VersionTest.cpp - which build this is ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Version.h"
#include "cm/Support/Progress.h"
#include "gmock/gmock.h"

using namespace cm;

TEST(Version, IsOneLineWithTheHash) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printVersion(os);
  EXPECT_THAT(text, testing::MatchesRegex("cm-mlir [0-9]+\\.[0-9]+\\.[0-9]+ "
                                          "\\(git ([0-9a-f]+|unknown)\\)\n"));
}

TEST(Progress, IsSilentWhereStandardErrorIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress("work", 10, /*after=*/0);
    progress.step(5, "half");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}
