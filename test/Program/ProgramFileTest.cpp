//===- ProgramFileTest.cpp - reading and writing program files ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Program/ProgramFile.h"
#include "TestProgram.h"
#include "cm/Program/Affine.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using testing::HasSubstr;

namespace {

std::string format(const program::Program &program) {
  return llvm::cantFail(formatProgram(program));
}

std::string errorOf(llvm::StringRef bytes) {
  auto program = parseProgram(bytes, "f.cmb");
  return program ? "" : llvm::toString(program.takeError());
}

std::string errorOfText(llvm::StringRef text) {
  auto program = parseProgramText(text, "f.txt");
  return program ? "" : llvm::toString(program.takeError());
}

TEST(ProgramFile, SameProgramSameBytesAndBack) {
  program::Program program = makeProgram();
  std::string bytes = format(program);
  EXPECT_EQ(bytes, format(program));
  auto back = parseProgram(bytes, "f.cmb");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(format(*back), bytes);
}

TEST(ProgramFile, TextReadsBack) {
  program::Program program = makeProgram();
  auto back = parseProgramText(printProgramText(program), "f.txt");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(format(*back), format(program));
}

TEST(ProgramFile, ElidedBytesAreSaid) {
  std::string text = printProgramText(makeProgram(), {16});
  EXPECT_THAT(text, HasSubstr("256 bytes elided"));
  EXPECT_THAT(text, HasSubstr("abcdef"));
}

TEST(ProgramFile, EveryFlippedByteIsNoticedWithoutOtherNoise) {
  std::string bytes = format(makeProgram());
  testing::internal::CaptureStderr();
  for (size_t i = 0; i != bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 0x21;
    EXPECT_NE(errorOf(damaged), "") << "byte " << i;
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgramFile, EveryTruncationIsNoticed) {
  std::string bytes = format(makeProgram());
  for (size_t size = 0; size != bytes.size(); ++size)
    EXPECT_NE(errorOf(llvm::StringRef(bytes).take_front(size)), "") << size;
  // A cut between two fields leaves a shorter program without its checksum.
  EXPECT_EQ(errorOf(llvm::StringRef(bytes).drop_back(9)),
            "f.cmb: checksum is missing: the file is truncated (a file made by "
            "other means says 1)");
}

TEST(ProgramFile, FilesMadeByOtherMeansAreNotCompared) {
  program::Program program = makeProgram();
  program.set_checksum(1);
  EXPECT_EQ(errorOf(program.SerializeAsString()), "");
}

TEST(ProgramFile, Empty) {
  EXPECT_EQ(errorOf(""), "f.cmb: the file is empty, expected a program");
}

TEST(ProgramFile, TooLarge) {
  // Refused by its size: the bytes are not looked at.
  EXPECT_EQ(errorOf(llvm::StringRef("x", size_t(1) << 32)),
            "f.cmb: 4294967296 bytes, expected at most 2 GiB");
}

TEST(ProgramFile, NotAProgram) {
  EXPECT_THAT(errorOf("\x08"),
              HasSubstr("not a program file, or damaged near byte"));
}

TEST(ProgramFile, OtherMajorVersion) {
  EXPECT_EQ(errorOfText("major: 2 minor: 5"),
            "f.txt: program version 2.5, expected 1.x");
}

TEST(ProgramFile, LaterMinorVersion) {
  EXPECT_EQ(errorOfText("major: 1 minor: 5"),
            "f.txt: program version 1.5, expected at most 1.2");
}

TEST(ProgramFile, UnknownField) {
  // Field 100 of the program, and field 100 of its first object.
  EXPECT_EQ(errorOf("\x08\x01\xa0\x06\x01"),
            "f.cmb: program: unknown field 100");
  EXPECT_EQ(errorOf("\x08\x01\x32\x03\xa0\x06\x01"),
            "f.cmb: objects[0]: unknown field 100");
}

TEST(ProgramFile, Checksum) {
  std::string bytes = format(makeProgram());
  bytes[bytes.size() - 1] ^= 1;
  EXPECT_EQ(errorOf(bytes),
            "f.cmb: checksum differs: the file is damaged (or was edited "
            "without setting field 'checksum' to 1)");
}

TEST(ProgramFile, TextErrorsHaveAPlace) {
  EXPECT_THAT(errorOfText("major: 1\nfoo: 2\n"), HasSubstr("f.txt:2:4: "));
}

TEST(ProgramFile, UnknownFieldOfText) {
  EXPECT_EQ(errorOfText("major: 1\nobjects { size: 2 }\n"),
            "f.txt:2:15: unknown field 'size' of Object");
}

TEST(ProgramFile, TextIsUtf8) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(errorOfText("major: 1 name: 'caf\\351'"),
            "f.txt: name: expected UTF-8 text, found other bytes");
  EXPECT_EQ(errorOfText("major: 1 objects { name: '\xc3\xa9' } nodes {\n"
                        "contexts {} contexts { name: '\xe9' } }"),
            "f.txt: nodes[0].contexts[1].name: expected UTF-8 text, found "
            "other bytes");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgramFile, TextMayStartWithSpace) {
  llvm::SmallString<128> path;
  int file = 0;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("program", "txt", file, path));
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << "\n\tmajor: 1";
  auto program = readProgram(path);
  EXPECT_TRUE(bool(program)) << llvm::toString(program.takeError());
  llvm::sys::fs::remove(path);
}

TEST(ProgramFile, TextIsNotNestedWithoutEnd) {
  std::string text = "major: 1 nodes { contexts { ";
  for (unsigned i = 0; i != 200; ++i)
    text += "lcu { guard { body { ";
  EXPECT_THAT(errorOfText(text), HasSubstr("f.txt:1:"));
}

TEST(Affine, EvaluatesWithFloorDivision) {
  program::QuasiAffine affine;
  affine.set_constant(5);
  affine.set_image(100);
  affine.add_dims(10);
  program::FloorDiv &div = *affine.add_divs();
  div.set_coefficient(3);
  div.set_divisor(2);
  div.mutable_numerator()->set_constant(-3);
  div.mutable_numerator()->add_dims(0);
  div.mutable_numerator()->add_dims(1);
  // 5 + 100 n + 10 d0 + 3 floor((d1 - 3) / 2)
  EXPECT_EQ(evaluateAffine(affine, 2, {4, 0}), 5 + 200 + 40 + 3 * -2);
  EXPECT_EQ(evaluateAffine(affine, 0, {0, 4}), 5);
  EXPECT_EQ(evaluateAffine(affine, 0, {0, 5}), 5 + 3);
}

} // namespace
