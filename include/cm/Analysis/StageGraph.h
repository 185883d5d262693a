//===- StageGraph.h - a cmflow graph as plain data --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What placement, routing, schedule and control need to know of a graph, read
// once.
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_STAGEGRAPH_H
#define CM_ANALYSIS_STAGEGRAPH_H

#include "cm/Analysis/Timing.h"
#include "cm/Dialect/CMFlow/CMFlowOps.h"

namespace cm {

/// One read of an object by a stage.
struct StageRead {
  cmflow::ObjectOp object;
  Window window;
  bool feedsCrossbar = false; // gathered before the MVM; else by the DPU
};

/// A stage, or the input or output of an I/O node.
struct StageNode {
  enum Role { Compute, Input, Output };

  mlir::Operation *op = nullptr;
  Role role = Compute;
  Domain domain;
  std::vector<StageRead> reads;
  cmflow::ObjectOp written; // null: an output
  PixelWrite write;

  llvm::StringRef name() const;
  cmflow::StageOp stage() const { return llvm::cast<cmflow::StageOp>(op); }
  /// The stage's MVM; null where there is none.
  cmflow::MvmOp mvm() const {
    return role == Compute ? stage().getMvm() : cmflow::MvmOp();
  }
  /// The node where it is placed; the graph is placed.
  NodeId place() const;
  /// Bytes of one message.
  uint64_t payload() const {
    cmflow::ObjectOp object = written;
    return object ? write.elements() * object.getElementBytes() : 0;
  }
};

/// A stream with what its ends do to the object.
struct StageStream {
  cmflow::StreamOp op;
  uint32_t writer = 0, reader = 0; // indices of nodes
  cmflow::ObjectOp object;
  /// Of the reader; where writers of the object take turns, `coverOf` them.
  std::vector<Window> windows;

  llvm::ArrayRef<int64_t> route() const;
  /// The same as link identifiers.
  std::vector<LinkId> links() const;
};

/// Nodes in the order of the graph, and all streams. A view: it holds as long
/// as no operation of the graph is created or erased.
struct StageGraph {
  explicit StageGraph(cmflow::GraphOp graph);

  /// Indices of the streams that a node writes.
  const std::vector<uint32_t> &streamsFrom(uint32_t node) const {
    return outgoing[node];
  }
  /// Those that it reads.
  const std::vector<uint32_t> &streamsInto(uint32_t node) const {
    return incoming[node];
  }
  /// Rows of an object that a message brings at most; 0: messages are single
  /// pixels.
  int64_t rowsAtOnce(cmflow::ObjectOp object) const {
    return messageRows.lookup(object);
  }

  cmflow::GraphOp graph;
  std::vector<StageNode> nodes;
  std::vector<StageStream> streams;

private:
  void addMessageRows();
  void addStreams(mlir::SymbolTable &symbols);

  std::vector<std::vector<uint32_t>> outgoing, incoming;  // of each node
  llvm::DenseMap<mlir::Operation *, int64_t> messageRows; // of some objects
};

/// Emits an error where a stage has no place, or one that does not exist or
/// cannot host it: stages are on cores (with a crossbar for an MVM), inputs and
/// outputs on I/O nodes.
mlir::LogicalResult requirePlaced(const StageGraph &graph,
                                  const MachineModel &machine);

/// Emits an error where a stream has no route, or one that is no path from its
/// writer to its reader; also where streams of one writer reach a node by two
/// paths. The graph is placed.
mlir::LogicalResult requireRouted(const StageGraph &graph,
                                  const MachineModel &machine);

/// Emits an error where the graph has no II or a stream into a buffer no
/// capacity; also where a stream that needs no buffer has one. The graph is
/// placed. Offsets are the certificate: cm-verify-mapping asks for them.
mlir::LogicalResult requireScheduled(const StageGraph &graph,
                                     const MachineModel &machine);

/// Of each node, the first crossbar behind those that stages there say they
/// hold
/// (`cells`): stages that say nothing take theirs from it on, in order. The
/// graph is placed.
std::vector<uint32_t> firstFreeCrossbars(const StageGraph &graph,
                                         const MachineModel &machine);

/// What the DPU does in one iteration of a stage, in order. Loads and constants
/// cost no lanes.
std::vector<DpuWork> dpuWorkOf(cmflow::StageOp stage);

/// The crossbars that the matrix of an MVM takes on a core that has some.
GroupShape groupOf(cmflow::MvmOp mvm, const MachineModel &machine, NodeId core);

/// DPU cycles of one iteration of a stage on a core: `dpuWorkOf`, and adding up
/// the row tiles of its group.
uint64_t dpuCycles(const StageNode &node, const MachineModel &machine,
                   NodeId core);

/// Cycles of one iteration on a core, sending apart. The longest iteration
/// counts. Zero for outputs; for inputs the time to bring one pixel in.
IterationTiming iterationTiming(const StageNode &node,
                                const MachineModel &machine, NodeId core);

/// Cycles that the LCU of a core needs for the instructions of one iteration of
/// a node: a wait for each stream that ends or begins there (an output takes
/// without credit; one of several rows may need several), the fire, the end of
/// the loop, and the share of the loops of a row. With the fewest waits that
/// any capacities lead to. The simulator charges the instructions of the
/// program, which come later.
uint64_t controlCycles(const StageGraph &graph, uint32_t node,
                       const MachineModel &machine, NodeId core);

/// The least cycles of one image on a core, in any program: what each unit of
/// the stage does one thing after another.
struct ImageTiming {
  uint64_t gather = 0, dpuLoads = 0; // at one SRAM port
  uint64_t mvm = 0, dpu = 0;
  uint64_t control = 0; // a fire for each iteration

  uint64_t max() const {
    return std::max({gather, dpuLoads, mvm, dpu, control});
  }
};
ImageTiming leastImageTiming(const StageNode &node, const MachineModel &machine,
                             NodeId core);

/// SRAM port cycles of all reads of one image.
uint64_t imageReadCycles(const StageNode &node, const MachineModel &machine,
                         NodeId core);

} // namespace cm

#endif // CM_ANALYSIS_STAGEGRAPH_H
