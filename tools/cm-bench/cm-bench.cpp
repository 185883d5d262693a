//===- cm-bench.cpp - speed and memory of compiler and simulator ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs each case's compilation and simulation, prints a table and writes JSON.
// docs/Results.md records what came out.
//
//===----------------------------------------------------------------------===//

#include "Mapping.h"
#include "Measure.h"
#include "Options.h"
#include "Polyhedral.h"
#include "Topology.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/Version.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/WithColor.h"
#include <csignal>
#include <thread>

using namespace cm;
using llvm::formatv;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Cases
//===----------------------------------------------------------------------===//

/// Writes the ResNet-18-sized network to `folder`; an error names what is
/// missing, in one line.
static llvm::Error generateResNet18(const BenchCommand &command,
                                    llvm::StringRef folder) {
  auto python = llvm::sys::findProgramByName(command.python);
  if (!python)
    return makeError("'{0}' is not there: give a Python with onnx and numpy by "
                     "--python",
                     command.python);
  std::optional<llvm::StringRef> quiet[] = {std::nullopt, "", ""};
  int status = llvm::sys::ExecuteAndWait(
      *python,
      {*python, CM_MODELS_FOLDER "/generate_resnet18.py", "-o", folder},
      std::nullopt, quiet);
  if (status != 0)
    return makeError("'{0}' cannot generate it: this needs the packages onnx "
                     "and numpy; --python names another Python, --model "
                     "another model",
                     command.python);
  return llvm::Error::success();
}

static bool isWanted(const BenchCommand &command, const char *name) {
  return command.model.empty() &&
         (command.cases.empty() || llvm::is_contained(command.cases, name));
}

