//===- cm-compile.cpp - a quantised network to a program file -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Epochs.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Support/Limits.h"
#include "cm/Support/Progress.h"
#include "cm/Support/Signals.h"
#include "cm/Support/Version.h"
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Target/Program/Export.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include <CLI/CLI.hpp>

using namespace cm;

namespace {
struct Command {
  std::string model, output = "-", emit = "program", report;
  std::string replicate = "none";
  std::optional<std::string> cores, ii, seed; // as they were typed
  std::string reload;                         // empty: not asked for
  uint64_t batch = 0;                         // of --allow-reload
  std::optional<std::string> pack, reduction, depthwise, shifts, shiftAxes,
      buffers, stagesPerCore, routing, linkWidth;
  bool text = false;
  CompileOptions options;
};
} // namespace

/// A decimal number of an option, where it is there, or an error that names it.
static llvm::Error parseNumber(llvm::StringRef option,
                               const std::optional<std::string> &text,
                               uint64_t least, uint64_t most,
                               llvm::function_ref<void(uint64_t)> set) {
  uint64_t value = 0;
  if (!text)
    return llvm::Error::success();
  if (llvm::StringRef(*text).getAsInteger(10, value) || value < least ||
      value > most)
    return makeError("{0}: expected a number from {1} to {2}, found '{3}'",
                     option, least, most, *text);
  set(value);
  return llvm::Error::success();
}

/// Epochs are parts of a program file, of one batch.
static llvm::Error checkReload(Command &command) {
  if (command.emit != "program")
    return makeError("--allow-reload makes a program: expected "
                     "--emit=program, found --emit={0}",
                     command.emit);
  if (command.linkWidth && *command.linkWidth == "auto")
    return makeError("--link-width=auto is of one epoch: expected no "
                     "--allow-reload");
  if (command.ii)
    return makeError("--ii is of one epoch: expected no --allow-reload");
  return parseNumber("--allow-reload", command.reload, 1, maxImages,
                     [&](uint64_t value) { command.batch = value; });
}

static llvm::Error checkNumbers(Command &command) {
  CompileOptions &options = command.options;
  constexpr uint64_t any = std::numeric_limits<uint64_t>::max();
  if (llvm::Error error =
          parseNumber("--cores", command.cores, 1, UINT32_MAX,
                      [&](uint64_t value) { options.cores = value; }))
    return error;
  if (llvm::Error error =
          parseNumber("--ii", command.ii, 1, maxReleaseInterval,
                      [&](uint64_t value) { options.ii = value; }))
    return error;
  if (llvm::Error error =
          parseNumber("--stages-per-core", command.stagesPerCore, 1, UINT32_MAX,
                      [&](uint64_t value) { options.stagesPerCore = value; }))
    return error;
  if (llvm::Error error =
          parseNumber("--shifts", command.shifts, 0, UINT32_MAX,
                      [&](uint64_t value) { options.shifts = value; }))
    return error;
  if (llvm::Error error =
          parseNumber("--seed", command.seed, 0, any,
                      [&](uint64_t value) { options.seed = value; }))
    return error;
  if (command.linkWidth && *command.linkWidth != "auto")
    return parseNumber("--link-width", command.linkWidth, 1, UINT32_MAX,
                       [&](uint64_t value) {
                         options.settings.push_back("link.width_bytes=" +
                                                    std::to_string(value));
                       });
  return llvm::Error::success();
}

/// Numbers, and what can be told to be wrong before any work.
static llvm::Error checkCommand(Command &command) {
  CompileOptions &options = command.options;
  if (llvm::Error error = checkNumbers(command))
    return error;
  options.replicate = command.replicate == "rows"     ? Replication::Rows
                      : command.replicate == "pixels" ? Replication::Pixels
                                                      : Replication::None;
  if (!command.reload.empty())
    if (llvm::Error error = checkReload(command))
      return error;
  options.report = !command.report.empty();
  if (options.report && command.emit == "cmnn")
    return makeError("--report needs a schedule: expected --emit=cmflow or "
                     "later, found --emit=cmnn");
  if (options.report &&
      (command.report == command.output ||
       llvm::sys::fs::equivalent(command.report, command.output)))
    return makeError("--report and --output are the same file, '{0}'",
                     command.report);
  if (command.emit == "program" && !command.text && command.output == "-" &&
      llvm::sys::Process::StandardOutIsDisplayed())
    return makeError("a program is not for a terminal: name a file with -o, or "
                     "say --text");
  return llvm::Error::success();
}

