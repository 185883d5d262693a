//===- ModelTest.cpp - nodes, types, distances and settings ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "cm/Support/File.h"
#include "gmock/gmock.h"

using namespace cm;

static machine::Machine parse(const std::string &text) {
  return llvm::cantFail(parseMachine(text, "test"));
}

/// Six cores in a row, the last two digital; images enter at core 0 and leave
/// at core 5, and a third node reaches both ends.
static const char *const row = R"(
  name: "row"
  clock_ghz: 1
  core_types {
    name: "analog"
    crossbar { rows: 8 cols: 8 mvm_cycles: 3 }
    dpu { lanes: 4 }
    sram { access_bytes: 8 }
  }
  core_types { name: "digital" dpu { lanes: 16 } sram { access_bytes: 32 } }
  topology {
    mesh { width: 6 height: 1 }
    assignments { first: 4 count: 2 core_type: "digital" }
  }
  link { width_bytes: 2 }
  io_nodes {
    name: "out" direction: DIRECTION_OUTPUT bytes_per_cycle: 1 attached_to: [5]
  }
  io_nodes {
    name: "in" direction: DIRECTION_INPUT bytes_per_cycle: 1 attached_to: [0]
  }
  io_nodes { bytes_per_cycle: 1 attached_to: [0, 5] }
)";

static MachineModel makeRow() {
  return llvm::cantFail(MachineModel::create(parse(row)));
}

TEST(MachineModel, CoresHaveTheTypeThatIsAssigned) {
  MachineModel machine = makeRow();
  EXPECT_TRUE(machine.hasCrossbar(3));
  EXPECT_FALSE(machine.hasCrossbar(4));
  EXPECT_EQ(machine.core(5).name(), "digital");
  EXPECT_EQ(machine.dpuCycles(0, DpuClass::Alu, 16), 4u);
  EXPECT_EQ(machine.dpuCycles(5, DpuClass::Alu, 16), 1u);
}

TEST(MachineModel, IoNodesFollowTheCores) {
  MachineModel machine = makeRow();
  EXPECT_EQ(machine.numCores(), 6u);
  EXPECT_EQ(machine.numNodes(), 9u);
  EXPECT_FALSE(machine.isCore(6));
  EXPECT_EQ(machine.inputNode(), 7u);
  EXPECT_EQ(machine.outputNode(), 6u);
  EXPECT_EQ(machine.nodeName(3), "core[3]");
  EXPECT_EQ(machine.nodeName(7), "in");
  // The third has no name of its own.
  EXPECT_EQ(machine.nodeName(8), "io2");
  EXPECT_EQ(machine.linkName(*machine.findLink(7, 0)), "in->core[0]");
}

TEST(MachineModel, IoNodesForwardNothing) {
  // Through node 8 core 5 would be two links from core 0.
  MachineModel machine = makeRow();
  EXPECT_THAT(machine.hopsFrom(0),
              testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 1, 1));
  EXPECT_THAT(machine.hopsFrom(8),
              testing::ElementsAre(1, 2, 3, 3, 2, 1, 2, 2, 0));
}

TEST(MachineModel, DefaultsAreFilledIn) {
  const machine::Machine complete = makeRow().proto();
  const machine::CoreType &core = complete.core_types(0);
  EXPECT_EQ(complete.partial_sum_bytes(), 4u);
  EXPECT_EQ(complete.link().latency(), 1u);
  EXPECT_EQ(core.crossbar().count(), 1u);
  EXPECT_EQ(core.crossbar().adc_count(), 8u); // cols
  EXPECT_EQ(core.dpu().mac_lanes(), 4u);      // lanes
  EXPECT_EQ(core.dpu().exp_cycles(), 4u);
  EXPECT_EQ(core.lcu().max_instructions(), 4096u);
  EXPECT_TRUE(complete.has_energy());
}

//===----------------------------------------------------------------------===//
// Settings
//===----------------------------------------------------------------------===//

static MachineModel loadTiny(llvm::ArrayRef<std::string> settings) {
  return llvm::cantFail(loadMachine("tiny8", settings));
}

static std::string errorOf(const std::string &setting) {
  llvm::Expected<MachineModel> machine = loadMachine("tiny8", {setting});
  return machine ? "" : llvm::toString(machine.takeError());
}

TEST(Settings, ChangeFieldsOfEveryKind) {
  MachineModel machine = loadTiny(
      {"core.mvm_cycles=100", "core.bytes=12345678901", "clock_ghz=0.5",
       "core.mode=four_phase", "core.mvm_concurrency=MVM_CONCURRENCY_CORE",
       "link.width_bytes=3", "network.header_bytes=7", "io.bytes_per_cycle=5",
       "energy.mvm_fj=9", "requantization=FIXED", "name=other",
       "core.lcu.contexts=2", "core_types[0].dpu.lanes=6",
       "topology.mesh.width=2", "topology.mesh.height=4",
       "topology.mesh.torus=true"});
  const machine::CoreType &core = machine.core(0);
  EXPECT_EQ(core.crossbar().mvm_cycles(), 100u);
  EXPECT_EQ(core.sram().bytes(), 12345678901u);
  EXPECT_EQ(machine.clockGHz(), 0.5);
  EXPECT_EQ(core.crossbar().mode(), machine::MVM_FOUR_PHASE);
  EXPECT_EQ(core.crossbar().mvm_concurrency(), machine::MVM_CONCURRENCY_CORE);
  EXPECT_EQ(machine.link(0).widthBytes, 3u);
  EXPECT_EQ(machine.proto().network().header_bytes(), 7u);
  EXPECT_EQ(machine.ioNode(8).bytes_per_cycle(), 5u);
  EXPECT_EQ(machine.proto().energy().mvm_fj(), 9u);
  EXPECT_EQ(machine.proto().requantization(), machine::REQUANTIZATION_FIXED);
  EXPECT_EQ(machine.name(), "other");
  EXPECT_EQ(core.lcu().contexts(), 2u);
  EXPECT_EQ(core.dpu().lanes(), 6u);
  // 2x4: a ring of four in each column, one link in each row.
  EXPECT_EQ(machine.links().size(), 2 * (2 * 4 + 4 + 8u));
}

