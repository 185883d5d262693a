//===- Load.cpp - presets and machine files -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"
#include "Settings.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

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

/// The cores of `hermes64`, to be joined as the graph of a file says.
static llvm::Expected<machine::Machine> machineOf(llvm::StringRef graph) {
  llvm::Expected<machine::Machine> machine = getPreset("hermes64");
  if (!machine)
    return machine;
  std::string name = llvm::sys::path::stem(graph).str();
  for (char &c : name)
    if (!llvm::isAlnum(c) && !llvm::StringRef("_-.").contains(c))
      c = '_';
  machine->set_name(name);
  machine->set_provenance(
      "links and nodes: " + llvm::sys::path::filename(graph).str() +
      "; what it does not say: hermes64, which has " + machine->provenance());
  machine->mutable_topology()->set_file(graph.str());
  return machine;
}

/// The I/O nodes of the graph, each like the machine's first. Where it has
/// none, there is that one, at both ends of the row of cores.
static void setIoNodes(const FileGraph &graph, machine::Machine &machine) {
  machine::IoNode host = machine.io_nodes(0);
  host.clear_attached_to();
  machine.clear_io_nodes();
  uint32_t cores = 0;
  for (const FileNode &node : graph.nodes) {
    std::string kind = node.attributes.lookup("kind");
    cores += kind.empty() || kind == "core";
    if (kind != "io")
      continue;
    host.set_name(node.name);
    *machine.add_io_nodes() = host;
  }
  if (machine.io_nodes_size())
    return;
  constexpr uint32_t atEachEnd = 5;
  for (uint32_t core = 0; core < cores; ++core)
    if (core < atEachEnd || core + atEachEnd >= cores)
      host.add_attached_to(core);
  *machine.add_io_nodes() = host;
}

/// Reads the file that a topology names.
static llvm::Error readTopology(llvm::StringRef source,
                                machine::Machine &machine) {
  bool isWhole = isGraphFile(source);
  llvm::SmallString<128> path(machine.topology().file());
  if (!isWhole && llvm::sys::path::is_relative(path)) {
    path = llvm::sys::path::parent_path(source);
    llvm::sys::path::append(path, machine.topology().file());
  }
  llvm::Expected<FileGraph> graph = readGraphFile(path);
  if (!graph)
    return graph.takeError();
  if (isWhole)
    setIoNodes(*graph, machine);
  return applyGraph(*graph, machine);
}

/// A preset by its name, else a file: a mistyped preset is told from a file by
/// having neither folder nor extension.
static llvm::Expected<machine::Machine> readMachine(llvm::StringRef source) {
  if (llvm::is_contained(presetNames(), source))
    return getPreset(source);
  if (isGraphFile(source))
    return machineOf(source);
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
  if (machine->topology().has_file())
    if (llvm::Error error = readTopology(presetOrPath, *machine))
      return std::move(error);
  llvm::Expected<MachineModel> model =
      MachineModel::create(std::move(*machine));
  if (!model)
    return makeError("{0}: {1}", presetOrPath,
                     llvm::toString(model.takeError()));
  return model;
}
