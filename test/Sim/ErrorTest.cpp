//===- ErrorTest.cpp - corrupted programs and their one error -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Networks.h"
#include "RowPairs.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::AllOf;
using ::testing::HasSubstr;

static std::vector<int8_t> input() { return ramp(30); }

/// Takes all waits out of a context's code.
static void
removeWaits(google::protobuf::RepeatedPtrField<program::LcuInstr> &body,
            int kind) {
  for (int i = body.size() - 1; i >= 0; --i) {
    program::LcuInstr &instr = body[i];
    if (instr.has_loop())
      removeWaits(*instr.mutable_loop()->mutable_body(), kind);
    else if (instr.has_guard())
      removeWaits(*instr.mutable_guard()->mutable_body(), kind);
    else if (instr.has_wait() && instr.wait().counter_case() == kind)
      body.DeleteSubrange(i, 1);
  }
}

static void removeWaits(ProgramBuilder &builder, int kind) {
  for (program::Node &node : *builder.program.mutable_nodes())
    for (program::Context &context : *node.mutable_contexts())
      removeWaits(*context.mutable_lcu(), kind);
}

TEST(Errors, ReadOfUnwrittenData) {
  Convolution network(5, 6);
  removeWaits(network, program::Wait::kReceived);
  EXPECT_THAT(
      network.runError(input()),
      AllOf(HasSubstr("cycle 0: core[1] 'conv' in iteration (0, 0) of image 0: "
                      "reads unwritten data: pixel (0, 0) of image 0, channels "
                      "0 to 1 of object 'in' at address 0 holds nothing yet")));
}

TEST(Errors, ReadOfThePreviousImage) {
  // The second image waits for nothing: its first slots still hold the first.
  Convolution network(4, 6);
  auto *body = network.context(1, 0)
                   .mutable_lcu(0)
                   ->mutable_loop()
                   ->mutable_body(0)
                   ->mutable_loop()
                   ->mutable_body();
  for (int i : {0, 1})
    (*body)[i]
        .mutable_guard()
        ->mutable_body(0)
        ->mutable_wait()
        ->mutable_threshold()
        ->set_image(0);
  network.program.set_release_interval(1000);
  EXPECT_THAT(network.runError(ramp(24), 2, /*unpaced=*/false),
              AllOf(HasSubstr("of image 1: reads unwritten data: pixel"),
                    HasSubstr("still holds pixel (0, 0) of image 0")));
}

TEST(Errors, OverwriteOfLiveData) {
  Convolution network(5, 6);
  removeWaits(network, program::Wait::kRetired);
  // Row 4 goes to the slots of row 0.
  EXPECT_THAT(
      network.runError(input()),
      AllOf(HasSubstr("message of host 'in' for image 0 at core[1] "
                      "overwrites live data: pixel (4, 0) of image 0 of "
                      "object 'in' goes to address 0, which holds pixel "
                      "(0, 0) of image 0"),
            HasSubstr("core[1] 'conv' reads it last in iteration "
                      "(1, 1)")));
}

TEST(Errors, CreditsThatComeTooEarly) {
  // One row too early: the credit rule of a compiler is not believed.
  Convolution network(5, 6);
  std::vector<program::Wait *> waits = network.inputWaits();
  ASSERT_EQ(waits.size(), 1u);
  waits.front()->mutable_threshold()->set_constant(-4 * 6);
  EXPECT_EQ(network.runError(input()),
            "cycle 36: message of host 'in' for image 0 at core[1] overwrites "
            "live data: pixel (4, 0) of image 0 of object 'in' goes to address "
            "0, which holds pixel (0, 0) of image 0; core[1] 'conv' reads it "
            "last in iteration (1, 1)");
}

TEST(Errors, NoScheduleAtAll) {
  Convolution network(5, 6);
  removeWaits(network, program::Wait::kReceived);
  removeWaits(network, program::Wait::kRetired);
  EXPECT_THAT(network.runError(input()), HasSubstr("reads unwritten data"));
}

TEST(Errors, ReadOfOverwrittenData) {
  // Only pixel 1 is ever written; pixel 0 shares its slot.
  ProgramBuilder builder(1);
  uint32_t in = builder.addObject("in", 1, 2, 4);
  builder.addInput(in);
  builder.addOutput(in);
  uint32_t buffer = builder.addBuffer(0, in, 1, program::FOLD_PIXEL);
  builder.addContext(0, "copy", 1, 2);
  builder.addLoad(0, 0, builder.window(0, buffer));
  builder.setWrite(0, 0, in);
  uint32_t route = builder.addRoute({builder.host(), 0}, 0, buffer, {0});
  builder.addRoute({0, builder.host()}, 0, -1);
  builder.waitReceived(0, 0, route, ProgramBuilder::affine(1));
  program::Context &source = builder.context(builder.host(), 0);
  source.mutable_write()->set_offset_x(1);
  EXPECT_THAT(builder.runError(ramp(8)),
              HasSubstr("reads overwritten data: pixel (0, 0) of image 0, "
                        "channels 0 to 4 of object 'in' at address 0 already "
                        "holds pixel (0, 1) of image 0"));
}

