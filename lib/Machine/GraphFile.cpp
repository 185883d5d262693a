//===- GraphFile.cpp - a machine from a graph -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What attributes of nodes and edges mean.
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"
#include "Topology.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

void cm::setAttribute(Attributes &into, llvm::StringRef name,
                      std::string value) {
  for (llvm::StringRef known : {"kind", "core_type", "width_bytes", "latency"})
    if (name == known)
      into[name] = std::move(value);
}

bool cm::isGraphFile(llvm::StringRef path) {
  return llvm::any_of(
      llvm::ArrayRef<llvm::StringRef>{".graphml", ".dot", ".gv"},
      [&](llvm::StringRef end) { return path.ends_with_insensitive(end); });
}

Expected<FileGraph> cm::readGraphFile(llvm::StringRef path) {
  if (!isGraphFile(path))
    return makeError("'{0}': expected a graph that ends in .graphml, .dot or "
                     ".gv",
                     path);
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  llvm::StringRef text = (*buffer)->getBuffer();
  return path.ends_with_insensitive(".graphml") ? readGraphML(text, path)
                                                : readDot(text, path);
}

namespace {
enum class Kind { Core, Switch, Io };

class Builder {
public:
  Builder(const FileGraph &graph, machine::Machine &machine)
      : graph(graph), machine(machine),
        list(*machine.mutable_topology()->mutable_explicit_()) {}

  Error run();

private:
  Error readKinds();
  /// Cores keep the numbers that they have for names, where all have one.
  Error numberNodes();
  bool numberByNames();
  void assignType(uint32_t node);
  Error addEdge(const FileEdge &edge);
  Error addLink(const FileEdge &edge);
  Error attach(uint32_t io, uint32_t node, unsigned line);
  Error readNumber(const FileEdge &edge, llvm::StringRef name, uint32_t &value,
                   bool &isThere) const;

  const FileGraph &graph;
  machine::Machine &machine;
  machine::Explicit &list;
  std::vector<Kind> kinds;       // of the file's nodes
  std::vector<uint32_t> numbers; // and their numbers; of I/O nodes among them
  uint32_t cores = 0, switches = 0, ioNodes = 0;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, const FileEdge *> seen;
};
} // namespace

Error Builder::readKinds() {
  for (const FileNode &node : graph.nodes) {
    auto kind = node.attributes.find("kind");
    std::string text =
        kind == node.attributes.end() ? "core" : kind->getValue();
    if (text != "core" && text != "switch" && text != "io")
      return makeError("{0}:{1}: expected kind core, switch or io of node "
                       "'{2}', found '{3}'",
                       graph.path, node.line, node.name, text);
    kinds.push_back(text == "core"     ? Kind::Core
                    : text == "switch" ? Kind::Switch
                                       : Kind::Io);
    cores += kinds.back() == Kind::Core;
    switches += kinds.back() == Kind::Switch;
    ioNodes += kinds.back() == Kind::Io;
  }
  if (cores == 0)
    return makeError("{0}: expected at least one core, found none", graph.path);
  return checkSize(graph.path, cores, switches, 0);
}

bool Builder::numberByNames() {
  std::vector<bool> isTaken(cores, false);
  for (auto [node, kind] : llvm::zip(graph.nodes, kinds)) {
    if (kind != Kind::Core)
      continue;
    uint32_t number;
    if (llvm::StringRef(node.name).getAsInteger(10, number) ||
        number >= cores || isTaken[number])
      return false;
    isTaken[number] = true;
  }
  return true;
}

Error Builder::numberNodes() {
  bool byNames = numberByNames();
  uint32_t nextCore = 0, nextSwitch = cores;
  for (auto [node, kind] : llvm::zip(graph.nodes, kinds)) {
    uint32_t number = 0;
    if (kind == Kind::Io) {
      auto io = llvm::find_if(machine.io_nodes(), [&](const auto &other) {
        return other.name() == node.name;
      });
      if (io == machine.io_nodes().end())
        return makeError("{0}:{1}: expected the name of an I/O node of the "
                         "machine, found '{2}'",
                         graph.path, node.line, node.name);
      number = io - machine.io_nodes().begin();
    } else if (kind == Kind::Switch) {
      number = nextSwitch++;
    } else {
      number = nextCore++;
      if (byNames)
        llvm::StringRef(node.name).getAsInteger(10, number);
    }
    numbers.push_back(number);
  }
  return Error::success();
}