/// What is to be measured. A case that is not asked for by name is left out
/// where it cannot be generated.
static llvm::Expected<std::vector<BenchCase>>
makeCases(const BenchCommand &command, llvm::StringRef folder) {
  std::vector<BenchCase> cases;
  auto add = [&](llvm::StringRef name, std::string model, const char *machine,
                 uint64_t images) {
    cases.push_back({name.str(), std::move(model),
                     command.machine.empty() ? machine : command.machine,
                     formatv("{0}/{1}.cmb", folder, cases.size()),
                     command.images ? command.images : images,
                     command.repeats});
  };
  if (!command.model.empty())
    add(llvm::sys::path::filename(command.model), command.model, "pimcomp144",
        1);
  if (isWanted(command, "digits"))
    add("digits", CM_MODELS_FOLDER "/digits/digits_int8_qoperator.onnx",
        "hermes64", 16);
  if (!isWanted(command, "resnet18"))
    return cases;
  if (llvm::Error error = generateResNet18(command, folder)) {
    std::string reason = llvm::toString(std::move(error));
    if (!command.cases.empty())
      return makeError("resnet18: {0}", reason);
    llvm::WithColor::warning(llvm::errs(), "cm-bench")
        << "resnet18 is left out: " << reason << "\n";
    return cases;
  }
  add("resnet18", (folder + "/resnet18_int8_qoperator.onnx").str(),
      "pimcomp144", 1);
  return cases;
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

static void print(const Json &row) {
  auto number = [&](const char *key) { return row[key].get<double>(); };
  std::string title = formatv("{0} {1} on {2}", row["what"].get<std::string>(),
                              row["case"].get<std::string>(),
                              row["machine"].get<std::string>());
  llvm::outs() << formatv("{0,-38} {1,8:F3} s ({2:F3} s CPU) {3,8:F1} MB",
                          title, number("seconds"), number("cpu_seconds"),
                          number("peak_bytes") / 1e6);
  if (row.contains("events"))
    llvm::outs() << formatv("  {0,5} images {1,8:F2} M cycles/s {2,6:F2} M "
                            "events/s",
                            row["images"].get<uint64_t>(),
                            number("cycles_per_second") / 1e6,
                            number("events_per_second") / 1e6);
  if (row.contains("image_cpu_seconds"))
    llvm::outs() << formatv("  {0:F3} s CPU an image",
                            number("image_cpu_seconds"));
  if (row.contains("ratio"))
    llvm::outs() << formatv("  simulate takes {0:F1} times its CPU time",
                            number("ratio"));
  llvm::outs() << "\n";
  if (row.contains("phases"))
    for (const auto &[phase, seconds] : row["phases"].items())
      llvm::outs() << formatv("    {0,-12} {1,8:F3} s\n", phase,
                              seconds.get<double>());
  llvm::outs().flush();
}

static llvm::Error addRow(Json &rows, const char *what, const BenchCase &bench,
                          llvm::function_ref<llvm::Expected<Json>()> measure) {
  llvm::Expected<Json> result = measureInChild(
      formatv("cm-bench: {0} {1}", what, bench.name).str(), measure);
  if (!result)
    return makeError("{0} {1}: {2}", what, bench.name,
                     llvm::toString(result.takeError()));
  Json row;
  row["what"] = what;
  row["case"] = bench.name;
  row["machine"] = bench.machine;
  row.update(*result);
  print(row);
  rows.push_back(std::move(row));
  return llvm::Error::success();
}

static llvm::Error measureCase(const BenchCommand &command, BenchCase bench,
                               Json &rows) {
  if (command.compile) {
    if (llvm::Error error = addRow(rows, "compile", bench,
                                   [&] { return measureCompile(bench); }))
      return error;
  } else {
    BenchCase once = bench;
    once.repeats = 1;
    auto ignored = measureInChild(formatv("cm-bench: compile {0}", bench.name),
                                  [&] { return measureCompile(once); });
    if (!ignored)
      return makeError("compile {0}: {1}", bench.name,
                       llvm::toString(ignored.takeError()));
  }
  if (!command.simulate)
    return llvm::Error::success();
  if (llvm::Error error = addRow(rows, "simulate", bench,
                                 [&] { return measureSimulate(bench, true); }))
    return error;
  double image = rows.back()["image_cpu_seconds"];
  if (llvm::Error error = addRow(rows, "simulate-timing", bench,
                                 [&] { return measureSimulate(bench, false); }))
    return error;
  if (!command.peer)
    return llvm::Error::success();
  return addRow(rows, "onnxruntime", bench, [&]() -> llvm::Expected<Json> {
    llvm::Expected<Json> row = measurePeer(bench, command.python);
    if (row)
      (*row)["ratio"] = image / (*row)["cpu_seconds"].get<double>();
    return row;
  });
}

static llvm::Error measureCases(const BenchCommand &command,
                                llvm::StringRef folder, Json &rows) {
  auto cases = makeCases(command, folder);
  if (!cases)
    return cases.takeError();
  for (const BenchCase &bench : *cases)
    if (llvm::Error error = measureCase(command, bench, rows))
      return error;
  return llvm::Error::success();
}

static llvm::Error measureAll(const BenchCommand &command,
                              llvm::StringRef folder) {
  Json report;
  report["version"] = getVersion().str();
  report["commit"] = getGitHash().str();
  report["processors"] = std::thread::hardware_concurrency();
  Json &rows = report["results"] = Json::array();
  auto measure = command.mapping      ? measureMappings
                 : command.polyhedral ? measurePolyhedral
                 : command.topology   ? measureTopologies
                                      : measureCases;
  if (llvm::Error error = measure(command, folder, rows))
    return error;
  report["repeats"] = command.repeats;
  if (command.json.empty())
    return llvm::Error::success();
  return writeFile(command.json, dumpJson(report, 2) + "\n");
}

static llvm::Error run(const BenchCommand &command) {
  llvm::SmallString<128> folder;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("cm-bench", folder))
    return makeError("cannot create a temporary folder: {0}", code.message());
  llvm::Error error = measureAll(command, folder);
  llvm::sys::fs::remove_directories(folder);
  return error;
}

int main(int argc, char **argv) {
  BenchCommand command;
  int exitCode = 0;
  if (!parseCommand(argc, argv, command, exitCode))
    return exitCode;
  catchSignals();
  llvm::Error error = run(command);
  bool failed = bool(error);
  if (failed)
    llvm::WithColor::error(llvm::errs(), "cm-bench")
        << llvm::toString(std::move(error)) << "\n";
  // Whoever waits for us sees what ended us.
  if (int number = caughtSignal()) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
  return failed;
}
