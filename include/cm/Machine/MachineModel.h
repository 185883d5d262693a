//===- MachineModel.h - what a machine can do -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The read-only view of a machine that the passes and the simulator ask. It is
// complete (defaults filled in), checked, and knows no MLIR. Nobody compares
// machine names.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MACHINE_MACHINEMODEL_H
#define CM_MACHINE_MACHINEMODEL_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm {

/// A core (0 .. numCores-1), a switch, which only passes messages on, or,
/// behind these, an I/O node, which passes nothing on.
using NodeId = uint32_t;
/// One direction of a link.
using LinkId = uint32_t;

/// One direction of a full-duplex link. Directions 2k and 2k+1 belong together.
struct LinkModel {
  NodeId from;
  NodeId to;
  uint32_t widthBytes; // per cycle
  uint32_t latency;    // cycles, at least 1
};

/// Classes of DPU work that differ in cost.
enum class DpuClass { Alu, Lookup, Exp, Mac };

/// A matrix on crossbars of one core: row tiles below each other, each of
/// crossbars side by side. Row tile i holds the rows from i times the rows of a
/// crossbar.
struct GroupShape {
  uint64_t rowTiles = 1, columns = 1;

  uint64_t crossbars() const { return rowTiles * columns; }
};

class MachineModel {
public:
  /// Checks `machine`, fills in the defaults and builds the graph. The error
  /// names the field, what was expected and what was found.
  static llvm::Expected<MachineModel> create(machine::Machine machine);

  /// The complete description: what a program file keeps.
  const machine::Machine &proto() const { return machine; }

  llvm::StringRef name() const { return machine.name(); }
  double clockGHz() const { return machine.clock_ghz(); }

  //===--- Graph ----------------------------------------------------------===//
  uint32_t numCores() const { return coreTypeIndex.size(); }
  uint32_t numSwitches() const { return switches; }
  uint32_t numNodes() const {
    return numCores() + numSwitches() + machine.io_nodes_size();
  }
  bool isCore(NodeId node) const { return node < numCores(); }
  bool isIo(NodeId node) const {
    return node >= numCores() + numSwitches() && node < numNodes();
  }
  /// Cores and switches pass on what is not for them, I/O nodes do not.
  bool forwards(NodeId node) const { return node < numCores() + numSwitches(); }
  /// True if cores are the points of `topology.mesh` in two dimensions, and
  /// coordinates say how far apart they are.
  bool isGrid() const;
  llvm::ArrayRef<LinkModel> links() const { return linkModels; }
  const LinkModel &link(LinkId id) const { return linkModels[id]; }
  /// Outgoing links, ordered by the node that they lead to.
  llvm::ArrayRef<LinkId> linksFrom(NodeId node) const { return outgoing[node]; }
  /// The link from one node to another, where there is one.
  std::optional<LinkId> findLink(NodeId from, NodeId to) const;
  /// Links on a shortest path from `start` to every node; UINT32_MAX where
  /// there is none.
  std::vector<uint32_t> hopsFrom(NodeId start) const;
  /// "core[3]", "switch[64]" or the I/O node's name.
  std::string nodeName(NodeId node) const;
  /// "core[3]->core[4]".
  std::string linkName(LinkId link) const;

  //===--- Cores ----------------------------------------------------------===//
  const machine::CoreType &core(NodeId node) const {
    return machine.core_types(coreTypeIndex[node]);
  }
  /// Cores of one type are alike; a number below `numCoreTypes`.
  uint32_t coreType(NodeId node) const { return coreTypeIndex[node]; }
  uint32_t numCoreTypes() const { return machine.core_types_size(); }
  bool hasCrossbar(NodeId node) const { return core(node).has_crossbar(); }
  const machine::IoNode &ioNode(NodeId node) const {
    return machine.io_nodes(node - numCores() - numSwitches());
  }
  /// The first I/O node that may bring images in, or take results out.
  NodeId inputNode() const { return inputNodeId; }
  NodeId outputNode() const { return outputNodeId; }

  //===--- Groups ---------------------------------------------------------===//
  /// The crossbars of `core`, which has some, that hold a matrix: a column
  /// takes as many columns of cells as its weights have slices, and the first
  /// begins `firstCol` columns of cells behind the edge.
  GroupShape groupShape(NodeId core, uint64_t rows, uint64_t cols,
                        uint64_t firstCol = 0) const;

  //===--- Cost, in cycles ------------------------------------------------===//
  /// One MVM of a group: its row tiles take turns where one group runs at a
  /// time, all its crossbars where one crossbar does, none where all do.
  uint64_t mvmCycles(NodeId core, const GroupShape &group) const;
  /// DPU time to add up the results of the row tiles of a group, int32 vectors
  /// of `cols` elements from the output registers of the crossbars.
  uint64_t mvmSumCycles(NodeId core, const GroupShape &group,
                        uint64_t cols) const;
  /// SRAM port time of one contiguous run of bytes at an address: one aligned
  /// access of `access_bytes` after the other.
  uint64_t sramReadCycles(NodeId core, uint64_t address, uint64_t bytes) const;
  uint64_t sramWriteCycles(NodeId core, uint64_t address, uint64_t bytes) const;
  /// ceil(elements / lanes) steps of the class; products of two activations
  /// take ceil(elements / mac_lanes) steps of `alu_cycles`.
  uint64_t dpuCycles(NodeId core, DpuClass cls, uint64_t elements) const;
  /// Bytes that a message of `payload` bytes puts on a link, headers of all its
  /// packets included. An empty message is one header, at least one byte.
  uint64_t wireBytes(uint64_t payload) const;
  /// ceil(bytes / width).
  uint64_t serializationCycles(LinkId link, uint64_t bytes) const;

private:
  MachineModel() = default;
  void indexLinks();

  machine::Machine machine;
  std::vector<uint32_t> coreTypeIndex;
  uint32_t switches = 0;
  std::vector<LinkModel> linkModels;
  std::vector<std::vector<LinkId>> outgoing;
  NodeId inputNodeId = 0;
  NodeId outputNodeId = 0;
};

/// Reads `--machine=`: the name of a preset, the path of a textproto file, or a
/// graph: a file that ends in .graphml, .dot or .gv, with what it does not say
/// as in `hermes64`. Errors in a file begin with its path.
/// `settings` are "path.to.field=value" overrides such as "core.mvm_cycles=100"
/// (`core` stands for every core type and its crossbar, DPU, SRAM and LCU).
llvm::Expected<MachineModel>
loadMachine(llvm::StringRef presetOrPath,
            llvm::ArrayRef<std::string> settings = {});

/// Parses a textproto; `name` is what errors call it, with line and column.
llvm::Expected<machine::Machine> parseMachine(llvm::StringRef text,
                                              llvm::StringRef name);
/// The complete machine as a textproto that `parseMachine` reads back equal.
std::string printMachine(const machine::Machine &machine);

/// Names of the presets, in alphabetical order.
std::vector<std::string> presetNames();
llvm::Expected<machine::Machine> getPreset(llvm::StringRef name);

} // namespace cm

#endif // CM_MACHINE_MACHINEMODEL_H