/// Of one core; MachineModel says what is wrong with the name.
void Builder::assignType(uint32_t node) {
  const Attributes &attributes = graph.nodes[node].attributes;
  auto type = attributes.find("core_type");
  if (kinds[node] != Kind::Core || type == attributes.end())
    return;
  machine::Assignment &range = *machine.mutable_topology()->add_assignments();
  range.set_first(numbers[node]);
  range.set_count(1);
  range.set_core_type(type->getValue());
}

Error Builder::readNumber(const FileEdge &edge, llvm::StringRef name,
                          uint32_t &value, bool &isThere) const {
  auto found = edge.attributes.find(name);
  if (found == edge.attributes.end())
    return Error::success();
  isThere = true;
  if (!llvm::StringRef(found->getValue()).getAsInteger(10, value) &&
      value >= 1 && value <= maxLinkWidth)
    return Error::success();
  return makeError("{0}:{1}: expected {2} to be a number from 1 to {3}, found "
                   "'{4}'",
                   graph.path, edge.line, name, maxLinkWidth,
                   found->getValue());
}

Error Builder::attach(uint32_t io, uint32_t node, unsigned line) {
  if (kinds[node] == Kind::Io)
    return makeError(
        "{0}:{1}: expected an I/O node to be joined to a core or a "
        "switch, found '{2}' and '{3}'",
        graph.path, line, graph.nodes[io].name, graph.nodes[node].name);
  machine.mutable_io_nodes(numbers[io])->add_attached_to(numbers[node]);
  return Error::success();
}

static bool isSame(const Attributes &a, const Attributes &b,
                   llvm::StringRef name) {
  return a.lookup(name) == b.lookup(name);
}

/// A link goes both ways: the two directions of a digraph are one link.
Error Builder::addEdge(const FileEdge &edge) {
  const std::string &from = graph.nodes[edge.from].name;
  const std::string &to = graph.nodes[edge.to].name;
  if (edge.from == edge.to)
    return makeError("{0}:{1}: expected two different nodes, found '{2}' twice",
                     graph.path, edge.line, from);
  auto [first, isNew] =
      seen.try_emplace(std::minmax(edge.from, edge.to), &edge);
  if (!isNew) {
    const FileEdge &other = *first->second;
    bool isAgain = !graph.isDirected || other.from == edge.from;
    if (isAgain && graph.isStrict)
      return Error::success();
    if (isAgain)
      return makeError("{0}:{1}: expected one link between '{2}' and '{3}', "
                       "found more",
                       graph.path, edge.line, from, to);
    for (llvm::StringRef name : {"width_bytes", "latency"})
      if (!isSame(edge.attributes, other.attributes, name))
        return makeError("{0}:{1}: expected the {2} of the other direction, "
                         "'{3}', found '{4}' between '{5}' and '{6}'",
                         graph.path, edge.line, name,
                         other.attributes.lookup(name),
                         edge.attributes.lookup(name), from, to);
    return Error::success();
  }
  if (kinds[edge.from] == Kind::Io)
    return attach(edge.from, edge.to, edge.line);
  if (kinds[edge.to] == Kind::Io)
    return attach(edge.to, edge.from, edge.line);
  return addLink(edge);
}

Error Builder::addLink(const FileEdge &edge) {
  machine::ExplicitLink &link = *list.add_links();
  link.set_a(numbers[edge.from]);
  link.set_b(numbers[edge.to]);
  uint32_t width = machine.link().width_bytes();
  uint32_t latency =
      machine.link().has_latency() ? machine.link().latency() : 1;
  bool isOwn = false;
  if (Error error = readNumber(edge, "width_bytes", width, isOwn))
    return error;
  if (Error error = readNumber(edge, "latency", latency, isOwn))
    return error;
  if (isOwn) {
    link.mutable_link()->set_width_bytes(width);
    link.mutable_link()->set_latency(latency);
  }
  return Error::success();
}

Error Builder::run() {
  if (Error error = readKinds())
    return error;
  if (Error error = numberNodes())
    return error;
  list.set_cores(cores);
  list.set_switches(switches);
  for (uint32_t node = 0; node < graph.nodes.size(); ++node)
    assignType(node);
  for (const FileEdge &edge : graph.edges)
    if (Error error = addEdge(edge))
      return error;
  return Error::success();
}

Error cm::applyGraph(const FileGraph &graph, machine::Machine &machine) {
  return Builder(graph, machine).run();
}