TEST(Settings, LaterOnesWin) {
  EXPECT_EQ(loadTiny({"core.rows=1", "core.rows=2"}).core(0).crossbar().rows(),
            2u);
}

TEST(Settings, NameTheSettingInTheirErrors) {
  EXPECT_EQ(errorOf("core.mvm_cycles"),
            "setting 'core.mvm_cycles': expected path=value");
  EXPECT_EQ(errorOf("core.speed=1"),
            "setting 'core.speed=1': no core type has a field 'speed'");
  EXPECT_EQ(errorOf("speed=1"),
            "setting 'speed=1': unknown field 'speed' of Machine");
  EXPECT_EQ(errorOf("cpu.speed=1"),
            "setting 'cpu.speed=1': unknown field 'cpu' of Machine");
  EXPECT_EQ(errorOf("name.first=1"),
            "setting 'name.first=1': expected 'name' to have fields, found one "
            "value");
  EXPECT_EQ(errorOf("core_types[1].name=x"),
            "setting 'core_types[1].name=x': expected 'core_types[i]' with i "
            "below 1, found 'core_types[1]'");
  EXPECT_EQ(
      errorOf("core_types.name=x"),
      "setting 'core_types.name=x': expected 'core_types[i]' with i below "
      "1, found 'core_types'");
  EXPECT_EQ(
      errorOf("io.attached_to=3"),
      "setting 'io.attached_to=3': expected a field with one value, found "
      "'attached_to'");
  EXPECT_EQ(errorOf("core.dpu=3"),
            "setting 'core.dpu=3': expected a field with one value, found "
            "'dpu'");
}

TEST(Settings, NameTheValueInTheirErrors) {
  EXPECT_EQ(errorOf("core.rows=many"),
            "setting 'core.rows=many': expected a number of at most 32 bits, "
            "found 'many'");
  EXPECT_EQ(errorOf("core.bytes=-1"),
            "setting 'core.bytes=-1': expected a number of at most 64 bits, "
            "found '-1'");
  EXPECT_EQ(errorOf("clock_ghz=fast"),
            "setting 'clock_ghz=fast': expected a number, found 'fast'");
  EXPECT_EQ(
      errorOf("topology.mesh.torus=1"),
      "setting 'topology.mesh.torus=1': expected true or false, found '1'");
  EXPECT_EQ(errorOf("core.mode=two_phase"),
            "setting 'core.mode=two_phase': expected a value of MvmMode "
            "(one_phase, four_phase), found 'two_phase'");
  // Ranges are checked with those of the file.
  EXPECT_EQ(errorOf("core.rows=0"),
            "tiny8: core_types[0].crossbar.rows: expected a number from 1 to "
            "65536, found 0");
}

TEST(Settings, LeaveDigitalCoresWithoutACrossbar) {
  machine::Machine machine = parse(row);
  machine.mutable_core_types()->SwapElements(0, 1);
  machine.clear_topology();
  machine.mutable_topology()->mutable_mesh();
  std::string path = testing::TempDir() + "row.textproto";
  llvm::cantFail(writeFile(path, printMachine(machine)));
  MachineModel model = llvm::cantFail(
      loadMachine(path, {"topology.mesh.width=6", "topology.mesh.height=1",
                         "core.mvm_cycles=77"}));
  EXPECT_FALSE(model.hasCrossbar(0));
  EXPECT_EQ(model.proto().core_types(1).crossbar().mvm_cycles(), 77u);
}

TEST(Settings, OfWhatTheMachineLacksAreErrors) {
  machine::Machine machine = parse(row);
  machine.clear_io_nodes();
  std::string path = testing::TempDir() + "closed.textproto";
  llvm::cantFail(writeFile(path, printMachine(machine)));
  llvm::Expected<MachineModel> model =
      loadMachine(path, {"io.bytes_per_cycle=1"});
  EXPECT_EQ(llvm::toString(model.takeError()),
            "setting 'io.bytes_per_cycle=1': the machine has nothing that 'io' "
            "stands for");
}

TEST(Load, NamesAFileThatCannotBeRead) {
  llvm::Expected<MachineModel> machine = loadMachine("no/such.textproto");
  EXPECT_EQ(llvm::toString(machine.takeError()),
            "cannot read 'no/such.textproto': No such file or directory");
  llvm::Expected<MachineModel> preset = loadMachine("tiny9");
  EXPECT_EQ(llvm::toString(preset.takeError()),
            "expected a file or a preset (cmnnc, hermes64, pimcomp144, "
            "pimsim64, tiny8), found 'tiny9'");
}

TEST(Load, NamesLineAndColumnOfASyntaxError) {
  llvm::Expected<machine::Machine> machine =
      parseMachine("name: 'a'\nclock_ghz: fast", "a.textproto");
  EXPECT_EQ(llvm::toString(machine.takeError()),
            "a.textproto:2:12: expected double, got: fast");
}
