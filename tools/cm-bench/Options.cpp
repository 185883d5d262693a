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

/// What can be asked for; of what is promised but not there it says so.
static std::string checkWhat(const std::string &what) {
  if (what == "compile" || what == "simulate")
    return {};
  if (what == "mapping" || what == "polyhedral" || what == "topology")
    return "'" + what + "' is not there yet, expected compile or simulate";
  return "found '" + what + "', expected compile or simulate";
}

bool cm::parseCommand(int argc, char **argv, BenchCommand &command,
                      int &exitCode) {
  CLI::App app("Measures compiler and simulator on whole networks: wall time "
               "(medians), events and cycles per second, peak memory.",
               "cm-bench");
  std::string what;
  app.add_option("what", what, "compile or simulate (default: both)")
      ->check(CLI::Validator(checkWhat, ""));
  app.add_option("--case", command.cases, "only these cases (default: all)")
      ->check(CLI::IsMember({"digits", "resnet18"}));
  app.add_option("--model", command.model,
                 "ONNX model or MLIR module to measure instead of the cases");
  app.add_option("--machine", command.machine,
                 "preset, or textproto file (default: that of the case; "
                 "pimcomp144 for --model)");
  app.add_option("--images", command.images,
                 "images to simulate (default: 16 for digits, else 1)")
      ->check(CLI::Range(int64_t(1), int64_t(maxImages)));
  app.add_option("--repeats", command.repeats,
                 "runs of which the median is taken (default 5)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--python", command.python,
                 "Python with onnx and numpy, which generates resnet18");
  app.add_option("--json", command.json, "results as JSON");
  app.set_version_flag("--version", versionLine());
  try {
    app.parse(argc, argv);
    if (!command.model.empty() && !command.cases.empty())
      throw CLI::ValidationError("--model", "excludes --case");
  } catch (const CLI::ParseError &error) {
    exitCode = app.exit(error);
    return false;
  }
  command.compile = what != "simulate";
  command.simulate = what != "compile";
  return true;
}
