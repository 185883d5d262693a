//===- EpochsTest.cpp - programs that program the crossbars anew ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three parts that double 4 pixels of 4 channels: a = 2x, y = 2a, z = 2x, where
// x waits in global memory while y is computed.
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/NonIdeal.h"
#include "gmock/gmock.h"
#include <set>

using namespace cm;
using namespace cm::test;
using testing::HasSubstr;

namespace {

std::string slowMachine(const std::string &crossbar, const std::string &io) {
  std::string text = rowMachine(2);
  std::string from = "mvm_cycles: 10", bandwidth = "bytes_per_cycle: 4";
  text.replace(text.find(from), from.size(), from + " " + crossbar);
  return text.replace(text.find(bandwidth), bandwidth.size(), io);
}

struct Doubling : ProgramBuilder {
  explicit Doubling(const std::string &machine = slowMachine(
                        "program_cycles_per_row: 5", "bytes_per_cycle: 4"))
      : ProgramBuilder(machine) {
    program.set_name("part");
    uint32_t in = addObject("in", 1, 4, 4), out = addObject("out", 1, 4, 4);
    addInput(in);
    addOutput(out);
    uint32_t buffer = addBuffer(0, in, 8, program::FOLD_PIXEL);
    uint32_t route = addRoute({host(), 0}, 0, buffer, {0});
    addContext(0, "double", 1, 4);
    uint32_t unit =
        addUnit(0, 4, 4, {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2});
    setMvm(0, 0, unit, window(0, buffer));
    addDpu(0, 0, program::DPU_MVM_RESULT, 4);
    addDpu(0, 0, program::DPU_REQUANTIZE, 4, {0}).add_scales(1);
    setWrite(0, 0, out);
    addRoute({0, host()}, 0, -1);
    waitSame(0, 0, route, 1, 4);
    waitRetired(host(), 0, route, 0, affine(-7, 4, 4, 1));
  }

  /// The three parts.
  program::Program whole() {
    program::Program whole, part = program;
    whole.set_name("whole");
    *whole.mutable_machine() = program.machine();
    part.clear_machine(), part.clear_major(), part.clear_minor();
    for (const char *name : {"x", "a", "y", "z"}) {
      *whole.add_objects() = program.objects(0);
      whole.mutable_objects()->rbegin()->set_name(name);
    }
    *whole.add_inputs() = program.inputs(0);
    for (uint32_t array : {2, 3}) {
      *whole.add_outputs() = program.outputs(0);
      whole.mutable_outputs()->rbegin()->set_object(array);
    }
    const std::pair<uint32_t, uint32_t> ports[] = {{0, 1}, {1, 2}, {0, 3}};
    for (auto [read, written] : ports) {
      program::Epoch &epoch = *whole.add_epochs();
      *epoch.mutable_program() = part;
      epoch.add_reads(read), epoch.add_writes(written);
    }
    return whole;
  }

  llvm::Expected<SimResult> runWhole(const program::Program &whole,
                                     SimOptions options) {
    if (llvm::Error error = validateProgram(whole, *machine))
      return std::move(error);
    return simulate(whole, *machine, SimInput{data, 2}, options);
  }
  std::vector<int8_t> data = ramp(32, -16);
};

std::vector<int8_t> times(const std::vector<int8_t> &values, int factor) {
  std::vector<int8_t> result;
  for (int8_t value : values)
    result.push_back(int8_t(factor * value));
  return result;
}

} // namespace

