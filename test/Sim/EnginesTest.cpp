//===- EnginesTest.cpp - two engines, one answer --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reports, energies, events and errors of both engines, each in twenty shuffled
// orders of modules.
//
//===----------------------------------------------------------------------===//

#include "Networks.h"
#include "Orders.h"
#include "RowPairs.h"
#include "gmock/gmock.h"
#include <random>

using namespace cm;
using namespace cm::test;
using ::testing::HasSubstr;

namespace {
void expectSame(ProgramBuilder &builder, uint64_t images = 3) {
  for (bool unpaced : {false, true}) {
    EngineComparison found = compare(builder, images, unpaced);
    EXPECT_EQ(found.difference, "");
    EXPECT_EQ(found.error, "");
    EXPECT_EQ(found.runs, 2 * (orders + 1));
    EXPECT_GT(found.events, found.cycles / 10);
  }
}

/// A machine on which much happens in the same cycle: two ports, packets of few
/// bytes, wide and narrow links, an LCU that takes its time.
std::string busyMachine(unsigned cores) {
  std::string text = rowMachine(cores);
  auto replace = [&](const std::string &from, const std::string &to) {
    size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("ports: 1", "ports: 2");
  replace("mvm_cycles: 10", "mvm_cycles: 2");
  replace("lcu { contexts: 8 }", "lcu { contexts: 8 instruction_cycles: 1 }");
  replace("link { width_bytes: 4 latency: 1 }",
          "link { width_bytes: 2 latency: 2 }");
  return text + "network { header_bytes: 1 max_payload: 2 }";
}

/// `count` contexts of core 0 that copy what all of them read, to the host by
/// way of core 1.
struct Copies : ProgramBuilder {
  Copies(const std::string &machine, uint32_t count) : ProgramBuilder(machine) {
    uint32_t in = addObject("in", 2, 3, 4);
    addInput(in);
    uint32_t buffer = addBuffer(0, in, 2, program::FOLD_PIXEL);
    std::vector<uint32_t> readers(count);
    std::iota(readers.begin(), readers.end(), 0u);
    uint32_t route = addRoute({host(), 0}, 0, buffer, readers);
    for (uint32_t i = 0; i != count; ++i) {
      uint32_t out = addObject("out", 2, 3, 4);
      addOutput(out);
      addContext(0, "copy", 2, 3);
      addLoad(0, i, window(0, buffer));
      setWrite(0, i, out);
      addRoute({0, 1, host()}, i, -1);
      waitSame(0, i, route, 2, 3);
      waitRetired(host(), 0, route, i, affine(-1, 6, 3, 1));
    }
  }
};
} // namespace

TEST(Engines, AgreeOnConvolutionTilesAndPools) {
  Convolution convolution(5, 6);
  expectSame(convolution, 8);
  RowTiles tiles;
  expectSame(tiles, 8);
  Pool pool(program::DPU_MAX_POOL);
  expectSame(pool);
}

TEST(Engines, AgreeWhereMuchHappensAtOnce) {
  Copies copies(busyMachine(2), 4);
  copies.program.set_release_interval(50);
  expectSame(copies);
  Copies plain(rowMachine(2), 3);
  expectSame(plain);
}

TEST(Engines, AgreeOnADeadlock) {
  // Credits for three slots of a buffer that has two are never there: 3 is
  // more than the reader retires before it is given the third pixel.
  Copies copies(busyMachine(2), 2);
  for (program::Wait *wait : copies.inputWaits())
    wait->mutable_threshold()->set_constant(1);
  EngineComparison found = compare(copies, 2, true);
  EXPECT_EQ(found.difference, "");
  EXPECT_THAT(found.error, HasSubstr("deadlock in cycle 2: 0 of 2 images"));
}

TEST(Engines, AgreeOnMessagesOfSeveralRows) {
  for (uint32_t slots : {2, 4}) {
    RowPairs network(slots);
    expectSame(network, 4);
  }
}

// The third image waits for one credit more than there can be. Here the event
// engine looks waits up.
TEST(Engines, AgreeOnADeadlockOfALaterImage) {
  Copies copies(rowMachine(2), 2);
  for (program::Wait *wait : copies.inputWaits())
    wait->mutable_threshold()->set_image(7);
  EngineComparison found = compare(copies, 4, true);
  EXPECT_EQ(found.difference, "");
  EXPECT_THAT(found.error, HasSubstr("2 of 4 images"));
  EXPECT_THAT(found.error, HasSubstr("12 of 13"));
}

TEST(Engines, AgreeOnTheStateOfEveryCycle) {
  Copies copies(rowMachine(2), 2);
  uint64_t end = compare(copies, 4, true).cycles;
  StopPoint stop;
  for (stop.cycle = 0; stop.cycle <= end + 1; ++stop.cycle) {
    EngineComparison found = compare(copies, 4, true, stop);
    ASSERT_EQ(found.difference, "") << stop.cycle;
    ASSERT_EQ(found.error, "");
  }
}

/// Whatever a damaged program does, or whatever ends it, both do.
TEST(Engines, AgreeOnDamagedPrograms) {
  RowTiles tiles;
  Copies copies(busyMachine(2), 3);
  std::mt19937 random(7);
  unsigned compared = 0, failed = 0;
  for (ProgramBuilder *network :
       std::initializer_list<ProgramBuilder *>{&tiles, &copies}) {
    std::string bytes = network->program.SerializeAsString();
    for (unsigned i = 0; i != 1500; ++i) {
      std::string damaged = bytes;
      damaged[random() % bytes.size()] ^= char(1 << random() % 8);
      program::Program program;
      if (!program.ParseFromString(damaged))
        continue;
      auto machine = MachineModel::create(program.machine());
      if (!machine) {
        llvm::consumeError(machine.takeError());
        continue;
      }
      if (llvm::Error error = validateProgram(program, *machine)) {
        llvm::consumeError(std::move(error));
        continue;
      }
      SimOptions options;
      options.images = 3;
      options.unpaced = options.timingOnly = true;
      auto run = simulate(program, *machine, {}, options);
      // Ticks of a long run take long, and so does code that runs away.
      if (run ? run->statistics.cycles > 2000
              : llvm::StringRef(llvm::toString(run.takeError()))
                    .contains("instructions without a fire"))
        continue;
      EngineComparison found =
          compareEngines(program, *machine, {}, options, 2);
      EXPECT_EQ(found.difference, "") << "case " << i;
      ++compared;
      failed += !found.error.empty();
    }
  }
  EXPECT_GT(compared, 200u);
  EXPECT_GT(failed, 50u);
}
