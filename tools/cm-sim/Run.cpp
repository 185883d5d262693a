//===- Run.cpp - load, run, write, compare --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Support/Compare.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/HostLayout.h"
#include "cm/Support/Progress.h"
#include <algorithm>
#include <map>

using namespace cm;
using llvm::Error;
using llvm::Expected;

static HostType hostType(program::HostType type) {
  if (type == program::HOST_TYPE_UINT8)
    return HostType::UInt8;
  return type == program::HOST_TYPE_FLOAT32 ? HostType::Float32
                                            : HostType::Int8;
}

/// The host layout of a Binding, a Tensor or an alias of one.
template <typename Array>
static Expected<HostLayout> makeLayout(const Array &array, HostType type,
                                       float scale = 1, int32_t zeroPoint = 0) {
  std::vector<int64_t> shape(array.host_shape().begin(),
                             array.host_shape().end());
  std::vector<int64_t> permutation(array.permutation().begin(),
                                   array.permutation().end());
  return HostLayout::create(array.name(), type, shape, permutation, scale,
                            zeroPoint);
}

static Expected<HostLayout> layoutOf(const program::Binding &binding) {
  HostType type = hostType(binding.host_type());
  bool isFloat = type == HostType::Float32;
  return makeLayout(binding, type, isFloat ? binding.scale() : 1,
                    isFloat ? binding.zero_point() : 0);
}

/// Reads the input files into object layout.
static Error readInputs(const SimCommand &command,
                        const program::Program &program,
                        std::vector<std::vector<int8_t>> &data,
                        std::vector<uint64_t> &images) {
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
    uint64_t used = *count;
    if (command.images && command.images < used)
      used = command.images;
    int64_t elements = layout->numElements();
    data.emplace_back(used * elements);
    for (uint64_t n = 0; n != used; ++n)
      layout->toObject(*array, n,
                       llvm::MutableArrayRef<int8_t>(data.back())
                           .slice(n * elements, elements));
    images.push_back(used);
  }
  return Error::success();
}

static NpyArray toHost(const HostLayout &layout, llvm::ArrayRef<int8_t> data,
                       uint64_t images) {
  NpyArray array = layout.makeArray(images);
  int64_t elements = layout.numElements();
  for (uint64_t n = 0; n != images; ++n)
    layout.fromObject(data.slice(n * elements, elements), n, array);
  return array;
}

static double elementOf(const NpyArray &array, uint64_t index) {
  switch (array.type) {
  case NpyType::Int8:
    return array.as<int8_t>()[index];
  case NpyType::UInt8:
    return array.as<uint8_t>()[index];
  case NpyType::Int32:
    return array.as<int32_t>()[index];
  case NpyType::Int64:
    return double(array.as<int64_t>()[index]);
  case NpyType::Float32:
    return array.as<float>()[index];
  }
  return 0;
}

/// Index of the greatest element of each image's output, in the host's order,
/// against its label.
static Error printAccuracy(const SimCommand &command,
                           const program::Program &program,
                           const SimResult &result, uint64_t images) {
  Expected<NpyArray> labels = readNpy(command.labels);
  if (!labels)
    return labels.takeError();
  uint64_t count = labels->numElements();
  if (count == 0)
    return makeError("{0}: no labels", command.labels);
  Expected<HostLayout> layout = layoutOf(program.outputs(0));
  if (!layout)
    return layout.takeError();
  NpyArray scores = toHost(*layout, result.outputs[0], images);
  uint64_t classes = scores.numElements() / images, right = 0;
  for (uint64_t n = 0; n != images; ++n) {
    uint64_t best = 0;
    for (uint64_t c = 1; c != classes; ++c)
      if (elementOf(scores, n * classes + c) >
          elementOf(scores, n * classes + best))
        best = c;
    right += double(best) == elementOf(*labels, n % count);
  }
  llvm::outs() << llvm::formatv("accuracy: {0} of {1} labels right ({2:P1})\n",
                                right, images, double(right) / images);
  return Error::success();
}

static Error writeReports(const SimCommand &command, const SimResult &result) {
  auto write = [](const std::string &path, auto print) -> Error {
    if (path.empty())
      return Error::success();
    return writeFile(path, [&](llvm::raw_ostream &os) {
      print(os);
      return Error::success();
    });
  };
  if (Error error = write(command.json, [&](llvm::raw_ostream &os) {
        printJsonReport(result.statistics, os);
      }))
    return error;
  if (Error error = write(command.html, [&](llvm::raw_ostream &os) {
        printHtmlReport(result.statistics, os);
      }))
    return error;
  return write(command.trace, [&](llvm::raw_ostream &os) {
    printTrace(result.statistics, result.trace, os);
  });
}

