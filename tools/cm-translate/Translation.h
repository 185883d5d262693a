//===- Translation.h - what cm-translate can do -----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_TRANSLATE_TRANSLATION_H
#define CM_TOOLS_CM_TRANSLATE_TRANSLATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// What the command line says beside the action.
struct TranslationRequest {
  std::string input;  // path; "-" is standard input
  std::string output; // path; "-" is standard output
  std::string machine;
  std::vector<std::string> settings;
  bool text = false; // all of it: nothing elided, MLIR not as bytecode
  std::vector<std::string> dims; // --import-onnx: "name=value"
  bool keepBatch = false, raw = false;
  /// File of the import report; "-" is standard error. None: no report.
  std::optional<std::string> importReport;
};

/// What an action takes beside `-o`; other options are an error.
enum Takes : unsigned {
  TakesInput = 1,
  TakesMachine = 2,
  TakesText = 4,
  TakesImport = 8
};

/// One action: `--name`. Its function reads the input, writes the output (see
/// cm/Support/File.h) and returns one clear error.
struct Translation {
  const char *name;
  const char *description;
  unsigned takes; // of Takes
  llvm::Error (*run)(const TranslationRequest &request);
};

/// All actions; a new one is one line of Registry.cpp and a function.
llvm::ArrayRef<Translation> allTranslations();

llvm::Error describeMachineAction(const TranslationRequest &request);
llvm::Error drawMachineAction(const TranslationRequest &request);
llvm::Error programToTextAction(const TranslationRequest &request);
llvm::Error textToProgramAction(const TranslationRequest &request);
llvm::Error programToListingAction(const TranslationRequest &request);
llvm::Error programToCMCoreAction(const TranslationRequest &request);
llvm::Error cmcoreToProgramAction(const TranslationRequest &request);
llvm::Error importONNXAction(const TranslationRequest &request);

} // namespace cm

#endif // CM_TOOLS_CM_TRANSLATE_TRANSLATION_H
