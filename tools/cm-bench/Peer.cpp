//===- Peer.cpp - the same network in ONNX Runtime ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Measure.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

using namespace cm;
using llvm::StringRef;
using Json = nlohmann::ordered_json;

/// The model, and its other form where that lies beside it.
static std::vector<std::string> formsOf(const std::string &model) {
  std::vector<std::string> forms = {model};
  size_t folder = model.rfind('/') == std::string::npos ? 0 : model.rfind('/');
  for (auto [from, to] : {std::pair<StringRef, StringRef>{"qoperator", "qdq"},
                          {"qdq", "qoperator"}}) {
    size_t at = StringRef(model).rfind(from);
    if (at == StringRef::npos || at < folder)
      continue;
    std::string other = model;
    other.replace(at, from.size(), to.str());
    if (llvm::sys::fs::exists(other))
      forms.push_back(other);
  }
  return forms;
}

llvm::Expected<Json> cm::measurePeer(const BenchCase &bench,
                                     const std::string &python) {
  auto program = llvm::sys::findProgramByName(python);
  if (!program)
    return makeError("'{0}' is not there: give a Python with onnxruntime by "
                     "--python",
                     python);
  std::vector<std::string> forms = formsOf(bench.model);
  std::vector<StringRef> arguments = {*program,
                                      CM_MODELS_FOLDER "/time_onnxruntime.py"};
  arguments.insert(arguments.end(), forms.begin(), forms.end());
  std::string output = bench.program + ".peer.json";
  std::optional<StringRef> redirects[] = {std::nullopt, StringRef(output), ""};
  if (llvm::sys::ExecuteAndWait(*program, arguments, std::nullopt, redirects))
    return makeError("'{0}' cannot time it: this needs the packages "
                     "onnxruntime and numpy, and an ONNX model",
                     python);
  auto text = readFile(output);
  if (!text)
    return text.takeError();
  Json row = Json::parse((*text)->getBuffer().str(), nullptr,
                         /*allow_exceptions=*/false);
  if (!row.is_object())
    return makeError("'{0}' prints no time", python);
  return row;
}
