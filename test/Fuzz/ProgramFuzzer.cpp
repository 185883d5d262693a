//===- ProgramFuzzer.cpp - the simulator on programs that nobody meant ----===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// libFuzzer's entry points, as ImportFuzzer.cpp: reads any bytes as a program
// file, checks what it holds, writes and lists what passes, and runs it within
// bounds, in both engines.
//
//===----------------------------------------------------------------------===//

#include "MessageMutator.h"
#include "cm/Program/Listing.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Sim/Simulator.h"
#include "google/protobuf/stubs/logging.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstring>

using namespace cm;

static constexpr uint64_t mostCycles = 1 << 20, mostEvents = 1 << 10;
/// Those of a run that the tick engine repeats, modules times cycles.
static constexpr uint64_t mostSteps = 1 << 14;
/// Elements of an image.
static constexpr uint64_t mostElements = 1 << 14;

static void expect(bool holds, const llvm::Twine &what) {
  if (!holds)
    llvm::report_fatal_error(what);
}

/// An error is one line, unless it draws a deadlock.
static std::string textOf(llvm::Error error) {
  std::string text = llvm::toString(std::move(error));
  bool isOneLine = text.find('\n') == std::string::npos;
  expect(!text.empty() &&
             (isOneLine || text.find("deadlock") != std::string::npos),
         "expected one line of error, found: " + text);
  return text;
}

/// As readProgram tells them apart.
static llvm::Expected<program::Program> parse(llvm::StringRef bytes) {
  if (!bytes.empty() && (bytes.front() >= ' ' || llvm::isSpace(bytes.front())))
    return parseProgramText(bytes, "fuzzed");
  return parseProgram(bytes, "fuzzed");
}

/// What is valid is written, read back equal, and listed.
static void checkForms(const program::Program &program,
                       const MachineModel &machine) {
  std::string bytes = llvm::cantFail(formatProgram(program));
  program::Program again = llvm::cantFail(parseProgram(bytes, "again"));
  expect(llvm::cantFail(formatProgram(again)) == bytes,
         "expected the same bytes from a program that was read back");
  std::string text;
  llvm::raw_string_ostream os(text);
  printListing(program, machine, os);
}

namespace {
struct Outcome {
  std::string text; // of the report or the error
  bool isStopped = false;
  uint64_t cycles = 0;
};
} // namespace

static Outcome run(const program::Program &program, const MachineModel &machine,
                   llvm::ArrayRef<SimInput> inputs, SimOptions options) {
  Outcome outcome;
  uint64_t events = 0;
  options.stop.emplace();
  options.stop->cycle = mostCycles;
  options.onEvents = [&](uint32_t, uint64_t cycle, auto list) {
    outcome.cycles = cycle;
    return (events += list.size()) <= mostEvents;
  };
  auto result = simulate(program, machine, inputs, options);
  if (!result) {
    outcome.text = textOf(result.takeError());
    return outcome;
  }
  outcome.isStopped = !result->stopped.empty();
  llvm::raw_string_ostream os(outcome.text);
  if (outcome.isStopped)
    return outcome;
  printJsonReport(result->statistics, os);
  printTextReport(result->statistics, os);
  printTrace(result->statistics, result->trace, os);
  for (const std::vector<int8_t> &output : result->outputs)
    os.write(reinterpret_cast<const char *>(output.data()), output.size());
  return outcome;
}

static void simulateAll(const program::Program &program,
                        const MachineModel &machine) {
  SimOptions options;
  options.images = 3;
  options.captureTensors = options.sampleBuffers = true;
  options.traceImages = 1;
  options.maxBytes = 1 << 26;
  options.maxWindowVisits = 1 << 18;
  std::vector<int8_t> data(mostElements);
  for (size_t i = 0; i != data.size(); ++i)
    data[i] = int8_t(37 * i);
  std::vector<SimInput> inputs;
  for (const program::Binding &binding : program.inputs()) {
    const program::Object &object = program.objects(binding.object());
    uint64_t elements =
        uint64_t(object.height()) * object.width() * object.channels();
    options.timingOnly |= elements > data.size();
    if (!options.timingOnly)
      inputs.push_back({llvm::ArrayRef<int8_t>(data).take_front(elements), 1});
  }
  if (options.timingOnly)
    inputs.clear();
  Outcome event = run(program, machine, inputs, options);
  uint64_t modules = 4 * machine.numNodes() + machine.links().size();
  if (event.isStopped || event.cycles > mostSteps / modules)
    return;
  options.engine = SimEngine::Tick;
  Outcome tick = run(program, machine, inputs, options);
  expect(tick.text == event.text, "expected of the tick engine\n" + event.text +
                                      "\nfound\n" + tick.text);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto program =
      parse(llvm::StringRef(reinterpret_cast<const char *>(data), size));
  if (!program) {
    textOf(program.takeError());
    return 0;
  }
  auto machine = MachineModel::create(program->machine());
  if (!machine) {
    textOf(machine.takeError());
    return 0;
  }
  if (llvm::Error error = validateProgram(*program, *machine)) {
    textOf(std::move(error));
    return 0;
  }
  checkForms(*program, *machine);
  simulateAll(*program, *machine);
  return 0;
}

#ifdef CM_BUILD_FUZZERS
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
#endif

/// A program with one change, its checksum not compared; where libFuzzer is
/// there, now and then the bytes themselves.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed) {
  std::mt19937 random(seed);
  google::protobuf::LogSilencer silencer;
  auto program =
      parse(llvm::StringRef(reinterpret_cast<const char *>(data), size));
  std::string bytes;
  if (program) {
    fuzz::mutateMessage(*program, random);
    program->set_checksum(1);
    bytes = program->SerializeAsString();
  } else {
    llvm::consumeError(program.takeError());
  }
#ifdef CM_BUILD_FUZZERS
  if (bytes.empty() || bytes.size() > maxSize || random() % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
#endif
  if (bytes.empty() || bytes.size() > maxSize)
    return size;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
