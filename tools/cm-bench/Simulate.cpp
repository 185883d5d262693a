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

namespace {
/// A program that is run again and again.
struct Runs {
  /// Of so many images; what each has counted is left here.
  llvm::Expected<Counters> measure(uint64_t images, unsigned repeats) {
    options.images = images;
    return runBenchmark("simulate", repeats, [&](Counters &) -> llvm::Error {
      auto result = simulate(program, machine, inputs, options);
      if (!result)
        return result.takeError();
      cycles = result->statistics.cycles;
      events = result->statistics.events;
      return llvm::Error::success();
    });
  }

  const program::Program &program;
  const MachineModel &machine;
  std::vector<SimInput> inputs;
  SimOptions options;
  uint64_t cycles = 0, events = 0;
};
} // namespace

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
  Runs runs{*program, *machine, {}, {}};
  for (const std::vector<int8_t> &image : data)
    runs.inputs.push_back({image, 1});
  runs.options.timingOnly = !withData;
  constexpr uint64_t more = 4; // the difference is four images in steady state
  auto longer = runs.measure(bench.images + more, bench.repeats);
  if (!longer)
    return longer.takeError();
  auto counters = runs.measure(bench.images, bench.repeats);
  if (!counters)
    return counters.takeError();
  Json row = figures(*counters, bench.images, runs.cycles, runs.events);
  row["image_cpu_seconds"] =
      ((*longer)["cpu_seconds"] - (*counters)["cpu_seconds"]) / more;
  return row;
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
