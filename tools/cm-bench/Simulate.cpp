//===- Simulate.cpp - speed and memory of the simulator -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mapping.h"
#include "Measure.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/Simulator.h"
#include <random>

using namespace cm;
using Json = nlohmann::ordered_json;

/// Seeded noise for one image of each input, in object layout.
static std::vector<std::vector<int8_t>>
makeInputs(const program::Program &program) {
  std::mt19937 random(1);
  std::vector<std::vector<int8_t>> inputs;
  for (const program::Binding &binding : program.inputs()) {
    const program::Object &object = program.objects(binding.object());
    std::vector<int8_t> image(uint64_t(object.height()) * object.width() *
                              object.channels());
    for (int8_t &value : image)
      value = int8_t(random());
    inputs.push_back(std::move(image));
  }
  return inputs;
}

static Json figures(Counters counters, uint64_t images, uint64_t cycles,
                    uint64_t events) {
  double seconds = counters["seconds"];
  Json result;
  result["seconds"] = seconds;
  result["cpu_seconds"] = counters["cpu_seconds"];
  result["images"] = images;
  result["cycles"] = cycles;
  result["events"] = events;
  result["cycles_per_second"] = cycles / seconds;
  result["events_per_second"] = events / seconds;
  return result;
}

llvm::Expected<Json> cm::measureSimulate(const BenchCase &bench,
                                         bool withData) {
  llvm::Expected<program::Program> program = readProgram(bench.program);
  if (!program)
    return program.takeError();
  llvm::Expected<MachineModel> machine =
      MachineModel::create(program->machine());
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = validateProgram(*program, *machine))
    return std::move(error);
  std::vector<std::vector<int8_t>> data = makeInputs(*program);
  std::vector<SimInput> inputs;
  for (const std::vector<int8_t> &image : data)
    inputs.push_back({image, 1});
  SimOptions options;
  options.images = bench.images;
  options.timingOnly = !withData;

  uint64_t cycles = 0, events = 0;
  auto counters =
      runBenchmark("simulate", bench.repeats, [&](Counters &) -> llvm::Error {
        auto result = simulate(*program, *machine, inputs, options);
        if (!result)
          return result.takeError();
        cycles = result->statistics.cycles;
        events = result->statistics.events;
        return llvm::Error::success();
      });
  if (!counters)
    return counters.takeError();
  return figures(*counters, bench.images, cycles, events);
}

llvm::Expected<uint64_t> cm::simulatedInterval(const program::Program &program,
                                               uint64_t images) {
  llvm::Expected<MachineModel> machine =
      MachineModel::create(program.machine());
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = validateProgram(program, *machine))
    return std::move(error);
  SimOptions options;
  options.images = images;
  options.timingOnly = true;
  auto result = simulate(program, *machine,
                         std::vector<SimInput>(program.inputs_size()), options);
  if (!result)
    return result.takeError();
  return *result->statistics.iiCycles();
}