TEST(Errors, DeadlockNamesWhoWaitsForWhom) {
  // The convolution wants a whole row more before it starts; the input has no
  // slot for it.
  Convolution network(8, 6);
  auto *body = network.context(1, 0)
                   .mutable_lcu(0)
                   ->mutable_loop()
                   ->mutable_body(0)
                   ->mutable_loop()
                   ->mutable_body();
  (*body)[0]
      .mutable_guard()
      ->mutable_body(0)
      ->mutable_wait()
      ->mutable_threshold()
      ->set_constant(5 * 6);
  EXPECT_THAT(
      network.runError(ramp(48)),
      AllOf(HasSubstr("deadlock in cycle"), HasSubstr("0 of 1 images"),
            HasSubstr("core[1] 'conv' before iteration (0, 0) of image 0 waits "
                      "for data of object 'in' from host 'in': route 0 has "
                      "received 18 messages, needs 30"),
            HasSubstr("host 'in' before iteration (3, 0) of image 0 waits for "
                      "credits of object 'in' by core[1] 'conv': route 0 has 0 "
                      "retired iterations, needs 6"),
            HasSubstr("wait cycle:\n"
                      "    core[1] 'conv' --data of 'in', 18 of 30--> host "
                      "'in'\n"
                      "    host 'in' --credits of 'in', 0 of 6--> core[1] "
                      "'conv'")));
}

TEST(Errors, WaitForMoreThanThereIs) {
  Convolution network(5, 6);
  auto *body = network.context(1, 0)
                   .mutable_lcu(0)
                   ->mutable_loop()
                   ->mutable_body(0)
                   ->mutable_loop()
                   ->mutable_body();
  (*body)[1]
      .mutable_guard()
      ->mutable_body(0)
      ->mutable_wait()
      ->mutable_threshold()
      ->set_constant(31);
  EXPECT_THAT(network.runError(input()), HasSubstr("(which has finished)"));
}

TEST(Errors, OverflowOfAnAddition) {
  Convolution network(5, 6);
  network.context(1, 0).mutable_dpu(1)->set_table(2, INT32_MAX);
  network.weights.assign(36, 1);
  network.node(1).mutable_mvm_units(0)->set_weights(std::string(36, 1));
  EXPECT_THAT(network.runError(input()),
              AllOf(HasSubstr("core[1] 'conv' in iteration (0, 0) of image 0: "
                              "dpu[2]: overflow: "),
                    HasSubstr("+ 2147483647 in element 2 does not fit int32")));
}

TEST(Errors, OverflowOfAPartialSum) {
  RowTiles network;
  network.program.mutable_objects(1)->set_element_bytes(2);
  network.node(0).mutable_mvm_units(0)->set_weights(std::string(16, 127));
  EXPECT_THAT(network.runError(std::vector<int8_t>(24, 127)),
              HasSubstr("overflow: value 64516 of channel 0 of object 'sum' "
                        "does not fit 2 bytes"));
}

TEST(Errors, IterationsOutOfOrder) {
  Convolution network(5, 6);
  program::Loop &loop = *network.context(1, 0).mutable_lcu(0)->mutable_loop();
  *loop.mutable_lower(0) = ProgramBuilder::affine(1);
  EXPECT_THAT(network.runError(input()),
              HasSubstr("core[1] 'conv' fires iteration (1, 0) of image 0, "
                        "expected (0, 0)"));
}

TEST(Errors, IterationsLeftOut) {
  Convolution network(5, 6);
  program::Loop &loop = *network.context(1, 0).mutable_lcu(0)->mutable_loop();
  *loop.mutable_upper(0) = ProgramBuilder::affine(3);
  EXPECT_THAT(
      network.runError(input()),
      HasSubstr("core[1] 'conv' fired 24 iterations of image 0, expected "
                "30"));
}

TEST(Errors, CodeThatRunsAway) {
  Convolution network(5, 6);
  program::LcuInstr loop = network.context(1, 0).lcu(0);
  *loop.mutable_loop()->mutable_upper(0) =
      ProgramBuilder::affine(int64_t(1) << 40);
  loop.mutable_loop()->clear_body();
  loop.mutable_loop()->add_body()->mutable_guard();
  auto *code = network.context(1, 0).mutable_lcu();
  *code->Add() = loop;
  code->SwapElements(0, 1);
  EXPECT_THAT(network.runError(input()),
              HasSubstr("core[1] 'conv': LCU code runs 4194304 instructions "
                        "without a fire"));
}