static void addScheduleOptions(CLI::App &app, Command &command) {
  app.add_option("--stages-per-core", command.stagesPerCore,
                 "stages that a core may host");
  app.add_option("--buffers", command.buffers,
                 "the least bytes at the II, as a uniform pace needs, or all "
                 "the SRAM")
      ->check(CLI::IsMember({"min", "balanced", "max"}));
  app.add_flag("--exact", command.options.exact,
               "raise the II until it is a guarantee");
}

static void addLinkOptions(CLI::App &app, Command &command) {
  app.add_option("--routing", command.routing,
                 "how paths are chosen: around busy links, over the lowest "
                 "ones, or along x, then along y")
      ->check(CLI::IsMember({"balanced", "shortest", "xy"}));
  app.add_option(
      "--link-width", command.linkWidth,
      "bytes per cycle of the machine's links; auto: the fewest that "
      "keep the II");
}

static void addShiftOptions(CLI::App &app, Command &command) {
  auto *shifts = app.add_option(
      "--shifts", command.shifts,
      "copies of kernels, shifted, on idle rows and columns: up to so many "
      "times the crossbars of a layer; 0: none");
  app.add_option("--shift-axes", command.shiftAxes,
                 "along which axes --shifts shifts them (default: x)")
      ->check(CLI::IsMember({"x", "y", "auto"}))
      ->needs(shifts);
}

static void addOptions(CLI::App &app, Command &command) {
  app.add_option("model", command.model, "ONNX model or MLIR module")
      ->required();
  app.add_option("-o,--output", command.output, "output file; - is stdout");
  app.add_option("--machine", command.options.machine,
                 "preset, or textproto file");
  app.add_option("--set", command.options.settings,
                 "override of a machine's field, such as core.mvm_cycles=100");
  app.add_option("--emit", command.emit, "what is written")
      ->check(CLI::IsMember({"cmnn", "cmflow", "cmcore", "program"}));
  app.add_option("--cores", command.cores, "use only the first so many cores");
  app.add_option("--ii", command.ii, "cycles between images");
  app.add_option("--replicate", command.replicate,
                 "copy layers, by rows or pixels: for the least II of the "
                 "cores, or for --ii with the fewest")
      ->check(CLI::IsMember({"none", "rows", "pixels"}));
  addShiftOptions(app, command);
  app.add_option("--pack", command.pack, "whether stages may share a crossbar")
      ->check(CLI::IsMember({"none", "auto"}));
  app.add_option("--reduction", command.reduction,
                 "how row tiles hand their partial sums on")
      ->check(CLI::IsMember({"auto", "chain", "tree"}));
  app.add_option("--depthwise", command.depthwise,
                 "which unit computes depthwise convolutions")
      ->check(CLI::IsMember({"auto", "crossbar", "dpu"}));
  addLinkOptions(app, command);
  addScheduleOptions(app, command);
  app.add_option("--seed", command.seed, "of the placement");
  app.add_flag("--allow-reload{64}", command.reload,
               "program the crossbars anew where the network does not fit, in "
               "the fewest cycles for so many images (--allow-reload=64)");
  app.add_option("--report", command.report,
                 "predictions as JSON; as text where FILE ends in .txt");
  app.add_flag("--text", command.text,
               "write complete text, not bytecode or the program's bytes");
}

static void complain(llvm::StringRef text) {
  llvm::errs() << "cm-compile: error: " << text << "\n";
}

