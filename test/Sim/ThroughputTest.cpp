//===- ThroughputTest.cpp - operations per second and per joule -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each test computes its figures in its comment.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Sim/Throughput.h"
#include "TimingNetworks.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;

namespace {

/// Four MVMs of 4x4 weights one after another: 64 products in 40 cycles.
const uint32_t width = 4;

std::string jsonOf(const Statistics &statistics) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printJsonReport(statistics, os);
  return text;
}

std::string textOf(const Statistics &statistics) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printTextReport(statistics, os);
  return text;
}

} // namespace

TEST(Throughput, AchievedAgainstPeak) {
  // 128 operations in 40 ns. Peak: 2 cores of 2 crossbars of 16x4 cells make
  // 2 * 2 * 128 operations in 10 ns.
  Multiply network(width);
  Statistics run = network.runOk(ramp(16), 8).statistics;
  EXPECT_EQ(run.iiCycles(), 40u);
  EXPECT_EQ(run.throughput.macsPerImage, 64u);
  EXPECT_DOUBLE_EQ(*run.tops(), 0.0032);
  EXPECT_DOUBLE_EQ(run.throughput.peakTops, 0.0512);
  // An image: MVMs 4 * 1000, DPU 16 * 10, SRAM 16 * 1 and 16 * 2, links
  // 2 * 16 * 3, I/O 2 * 16 * 5 fJ, 4464 in all. Peak: 128 for 1000 fJ.
  EXPECT_EQ(run.energy.total(), 8 * 4464u);
  EXPECT_DOUBLE_EQ(*run.topsPerWatt(), 128 / 4464.0 * 1000);
  EXPECT_DOUBLE_EQ(run.throughput.peakTopsPerWatt, 128);
  EXPECT_THAT(textOf(run),
              testing::HasSubstr(
                  "throughput   0.0032 TOPS, 6.2% of the crossbars' peak of "
                  "0.0512\nefficiency   28.67 TOPS/W, 22.4% of the crossbars' "
                  "peak of 128\n"));
  EXPECT_THAT(jsonOf(run),
              testing::HasSubstr("\"tops\": 0.003200,\n"
                                 "  \"peak_tops\": 0.051200,\n"
                                 "  \"tops_per_watt\": 28.673835"));
}

TEST(Throughput, OneCrossbarAtATimeHalvesThePeakOfTwo) {
  Multiply network(width, 1,
                   changed(2, "mvm_cycles: 10",
                           "mvm_cycles: 10 "
                           "mvm_concurrency: MVM_CONCURRENCY_CROSSBAR"));
  Statistics run = network.runOk(ramp(16), 8).statistics;
  EXPECT_DOUBLE_EQ(run.throughput.peakTops, 0.0256);
  EXPECT_DOUBLE_EQ(run.throughput.peakTopsPerWatt, 128);
}

TEST(Throughput, CellsOfSlicesAndReservedColumnsDoNotCount) {
  // Two cells for each weight; 4 columns, less 2 that are reserved: 16x1.
  Copy network(1, 4, 4,
               changed(2, "mvm_cycles: 10",
                       "mvm_cycles: 10 cell_bits: 4 reserved_cols: 2"));
  Statistics run = network.runOk(ramp(4), 8).statistics;
  EXPECT_DOUBLE_EQ(run.throughput.peakTops, 0.0128);
  EXPECT_DOUBLE_EQ(run.throughput.peakTopsPerWatt, 32);
  EXPECT_EQ(run.throughput.macsPerImage, 0u);
  EXPECT_EQ(*run.tops(), 0);
}

TEST(Throughput, FewImagesHaveNoSteadyState) {
  Statistics run = Multiply(width).runOk(ramp(16), 7).statistics;
  EXPECT_FALSE(run.tops());
  EXPECT_TRUE(run.topsPerWatt());
  EXPECT_THAT(textOf(run), testing::Not(testing::HasSubstr("throughput ")));
  EXPECT_THAT(jsonOf(run), testing::HasSubstr("\"tops\": null"));
}

TEST(Throughput, WithoutTheEnergyOfAnMvmThereIsNoEfficiency) {
  Multiply network(width, 1, changed(2, "mvm_fj: 1000", ""));
  Statistics run = network.runOk(ramp(16), 8).statistics;
  EXPECT_GT(run.energy.total(), 0u);
  EXPECT_FALSE(run.topsPerWatt());
  EXPECT_THAT(textOf(run), testing::Not(testing::HasSubstr("efficiency ")));
  EXPECT_THAT(
      jsonOf(run),
      testing::AllOf(testing::HasSubstr("\"tops_per_watt\": null"),
                     testing::HasSubstr("\"peak_tops_per_watt\": null"),
                     testing::HasSubstr("\"unknown\": [\n   \"mvm\"\n  ]")));
}

TEST(Throughput, WhatHasNoFigureIsSaid) {
  Multiply network(width, 1, changed(2, "link_byte_fj: 3", ""));
  Statistics run = network.runOk(ramp(16), 8).statistics;
  EXPECT_THAT(textOf(run), testing::HasSubstr("; no figures for link\n"));
}

TEST(Throughput, PublishedPeakOfHermes64) {
  // 63.1 TOPS and 9.76 TOPS/W (arXiv 2212.02872).
  llvm::Expected<machine::Machine> preset = getPreset("hermes64");
  ASSERT_TRUE(bool(preset)) << llvm::toString(preset.takeError());
  ThroughputStatistics peak =
      sim::peakThroughput(llvm::cantFail(MachineModel::create(*preset)));
  EXPECT_NEAR(peak.peakTops, 63.1, 0.05);
  EXPECT_NEAR(peak.peakTopsPerWatt, 9.76, 0.03);
  EXPECT_THAT(peak.unknown, testing::ElementsAre("dpu", "sram_read",
                                                 "sram_write", "link", "io"));
}
