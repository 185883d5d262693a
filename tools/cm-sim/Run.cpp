//===- Run.cpp - load, run, write, compare --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Events.h"
#include "HostData.h"
#include "NonIdeal.h"
#include "Options.h"
#include "Watch.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/Engines.h"
#include "cm/Support/Compare.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/Progress.h"
#include "llvm/Support/Process.h"
#include <algorithm>
#include <map>

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
/// What the command line names, read before the run.
struct Files {
  std::vector<std::vector<int8_t>> data; // inputs in object layout
  std::vector<uint64_t> images;          // of each input
  std::vector<NpyArray> expected;
  NpyArray labels;
  uint64_t held = 0; // images of the input with the most
};
} // namespace

/// Reads the input files into object layout.
static Error readInputs(const SimCommand &command,
                        const program::Program &program, Files &files) {
  if (command.inputs.size() != size_t(program.inputs_size()))
    return makeError("{0}: {1} inputs, found {2} --input options",
                     command.program, program.inputs_size(),
                     command.inputs.size());
  for (size_t i = 0; i != command.inputs.size(); ++i) {
    Expected<HostLayout> layout = layoutOf(program.inputs(i));
    if (!layout)
      return layout.takeError();
    Expected<NpyArray> array = readNpy(command.inputs[i]);
    if (!array)
      return array.takeError();
    Expected<int64_t> count = layout->countImages(*array);
    if (!count)
      return count.takeError();
    files.held = std::max<uint64_t>(files.held, *count);
    uint64_t used = *count;
    if (command.images && command.images < used)
      used = command.images;
    int64_t elements = layout->numElements();
    files.data.emplace_back(used * elements);
    for (uint64_t n = 0; n != used; ++n)
      layout->toObject(*array, n,
                       llvm::MutableArrayRef<int8_t>(files.data.back())
                           .slice(n * elements, elements));
    files.images.push_back(used);
  }
  return Error::success();
}

/// Reads labels and expectations: what is wrong with them shows before the run.
static Error readReferences(const SimCommand &command, Files &files) {
  for (const std::string &path : command.expected) {
    Expected<NpyArray> array = readNpy(path);
    if (!array)
      return array.takeError();
    files.expected.push_back(std::move(*array));
  }
  if (command.labels.empty())
    return Error::success();
  Expected<NpyArray> labels = readNpy(command.labels);
  if (!labels)
    return labels.takeError();
  if (labels->numElements() == 0)
    return makeError("{0}: no labels", command.labels);
  if (uint64_t(labels->numElements()) != files.held)
    return makeError("{0}: {1} labels, expected {2}, one for each image of the "
                     "input",
                     command.labels, labels->numElements(), files.held);
  files.labels = std::move(*labels);
  return Error::success();
}

/// All files that are written.
static std::vector<std::string> writtenFiles(const SimCommand &command) {
  std::vector<std::string> paths = command.outputs;
  for (const std::string &path :
       {command.json, command.trace, command.html, command.events})
    if (!path.empty())
      paths.push_back(path);
  return paths;
}

/// As many images as were run: those of the file, repeated as the inputs were.
static void repeatImages(NpyArray &array, int64_t images) {
  int64_t held = array.shape.empty() ? 0 : array.shape[0];
  if (held <= 0 || held >= images)
    return;
  size_t imageBytes = array.bytes.size() / held;
  array.bytes.resize(images * imageBytes);
  for (int64_t n = held; n != images; ++n)
    std::copy_n(array.bytes.begin() + n % held * imageBytes, imageBytes,
                array.bytes.begin() + n * imageBytes);
  array.shape[0] = images;
}

static Expected<bool> compareOutput(llvm::StringRef name, const NpyArray &found,
                                    NpyArray expected,
                                    llvm::raw_ostream &text) {
  repeatImages(expected, found.shape[0]);
  Expected<Comparison> comparison = compareArrays(name, found, expected);
  if (!comparison)
    return comparison.takeError();
  text << name << ": " << comparison->describe() << '\n';
  return comparison->allEqual();
}

