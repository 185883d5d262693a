//===- Trial.cpp - programs on the simulator, at awkward speeds -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Trial.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/Simulator.h"
#include <random>

using namespace cm;
using namespace cm::proof;

/// Cores whose work takes long.
static void slowDown(program::Program &program, uint32_t node) {
  machine::Machine &machine = *program.mutable_machine();
  machine::CoreType slow = machine.core_types(0);
  slow.set_name("slow");
  slow.mutable_dpu()->set_alu_cycles(700);
  slow.mutable_dpu()->set_lookup_cycles(700);
  slow.mutable_dpu()->set_exp_cycles(700);
  if (slow.has_crossbar())
    slow.mutable_crossbar()->set_mvm_cycles(20000);
  slow.mutable_sram()->set_read_cycles(500);
  *machine.add_core_types() = slow;
  machine::Assignment &place = *machine.mutable_topology()->add_assignments();
  place.set_first(node), place.set_count(1), place.set_core_type("slow");
}

static llvm::Expected<SimResult>
simulateProgram(const program::Program &program,
                const std::vector<std::vector<int8_t>> &inputs,
                SimOptions options) {
  auto machine = MachineModel::create(program.machine());
  if (!machine)
    return machine.takeError();
  std::vector<SimInput> images;
  for (const std::vector<int8_t> &input : inputs)
    images.push_back({input, Trial::inputImages});
  options.check = CheckGranularity::Byte;
  options.captureTensors = !options.timingOnly;
  return simulate(program, *machine, images, options);
}

llvm::Expected<Trial> Trial::create(const program::Program &right,
                                    uint64_t seed) {
  Trial trial;
  std::mt19937_64 random(seed);
  for (const program::Binding &binding : right.inputs()) {
    const program::Object &object = right.objects(binding.object());
    std::vector<int8_t> &data = trial.inputs.emplace_back(
        inputImages * object.height() * object.width() * object.channels());
    for (int8_t &value : data)
      value = int8_t(random());
  }
  SimOptions options;
  options.images = inputImages;
  llvm::Expected<SimResult> result =
      simulateProgram(right, trial.inputs, options);
  if (!result)
    return result.takeError();
  trial.outputs = std::move(result->outputs);
  trial.tensors = std::move(result->tensors);
  return std::move(trial);
}

std::string Trial::run(const program::Program &program,
                       const std::vector<uint32_t> &nodes, size_t run,
                       uint64_t images) const {
  SimOptions options;
  options.images = run == 0 ? inputImages : images;
  program::Program changed = program;
  bool withData = run == 0;
  options.timingOnly = !withData;
  options.unpaced = run > 0;
  if (run == 2)
    for (machine::IoNode &node : *changed.mutable_machine()->mutable_io_nodes())
      node.set_bytes_per_cycle(1);
  if (run == 3)
    changed.mutable_machine()->mutable_link()->set_latency(300);
  if (run == 4)
    changed.mutable_machine()->mutable_network()->set_header_bytes(2000);
  if (run >= fixedRuns)
    slowDown(changed, nodes[run - fixedRuns]);
  auto result = simulateProgram(changed, inputs, options);
  if (!result)
    return llvm::toString(result.takeError());
  if (!withData || (result->outputs == outputs && result->tensors == tensors))
    return "";
  std::string names;
  for (int i = 0; i < program.tensors_size(); ++i)
    if (result->tensors[i] != tensors[i])
      names += " '" + program.tensors(i).name() + "'";
  return "wrong bytes of" + names;
}
