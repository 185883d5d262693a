//===- Options.cpp - the command line of cm-sim ---------------------------===//
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

static void addFiles(CLI::App &app, SimCommand &command) {
  app.add_option("program", command.program, "Program file (.cmb or text)")
      ->required();
  app.add_option("--input", command.inputs,
                 "Input images (.npy, images first), once per input");
  app.add_option("--output", command.outputs,
                 "Where to write an output (.npy)");
  app.add_option("--expect", command.expected,
                 "Compare an output with this file; fails on a difference");
  app.add_option("--labels", command.labels,
                 "Labels (.npy): print the accuracy of the first output");
  app.add_option("--tensors", command.tensors,
                 "Folder for every tensor that the program names (.npy)");
  app.add_option("--expect-tensors", command.expectedTensors,
                 "Folder of tensors to compare with");
  app.add_option("--json", command.json,
                 "Report (JSON; docs/schema has its schema)");
  app.add_option("--csv", command.csv,
                 "Folder for tables of cores, links, streams, stages, buffers "
                 "and images (CSV)");
  app.add_option("--trace", command.trace,
                 "Trace for Perfetto or chrome://tracing (JSON)");
  app.add_option("--html", command.html, "Report (one HTML page)");
}

static void addDebugging(CLI::App &app, SimCommand &command) {
  app.add_option("--events", command.events,
                 "Every event of the run, a line each");
  app.add_option("--compare", command.expectedEvents,
                 "Stop where the events first differ from those in this file");
  app.add_option(
      "--stop-at", command.stopAt,
      "Stop behind a cycle, or at an event: "
      "EVENT[:CONTEXT[:IMAGE[:D0,D1]]], as in mvm:conv1:0:2,3; shows "
      "the state");
  app.add_option(
      "--show", command.shownNodes,
      "Nodes whose state is shown where the run stops, as in core[3] "
      "(default: all that are not done)");
}

static void addNonIdeal(CLI::App &app, SimCommand &command) {
  app.add_option("--non-ideal", command.nonIdeal,
                 "Crossbars that are not ideal: a preset (ideal, pcm) or a "
                 "textproto file");
  app.add_option("--set-noise", command.noiseSettings,
                 "Change a parameter of --non-ideal, as in adc_bits=6");
  app.add_option("--seed", command.seed,
                 "Seed of all random numbers of --non-ideal (default 0)")
      ->each([&](const std::string &) { command.hasSeed = true; });
  app.add_option("--monte-carlo", command.chips,
                 "Run so many chips, of the seeds from --seed on, and report "
                 "their accuracy against --labels")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--threads", command.threads,
                 "Threads of --monte-carlo (default: one for each processor)")
      ->check(CLI::Range(1, 1024));
}

/// Returns the option --watch.
static CLI::Option *addProgress(CLI::App &app, SimCommand &command) {
  app.add_option("--refresh", command.refresh,
                 "Seconds until a line of progress shows and between two "
                 "states of --watch; 0: each that there is (default: 2; on a "
                 "terminal 0.25, else 1)")
      ->check(CLI::Range(0.0, 3600.0));
  return app.add_flag("--watch", command.watch,
                      "Show the state of the run while it goes, on standard "
                      "error");
}

bool cm::parseCommand(int argc, char **argv, SimCommand &command,
                      int &exitCode) {
  CLI::App app("Runs an accelerator program on data, cycle by cycle", "cm-sim");
  std::string engine = "event", check = "slot";
  uint64_t traceImages = 4;
  addFiles(app, command);
  addDebugging(app, command);
  addNonIdeal(app, command);
  app.add_option("--images", command.images,
                 "Images to run; inputs are repeated (default: those of the "
                 "input)")
      ->check(CLI::Range(int64_t(1), int64_t(maxImages)));
  app.add_option("--trace-images", traceImages,
                 "Images that the trace and the HTML page show (default 4)")
      ->check(CLI::Range(int64_t(0), int64_t(maxImages)));
  app.add_flag("--timing-only", command.options.timingOnly,
               "Move and compute no data");
  app.add_flag("--unpaced", command.options.unpaced,
               "Release images as fast as credits allow");
  CLI::Option *watch = addProgress(app, command);
  app.add_option("--engine", engine,
                 "event (default), or tick: every module in every cycle, slow")
      ->check(CLI::IsMember({"event", "tick"}));
  app.add_option(
         "--verify-engines", command.verifyOrders,
         "Run both engines in so many shuffled orders of modules; fails "
         "where anything differs")
      ->check(CLI::Range(1, 1000))
      ->excludes(watch);
  app.add_option("--check", check,
                 "Shadow tags per slot or byte, or per slot and "
                 "MVMs in the bit planes of the DAC")
      ->check(CLI::IsMember({"slot", "byte", "planes"}));
  app.add_option("--shuffle", command.options.shuffleSeed,
                 "Seed for the order of modules (no result depends on it)");
  app.set_version_flag("--version", versionLine());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    exitCode = app.exit(error);
    return false;
  }
  if (engine == "tick")
    command.options.engine = SimEngine::Tick;
  command.options.check =
      check == "byte" ? CheckGranularity::Byte : CheckGranularity::Slot;
  command.options.bitPlanes = check == "planes";
  if (!command.trace.empty() || !command.html.empty())
    command.options.traceImages = traceImages;
  command.options.sampleBuffers = !command.html.empty();
  command.options.captureTensors =
      !command.tensors.empty() || !command.expectedTensors.empty();
  return true;
}
