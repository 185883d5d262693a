//===- ValidateEpochsTest.cpp - wrong parts of a program ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestProgram.h"
#include "cm/Program/Listing.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using testing::HasSubstr;

namespace {

/// Two parts that both read 'x' and write 'a' and 'y'; 'm' is nobody's.
program::Program makeWhole() {
  program::Program part = makeProgram(), whole;
  for (int object : {0, 1, 2, 0})
    *whole.add_objects() = part.objects(object);
  whole.mutable_objects(3)->set_name("m");
  whole.set_major(programMajor), whole.set_minor(programMinor);
  whole.set_name("whole");
  *whole.add_inputs() = part.inputs(0);
  *whole.add_outputs() = part.outputs(0);
  part.clear_major(), part.clear_minor();
  for (uint32_t array : {1, 2}) {
    program::Epoch &epoch = *whole.add_epochs();
    *epoch.mutable_program() = part;
    epoch.add_reads(0), epoch.add_writes(array);
  }
  return whole;
}

struct WrongWhole {
  const char *name;
  std::function<void(program::Program &)> edit;
  const char *error;
};

void PrintTo(const WrongWhole &wrong, std::ostream *os) { *os << wrong.name; }

MachineModel tiny8() { return llvm::cantFail(loadMachine("tiny8")); }

class WrongEpochs : public testing::TestWithParam<WrongWhole> {};

TEST_P(WrongEpochs, NamesTheCulprit) {
  program::Program whole = makeWhole();
  GetParam().edit(whole);
  llvm::Error error = validateProgram(whole, tiny8());
  ASSERT_TRUE(bool(error));
  EXPECT_THAT(llvm::toString(std::move(error)), HasSubstr(GetParam().error));
}

const WrongWhole wrongPrograms[] = {
    {"NodesBeside", [](program::Program &whole) { whole.add_nodes(); },
     "program: nodes, routes, tensors and release_interval belong to the "
     "epochs, expected none beside them"},
    {"MachineInside",
     [](program::Program &whole) {
       whole.mutable_epochs(1)->mutable_program()->mutable_machine();
     },
     "epochs[1]: version, checksum, machine and epochs belong to the whole, "
     "expected none in a part"},
    {"EpochsInside",
     [](program::Program &whole) {
       whole.mutable_epochs(1)->mutable_program()->add_epochs();
     },
     "epochs[1]: version, checksum, machine and epochs belong to the whole, "
     "expected none in a part"},
    {"WrongPart",
     [](program::Program &whole) {
       whole.mutable_epochs(1)->mutable_program()->clear_outputs();
     },
     "epochs[1]: outputs: expected at least one, found none"},
    {"ArrayMissing",
     [](program::Program &whole) { whole.mutable_epochs(0)->clear_reads(); },
     "epochs[0]: reads: 0 arrays, expected 1"},
    {"NoSuchArray",
     [](program::Program &whole) { whole.mutable_epochs(0)->set_writes(0, 4); },
     "epochs[0]: writes: array 4, expected below 4"},
    {"OtherSize",
     [](program::Program &whole) { whole.mutable_epochs(0)->set_writes(0, 3); },
     "epochs[0]: writes: array 'm' has 32 elements of 1 bytes, 'y' has 48 of "
     "1"},
    {"ReadBeforeWritten",
     [](program::Program &whole) { whole.mutable_epochs(1)->set_reads(0, 3); },
     "epochs[1]: reads 'm', which nothing has written"},
    {"WrittenTwice",
     [](program::Program &whole) { whole.mutable_epochs(1)->set_writes(0, 1); },
     "epochs[1]: writes 'a', which has been written"},
    {"OutputNotWritten",
     [](program::Program &whole) {
       whole.mutable_epochs()->DeleteSubrange(1, 1);
     },
     "outputs 'y': no epoch writes 'y'"},
};

INSTANTIATE_TEST_SUITE_P(Validate, WrongEpochs,
                         testing::ValuesIn(wrongPrograms),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

} // namespace

TEST(ValidateEpochs, AcceptsTheProgramThatTheOthersBreak) {
  llvm::Error error = validateProgram(makeWhole(), tiny8());
  EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
}

TEST(ValidateEpochs, BytesAndTextComeBack) {
  program::Program whole = makeWhole();
  std::string bytes = llvm::cantFail(formatProgram(whole));
  program::Program read = llvm::cantFail(parseProgram(bytes, "f.cmb"));
  EXPECT_EQ(llvm::cantFail(formatProgram(read)), bytes);
  program::Program text =
      llvm::cantFail(parseProgramText(printProgramText(whole), "f.txt"));
  EXPECT_EQ(llvm::cantFail(formatProgram(text)), bytes);
}

TEST(ValidateEpochs, ListingNamesWhatEachReadsAndWrites) {
  std::string text;
  llvm::raw_string_ostream os(text);
  MachineModel machine = tiny8();
  printListing(makeWhole(), machine, os);
  EXPECT_THAT(text, HasSubstr("epoch 1 reads 'x', writes 'y'\nprogram 'net'"));
}
