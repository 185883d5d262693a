//===- LimitsTest.cpp - numbers at and beyond the limits ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The limits of docs/Simulator.md, each with a run that stays below it or an
// error that says what is beyond it.
//
//===----------------------------------------------------------------------===//

#include "Networks.h"
#include "cm/Support/Limits.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::AllOf;
using ::testing::HasSubstr;

static void changeMachine(ProgramBuilder &builder,
                          llvm::function_ref<void(machine::Machine &)> change) {
  machine::Machine proto = builder.machine->proto();
  change(proto);
  builder.machine = llvm::cantFail(MachineModel::create(proto));
}

static std::string timingError(const ProgramBuilder &builder,
                               SimOptions options) {
  options.timingOnly = true;
  auto result = simulate(builder.program, *builder.machine, {}, options);
  return result ? "no error" : llvm::toString(result.takeError());
}

namespace {

/// `pixels` products of one row on 65536 crossbars at a time, beside which the
/// input is copied.
struct WideProduct : ProgramBuilder {
  explicit WideProduct(uint32_t pixels) : ProgramBuilder(1) {
    changeMachine(*this, [](machine::Machine &machine) {
      machine::Crossbar &crossbar =
          *machine.mutable_core_types(0)->mutable_crossbar();
      crossbar.set_count(1 << 16);
      crossbar.set_mvm_concurrency(machine::MVM_CONCURRENCY_CROSSBAR);
    });
    uint32_t in = addObject("in", 1, pixels, 1);
    addInput(in);
    addOutput(in);
    uint32_t buffer = addBuffer(0, in, 1);
    addContext(0, "wide", 1, pixels);
    std::vector<int8_t> weights(4 << 16, 1);
    setMvm(0, 0, addUnit(0, 1, 4 << 16, weights), window(0, buffer));
    addDpu(0, 0, program::DPU_MVM_RESULT, 4 << 16);
    addLoad(0, 0, window(0, buffer));
    setWrite(0, 0, in);
    uint32_t route = addRoute({host(), 0}, 0, buffer, {0});
    addRoute({0, host()}, 0, -1);
    waitSame(0, 0, route, 1, pixels);
  }
};

} // namespace

TEST(Limits, CyclesOfARun) {
  // 2^46 cycles for each of 129 products.
  WideProduct network(129);
  changeMachine(network, [](machine::Machine &machine) {
    machine.mutable_core_types(0)->mutable_crossbar()->set_mvm_cycles(1 << 30);
  });
  EXPECT_EQ(timingError(network, {}),
            "the run is longer than 9007199254740992 cycles");
}

TEST(Limits, EnergyFitsTheReportOrIsAnError) {
  auto expensive = [](machine::Machine &machine) {
    machine.mutable_energy()->Clear();
    machine.mutable_energy()->set_mvm_fj(1'000'000'000'000);
  };
  WideProduct most(281);
  changeMachine(most, expensive);
  SimOptions options;
  options.timingOnly = true;
  auto result = simulate(most.program, *most.machine, {}, options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(result->statistics.energy.total(),
            uint64_t(281 * 65536) * 1'000'000'000'000);
  WideProduct more(282);
  changeMachine(more, expensive);
  EXPECT_EQ(timingError(more, {}),
            "energy: with 18481152 events of mvm_fj = 1000000000000 fJ the sum "
            "is beyond the 18446744073709551615 fJ of a report; run fewer "
            "images");
}

TEST(Limits, RatiosOfLongRuns) {
  EXPECT_EQ(ratio(uint64_t(1) << 52, uint64_t(1) << 53), 0.5);
  EXPECT_EQ(ratio(uint64_t(1) << 62, uint64_t(1) << 62, 1 << 10), 0.000976);
  EXPECT_EQ(ratio(1, 0), 0);
}

TEST(Limits, AddressesTakeNoMemory) {
  Convolution network(5, 6);
  changeMachine(network, [](machine::Machine &machine) {
    machine.mutable_core_types(0)->mutable_sram()->set_bytes(maxSramBytes);
  });
  SimResult low = network.runOk(ramp(30));
  network.node(1).mutable_buffers(0)->set_address(maxSramBytes - 24);
  SimResult high = network.runOk(ramp(30));
  EXPECT_EQ(high.outputs[0], low.outputs[0]);
  EXPECT_EQ(high.statistics.cores[0].sramAllocated, maxSramBytes);
}

TEST(Limits, BytesOfABuffer) {
  Convolution network(5, 6);
  changeMachine(network, [](machine::Machine &machine) {
    machine.mutable_core_types(0)->mutable_sram()->set_bytes(0);
  });
  // Sixteen bytes of tag and one of data for each of 2^29 rows of 6 pixels.
  network.node(1).mutable_buffers(0)->set_slots(1u << 29);
  EXPECT_THAT(network.runError(ramp(30)),
              AllOf(HasSubstr("core[1] buffer of 'in': 54760833152 bytes"),
                    HasSubstr("which is what is left of the 4294967296 bytes "
                              "of a run")));
}

TEST(Limits, BytesOfRegisters) {
  Convolution network(5, 6);
  program::Gather gather = network.window(1, 0, 1 << 10, 0);
  for (int i = 0; i != 128; ++i)
    network.addLoad(1, 0, gather);
  EXPECT_THAT(network.runError(ramp(30)),
              HasSubstr("core[1] 'conv' registers: 4294967840 bytes"));
}

TEST(Limits, TimeOfTheDryRun) {
  Convolution network(5, 6);
  network.context(1, 0).set_domain(0, 16000);
  network.context(1, 0).set_domain(1, 16000);
  EXPECT_THAT(network.runError(ramp(30)),
              HasSubstr("core[1] 'conv': 256000000 iterations with windows of "
                        "9 elements, expected all windows to touch at most "
                        "1073741824 locations of buffers in each image"));
}

TEST(Limits, ImagesAndTheirResults) {
  Convolution network(8, 8);
  SimOptions options;
  options.images = maxImages + 1;
  EXPECT_EQ(timingError(network, options),
            "16777217 images, expected 1 to 16777216");
  EXPECT_THAT(network.runError(ramp(64), maxImages),
              HasSubstr("results of 16777216 images: 4831838208 bytes, "
                        "expected at most 4294967296"));
}

TEST(Limits, MachinesMemories) {
  Convolution network(5, 6);
  machine::Machine proto = network.machine->proto();
  proto.mutable_core_types(0)->mutable_sram()->set_bytes(maxSramBytes + 1);
  auto model = MachineModel::create(proto);
  ASSERT_FALSE(bool(model));
  EXPECT_EQ(llvm::toString(model.takeError()),
            "core_types[0].sram.bytes: expected at most 1099511627776, found "
            "1099511627777");
}

TEST(Limits, ConstantsNeedNotWaitForTheInput) {
  Statistics statistics;
  statistics.images = 1;
  statistics.firstIn = {10};
  statistics.lastOut = {4};
  EXPECT_EQ(statistics.latency(0), 0u);
}