TEST(Epochs, DataWaitsInGlobalMemory) {
  Doubling part;
  SimOptions options;
  options.images = 2;
  auto result = part.runWhole(part.whole(), options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  ASSERT_EQ(result->outputs.size(), 2u);
  EXPECT_EQ(result->outputs[0], times(part.data, 4));
  EXPECT_EQ(result->outputs[1], times(part.data, 2));
}

// Each epoch is calibrated with its own inputs, and programmed anew.
TEST(Epochs, OnAChipThatIsNotIdeal) {
  Doubling part;
  program::Program whole = part.whole();
  llvm::cantFail(validateProgram(whole, *part.machine));
  auto parameters = llvm::cantFail(loadNonIdeal("ideal"));
  SimOptions options;
  options.images = 2;
  SimInput input{part.data, 2};
  Calibration calibration = llvm::cantFail(
      calibrate(whole, *part.machine, input, parameters, options));
  ASSERT_EQ(calibration.samples.size(), 3u);
  auto greatest = [&](int epoch) {
    int greatest = 0;
    for (const MvmSample &sample : calibration.samples[epoch][0])
      for (int8_t value : sample.input)
        greatest = std::max(greatest, std::abs(int(value)));
    return greatest;
  };
  EXPECT_EQ(greatest(0), 16);
  EXPECT_EQ(greatest(1), 32);
  EXPECT_EQ(greatest(2), 16);
  NonIdealChip chip{&parameters, &calibration, 1};
  options.chip = &chip;
  std::set<uint32_t> epochs;
  options.onMvm = [&](const MvmEvent &event) { epochs.insert(event.epoch); };
  auto result = part.runWhole(whole, options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(result->outputs[0], times(part.data, 4));
  EXPECT_EQ(result->outputs[1], times(part.data, 2));
  EXPECT_EQ(epochs, (std::set<uint32_t>{0, 1, 2}));
}

TEST(Epochs, TimesAreProgrammingAndRunsOneAfterAnother) {
  Doubling part;
  SimOptions options;
  options.images = 2;
  options.traceImages = 1;
  Statistics alone = llvm::cantFail(part.run(part.data, options)).statistics;
  SimResult result = llvm::cantFail(part.runWhole(part.whole(), options));
  const Statistics &whole = result.statistics;
  // Four rows of five cycles each; 16 bytes of weights take 4.
  ASSERT_EQ(whole.epochs.size(), 3u);
  EXPECT_EQ(whole.epochs[1].programmingCycles, 20u);
  EXPECT_EQ(whole.epochs[1].run.cycles, alone.cycles);
  EXPECT_EQ(whole.programmingCycles(), 60u);
  EXPECT_EQ(whole.cycles, 3 * (20 + alone.cycles));
  EXPECT_EQ(whole.firstIn[0], 20u);
  EXPECT_EQ(whole.lastOut[1], 60 + 2 * alone.cycles + alone.lastOut[1]);
  EXPECT_EQ(whole.events, 3 * alone.events);
  EXPECT_EQ(whole.energy.total(), 3 * alone.energy.total());
  // Its operations in the cycles of an image, programming included.
  EXPECT_EQ(whole.throughput.macsPerImage, 3 * alone.throughput.macsPerImage);
  EXPECT_GT(alone.throughput.macsPerImage, 0u);
  EXPECT_DOUBLE_EQ(*whole.tops(), 2.0 * whole.throughput.macsPerImage /
                                      (whole.cycles / 2.0) / 1000);
  EXPECT_EQ(whole.topsPerWatt(), alone.topsPerWatt());
  ASSERT_EQ(whole.cores.size(), 1u);
  EXPECT_EQ(whole.cores[0].mvms, 3 * alone.cores[0].mvms);
  EXPECT_EQ(whole.links.size(), alone.links.size());
  // The last slice is in the last epoch, and its context, too.
  EXPECT_GT(result.trace.back().begin, 60 + 2 * alone.cycles);
  EXPECT_EQ(whole.contexts[result.trace.back().context].name, "part/double");
  options.timingOnly = true;
  EXPECT_EQ(
      llvm::cantFail(part.runWhole(part.whole(), options)).statistics.cycles,
      whole.cycles);
}

TEST(Epochs, NothingIsPipelinedBetweenThem) {
  Doubling part;
  SimOptions options;
  options.images = 8;
  SimResult result = llvm::cantFail(part.runWhole(part.whole(), options));
  EXPECT_FALSE(result.statistics.iiCycles());
  EXPECT_TRUE(result.statistics.epochs[0].run.iiCycles());
}

TEST(Epochs, WeightsComeThroughTheInputNodes) {
  Doubling part(slowMachine("program_cycles_per_row: 1", "bytes_per_cycle: 1"));
  SimResult result = llvm::cantFail(part.runWhole(part.whole(), {}));
  EXPECT_EQ(result.statistics.epochs[0].programmingCycles, 16u);
}

TEST(Epochs, ErrorsNameTheEpoch) {
  Doubling part;
  program::Program whole = part.whole();
  // Nobody waits for the second part's input.
  program::Context &context = *whole.mutable_epochs(1)
                                   ->mutable_program()
                                   ->mutable_nodes(0)
                                   ->mutable_contexts(0);
  ASSERT_EQ(context.name(), "double");
  context.mutable_lcu(0)
      ->mutable_loop()
      ->mutable_body(0)
      ->mutable_loop()
      ->mutable_body()
      ->DeleteSubrange(0, 1);
  auto result = part.runWhole(whole, {});
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()), HasSubstr("epoch 1: cycle"));
}

TEST(Epochs, ArraysOfAllImagesMustFitTheHost) {
  Doubling part;
  program::Program whole = part.whole();
  program::Object &unused = *whole.add_objects();
  unused = whole.objects(0);
  unused.set_height(1 << 24);
  SimOptions options;
  options.images = 100;
  auto result = part.runWhole(whole, options);
  ASSERT_FALSE(bool(result));
  EXPECT_EQ(
      llvm::toString(result.takeError()),
      "arrays in global memory of 100 images: 26843552000 bytes, expected "
      "at most 4294967296");
}
