//===- Options.cpp - the command line of cm-bench -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CLI11 reports errors by exceptions: this is the one file that is compiled
// with them.
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "cm/Support/Limits.h"
#include "cm/Support/Version.h"
#include <CLI/CLI.hpp>

using namespace cm;

static std::string versionLine() {
  std::string text;
  llvm::raw_string_ostream os(text);
  printVersion(os);
  return llvm::StringRef(text).rtrim().str();
}

/// What can be asked for.
static std::string checkWhat(const std::string &what) {
  for (const char *known :
       {"compile", "simulate", "mapping", "polyhedral", "topology"})
    if (what == known)
      return {};
  return "found '" + what +
         "', expected compile, simulate, mapping, polyhedral or topology";
}

static void addOptions(CLI::App &app, BenchCommand &command) {
  app.add_option("--case", command.cases, "only these cases (default: all)")
      ->check(CLI::IsMember({"digits", "resnet18"}));
  app.add_option("--model", command.model,
                 "ONNX model or MLIR module to measure instead of the cases");
  app.add_option("--machine", command.machine,
                 "preset, or textproto file (default: that of the case; "
                 "pimcomp144 for --model)");
  app.add_option(
         "--images", command.images,
         "images to simulate (default: 16 for digits, 1 for others, none "
         "for mapping)")
      ->check(CLI::Range(int64_t(1), int64_t(maxImages)));
  app.add_option("--repeats", command.repeats,
                 "runs of which the median is taken (default 5)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--python", command.python,
                 "Python with onnx and numpy, which generates resnet18; with "
                 "onnxruntime for --peer");
  app.add_flag(
      "--peer", command.peer,
      "simulate: time ONNX Runtime on the same model, too, by --python");
  app.add_option("--json", command.json, "results as JSON");
}

/// What `mapping`, `polyhedral` and `topology` know.
static void addMappingOptions(CLI::App &app, BenchCommand &command) {
  app.add_option("--models", command.models,
                 "mapping, polyhedral, topology: folder of networks (default: "
                 "the small ones)");
  app.add_flag(
      "--zoo", command.zoo,
      "mapping, polyhedral, topology: the model zoo (for topology some of it), "
      "made by --python or found in its cache");
  app.add_option("--crossbar", command.crossbars,
                 "mapping, polyhedral, topology: rows and columns of crossbars "
                 "(default 128 256 512; topology: 256)")
      ->check(CLI::Range(8, 4096));
  app.add_option("--set", command.settings,
                 "mapping, polyhedral, topology: override of a machine's "
                 "field, such as "
                 "core.mvm_cycles=100");
  app.add_option("--seconds", command.seconds,
                 "mapping, topology: CPU time of a row, at most (default 600)")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--gigabytes", command.gigabytes,
                 "mapping, topology: memory of a row, at most (default 8)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--chain", command.chains,
                 "polyhedral: layers of a synthetic network of many shapes, "
                 "beside or instead of the networks")
      ->check(CLI::Range(1, 100000));
}

/// What only `topology` knows.
static void addTopologyOptions(CLI::App &app, BenchCommand &command) {
  app.add_option("--network", command.networks,
                 "topology: ONNX models and MLIR modules to map");
  app.add_option("--topology", command.topologies,
                 "topology: only these (default: all that are compared)");
  app.add_option(
         "--cores", command.cores,
         "topology: cores of each machine, a power of two (default: the "
         "least that has a core for each stage)")
      ->check(CLI::Range(16, 1 << 16));
  app.add_option("--steps", command.steps,
                 "topology: of the search for an embedding, at most (default "
                 "200000)")
      ->check(CLI::Range(uint64_t(1), uint64_t(1) << 40));
  app.add_option("--csv", command.csv, "topology: results as CSV");
  app.add_option("--svg", command.svg, "topology: results as a picture");
}

/// The error of options that do not go together.
static void checkTogether(const CLI::App &app, const BenchCommand &command) {
  if (!command.model.empty() && !command.cases.empty())
    throw CLI::ValidationError("--model", "excludes --case");
  int sources = !command.model.empty() + !command.models.empty() + command.zoo +
                !command.networks.empty();
  if (sources > 1)
    throw CLI::ValidationError("--models",
                               "excludes --model, --network and --zoo");
  auto refuse = [&](std::initializer_list<const char *> names,
                    const char *where) {
    for (const char *name : names)
      if (app.count(name))
        throw CLI::ValidationError(name, where);
  };
  if (command.mapping || command.polyhedral || command.topology)
    refuse({"--case", "--machine", "--repeats", "--peer"},
           "is not an option of mapping, polyhedral or topology");
  else
    refuse({"--models", "--zoo", "--crossbar", "--set"},
           "is an option of mapping, polyhedral and topology only");
  if (!command.mapping && !command.topology)
    refuse({"--seconds", "--gigabytes"},
           "is an option of mapping and topology only");
  if (!command.topology)
    refuse({"--network", "--topology", "--cores", "--steps", "--csv", "--svg"},
           "is an option of topology only");
  else if (command.cores & (command.cores - 1))
    throw CLI::ValidationError("--cores", "expected a power of two, found " +
                                              std::to_string(command.cores));
  if (!command.polyhedral)
    refuse({"--chain"}, "is an option of polyhedral only");
  if (command.polyhedral || command.topology)
    refuse({"--images"}, "is not an option of polyhedral or topology");
  if (command.mapping && command.images && command.images < 8)
    throw CLI::ValidationError("--images", "mapping needs at least 8");
}

bool cm::parseCommand(int argc, char **argv, BenchCommand &command,
                      int &exitCode) {
  CLI::App app("Measures compiler and simulator on whole networks: wall time "
               "(medians), events and cycles per second, peak memory; maps "
               "networks and compares the II with its lower bound; times "
               "control and schedule; compares topologies.",
               "cm-bench");
  std::string what;
  app.add_option("what", what,
                 "compile, simulate, mapping, polyhedral or topology (default: "
                 "the first two)")
      ->check(CLI::Validator(checkWhat, ""));
  addOptions(app, command);
  addMappingOptions(app, command);
  addTopologyOptions(app, command);
  app.set_version_flag("--version", versionLine());
  try {
    app.parse(argc, argv);
    command.mapping = what == "mapping";
    command.polyhedral = what == "polyhedral";
    command.topology = what == "topology";
    if (command.topology && !app.count("--crossbar"))
      command.crossbars = {256};
    checkTogether(app, command);
  } catch (const CLI::ParseError &error) {
    exitCode = app.exit(error);
    return false;
  }
  command.compile = what != "simulate";
  command.simulate = what != "compile";
  return true;
}
