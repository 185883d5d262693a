//===- Passes.cpp - place, route ------------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Transforms/Passes.h"
#include "RelieveLinks.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Transforms/Problems.h"
#include "cm/Transforms/Replication.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallSet.h"

namespace cm {
#define GEN_PASS_DEF_PLACE
#define GEN_PASS_DEF_ROUTE
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

/// An error of an algorithm as a diagnostic.
static LogicalResult report(cmflow::GraphOp graph, llvm::Error error) {
  if (!error)
    return success();
  return mlir::emitError(graph.getLoc()) << llvm::toString(std::move(error));
}

static IntegerAttr i64(MLIRContext *context, int64_t value) {
  return Builder(context).getI64IntegerAttr(value);
}

/// Removes what cm-schedule set: it no longer holds.
static void dropSchedule(cmflow::GraphOp graph, const StageGraph &view) {
  for (const StageNode &node : view.nodes)
    node.op->removeAttr("offset");
  for (const StageStream &stream : view.streams)
    cmflow::StreamOp(stream.op).removeCapacityAttr();
  graph.removeIiAttr();
  graph.removeLatencyAttr();
  graph.removeExactAttr();
  graph->removeAttr(predictionAttrName);
}

//===----------------------------------------------------------------------===//
// Place
//===----------------------------------------------------------------------===//

/// As cm-replicate says; 0: all.
static uint64_t coresToUse(cmflow::GraphOp graph) {
  auto found = graph->getAttrOfType<DictionaryAttr>(replicationAttrName);
  auto cores = found ? found.getAs<IntegerAttr>("cores") : IntegerAttr();
  return cores ? cores.getInt() : 0;
}

/// A machine whose cores host no more than so many stages; 0: as many as it
/// says.
static FailureOr<MachineModel> withContexts(FailureOr<MachineModel> machine,
                                            uint64_t most) {
  if (failed(machine) || most == 0)
    return machine;
  machine::Machine proto = machine->proto();
  for (machine::CoreType &type : *proto.mutable_core_types())
    type.mutable_lcu()->set_contexts(
        std::min<uint64_t>(type.lcu().contexts(), most));
  return llvm::cantFail(MachineModel::create(std::move(proto)));
}

namespace {
struct Place : cm::impl::PlaceBase<Place> {
  using PlaceBase::PlaceBase;

  void runOnOperation() override {
    if (failed(place(getOperation())))
      signalPassFailure();
  }

  LogicalResult place(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine =
        withContexts(cmhw::getMachineModel(graph), stagesPerCore);
    if (failed(machine))
      return failure();
    StageGraph view(graph);
    for (StageNode &node : view.nodes)
      if (cmflow::MvmOp mvm = node.mvm())
        mvm.removeCellsAttr();
    PlacementProblem problem = placementProblem(view, *machine);
    problem.cores = cores ? cores : coresToUse(graph);
    PlacementOptions options;
    options.seed = seed, options.moves = moves;
    llvm::Expected<PlacementSolution> solution =
        pack == Packing::Auto ? solvePackedPlacement(problem, ii, options)
                              : solvePlacement(problem, options);
    if (!solution)
      return report(graph, solution.takeError());
    assert(!llvm::errorToBool(problem.verify(*solution)));

    dropSchedule(graph, view);
    for (const StageStream &stream : view.streams)
      cmflow::StreamOp(stream.op).removeRouteAttr();
    graph->removeAttr(routingAttrName);
    for (auto [node, place] : llvm::zip(view.nodes, solution->node))
      node.op->setAttr("place", i64(&getContext(), place));
    CongestionOptions exchange;
    exchange.seed = seed, exchange.strategy = routing;
    if (links)
      if (llvm::Error error =
              relieveLinks(view, *machine, problem, ii, exchange, *solution))
        return report(graph, std::move(error));
    llvm::SmallSet<NodeId, 16> used;
    for (auto [node, place] : llvm::zip(view.nodes, solution->node)) {
      if (node.role == StageNode::Compute)
        used.insert(place);
    }
    setCells(view, problem, *solution);
    numCores += used.size();
    byteHops += solution->byteHops;
    return success();
  }

  /// Says where the matrices lie that share a crossbar.
  void setCells(StageGraph &view, const PlacementProblem &problem,
                const PlacementSolution &solution) {
    for (auto [index, item] : llvm::enumerate(problem.items)) {
      if (!item.pack)
        continue;
      view.nodes[index].mvm().setCells(SmallVector<int64_t>{
          solution.firstCrossbar[index], item.firstRow, item.firstCol});
      ++numPacked;
    }
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Route
//===----------------------------------------------------------------------===//

namespace {
struct Route : cm::impl::RouteBase<Route> {
  using RouteBase::RouteBase;

  void runOnOperation() override {
    if (failed(route(getOperation())))
      signalPassFailure();
  }

  LogicalResult route(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    StageGraph view(graph);
    if (failed(requirePlaced(view, *machine)))
      return failure();
    GraphRouting routing = routingProblem(view, *machine);
    llvm::Expected<RoutingSolution> solution =
        solveRouting(routing.problem, strategy);
    if (!solution)
      return report(graph, solution.takeError());
    assert(!llvm::errorToBool(routing.problem.verify(*solution)));
    dropSchedule(graph, view);
    graph->setAttr(routingAttrName,
                   StringAttr::get(&getContext(), routingName(strategy)));
    for (auto [index, writer] : llvm::enumerate(routing.writers))
      setRoutes(view, writer, routing.problem.streams[index].destinations,
                solution->paths[index]);
    numLinks += llvm::count_if(solution->linkBytes,
                               [](uint64_t bytes) { return bytes > 0; });
    return success();
  }

  void setRoutes(StageGraph &view, uint32_t writer,
                 ArrayRef<NodeId> destinations,
                 ArrayRef<std::vector<LinkId>> paths) {
    for (uint32_t stream : view.streamsFrom(writer)) {
      NodeId node = view.nodes[view.streams[stream].reader].place();
      const std::vector<LinkId> &path =
          paths[llvm::find(destinations, node) - destinations.begin()];
      SmallVector<int64_t> links(path.begin(), path.end());
      view.streams[stream].op.setRoute(links);
      maxHops.updateMax(links.size());
    }
  }
};
} // namespace
