//===- CostTest.cpp - cycles of accesses, vectors and messages ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static MachineModel load(llvm::StringRef name,
                         llvm::ArrayRef<std::string> settings = {}) {
  return llvm::cantFail(loadMachine(name, settings));
}

TEST(Cost, SramRunsTakeOneAccessForEachAlignedBlockTheyTouch) {
  // 64 B in 20 cycles (read) and 30 (write).
  MachineModel model = load("pimcomp144");
  EXPECT_EQ(model.sramReadCycles(0, 0, 0), 0u);
  EXPECT_EQ(model.sramReadCycles(0, 0, 1), 20u);
  EXPECT_EQ(model.sramReadCycles(0, 0, 64), 20u);
  EXPECT_EQ(model.sramReadCycles(0, 63, 2), 40u);
  EXPECT_EQ(model.sramWriteCycles(0, 64, 65), 60u);
}

TEST(Cost, SramAccessesEqualACountOfTheBlocksOfEachByte) {
  std::mt19937 random(7);
  for (uint32_t width : {1, 3, 16, 64}) {
    MachineModel model =
        load("tiny8", {"core.access_bytes=" + std::to_string(width)});
    for (int trial = 0; trial < 200; ++trial) {
      uint64_t address = random() % 500, bytes = random() % 200;
      uint64_t blocks = 0;
      for (uint64_t at = address; at < address + bytes; ++at)
        blocks += at == address || at % width == 0;
      EXPECT_EQ(model.sramReadCycles(0, address, bytes), blocks)
          << width << " " << address << " " << bytes;
    }
  }
}

TEST(Cost, VectorsTakeStepsOfTheLanes) {
  MachineModel model = load("pimsim64", {"core.mac_lanes=8"});
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Alu, 0), 0u);
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Alu, 16), 4u);
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Alu, 17), 8u);
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Lookup, 32), 8u);
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Exp, 17), 32u);
  EXPECT_EQ(model.dpuCycles(0, DpuClass::Mac, 17), 12u);
}

TEST(Cost, MessagesCarryAHeaderForEachPacket) {
  // 4 bytes of header, 256 of payload at most.
  MachineModel model = load("hermes64");
  EXPECT_EQ(model.wireBytes(0), 4u);
  EXPECT_EQ(model.wireBytes(1), 5u);
  EXPECT_EQ(model.wireBytes(256), 260u);
  EXPECT_EQ(model.wireBytes(257), 265u);
  MachineModel whole = load("hermes64", {"network.max_payload=0"});
  EXPECT_EQ(whole.wireBytes(1000), 1004u);
  MachineModel bare = load("hermes64", {"network.header_bytes=0"});
  EXPECT_EQ(bare.wireBytes(0), 1u);
  EXPECT_EQ(bare.wireBytes(300), 300u);
}

TEST(Cost, LinksTakeTheirWidthInEachCycle) {
  MachineModel model = load("hermes64");
  EXPECT_EQ(model.serializationCycles(0, 4), 1u);
  EXPECT_EQ(model.serializationCycles(0, 5), 2u);
}