/// Writes, compares and judges the outputs.
static Expected<bool> useOutputs(const SimCommand &command, const Files &files,
                                 const program::Program &program,
                                 const SimResult &result,
                                 llvm::raw_ostream &text) {
  bool equal = true;
  for (size_t o = 0; o != result.outputs.size(); ++o) {
    Expected<HostLayout> layout = layoutOf(program.outputs(o));
    if (!layout)
      return layout.takeError();
    NpyArray array = toHost(*layout, result.outputs[o], command.options.images);
    if (o < command.outputs.size())
      if (Error error = writeNpy(command.outputs[o], array))
        return std::move(error);
    if (o < files.expected.size()) {
      Expected<bool> same = compareOutput(program.outputs(o).name(), array,
                                          files.expected[o], text);
      if (!same)
        return same.takeError();
      equal &= *same;
    }
    if (o == 0 && !command.labels.empty()) {
      uint64_t right = countRight(files.labels, array);
      uint64_t images = command.options.images;
      text << llvm::formatv("accuracy: {0} of {1} labels right ({2:P1})\n",
                            right, images, double(right) / images);
    }
  }
  return equal;
}

/// The inputs, by name, as the simulator was given them.
static Error addInputs(const program::Program &program,
                       llvm::ArrayRef<SimInput> inputs, uint64_t images,
                       std::map<std::string, NpyArray> &tensors) {
  for (const auto &[binding, input] :
       llvm::zip_equal(program.inputs(), inputs)) {
    Expected<HostLayout> layout = layoutOf(binding);
    if (!layout)
      return layout.takeError();
    NpyArray &array = tensors[binding.name()] = layout->makeArray(images);
    int64_t elements = layout->numElements();
    for (uint64_t n = 0; n != images; ++n)
      layout->fromObject(
          input.data.slice(n % input.images * elements, elements), n, array);
  }
  return Error::success();
}

/// The tensors of a program or of all its epochs, in the order of the results.
static std::vector<const program::Tensor *>
tensorsOf(const program::Program &program) {
  std::vector<const program::Tensor *> tensors;
  for (const program::Tensor &tensor : program.tensors())
    tensors.push_back(&tensor);
  for (const program::Epoch &epoch : program.epochs())
    for (const program::Tensor &tensor : epoch.program().tensors())
      tensors.push_back(&tensor);
  return tensors;
}

static Expected<bool> writeTensors(const SimCommand &command,
                                   const program::Program &program,
                                   llvm::ArrayRef<SimInput> inputs,
                                   const SimResult &result,
                                   llvm::raw_ostream &text) {
  uint64_t images = command.options.images;
  std::map<std::string, NpyArray> tensors;
  if (Error error = addInputs(program, inputs, images, tensors))
    return std::move(error);
  for (auto [message, data] :
       llvm::zip_equal(tensorsOf(program), result.tensors)) {
    const program::Tensor &tensor = *message;
    HostType type = tensor.host_type() == program::HOST_TYPE_UINT8
                        ? HostType::UInt8
                        : HostType::Int8;
    Expected<HostLayout> layout = makeLayout(tensor, type);
    if (!layout)
      return layout.takeError();
    tensors[tensor.name()] = toHost(*layout, data, images);
    for (const program::TensorAlias &alias : tensor.aliases()) {
      Expected<HostLayout> other = makeLayout(alias, type);
      if (!other)
        return other.takeError();
      tensors[alias.name()] = toHost(*other, data, images);
    }
  }
  if (!command.tensors.empty())
    if (Error error = writeFolder(tensors, command.tensors))
      return std::move(error);
  if (command.expectedTensors.empty())
    return true;
  return compareWithFolder(tensors, command.expectedTensors, text);
}

