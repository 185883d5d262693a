//===- MachineModel.cpp - what a machine can do ---------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Machine/MachineModel.h"
#include "Fields.h"
#include "Topology.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"
#include <deque>

using namespace cm;

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

/// The index into `core_types` of every core.
static llvm::Expected<std::vector<uint32_t>>
assignTypes(const machine::Machine &machine, uint32_t numCores) {
  std::vector<uint32_t> types(numCores, 0);
  std::vector<bool> assigned(numCores, false);
  for (int i = 0; i < machine.topology().assignments_size(); ++i) {
    const machine::Assignment &range = machine.topology().assignments(i);
    auto type = llvm::find_if(machine.core_types(), [&](const auto &t) {
      return t.name() == range.core_type();
    });
    if (type == machine.core_types().end())
      return makeError("topology.assignments[{0}].core_type: expected the name "
                       "of a core type, found '{1}'",
                       i, range.core_type());
    if (range.first() >= numCores || range.count() > numCores - range.first())
      return makeError("topology.assignments[{0}]: expected cores below {1}, "
                       "found {2} to {3}",
                       i, numCores, range.first(),
                       uint64_t(range.first()) + range.count() - 1);
    for (uint32_t core = range.first(); core < range.first() + range.count();
         ++core) {
      if (assigned[core])
        return makeError("topology.assignments[{0}]: expected cores without a "
                         "type, found core {1} assigned twice",
                         i, core);
      assigned[core] = true;
      types[core] = std::distance(machine.core_types().begin(), type);
    }
  }
  return types;
}

static llvm::Error checkAttachments(const machine::Machine &machine,
                                    const TopologyGraph &graph) {
  for (int i = 0; i < machine.io_nodes_size(); ++i) {
    llvm::SmallSet<uint32_t, 8> seen;
    for (uint32_t node : machine.io_nodes(i).attached_to()) {
      if (node >= graph.nodes())
        return makeError("io_nodes[{0}].attached_to: expected {1} 0 to {2}, "
                         "found {3}",
                         i, graph.nodeWords(), graph.nodes() - 1, node);
      if (!seen.insert(node).second)
        return makeError("io_nodes[{0}].attached_to: expected each core once, "
                         "found {1} twice",
                         i, node);
    }
    if (seen.empty())
      return makeError(
          "io_nodes[{0}].attached_to: expected at least one core, found none",
          i);
  }
  return llvm::Error::success();
}

static void addLink(std::vector<LinkModel> &links, NodeId a, NodeId b,
                    const machine::Link &link, uint32_t factor = 1) {
  uint32_t width = link.width_bytes() * factor;
  links.push_back({a, b, width, link.latency()});
  links.push_back({b, a, width, link.latency()});
}

static llvm::Expected<std::vector<LinkModel>>
buildLinks(const machine::Machine &machine, const TopologyGraph &graph) {
  if (llvm::Error error = checkAttachments(machine, graph))
    return std::move(error);
  std::vector<uint32_t> attached;
  for (const machine::IoNode &io : machine.io_nodes())
    llvm::append_range(attached, io.attached_to());
  if (llvm::Error error = checkConnected(graph, attached))
    return std::move(error);
  std::vector<LinkModel> links;
  for (const Edge &edge : graph.edges) {
    const machine::Link &link = edge.own ? *edge.own : machine.link();
    if (link.width_bytes() > maxLinkWidth / edge.factor)
      return makeError("topology: expected links of at most {0} bytes per "
                       "cycle, found {1} times {2} between {3} and {4}",
                       maxLinkWidth, edge.factor, link.width_bytes(), edge.a,
                       edge.b);
    addLink(links, edge.a, edge.b, link, edge.factor);
  }
  for (int i = 0; i < machine.io_nodes_size(); ++i)
    for (uint32_t node : machine.io_nodes(i).attached_to())
      addLink(links, node, graph.nodes() + i, machine.link());
  return links;
}

llvm::Expected<MachineModel> MachineModel::create(machine::Machine machine) {
  if (llvm::Error error = completeFields(machine))
    return std::move(error);
  if (llvm::Error error = checkFields(machine))
    return std::move(error);
  llvm::Expected<TopologyGraph> graph = buildTopology(machine.topology());
  if (!graph)
    return graph.takeError();
  auto types = assignTypes(machine, graph->cores);
  if (!types)
    return types.takeError();
  auto links = buildLinks(machine, *graph);
  if (!links)
    return links.takeError();

  MachineModel model;
  model.machine = std::move(machine);
  model.coreTypeIndex = std::move(*types);
  model.switches = graph->switches;
  model.linkModels = std::move(*links);
  model.indexLinks();
  return model;
}

void MachineModel::indexLinks() {
  outgoing.resize(numNodes());
  for (LinkId id = 0; id < linkModels.size(); ++id)
    outgoing[linkModels[id].from].push_back(id);
  for (std::vector<LinkId> &ids : outgoing)
    llvm::sort(ids, [&](LinkId a, LinkId b) {
      return linkModels[a].to < linkModels[b].to;
    });
  auto first = [&](machine::Direction unwanted) {
    return numCores() + numSwitches() +
           std::distance(machine.io_nodes().begin(),
                         llvm::find_if(machine.io_nodes(), [&](const auto &io) {
                           return io.direction() != unwanted;
                         }));
  };
  inputNodeId = first(machine::DIRECTION_OUTPUT);
  outputNodeId = first(machine::DIRECTION_INPUT);
}

