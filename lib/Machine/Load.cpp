//===- Load.cpp - presets and machine files -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Settings.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace cm;

namespace {
struct Preset {
  const char *name;
  const char *text;
};
} // namespace

// The files of presets/, in alphabetical order.
static constexpr Preset presets[] = {
#include "Presets.inc"
};

std::vector<std::string> cm::presetNames() {
  std::vector<std::string> names;
  for (const Preset &preset : presets)
    names.push_back(preset.name);
  return names;
}

llvm::Expected<machine::Machine> cm::getPreset(llvm::StringRef name) {
  for (const Preset &preset : presets)
    if (name == preset.name)
      return parseMachine(preset.text, preset.name);
  return makeError("expected a preset ({0}), found '{1}'",
                   llvm::join(presetNames(), ", "), name);
}

/// A preset by its name, else a file: a mistyped preset is told from a file by
/// having neither folder nor extension.
static llvm::Expected<machine::Machine> readMachine(llvm::StringRef source) {
  if (llvm::is_contained(presetNames(), source))
    return getPreset(source);
  auto buffer = readFile(source);
  if (buffer)
    return parseMachine((*buffer)->getBuffer(), source);
  if (source.find_first_of("./\\") != llvm::StringRef::npos || source == "-")
    return buffer.takeError();
  llvm::consumeError(buffer.takeError());
  return makeError("expected a file or a preset ({0}), found '{1}'",
                   llvm::join(presetNames(), ", "), source);
}

llvm::Expected<MachineModel>
cm::loadMachine(llvm::StringRef presetOrPath,
                llvm::ArrayRef<std::string> settings) {
  llvm::Expected<machine::Machine> machine = readMachine(presetOrPath);
  if (!machine)
    return machine.takeError();
  for (const std::string &setting : settings)
    if (llvm::Error error = applySetting(*machine, setting))
      return std::move(error);
  llvm::Expected<MachineModel> model =
      MachineModel::create(std::move(*machine));
  if (!model)
    return makeError("{0}: {1}", presetOrPath,
                     llvm::toString(model.takeError()));
  return model;
}