static Error checkCommand(const SimCommand &command,
                          const program::Program &program) {
  size_t outputs = program.outputs_size();
  if (command.outputs.size() > outputs || command.expected.size() > outputs)
    return makeError("{0}: {1} outputs, found {2} --output and {3} --expect "
                     "options",
                     command.program, outputs, command.outputs.size(),
                     command.expected.size());
  if (Error error = checkNonIdeal(command))
    return error;
  bool needsData = !command.outputs.empty() || !command.expected.empty() ||
                   !command.labels.empty() || command.options.captureTensors;
  if (command.options.timingOnly && needsData)
    return makeError("--timing-only computes no data: it excludes --output, "
                     "--expect, --labels, --tensors and --expect-tensors");
  std::vector<std::string> paths = writtenFiles(command);
  if (llvm::count(paths, "-") > 1)
    return makeError("expected at most one file to go to standard output, "
                     "found {0}",
                     llvm::count(paths, "-"));
  for (const std::string &path : paths)
    if (Error error = checkWritable(path))
      return error;
  return command.csv.empty() ? Error::success() : makeFolder(command.csv);
}

/// Of standard error; 0 where it is no terminal.
static unsigned terminalColumns() {
  if (!llvm::sys::Process::StandardErrIsDisplayed())
    return 0;
  unsigned columns = llvm::sys::Process::StandardErrColumns();
  return columns ? columns : 80;
}

/// Runs the simulator; the line of progress on the terminal is gone when it
/// returns.
static Expected<SimResult> runSimulator(SimCommand &command,
                                        const program::Program &program,
                                        const MachineModel &machine,
                                        llvm::ArrayRef<SimInput> inputs) {
  uint64_t images = command.options.images * std::max(program.epochs_size(), 1);
  std::optional<Progress> progress;
  std::optional<Watch> watch;
  if (command.watch)
    watch.emplace(images, llvm::errs(), terminalColumns(), command.refresh);
  else
    progress.emplace("simulating", images, command.refresh);
  command.options.progress = [&](const SimProgress &state) {
    if (watch)
      watch->update(state);
    else
      progress->update(state.images);
  };
  Expected<SimResult> result =
      simulate(program, machine, inputs, command.options);
  if (!result)
    return makeError("{0}: {1}", command.program,
                     llvm::toString(result.takeError()));
  return result;
}

/// The same, while events are written, or compared with those of a file.
static Expected<SimResult> runWithEvents(SimCommand &command,
                                         const program::Program &program,
                                         const MachineModel &machine,
                                         llvm::ArrayRef<SimInput> inputs,
                                         EventComparison *comparison) {
  EventText text(program, machine);
  llvm::raw_ostream *os = nullptr;
  command.options.onEvents = [&](uint32_t epoch, uint64_t cycle,
                                 llvm::ArrayRef<SimEvent> events) {
    bool goesOn = true;
    for (const SimEvent &event : events) {
      std::string line = text.line(epoch, cycle, event);
      if (os)
        *os << line << '\n';
      goesOn &= !comparison || comparison->add(line);
    }
    return goesOn;
  };
  if (command.events.empty())
    return runSimulator(command, program, machine, inputs);
  // The events of a run that fails are wanted most of all.
  std::optional<Expected<SimResult>> result;
  Error error = writeFile(command.events, [&](llvm::raw_ostream &file) {
    os = &file;
    result.emplace(runSimulator(command, program, machine, inputs));
    return Error::success();
  });
  if (error) {
    if (result && !*result)
      llvm::consumeError(result->takeError());
    return std::move(error);
  }
  return std::move(*result);
}

/// Reports, outputs, labels, tensors. Where a file goes to standard output the
/// text makes way for it.
static Expected<bool> useResult(const SimCommand &command, const Files &files,
                                const program::Program &program,
                                const MachineModel &machine,
                                llvm::ArrayRef<SimInput> inputs,
                                const SimResult &result) {
  bool isTaken = llvm::is_contained(writtenFiles(command), "-");
  llvm::raw_ostream &text = isTaken ? llvm::errs() : llvm::outs();
  printTextReport(result.statistics, text);
  if (const NonIdealChip *chip = command.options.chip)
    text << llvm::formatv(
        "crossbars: '{0}', {1} parameters changed, seed {2}\n",
        chip->parameters->name(), command.noiseSettings.size(), chip->seed);
  if (Error error = writeReports(command, machine, result))
    return std::move(error);
  if (command.options.timingOnly)
    return true;
  Expected<bool> equal = useOutputs(command, files, program, result, text);
  if (!equal || !command.options.captureTensors)
    return equal;
  Expected<bool> same = writeTensors(command, program, inputs, result, text);
  if (!same)
    return same.takeError();
  return *equal && *same;
}