//===----------------------------------------------------------------------===//
// Graph
//===----------------------------------------------------------------------===//

bool MachineModel::isGrid() const {
  const machine::Topology &topology = machine.topology();
  return topology.has_mesh() && topology.mesh().depth() == 1 &&
         !topology.mesh().king() && topology.broken_links().empty();
}

std::string MachineModel::nodeName(NodeId node) const {
  if (isCore(node))
    return llvm::formatv("core[{0}]", node);
  if (!isIo(node))
    return llvm::formatv("switch[{0}]", node);
  return ioNode(node).name();
}

std::string MachineModel::linkName(LinkId link) const {
  return nodeName(linkModels[link].from) + "->" + nodeName(linkModels[link].to);
}

std::optional<LinkId> MachineModel::findLink(NodeId from, NodeId to) const {
  const std::vector<LinkId> &ids = outgoing[from];
  auto it = llvm::lower_bound(ids, to, [&](LinkId id, NodeId node) {
    return linkModels[id].to < node;
  });
  if (it == ids.end() || linkModels[*it].to != to)
    return std::nullopt;
  return *it;
}

std::vector<uint32_t> MachineModel::hopsFrom(NodeId start) const {
  std::vector<uint32_t> hops(numNodes(), UINT32_MAX);
  std::deque<NodeId> queue{start};
  hops[start] = 0;
  while (!queue.empty()) {
    NodeId node = queue.front();
    queue.pop_front();
    if (node != start && !forwards(node))
      continue;
    for (LinkId id : outgoing[node]) {
      NodeId next = linkModels[id].to;
      if (hops[next] != UINT32_MAX)
        continue;
      hops[next] = hops[node] + 1;
      queue.push_back(next);
    }
  }
  return hops;
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

/// Aligned accesses of `width` bytes that a run touches.
static uint64_t countAccesses(uint64_t address, uint64_t bytes,
                              uint64_t width) {
  if (bytes == 0)
    return 0;
  return (address + bytes - 1) / width - address / width + 1;
}

GroupShape MachineModel::groupShape(NodeId node, uint64_t rows, uint64_t cols,
                                    uint64_t firstCol) const {
  const machine::Crossbar &crossbar = core(node).crossbar();
  uint64_t cells = firstCol + cols * weightSlices(crossbar);
  return {llvm::divideCeil(rows, crossbar.rows()),
          llvm::divideCeil(cells, usableCols(crossbar))};
}

uint64_t MachineModel::mvmCycles(NodeId node, const GroupShape &group) const {
  const machine::Crossbar &crossbar = core(node).crossbar();
  switch (crossbar.mvm_concurrency()) {
  case machine::MVM_CONCURRENCY_CROSSBAR:
    return crossbar.mvm_cycles() * group.crossbars();
  case machine::MVM_CONCURRENCY_CORE:
    return crossbar.mvm_cycles();
  default:
    return crossbar.mvm_cycles() * group.rowTiles;
  }
}

uint64_t MachineModel::mvmSumCycles(NodeId node, const GroupShape &group,
                                    uint64_t cols) const {
  return (group.rowTiles - 1) * dpuCycles(node, DpuClass::Alu, cols);
}

uint64_t MachineModel::sramReadCycles(NodeId node, uint64_t address,
                                      uint64_t bytes) const {
  const machine::Sram &sram = core(node).sram();
  return countAccesses(address, bytes, sram.access_bytes()) *
         sram.read_cycles();
}

uint64_t MachineModel::sramWriteCycles(NodeId node, uint64_t address,
                                       uint64_t bytes) const {
  const machine::Sram &sram = core(node).sram();
  return countAccesses(address, bytes, sram.access_bytes()) *
         sram.write_cycles();
}

uint64_t MachineModel::dpuCycles(NodeId node, DpuClass cls,
                                 uint64_t elements) const {
  const machine::Dpu &dpu = core(node).dpu();
  uint64_t steps = llvm::divideCeil(elements, dpu.lanes());
  switch (cls) {
  case DpuClass::Alu:
    return steps * dpu.alu_cycles();
  case DpuClass::Lookup:
    return steps * dpu.lookup_cycles();
  case DpuClass::Exp:
    return steps * dpu.exp_cycles();
  case DpuClass::Mac:
    return llvm::divideCeil(elements, dpu.mac_lanes()) * dpu.alu_cycles();
  }
  llvm_unreachable("unknown class of DPU work");
}

uint64_t MachineModel::wireBytes(uint64_t payload) const {
  const machine::Network &network = machine.network();
  uint64_t packets = 1;
  if (network.max_payload())
    packets = std::max<uint64_t>(
        1, llvm::divideCeil(payload, uint64_t(network.max_payload())));
  return std::max<uint64_t>(1, payload + packets * network.header_bytes());
}

uint64_t MachineModel::serializationCycles(LinkId link, uint64_t bytes) const {
  return llvm::divideCeil(bytes, uint64_t(linkModels[link].widthBytes));
}
