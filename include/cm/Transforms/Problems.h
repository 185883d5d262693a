//===- Problems.h - problems of a stage graph -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a cmflow graph to the problems of Mapping. Passes solve them and write
// the answers back.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TRANSFORMS_PROBLEMS_H
#define CM_TRANSFORMS_PROBLEMS_H

#include "cm/Analysis/StageGraph.h"
#include "cm/Mapping/Earliest.h"
#include "cm/Mapping/Placement.h"
#include "cm/Mapping/Routing.h"
#include "cm/Mapping/Schedule.h"

namespace cm {

/// A core whose type stands for all when costs are estimated before placement:
/// the first with a crossbar, where there is one.
NodeId representativeCore(const MachineModel &machine);

/// Reads and writes of SRAM as the schedule predicts them, with buffers from
/// address 0, or the least of any program.
enum class SramCosts { Predicted, Least };

/// Item i is node i of the graph; arrival i is what node i sends.
PlacementProblem placementProblem(const StageGraph &graph,
                                  const MachineModel &machine,
                                  SramCosts costs = SramCosts::Predicted);
/// The placement that the `place` attributes say, with crossbars as control
/// numbers them. The figures are left out.
PlacementSolution currentPlacement(const PlacementProblem &problem,
                                   const StageGraph &graph);

/// Stream i of the problem belongs to `writers[i]`; the graph is placed.
struct GraphRouting {
  RoutingProblem problem;
  std::vector<uint32_t> writers; // indices of nodes
};
GraphRouting routingProblem(const StageGraph &graph,
                            const MachineModel &machine);
/// The paths that the `route` attributes say, and their loads; the graph is
/// routed.
RoutingSolution currentRouting(const GraphRouting &routing,
                               const StageGraph &graph);

/// Stage i is node i, stream i is stream i; the graph is placed and routed.
/// Times include the longest wait for units that stages of a core share: one
/// turn of each of the others.
llvm::Expected<ScheduleProblem> scheduleProblem(const StageGraph &graph,
                                                const MachineModel &machine);
/// What keeps the II of the placed and routed graph from being less, paced or
/// not: no program with these places and routes takes fewer cycles per image in
/// the mean, but for the part of a cycle by which the work of several ports or
/// units is rounded up.
ResourceLoad leastInterval(const StageGraph &graph,
                           const MachineModel &machine);

/// The II, offsets and capacities that the attributes say; bound and latency
/// follow from them. The graph is scheduled.
ScheduleSolution currentSchedule(const ScheduleProblem &problem,
                                 const StageGraph &graph);

/// Of a graph: {ii_cycles}, the II that `cm-schedule` expects a run to show;
/// `paced = false` where the capacities are less than a uniform pace needs, and
/// no offsets exist; `least`, whether each buffer was tried with one slot less.
inline constexpr llvm::StringLiteral predictionAttrName = "cm.prediction";
bool isPaced(cmflow::GraphOp graph);

/// Of a graph: the name of the strategy that `cm-route` chose its routes by.
inline constexpr llvm::StringLiteral routingAttrName = "cm.routing";

/// What `schedule`, the problem of this graph, becomes on the machine. Refers
/// to both.
EarliestProblem earliestProblem(const StageGraph &graph,
                                const MachineModel &machine,
                                const ScheduleProblem &schedule);

} // namespace cm

#endif // CM_TRANSFORMS_PROBLEMS_H