/// Runs both engines in several orders, and says what came of it.
static bool verifyEngines(const SimCommand &command,
                          const program::Program &program,
                          const MachineModel &machine,
                          llvm::ArrayRef<SimInput> inputs) {
  Progress progress("comparing engines", 0, command.refresh);
  EngineComparison found = compareEngines(
      program, machine, inputs, command.options, command.verifyOrders);
  llvm::outs() << llvm::formatv(
      "{0}: {1} runs, {2} cycles and {3} events each, {4}\n", command.program,
      found.runs, found.cycles, found.events,
      found.difference.empty() ? "all the same" : found.difference);
  if (!found.error.empty())
    llvm::outs() << "error of the runs: " << found.error << '\n';
  return found.difference.empty() && found.error.empty();
}

static Expected<bool> runAndUse(SimCommand &command, const Files &files,
                                const program::Program &program,
                                const MachineModel &machine,
                                llvm::ArrayRef<SimInput> inputs) {
  std::optional<EventComparison> comparison;
  if (!command.expectedEvents.empty()) {
    auto file = readFile(command.expectedEvents);
    if (!file)
      return file.takeError();
    comparison.emplace(std::move(*file));
  }
  bool hasEvents = comparison || !command.events.empty();
  Expected<SimResult> result =
      hasEvents ? runWithEvents(command, program, machine, inputs,
                                comparison ? &*comparison : nullptr)
                : runSimulator(command, program, machine, inputs);
  bool isSame =
      !comparison || comparison->finish(command.expectedEvents, llvm::outs());
  if (!result)
    return result.takeError();
  if (!result->stopped.empty()) {
    llvm::outs() << result->stopped;
    return isSame;
  }
  if (!command.stopAt.empty())
    llvm::errs() << "the run came to its end before --stop-at "
                 << command.stopAt << '\n';
  Expected<bool> equal =
      useResult(command, files, program, machine, inputs, *result);
  return equal ? *equal && isSame : std::move(equal);
}

/// One run, or all that an option asks for.
static Expected<bool> runProgram(SimCommand &command, const Files &files,
                                 const program::Program &program,
                                 const MachineModel &machine) {
  std::vector<SimInput> inputs;
  for (size_t i = 0; i != files.data.size(); ++i)
    inputs.push_back({files.data[i], files.images[i]});
  command.options.images = command.images;
  if (command.images == 0)
    command.options.images =
        files.images.empty() ? 1 : *llvm::max_element(files.images);
  if (command.chips) {
    if (Error error = runChips(command, files.labels, program, machine, inputs))
      return std::move(error);
    return true;
  }
  ChipSetup chip;
  if (Error error = setUpChip(command, program, machine, inputs, chip))
    return std::move(error);
  if (command.verifyOrders)
    return verifyEngines(command, program, machine, inputs);
  return runAndUse(command, files, program, machine, inputs);
}

Expected<bool> cm::runCommand(SimCommand &command) {
  Expected<program::Program> program = readProgram(command.program);
  if (!program)
    return program.takeError();
  Expected<MachineModel> machine = MachineModel::create(program->machine());
  if (!machine)
    return makeError("{0}: {1}", command.program,
                     llvm::toString(machine.takeError()));
  if (Error error = validateProgram(*program, *machine))
    return makeError("{0}: {1}", command.program,
                     llvm::toString(std::move(error)));
  if (Error error = checkCommand(command, *program))
    return std::move(error);
  Files files;
  if (!command.options.timingOnly || !command.inputs.empty())
    if (Error error = readInputs(command, *program, files))
      return std::move(error);
  if (Error error = readReferences(command, files))
    return std::move(error);
  if (!command.stopAt.empty()) {
    Expected<StopPoint> stop = parseStopPoint(command.stopAt);
    if (!stop)
      return stop.takeError();
    command.options.stop = std::move(*stop);
    command.options.stop->nodes = command.shownNodes;
  }
  return runProgram(command, files, *program, *machine);
}
