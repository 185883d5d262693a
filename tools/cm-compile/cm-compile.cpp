//===- cm-compile.cpp - a quantised network to a program file -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Compile.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/Progress.h"
#include "cm/Support/Version.h"
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Target/Program/Export.h"
#include "mlir/IR/MLIRContext.h"
#include <CLI/CLI.hpp>

using namespace cm;

namespace {
struct Command {
  std::string model, output = "-", emit = "program", report;
  bool text = false;
  CompileOptions options;
};
} // namespace

/// Returns false where the program is to end at once with `exitCode`.
static bool parseCommand(int argc, char **argv, Command &command,
                         int &exitCode) {
  CLI::App app("Compiles a quantised network for an in-memory-computing chip.",
               "cm-compile");
  std::string version;
  {
    llvm::raw_string_ostream os(version);
    printVersion(os);
  }
  app.set_version_flag("--version", llvm::StringRef(version).rtrim().str());
  app.add_option("model", command.model, "ONNX model or MLIR module")
      ->required();
  app.add_option("-o,--output", command.output, "output file; - is stdout");
  app.add_option("--machine", command.options.machine,
                 "preset, or textproto file");
  app.add_option("--set", command.options.settings,
                 "override of a machine's field, such as core.mvm_cycles=100");
  app.add_option("--emit", command.emit, "what is written")
      ->check(CLI::IsMember({"cmnn", "cmflow", "cmcore", "program"}));
  app.add_option("--cores", command.options.cores,
                 "use only the first so many cores")
      ->check(CLI::PositiveNumber);
  app.add_option("--ii", command.options.ii, "cycles between images")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", command.options.seed, "of the placement");
  app.add_option("--report", command.report, "predictions as JSON");
  app.add_flag("--text", command.text,
               "write modules as complete text, not as bytecode");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    exitCode = app.exit(error);
    return false;
  }
  return true;
}

static Phase lastPhase(llvm::StringRef emit) {
  if (emit == "cmnn")
    return Phase::Normalise;
  if (emit == "cmflow")
    return Phase::Schedule;
  return emit == "cmcore" ? Phase::Control : Phase::Verify;
}

static llvm::Error writeResult(mlir::ModuleOp module, const Command &command) {
  if (command.emit != "program")
    return writeModule(module, command.output, command.text);
  llvm::Expected<program::Program> program = exportProgram(module);
  if (!program)
    return program.takeError();
  return writeProgram(command.output, *program);
}

static llvm::Error run(Command &command) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  Progress progress("cm-compile", 7);
  uint64_t done = 0;
  command.options.progress = [&](llvm::StringRef phase) {
    progress.step(done++, phase);
  };
  command.options.to = lastPhase(command.emit);
  auto module = loadModel(command.model, &context);
  if (!module)
    return module.takeError();
  llvm::Expected<CompileReport> report = compile(**module, command.options);
  if (!report)
    return report.takeError();
  if (!command.report.empty() && report->iiCycles == 0)
    return makeError("--report needs a schedule: compile an unscheduled model "
                     "with --emit=cmflow or later");
  if (llvm::Error error = writeResult(**module, command))
    return error;
  if (command.report.empty())
    return llvm::Error::success();
  return writeFile(command.report, formatReport(*report));
}

int main(int argc, char **argv) {
  Command command;
  int exitCode = 0;
  if (!parseCommand(argc, argv, command, exitCode))
    return exitCode;
  if (llvm::Error error = run(command)) {
    llvm::errs() << "cm-compile: error: " << llvm::toString(std::move(error))
                 << "\n";
    return 1;
  }
  return 0;
}