/// The expected images as often as the inputs were repeated.
static Expected<bool> compareOutput(llvm::StringRef name, const NpyArray &found,
                                    llvm::StringRef path) {
  Expected<NpyArray> expected = readNpy(path);
  if (!expected)
    return expected.takeError();
  int64_t images = found.shape.empty() ? 0 : found.shape[0];
  int64_t held = expected->shape.empty() ? 0 : expected->shape[0];
  if (held > 0 && held < images) {
    size_t imageBytes = expected->bytes.size() / held;
    for (int64_t n = held; n != images; ++n)
      expected->bytes.insert(expected->bytes.end(),
                             expected->bytes.begin() + n % held * imageBytes,
                             expected->bytes.begin() +
                                 (n % held + 1) * imageBytes);
    expected->shape[0] = images;
  }
  Expected<Comparison> comparison = compareArrays(name, found, *expected);
  if (!comparison)
    return comparison.takeError();
  llvm::outs() << name << ": " << comparison->describe() << '\n';
  return comparison->allEqual();
}

static Expected<bool> writeOutputs(const SimCommand &command,
                                   const program::Program &program,
                                   const SimResult &result, uint64_t images) {
  bool equal = true;
  for (size_t o = 0; o != result.outputs.size(); ++o) {
    Expected<HostLayout> layout = layoutOf(program.outputs(o));
    if (!layout)
      return layout.takeError();
    NpyArray array = toHost(*layout, result.outputs[o], images);
    if (o < command.outputs.size())
      if (Error error = writeNpy(command.outputs[o], array))
        return std::move(error);
    if (o >= command.expected.size())
      continue;
    Expected<bool> same =
        compareOutput(program.outputs(o).name(), array, command.expected[o]);
    if (!same)
      return same.takeError();
    equal &= *same;
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

static Expected<bool> writeTensors(const SimCommand &command,
                                   const program::Program &program,
                                   llvm::ArrayRef<SimInput> inputs,
                                   const SimResult &result, uint64_t images) {
  std::map<std::string, NpyArray> tensors;
  if (Error error = addInputs(program, inputs, images, tensors))
    return std::move(error);
  for (int t = 0; t != program.tensors_size(); ++t) {
    const program::Tensor &tensor = program.tensors(t);
    HostType type = tensor.host_type() == program::HOST_TYPE_UINT8
                        ? HostType::UInt8
                        : HostType::Int8;
    Expected<HostLayout> layout = makeLayout(tensor, type);
    if (!layout)
      return layout.takeError();
    tensors[tensor.name()] = toHost(*layout, result.tensors[t], images);
    for (const program::TensorAlias &alias : tensor.aliases()) {
      Expected<HostLayout> other = makeLayout(alias, type);
      if (!other)
        return other.takeError();
      tensors[alias.name()] = toHost(*other, result.tensors[t], images);
    }
  }
  if (!command.tensors.empty())
    if (Error error = writeFolder(tensors, command.tensors))
      return std::move(error);
  if (command.expectedTensors.empty())
    return true;
  return compareWithFolder(tensors, command.expectedTensors, llvm::outs());
}

static Error checkCommand(const SimCommand &command,
                          const program::Program &program) {
  size_t outputs = program.outputs_size();
  if (command.outputs.size() > outputs || command.expected.size() > outputs)
    return makeError("{0}: {1} outputs, found {2} --output and {3} --expect "
                     "options",
                     command.program, outputs, command.outputs.size(),
                     command.expected.size());
  bool needsData = !command.outputs.empty() || !command.expected.empty() ||
                   !command.labels.empty() || command.options.captureTensors;
  if (command.options.timingOnly && needsData)
    return makeError("--timing-only computes no data: it excludes --output, "
                     "--expect, --labels, --tensors and --expect-tensors");
  return Error::success();
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
  std::vector<std::vector<int8_t>> data;
  std::vector<uint64_t> counts;
  if (!command.options.timingOnly || !command.inputs.empty())
    if (Error error = readInputs(command, *program, data, counts))
      return std::move(error);
  std::vector<SimInput> inputs;
  for (size_t i = 0; i != data.size(); ++i)
    inputs.push_back({data[i], counts[i]});
  uint64_t images = command.images;
  if (images == 0)
    images = counts.empty() ? 1 : *llvm::max_element(counts);
  command.options.images = images;
  Progress progress("simulating", images);
  command.options.progress = [&](uint64_t done) { progress.update(done); };
  Expected<SimResult> result =
      simulate(*program, *machine, inputs, command.options);
  if (!result)
    return makeError("{0}: {1}", command.program,
                     llvm::toString(result.takeError()));
  printTextReport(result->statistics, llvm::outs());
  if (Error error = writeReports(command, *result))
    return std::move(error);
  if (command.options.timingOnly)
    return true;
  Expected<bool> equal = writeOutputs(command, *program, *result, images);
  if (!equal)
    return equal.takeError();
  if (!command.labels.empty())
    if (Error error = printAccuracy(command, *program, *result, images))
      return std::move(error);
  if (!command.options.captureTensors)
    return *equal;
  Expected<bool> same = writeTensors(command, *program, inputs, *result, images);
  if (!same)
    return same.takeError();
  return *equal && *same;
}