/// Options that are one of a few words, checked while parsing.
static void readChoices(Command &command) {
  if (command.pack)
    command.options.pack =
        *command.pack == "auto" ? Packing::Auto : Packing::None;
  if (command.shiftAxes)
    command.options.shiftAxes = *command.shiftAxes == "x"   ? ShiftAxes::X
                                : *command.shiftAxes == "y" ? ShiftAxes::Y
                                                            : ShiftAxes::Auto;
  if (command.depthwise)
    command.options.depthwise =
        *command.depthwise == "auto"  ? DepthwiseUnit::Auto
        : *command.depthwise == "dpu" ? DepthwiseUnit::Dpu
                                      : DepthwiseUnit::Crossbar;
  if (command.routing)
    command.options.routing =
        *command.routing == "xy"         ? RoutingStrategy::DimensionOrder
        : *command.routing == "shortest" ? RoutingStrategy::Shortest
                                         : RoutingStrategy::Balanced;
  if (command.buffers)
    command.options.buffers = *command.buffers == "min"   ? Buffers::Min
                              : *command.buffers == "max" ? Buffers::Max
                                                          : Buffers::Balanced;
  if (!command.reduction)
    return;
  command.options.reduction = *command.reduction == "auto"   ? Reduction::Auto
                              : *command.reduction == "tree" ? Reduction::Tree
                                                             : Reduction::Chain;
}

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
  addOptions(app, command);
  exitCode = 1;
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &help) {
    exitCode = app.exit(help);
    return false;
  } catch (const CLI::ParseError &error) {
    complain(error.what());
    return false;
  }
  readChoices(command);
  if (llvm::Error error = checkCommand(command)) {
    complain(llvm::toString(std::move(error)));
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

/// The program as bytes or text. Made before anything is written.
static llvm::Expected<std::string>
formatResult(llvm::Expected<program::Program> program, const Command &command) {
  if (!program)
    return program.takeError();
  if (command.text)
    return printProgramText(*program);
  return formatProgram(*program);
}

/// What was asked for and is not there goes to the error stream, too.
static std::string formatReport(const CompileReport &report,
                                const Command &command) {
  if (std::string shortfall = report.shortfall(); !shortfall.empty())
    llvm::errs() << "cm-compile: warning: " << shortfall << "\n";
  return llvm::StringRef(command.report).ends_with(".txt")
             ? formatReportText(report)
             : formatReport(report);
}

/// Report and result, or neither.
static llvm::Error writeAll(llvm::StringRef report, const Command &command,
                            llvm::function_ref<llvm::Error()> writeResult) {
  if (!command.report.empty())
    if (llvm::Error error = writeFile(command.report, report))
      return error;
  llvm::Error error = writeResult();
  if (error && llvm::sys::fs::is_regular_file(command.report))
    llvm::sys::fs::remove(command.report);
  return error;
}

/// A program of parts, where the network does not fit in one.
static llvm::Error runEpochs(mlir::ModuleOp module, const Command &command) {
  auto compiled = compileEpochs(module, command.options, command.batch);
  if (!compiled)
    return compiled.takeError();
  auto program = formatResult(exportEpochs(*compiled), command);
  if (!program)
    return program.takeError();
  return writeAll(formatEpochsReport(*compiled), command, [&] {
    return writeFile(command.output, llvm::StringRef(*program));
  });
}

static llvm::Error runPhases(mlir::ModuleOp module, const Command &command) {
  bool narrowest = command.linkWidth && *command.linkWidth == "auto";
  llvm::Expected<CompileReport> report =
      narrowest ? compileWithNarrowestLinks(module, command.options)
                : compile(module, command.options);
  if (!report)
    return report.takeError();
  if (command.emit != "program")
    return writeAll(formatReport(*report, command), command, [&] {
      return writeModule(module, command.output, command.text);
    });
  auto program = formatResult(exportProgram(module), command);
  if (!program)
    return program.takeError();
  return writeAll(formatReport(*report, command), command, [&] {
    return writeFile(command.output, llvm::StringRef(*program));
  });
}

static llvm::Error run(Command &command) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  Progress progress("cm-compile", command.batch ? 0 : 7);
  uint64_t done = 0;
  command.options.progress = [&](llvm::StringRef phase) {
    progress.step(done++, phase);
  };
  command.options.to = lastPhase(command.emit);
  auto module = loadModel(command.model, &context);
  if (!module)
    return module.takeError();
  return command.batch ? runEpochs(**module, command)
                       : runPhases(**module, command);
}

int main(int argc, char **argv) {
  keepIgnoredSignals();
  Command command;
  int exitCode = 0;
  if (!parseCommand(argc, argv, command, exitCode))
    return exitCode;
  if (llvm::Error error = run(command)) {
    complain(llvm::toString(std::move(error)));
    return 1;
  }
  return 0;
}
