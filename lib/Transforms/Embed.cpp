//===- Embed.cpp - cm-embed -----------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects an EmbeddingProblem from a graph and places its stages as the answer
// says.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Transforms/Embedding.h"
#include "cm/Transforms/Passes.h"
#include "mlir/IR/Builders.h"
#include <set>

namespace cm {
#define GEN_PASS_DEF_EMBED
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

/// I/O nodes that a stage must be joined to, in the direction of the stream.
static std::vector<std::pair<NodeId, bool>>
portsOf(const StageGraph &view, uint32_t node, const MachineModel &machine) {
  std::vector<std::pair<NodeId, bool>> ports;
  for (uint32_t index : view.streamsInto(node))
    if (view.nodes[view.streams[index].writer].role == StageNode::Input)
      ports.push_back({machine.inputNode(), true});
  for (uint32_t index : view.streamsFrom(node))
    if (view.nodes[view.streams[index].reader].role == StageNode::Output)
      ports.push_back({machine.outputNode(), false});
  return ports;
}

static bool canHost(const MachineModel &machine, NodeId core,
                    cmflow::MvmOp mvm) {
  if (!mvm)
    return true;
  return machine.hasCrossbar(core) && groupOf(mvm, machine, core).crossbars() <=
                                          machine.core(core).crossbar().count();
}

/// Cores that a stage may be on: those that have its crossbars and are joined
/// to the I/O nodes that it reads from and writes to.
static std::vector<uint32_t> coresOf(const StageGraph &view, uint32_t node,
                                     const MachineModel &machine) {
  auto ports = portsOf(view, node, machine);
  std::vector<uint32_t> cores;
  for (NodeId core = 0; core < machine.numCores(); ++core) {
    bool isJoined = llvm::all_of(ports, [&](std::pair<NodeId, bool> port) {
      return machine
          .findLink(port.second ? port.first : core,
                    port.second ? core : port.first)
          .has_value();
    });
    if (isJoined && canHost(machine, core, view.nodes[node].mvm()))
      cores.push_back(core);
  }
  return cores;
}

GraphEmbedding cm::embeddingProblem(const StageGraph &view,
                                    const MachineModel &machine) {
  GraphEmbedding result;
  EmbeddingProblem &problem = result.problem;
  std::vector<uint32_t> stageOf(view.nodes.size(), ~0u);
  for (uint32_t node = 0; node < view.nodes.size(); ++node) {
    if (view.nodes[node].role != StageNode::Compute)
      continue;
    stageOf[node] = problem.stages++;
    result.nodes.push_back(node);
    problem.allowed.push_back(coresOf(view, node, machine));
    if (problem.allowed.back().empty()) {
      result.homeless = node;
      return result;
    }
  }
  problem.cores = machine.numCores();
  std::set<Arc> streams;
  for (const StageStream &stream : view.streams)
    if (stageOf[stream.writer] != ~0u && stageOf[stream.reader] != ~0u)
      streams.insert({stageOf[stream.writer], stageOf[stream.reader]});
  problem.streams.assign(streams.begin(), streams.end());
  for (const LinkModel &link : machine.links())
    if (machine.isCore(link.from) && machine.isCore(link.to))
      problem.links.push_back({link.from, link.to});
  return result;
}

namespace {
struct Embed : cm::impl::EmbedBase<Embed> {
  using EmbedBase::EmbedBase;

  void runOnOperation() override {
    if (failed(embed(getOperation())))
      signalPassFailure();
  }

  LogicalResult embed(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    StageGraph view(graph);
    GraphEmbedding embedding = embeddingProblem(view, *machine);
    if (embedding.homeless)
      return view.nodes[*embedding.homeless].op->emitOpError(
          "can be on no core that has its crossbars and links to the I/O nodes "
          "of its streams");
    auto solution = solveEmbedding(embedding.problem, steps);
    if (!solution)
      return graph.emitOpError(llvm::toString(solution.takeError()));
    numSteps += solution->steps;
    if (solution->answer == EmbeddingSolution::None)
      return graph.emitOpError("has no placement on machine '")
             << machine->name() << "' with a core for each of its "
             << embedding.problem.stages << " stages and a link for each of "
             << "their " << embedding.problem.streams.size() << " streams: "
             << (solution->steps
                     ? "a search of " + std::to_string(solution->steps) +
                           " steps is a proof"
                     : std::string("no search is needed to see that"));
    if (solution->answer == EmbeddingSolution::Unknown)
      return graph.emitOpError("was not decided in ")
             << solution->steps << " steps; `steps` allows more";
    place(view, *machine, embedding, *solution);
    return success();
  }

  void place(StageGraph &view, const MachineModel &machine,
             const GraphEmbedding &embedding,
             const EmbeddingSolution &solution) {
    Builder builder(&getContext());
    auto set = [&](StageNode &node, NodeId place) {
      node.op->setAttr("place", builder.getI64IntegerAttr(place));
    };
    for (StageNode &node : view.nodes)
      if (node.role != StageNode::Compute)
        set(node, node.role == StageNode::Input ? machine.inputNode()
                                                : machine.outputNode());
    for (auto [node, core] : llvm::zip(embedding.nodes, solution.host)) {
      set(view.nodes[node], core);
      if (cmflow::MvmOp mvm = view.nodes[node].mvm())
        mvm.removeCellsAttr();
    }
  }
};
} // namespace
