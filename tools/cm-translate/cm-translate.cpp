//===- cm-translate.cpp - files into other files --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Models, machines and programs from one form to another. The actions are in
// Registry.cpp.
//
//===----------------------------------------------------------------------===//

#include "Translation.h"
#include "cm/Support/Error.h"
#include "cm/Support/Signals.h"
#include "cm/Support/Version.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"

using namespace cm;
namespace cl = llvm::cl;

namespace {
/// An option, and how often the command line has it.
struct Given {
  Takes takes;
  const char *name;
  int times;
};
} // namespace

/// An option that the action does not take is an error, not ignored.
static llvm::Error checkOptions(const Translation &action,
                                llvm::ArrayRef<Given> options) {
  for (const Given &option : options)
    if (option.times > 0 && !(action.takes & option.takes))
      return makeError("--{0} takes no {1}", action.name, option.name);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  cm::keepIgnoredSignals();
  llvm::InitLLVM init(argc, argv);
  cl::OptionCategory category("cm-translate options");
  cl::opt<const Translation *> action(cl::desc("Action:"), cl::cat(category));
  for (const Translation &translation : allTranslations())
    action.getParser().addLiteralOption(translation.name, &translation,
                                        translation.description);
  cl::opt<std::string> input(cl::Positional, cl::desc("INPUT"), cl::init("-"),
                             cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("Output file"), cl::init("-"),
                              cl::value_desc("FILE"), cl::cat(category));
  cl::opt<std::string> machine("machine", cl::desc("Preset or textproto file"),
                               cl::value_desc("NAME|FILE"), cl::cat(category));
  cl::list<std::string> settings("set", cl::desc("Change a machine's field"),
                                 cl::value_desc("path=value"),
                                 cl::cat(category));
  cl::opt<bool> text("text", cl::desc("Write complete text"),
                     cl::cat(category));
  cl::list<std::string> dims(
      "dim", cl::desc("--import-onnx: a symbolic extent's value"),
      cl::value_desc("name=value"), cl::cat(category));
  cl::opt<bool> keepBatch(
      "keep-batch", cl::desc("--import-onnx: leading extents as they are"),
      cl::cat(category));
  cl::opt<bool> raw("raw",
                    cl::desc("--import-onnx: leave float operations unfused"),
                    cl::cat(category));
  cl::opt<std::string> report(
      "report-import", cl::ValueOptional,
      cl::desc("--import-onnx: print what became of each node"),
      cl::value_desc("FILE"), cl::cat(category));
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(printVersion);
  cl::ParseCommandLineOptions(argc, argv,
                              "Models, machines and programs in other forms\n");

  TranslationRequest request;
  request.input = input;
  request.output = output;
  request.machine = machine;
  request.settings = {settings.begin(), settings.end()};
  request.text = text;
  request.dims = {dims.begin(), dims.end()};
  request.keepBatch = keepBatch;
  request.raw = raw;
  if (report.getNumOccurrences())
    request.importReport = report.empty() ? "-" : report.getValue();
  const Given given[] = {
      {TakesInput, "input file", input.getNumOccurrences()},
      {TakesMachine, "--machine", machine.getNumOccurrences()},
      {TakesMachine, "--set", settings.getNumOccurrences()},
      {TakesText, "--text", text.getNumOccurrences()},
      {TakesImport, "--dim", dims.getNumOccurrences()},
      {TakesImport, "--keep-batch", keepBatch.getNumOccurrences()},
      {TakesImport, "--raw", raw.getNumOccurrences()},
      {TakesImport, "--report-import", report.getNumOccurrences()}};
  llvm::Error error =
      action ? checkOptions(*action, given)
             : makeError("expected an action, found none; see --help");
  if (!error)
    error = action->run(request);
  if (!error)
    return 0;
  llvm::WithColor::error(llvm::errs(), "cm-translate")
      << llvm::toString(std::move(error)) << "\n";
  return 1;
}