TEST(Errors, OutputThatIsNotWrittenWhole) {
  Convolution network(5, 6);
  network.context(1, 0).mutable_write()->set_offset_y(1);
  EXPECT_THAT(network.runError(input()),
              HasSubstr("output 'out': 96 bytes of image 0 have been written, "
                        "expected 120; the first that is missing is channel 0 "
                        "of pixel (0, 0)"));
}

TEST(Errors, OutputThatIsWrittenTwice) {
  // Two contexts copy the same pixels: as many bytes as two outputs have.
  ProgramBuilder builder(1);
  uint32_t in = builder.addObject("in", 1, 2, 4);
  builder.addInput(in);
  builder.addOutput(in);
  uint32_t buffer = builder.addBuffer(0, in, 1);
  uint32_t route = 0;
  for (uint32_t context : {0, 1}) {
    builder.addContext(0, context ? "second" : "first", 1, 2);
    builder.addLoad(0, context, builder.window(0, buffer));
    builder.setWrite(0, context, in);
  }
  route = builder.addRoute({builder.host(), 0}, 0, buffer, {0, 1});
  for (uint32_t context : {0, 1}) {
    builder.addRoute({0, builder.host()}, context, -1);
    builder.waitSame(0, context, route, 1, 2);
  }
  EXPECT_THAT(
      builder.runError(ramp(8)),
      HasSubstr("core[0] 'second' in iteration (0, 0) of image 0: writes "
                "channels 0 to 4 of pixel (0, 0) of output 'in', which have "
                "been written before"));
  SimOptions options;
  options.timingOnly = true;
  auto result = simulate(builder.program, *builder.machine, {}, options);
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("which have been written before"));
}

TEST(Errors, AnOutputsPixelWrittenBeforeIsNotTheFirstOfItsMessage) {
  // The first context writes pixel (1, 1), the second all four at once.
  ProgramBuilder builder(1);
  uint32_t in = builder.addObject("in", 2, 2, 4);
  builder.addInput(in);
  builder.addOutput(in);
  uint32_t buffer = builder.addBuffer(0, in, 2);
  for (uint32_t context : {0, 1}) {
    builder.addContext(0, context ? "second" : "first", 1, 1);
    program::Gather gather = builder.window(0, buffer, context ? 2 : 1);
    if (context == 0)
      gather.set_offset_y(1), gather.set_offset_x(1);
    builder.addLoad(0, context, gather);
    builder.setWrite(0, context, in);
  }
  program::Write &single = *builder.context(0, 0).mutable_write();
  single.set_offset_y(1), single.set_offset_x(1);
  program::Write &all = *builder.context(0, 1).mutable_write();
  all.set_stride_y(2), all.set_stride_x(2);
  all.set_rows(2), all.set_pixels(2);
  uint32_t route = builder.addRoute({builder.host(), 0}, 0, buffer, {0, 1});
  for (uint32_t context : {0, 1}) {
    builder.addRoute({0, builder.host()}, context, -1);
    builder.waitReceived(0, context, route, builder.affine(4, 4));
  }
  EXPECT_THAT(
      builder.runError(ramp(16)),
      HasSubstr("core[0] 'second' in iteration (0, 0) of image 0: writes "
                "channels 0 to 4 of pixel (1, 1) of output 'in', which have "
                "been written before"));
}

TEST(Errors, RowsOfAMessageOverwriteWhatIsStillRead) {
  // The first row has been read, the second waits for the second pair.
  RowPairs network(2);
  network.credits().set_constant(-100);
  network.messages().mutable_divs(0)->set_divisor(1);
  EXPECT_THAT(network.runError(ramp(32)),
              HasSubstr("overwrites live data: pixel (3, 0) of image 0"));
}

TEST(Errors, InputsThatDoNotFit) {
  Convolution network(5, 6);
  EXPECT_THAT(network.runError(ramp(29)),
              HasSubstr("input 'in': 29 elements for 1 images, expected 30 "
                        "each"));
  SimOptions options;
  auto result = simulate(network.program, *network.machine, {}, options);
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("0 inputs, the program has 1"));
  options.images = 0;
  options.timingOnly = true;
  result = simulate(network.program, *network.machine, {}, options);
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("0 images, expected 1 to 16777216"));
}

TEST(Errors, MachineThatIsNotSimulated) {
  Convolution network(5, 6);
  machine::Machine proto = network.machine->proto();
  proto.mutable_core_types(0)->mutable_crossbar()->set_mvm_result(
      machine::MVM_RESULT_SRAM);
  network.machine = llvm::cantFail(MachineModel::create(proto));
  EXPECT_THAT(network.runError(input()),
              HasSubstr("mvm_result sram is not simulated yet, expected "
                        "MVM_RESULT_REGISTER"));
}

TEST(Errors, SameDataWithBytesChecked) {
  Convolution network(5, 6);
  removeWaits(network, program::Wait::kRetired);
  SimOptions options;
  options.unpaced = true;
  options.check = CheckGranularity::Byte;
  auto result = network.run(input(), options);
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("overwrites live data"));
}
