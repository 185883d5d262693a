//===- TestProgram.cpp - a small valid program to break -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestProgram.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"

using namespace cm;

static const char *const objectsAndTensors = R"(
major: 1 minor: 0 name: "net" release_interval: 1000
objects { name: "x" height: 4 width: 4 channels: 2 element_bytes: 1 }
objects { name: "a" height: 4 width: 4 channels: 3 element_bytes: 1 }
objects { name: "y" height: 4 width: 4 channels: 3 element_bytes: 1 }
objects { name: "s" height: 4 width: 4 channels: 3 element_bytes: 4 }
tensors { name: "t" height: 4 width: 4 channels: 3 host_shape: [1, 3, 4, 4]
          permutation: [1, 2, 0] host_type: HOST_TYPE_INT8 }
inputs { name: "x" object: 0 node: 8 host_type: HOST_TYPE_INT8
         host_shape: [1, 2, 4, 4] permutation: [1, 2, 0] scale: 1 }
outputs { name: "y" object: 2 node: 8 host_type: HOST_TYPE_FLOAT32
          host_shape: [1, 3, 4, 4] permutation: [1, 2, 0] scale: 0.5 }
)";

static const char *const convCore = R"(
nodes { id: 0
  mvm_units { crossbars: 0 rows: 2 cols: 3 weights: "abcdef" }
  buffers { object: 0 address: 0 slots: 2 fold: FOLD_ROW }
  contexts { name: "conv" domain: [4, 4] mvm_unit: 0
    mvm_input { kernel_y: 1 kernel_x: 1 stride_y: 1 stride_x: 1
                dilation_y: 1 dilation_x: 1 channel_end: 2 element_end: 2 }
    lcu { loop { dim: 0 step: 1 lower {} upper { constant: 3 }
      body { loop { dim: 1 step: 1 lower {} upper { constant: 3 }
        body { wait { received: 0
          threshold { constant: 1 image: 16 dims: [4, 1] } } }
        body { wait { retired { route: 1 reader: 0 }
          threshold { constant: -31 image: 16 dims: [4, 1]
            divs { coefficient: 0 divisor: 2 numerator { dims: [1] } } } } }
        body { fire {} } } } } }
    dpu { opcode: DPU_MVM_RESULT length: 3 }
    dpu { opcode: DPU_CONSTANT length: 3 table: [1, 2, 3] }
    dpu { opcode: DPU_ADD operands: [0, 1] length: 3 }
    dpu { opcode: DPU_REQUANTIZE operands: 2 length: 3 scales: 0.5
          minimum: -128 maximum: 127 tensor: 1 }
    write { object: 1 stride_y: 1 stride_x: 1 channel_end: 3 source: 3 }
    sends: 1 } }
)";

static const char *const window = R"(gather { kernel_y: 1 kernel_x: 1
  stride_y: 1 stride_x: 1 dilation_y: 1 dilation_x: 1
  channel_end: 3 element_end: 3 })";

/// Registers: 0 load, 1 maximum, 2 average, 3 global average, 4 sum, 5 look-up,
/// 6 softmax, 7 constant, 8 requantise_fixed, 9 product, 10 shuffle,
/// 11 interpolation.
static std::string postCore() {
  std::string g = window;
  std::string quantised = "a { scale: 1 } y { scale: 1 } minimum: -128 "
                          "maximum: 127 length: 3 ";
  return R"(nodes { id: 1
  buffers { object: 1 address: 0 slots: 2 fold: FOLD_ROW }
  contexts { name: "post" domain: [4, 4]
    lcu { guard { nonnegative { constant: 0 } body { fire {} } } }
    dpu { opcode: DPU_LOAD length: 3 )" +
         g + R"( }
    dpu { opcode: DPU_MAX_POOL length: 3 )" +
         g + R"( }
    dpu { opcode: DPU_AVERAGE_POOL )" +
         quantised + g + R"( }
    dpu { opcode: DPU_GLOBAL_AVERAGE_POOL )" +
         quantised + g + R"( }
    dpu { opcode: DPU_ADD_QUANTIZED operands: [0, 1] b { scale: 1 } )" +
         quantised + R"( }
    dpu { opcode: DPU_LOOKUP operands: 4 length: 3 }
    dpu { opcode: DPU_SOFTMAX operands: 5 )" +
         quantised + R"( }
    dpu { opcode: DPU_CONSTANT length: 3 table: [1, 2, 3] }
    dpu { opcode: DPU_REQUANTIZE_FIXED operands: 7 length: 3 table: [1]
          shifts: [1] minimum: -128 maximum: 127 }
    dpu { opcode: DPU_MUL_QUANTIZED operands: [0, 1] b { scale: 1 } )" +
         quantised + R"( }
    dpu { opcode: DPU_SHUFFLE operands: 9 length: 2 table: [2, -1] }
    dpu { opcode: DPU_INTERPOLATE row_weights: [0, 1, 1, 1]
          column_weights: [1, 1, 1, 1] )" +
         quantised + g + R"( }
    write { object: 2 stride_y: 1 stride_x: 1 channel_end: 3 source: 6 }
    sends: 2 } }
)";
}

static const char *const hostAndRoutes = R"(
nodes { id: 8
  contexts { name: "x" domain: [4, 4] input_binding: 0 sends: 0
    lcu { fire {} }
    write { object: 0 stride_y: 1 stride_x: 1 channel_end: 2 } } }
routes { object: 0 source_node: 8 dest_node: 0 dest_buffer: 0 readers: 0 }
routes { object: 1 source_node: 0 dest_node: 1 dest_buffer: 0 readers: 0 }
routes { object: 2 source_node: 1 dest_node: 8 }
)";

static uint32_t linkBetween(const MachineModel &machine, NodeId from,
                            NodeId to) {
  for (size_t i = 0; i != machine.links().size(); ++i)
    if (machine.link(i).from == from && machine.link(i).to == to)
      return i;
  ADD_FAILURE() << "no link from " << from << " to " << to;
  return 0;
}

program::Program cm::test::makeProgram() {
  auto program = parseProgramText(std::string(objectsAndTensors) + convCore +
                                      postCore() + hostAndRoutes,
                                  "test");
  if (!program) {
    ADD_FAILURE() << llvm::toString(program.takeError());
    return {};
  }
  program->mutable_nodes(1)->mutable_contexts(0)->mutable_dpu(5)->set_lut(
      std::string(256, 'v'));
  auto machine = MachineModel::create(llvm::cantFail(getPreset("tiny8")));
  if (!machine) {
    ADD_FAILURE() << llvm::toString(machine.takeError());
    return {};
  }
  for (program::Route &route : *program->mutable_routes())
    route.add_links(
        linkBetween(*machine, route.source_node(), route.dest_node()));
  return std::move(*program);
}

std::string cm::test::errorAfter(const WrongProgram &wrong) {
  program::Program program = makeProgram();
  machine::Machine machine = llvm::cantFail(getPreset("tiny8"));
  wrong.edit({program, machine});
  auto model = MachineModel::create(machine);
  if (!model)
    return "machine: " + llvm::toString(model.takeError());
  llvm::Error error = validateProgram(program, *model);
  return error ? llvm::toString(std::move(error)) : "";
}
