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
#include "cm/Support/Version.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"

using namespace cm;
namespace cl = llvm::cl;

/// An option that the action does not take is an error, not ignored.
static llvm::Error checkOptions(const Translation &action,
                                llvm::ArrayRef<std::pair<Takes, const char *>>
                                    given) {
  for (auto [option, name] : given)
    if (!(action.takes & option))
      return makeError("--{0} takes no {1}", action.name, name);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
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
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(printVersion);
  cl::ParseCommandLineOptions(argc, argv,
                              "Models, machines and programs in other forms\n");

  TranslationRequest request{
      input, output, machine, {settings.begin(), settings.end()}, text};
  std::vector<std::pair<Takes, const char *>> given;
  if (input.getNumOccurrences())
    given.push_back({TakesInput, "input file"});
  if (machine.getNumOccurrences())
    given.push_back({TakesMachine, "--machine"});
  if (settings.getNumOccurrences())
    given.push_back({TakesMachine, "--set"});
  if (text.getNumOccurrences())
    given.push_back({TakesText, "--text"});
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
