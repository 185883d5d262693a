//===- ValidateTest.cpp - wrong objects, nodes, memory and bindings -------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestProgram.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;

namespace {

class WrongArrays : public testing::TestWithParam<WrongProgram> {};

TEST_P(WrongArrays, NamesTheCulprit) {
  EXPECT_THAT(errorAfter(GetParam()), testing::HasSubstr(GetParam().error));
}

TEST(Validate, AcceptsTheProgramThatTheOthersBreak) {
  EXPECT_EQ(errorAfter({"none", [](Parts) {}, ""}), "");
}

/// A second unit with 66 rows: 64 and 65 are in the second of two crossbars
/// below each other.
void addStack(Parts p, uint32_t first, uint32_t second) {
  program::MvmUnit &stack = *p.core(0).add_mvm_units();
  stack = p.core(0).mvm_units(0);
  stack.set_rows(66);
  stack.set_weights(std::string(66 * 3, 'a'));
  stack.set_crossbars(0, first);
  stack.add_crossbars(second);
}

const WrongProgram wrongPrograms[] = {
    {"EmptyObject",
     [](Parts p) { p.program.mutable_objects(0)->set_height(0); },
     "objects[0] 'x': 0x4x2 elements, expected 1 to 268435456 in all"},
    {"HugeObject",
     [](Parts p) { p.program.mutable_objects(0)->set_channels(0xffffffff); },
     "objects[0] 'x': 4x4x4294967295 elements"},
    {"ElementBytes",
     [](Parts p) { p.program.mutable_objects(1)->set_element_bytes(5); },
     "objects[1] 'a': 5 bytes per element, expected 1 to 4"},
    {"EmptyTensor", [](Parts p) { p.program.mutable_tensors(0)->set_width(0); },
     "tensors[0] 't': 4x0x3 elements, expected 1 to 268435456 in all"},
    {"TensorShape",
     [](Parts p) { p.program.mutable_tensors(0)->set_host_shape(1, 300); },
     "tensors[0] 't': host_shape has 4800 elements, expected 48"},
    {"TensorPermutation",
     [](Parts p) { p.program.mutable_tensors(0)->set_permutation(0, 7); },
     "tensors[0] 't': permutation is not one of the 3 axes behind the batch"},
    {"TensorHostType",
     [](Parts p) {
       p.program.mutable_tensors(0)->set_host_type(program::HOST_TYPE_FLOAT32);
     },
     "tensors[0] 't': host_type 3, expected int8 or uint8"},
    {"AliasShape",
     [](Parts p) {
       p.program.mutable_tensors(0)->add_aliases()->set_name("u");
       p.program.mutable_tensors(0)->mutable_aliases(0)->add_host_shape(1);
     },
     "tensors[0] 't' alias 'u': host_shape has 1 elements, expected 48"},
    {"ReleaseInterval",
     [](Parts p) { p.program.set_release_interval(uint64_t(1) << 63); },
     "release_interval: 9223372036854775808 cycles, expected at most "
     "68719476736"},
    {"NoOutputs", [](Parts p) { p.program.clear_outputs(); },
     "outputs: expected at least one, found none"},
    {"NodeBeyondMachine", [](Parts p) { p.core(2).set_id(9); },
     "nodes: identifier 9, expected below 9"},
    {"NodeIsSwitch",
     [](Parts p) {
       p.machine.mutable_topology()->mutable_star()->set_cores(7);
       p.core(2).set_id(7);
     },
     "nodes: switch[7] only passes messages on, expected a core or an i/o "
     "node"},
    {"NodesOutOfOrder", [](Parts p) { p.core(1).set_id(0); },
     "comes after node 0, expected rising identifiers"},
    {"BuffersOnHost", [](Parts p) { p.core(2).add_buffers(); },
     "an i/o node has no crossbars and no buffers, found 0 units and 1 "
     "buffers"},
    {"TooManyContexts",
     [](Parts p) {
       p.machine.mutable_core_types(0)->mutable_lcu()->set_contexts(1);
       p.core(0).add_contexts();
     },
     "2 contexts, the LCU has 1"},
    {"UnitsOnDigitalCore",
     [](Parts p) { p.machine.mutable_core_types(0)->clear_crossbar(); },
     "1 mvm units on a core without crossbars"},
    {"UnitRows", [](Parts p) { p.core(0).mutable_mvm_units(0)->set_rows(65); },
     "mvm_units[0]: 1 crossbars for a matrix of 65 x 3, expected 2"},
    {"UnitIsEmpty",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_rows(0); },
     "mvm_units[0]: a matrix of 0 x 3, expected rows and columns"},
    {"UnitCrossbarCount",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_cols(65); },
     "mvm_units[0]: 1 crossbars for a matrix of 2 x 65, expected 2"},
    {"CrossbarBeyondCore",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_crossbars(0, 4); },
     "mvm_units[0]: crossbar 4, the core has 4"},
    {"CellsUsedTwice",
     [](Parts p) {
       *p.core(0).add_mvm_units() = p.core(0).mvm_units(0);
       p.core(0).mutable_mvm_units(1)->set_column_offset(2);
       p.core(0).mutable_mvm_units(1)->set_row_offset(1);
     },
     "mvm_units[1]: crossbar 0 has cells that mvm_units[0] holds already"},
    {"CellsBehindRunningOver",
     [](Parts p) {
       // Columns 62, 63 of crossbar 0 and 0 of crossbar 1.
       program::MvmUnit &over = *p.core(0).add_mvm_units();
       over = p.core(0).mvm_units(0);
       over.set_column_offset(62);
       over.add_crossbars(1);
       program::MvmUnit &next = *p.core(0).add_mvm_units();
       next = p.core(0).mvm_units(0);
       next.set_crossbars(0, 1);
     },
     "mvm_units[2]: crossbar 1 has cells that mvm_units[1] holds already"},
    {"UnitBehindRows",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_row_offset(64); },
     "mvm_units[0]: begins at row 64 and column 0 of cells, there are 64 and "
     "64"},
    {"UnitInReservedColumn",
     [](Parts p) {
       p.machine.mutable_core_types(0)->mutable_crossbar()->set_reserved_cols(
           1);
       p.core(0).mutable_mvm_units(0)->set_column_offset(63);
     },
     "mvm_units[0]: begins at row 0 and column 63 of cells, there are 64 and "
     "63"},
    {"UnitRowsBehindOffset",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_row_offset(63); },
     "mvm_units[0]: 2 rows from row 63 on, expected at most 1"},
    {"UnitSlices",
     [](Parts p) {
       p.machine.mutable_core_types(0)->mutable_crossbar()->set_cell_bits(3);
     },
     "mvm_units[0]: 0 slices of a weight, expected 3"},
    {"SlicesNeedCrossbars",
     [](Parts p) {
       p.machine.mutable_core_types(0)->mutable_crossbar()->set_cell_bits(3);
       p.core(0).mutable_mvm_units(0)->set_slices(3);
       p.core(0).mutable_mvm_units(0)->set_column_offset(60);
     },
     "mvm_units[0]: 1 crossbars for a matrix of 2 x 3, expected 2"},
    {"CellsOfAStack", [](Parts p) { addStack(p, 2, 0); },
     "mvm_units[1]: crossbar 0 has cells that mvm_units[0] holds already"},
    {"CrossbarTwice", [](Parts p) { addStack(p, 2, 2); },
     "mvm_units[1]: crossbar 2 is listed twice"},
    {"WeightBytes",
     [](Parts p) { p.core(0).mutable_mvm_units(0)->set_weights("abc"); },
     "mvm_units[0]: 3 weight bytes, expected 2 x 3"},
    {"BufferObject",
     [](Parts p) { p.core(0).mutable_buffers(0)->set_object(4); },
     "buffers[0]: object 4, expected below 4"},
    {"BufferFold",
     [](Parts p) {
       p.core(0).mutable_buffers(0)->set_fold(program::FOLD_UNSPECIFIED);
     },
     "buffers[0]: fold 0, expected FOLD_ROW or FOLD_PIXEL"},
    {"BufferSlots", [](Parts p) { p.core(0).mutable_buffers(0)->set_slots(0); },
     "buffers[0]: 0 slots, expected at least 1"},
    {"BufferBeyondSram",
     [](Parts p) { p.core(0).mutable_buffers(0)->set_address(65530); },
     "buffers[0] ('x'): 2 slots of 8 bytes at address 65530 reach beyond the "
     "65536 bytes of SRAM"},
    {"BufferOverflow",
     [](Parts p) { p.core(0).mutable_buffers(0)->set_slots(0xffffffff); },
     "4294967295 slots of 8 bytes at address 0 reach beyond the"},
    {"BuffersOverlap",
     [](Parts p) { *p.core(0).add_buffers() = p.core(0).buffers(0); },
     "buffers[1] at 0 overlaps buffers[0], which ends at 16"},
    {"BindingObject",
     [](Parts p) { p.program.mutable_inputs(0)->set_object(4); },
     "inputs[0] 'x': object 4, expected below 4"},
    {"BindingOfPartialSums",
     [](Parts p) { p.program.mutable_outputs(0)->set_object(3); },
     "outputs[0] 'y': object 's' has 4 bytes per element, expected 1"},
    {"BindingOnCore", [](Parts p) { p.program.mutable_inputs(0)->set_node(2); },
     "is not an i/o node"},
    {"BindingDirection",
     [](Parts p) {
       p.machine.mutable_io_nodes(0)->set_direction(machine::DIRECTION_INPUT);
       *p.machine.add_io_nodes() = p.machine.io_nodes(0);
       p.machine.mutable_io_nodes(1)->set_name("out");
       p.machine.mutable_io_nodes(1)->set_direction(machine::DIRECTION_OUTPUT);
     },
     "outputs[0] 'y': host has the other direction"},
    {"HostType",
     [](Parts p) {
       p.program.mutable_inputs(0)->set_host_type(
           program::HOST_TYPE_UNSPECIFIED);
     },
     "inputs[0] 'x': host_type 0, expected int8, uint8 or float32"},
    {"HostScale", [](Parts p) { p.program.mutable_outputs(0)->set_scale(0); },
     "outputs[0] 'y': scale 0.000000e+00, expected a positive normal number"},
    {"HostZeroPoint",
     [](Parts p) { p.program.mutable_outputs(0)->set_zero_point(128); },
     "outputs[0] 'y': zero_point 128, expected -128 to 127"},
    {"HostBatch",
     [](Parts p) { p.program.mutable_inputs(0)->set_host_shape(0, 2); },
     "inputs[0] 'x': host_shape must start with batch 1"},
    {"HostElements",
     [](Parts p) { p.program.mutable_inputs(0)->set_host_shape(1, 3); },
     "inputs[0] 'x': host_shape has 48 elements, expected 32"},
    {"HostPermutation",
     [](Parts p) { p.program.mutable_inputs(0)->set_permutation(0, 0); },
     "inputs[0] 'x': permutation is not one of the 3 axes behind the batch"},
};

INSTANTIATE_TEST_SUITE_P(, WrongArrays, testing::ValuesIn(wrongPrograms),
                         [](const auto &info) { return info.param.name; });

} // namespace
