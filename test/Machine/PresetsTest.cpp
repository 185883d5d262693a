//===- PresetsTest.cpp - the presets' figures -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"
#include <google/protobuf/util/message_differencer.h>

using namespace cm;
using google::protobuf::util::MessageDifferencer;

static MachineModel load(llvm::StringRef name,
                         llvm::ArrayRef<std::string> settings = {}) {
  return llvm::cantFail(loadMachine(name, settings));
}

TEST(Presets, AreInAlphabeticalOrder) {
  EXPECT_THAT(presetNames(),
              testing::ElementsAre("cmnnc", "hermes64", "pimcomp144",
                                   "pimsim64", "tiny8"));
}

TEST(Presets, AreNamedAfterTheirFileAndSayWhereTheyComeFrom) {
  for (const std::string &name : presetNames()) {
    MachineModel model = load(name);
    EXPECT_EQ(model.name(), name);
    EXPECT_THAT(model.proto().provenance(), testing::HasSubstr("assumption"));
  }
}

TEST(Presets, ReadBackEqualAndCompleteFromText) {
  for (const std::string &name : presetNames()) {
    machine::Machine machine = load(name).proto();
    machine::Machine again =
        llvm::cantFail(parseMachine(printMachine(machine), name));
    EXPECT_TRUE(MessageDifferencer::Equals(machine, again)) << name;
    // A complete machine stays as it is.
    MachineModel model = llvm::cantFail(MachineModel::create(again));
    EXPECT_TRUE(MessageDifferencer::Equals(machine, model.proto())) << name;
  }
}

namespace {
struct Figures {
  const char *name;
  uint32_t cores, crossbars, rows, cols, mvmCycles, linkWidth, lanes;
  double clock;
};
} // namespace

TEST(Presets, HaveTheFiguresOfTheirSources) {
  const Figures all[] = {
      {"cmnnc", 64, 1, 256, 256, 1, 65536, 65536, 0.01},
      {"hermes64", 64, 1, 256, 256, 133, 4, 64, 1},
      {"pimcomp144", 144, 64, 128, 128, 1305, 32, 32, 1},
      {"pimsim64", 64, 64, 128, 128, 5168, 8, 16, 1},
      {"tiny8", 8, 4, 64, 64, 16, 8, 16, 1},
  };
  for (const Figures &figures : all) {
    MachineModel model = load(figures.name);
    const machine::Crossbar &crossbar = model.core(0).crossbar();
    EXPECT_EQ(model.numCores(), figures.cores) << figures.name;
    EXPECT_EQ(crossbar.count(), figures.crossbars) << figures.name;
    EXPECT_EQ(crossbar.rows(), figures.rows) << figures.name;
    EXPECT_EQ(crossbar.cols(), figures.cols) << figures.name;
    EXPECT_EQ(crossbar.mvm_cycles(), figures.mvmCycles) << figures.name;
    EXPECT_EQ(model.link(0).widthBytes, figures.linkWidth) << figures.name;
    EXPECT_EQ(model.core(0).dpu().lanes(), figures.lanes) << figures.name;
    EXPECT_EQ(model.clockGHz(), figures.clock) << figures.name;
  }
}

// One 256x256 MVM of 8 bits is 131,072 operations; 64 cores at 133 ns make the
// 63.1 TOPS of the source, and 13.4 nJ its 9.76 TOPS/W.
TEST(Presets, HermesReachesThePublishedRateAndEfficiency) {
  MachineModel model = load("hermes64");
  const machine::Crossbar &crossbar = model.core(0).crossbar();
  double operations = 2.0 * crossbar.rows() * crossbar.cols();
  double tops = operations * model.numCores() * model.clockGHz() /
                crossbar.mvm_cycles() * 1e-3;
  EXPECT_NEAR(tops, 63.1, 0.05);
  double joules = model.proto().energy().mvm_fj() * 1e-15;
  EXPECT_NEAR(operations / joules * 1e-12, 9.76, 0.03);
}

TEST(Presets, AnUnknownNameListsThoseThatAre) {
  llvm::Expected<machine::Machine> machine = getPreset("hermes65");
  EXPECT_EQ(llvm::toString(machine.takeError()),
            "expected a preset (cmnnc, hermes64, pimcomp144, pimsim64, tiny8), "
            "found 'hermes65'");
}
