//===- Passes.td - place, route, schedule ------------------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TRANSFORMS_PASSES_TD
#define CM_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ShiftKernels : Pass<"cm-shift-kernels", "::mlir::ModuleOp"> {
  let summary = "shifted copies of a kernel compute several pixels at once";
  let description = [{
    A stage whose matrix leaves rows and columns of its crossbars idle computes
    p pixels of a row, or of several rows, in one iteration: along each axis the
    window grows by a stride for each further pixel, and the matrix has p copies
    of the kernel, each further down by a stride. Pixels along an axis divide its
    extent. Taken is what has the fewest cycles per pixel of what takes at most
    `growth` times the crossbars of one pixel, and at most p times; with `auto`,
    more rows where that saves an eighth. Layers in several tiles, those that
    write some channels of their object, and machines with different crossbars
    stay as they are.

    Before: `cmflow.stage @s domain [4, 4] {...}`.
    After: `cmflow.stage @s domain [2, 1] {...}`, whose write ends in
    `count 4 rows 2`.
  }];
  let options = [
    Option<"growth", "growth", "uint64_t", "1",
           "Times the crossbars of one pixel that a layer may take">,
    Option<"axes", "axes", "::cm::ShiftAxes", "::cm::ShiftAxes::X",
           "Along which axes", [{
             ::llvm::cl::values(
                 clEnumValN(::cm::ShiftAxes::X, "x", "pixels of a row"),
                 clEnumValN(::cm::ShiftAxes::Y, "y", "pixels of a column"),
                 clEnumValN(::cm::ShiftAxes::Auto, "auto",
                            "the fewest cycles per pixel"))}]>
  ];
  let dependentDialects = ["::cm::cmnn::CMNNDialect"];
  let statistics = [
    Statistic<"numShifted", "shifted", "Stages that compute several pixels">
  ];
}

def Replicate : Pass<"cm-replicate", "::cm::cmflow::GraphOp"> {
  let summary = "copies of layers, so that the slowest is fast enough";
  let description = [{
    Solves `ReplicationProblem` and tries the copies on whole cores: the least
    II for the cores, or the fewest cores for `ii`. Copy k of r of a layer takes
    its rows or pixels k, k + r, k + 2r and so on. Streams are made anew; the
    graph says `cm.replication = {cores, ii, ii_bound, limit}`; `ii` is what the
    copies were chosen for.

    Before: `cmflow.stage @s domain [4, 4] {...}`.
    After: `cmflow.stage @s.x0 of "s" domain [4, 2] {...}` and
    `cmflow.stage @s.x1 of "s" domain [4, 2] {...}`.
  }];
  let options = [
    Option<"axis", "axis", "::cm::SplitAxis", "::cm::SplitAxis::Pixels",
           "How copies share the iterations", [{::llvm::cl::values(
      clEnumValN(::cm::SplitAxis::Rows, "rows", "every r-th row"),
      clEnumValN(::cm::SplitAxis::Pixels, "pixels", "every r-th pixel of each row"))}]>,
    Option<"cores", "cores", "uint64_t", "0",
           "Cores that may be used; 0: all">,
    Option<"ii", "ii", "uint64_t", "0",
           "Cycles between images; 0: as few as the cores allow">,
    Option<"least", "least", "uint64_t", "0",
           "With no `ii`: no copies for an II below this one">
  ];
  let statistics = [
    Statistic<"numCopies", "copies", "Copies of layers beside the first">
  ];
}

defvar routingStrategies = [{::llvm::cl::values(
      clEnumValN(::cm::RoutingStrategy::Balanced, "balanced",
                 "the busiest link is the least busy"),
      clEnumValN(::cm::RoutingStrategy::Shortest, "shortest",
                 "over the lowest links"),
      clEnumValN(::cm::RoutingStrategy::DimensionOrder, "xy",
                 "along x, then along y, on a mesh"))}];

def Place : Pass<"cm-place", "::cm::cmflow::GraphOp"> {
  let summary = "gives every stage a core";
  let description = [{
    Solves `PlacementProblem`: crossbars, contexts and SRAM of no core are
    exceeded, the busiest core is as idle as possible, then bytes times hops.

    With `pack=auto` stages may share a crossbar (`PackingProblem`): where the
    stages do not fit otherwise, about as few as are needed to make them fit; where an
    II is wanted, as many as it leaves time for.

    Routes and a schedule that the graph had are removed.

    Before: `cmflow.stage @s domain [4, 4] {...}`.
    After: `cmflow.stage @s domain [4, 4] place 3 {...}`.
  }];
  let options = [
    Option<"cores", "cores", "uint64_t", "0",
           "Use only the first so many cores; 0: as cm-replicate says, or all">,
    Option<"pack", "pack", "::cm::Packing", "::cm::Packing::None",
           "Whether stages may share a crossbar", [{
             ::llvm::cl::values(
                 clEnumValN(::cm::Packing::None, "none", "no"),
                 clEnumValN(::cm::Packing::Auto, "auto",
                            "where they do not fit, or the II leaves time"))
           }]>,
    Option<"ii", "ii", "uint64_t", "0",
           "Cycles between images that stages which share a crossbar must "
           "keep; 0: none is wanted">,
    Option<"stagesPerCore", "stages-per-core", "uint64_t", "0",
           "Stages that a core may host; 0: as many as its LCU has contexts">,
    Option<"links", "links", "bool", "true",
           "Give stages other cores where a link is busier than the busiest "
           "core, and than the II that is wanted">,
    Option<"routing", "routing", "::cm::RoutingStrategy",
           "::cm::RoutingStrategy::Balanced",
           "How cm-route will choose paths", routingStrategies>,
    Option<"seed", "seed", "uint64_t", "1", "Seed of the local search">,
    Option<"moves", "moves", "uint64_t", "200000", "Moves of the local search">
  ];
  let statistics = [
    Statistic<"numCores", "cores", "Cores that host a stage">,
    Statistic<"numPacked", "packed", "Stages that share a crossbar">,
    Statistic<"byteHops", "byte-hops", "Bytes times hops of one image">
  ];
}

def Embed : Pass<"cm-embed", "::cm::cmflow::GraphOp"> {
  let summary = "gives every stage a core of its own, and every stream one link";
  let description = [{
    Solves `EmbeddingProblem`, an injective homomorphism of the stage graph into
    the topology, in the place of cm-place: each stage on a core that no other
    has, with a link to the cores of all stages that it sends to. Inputs and
    outputs are at the first I/O nodes, and their stages at cores joined to them.
    Where there is none, that is proved; where the steps do not suffice, it is
    not known, which is an error of its own. Crossbars and links are looked at;
    contexts and SRAM are the matter of the phases that follow. The graph has no routes yet.

    Before: `cmflow.stage @s domain [4, 4] {...}`.
    After: `cmflow.stage @s domain [4, 4] place 3 {...}`.
  }];
  let options = [
    Option<"steps", "steps", "uint64_t", "10000000",
           "Stages put on cores, at most, before the search gives up">
  ];
  let statistics = [
    Statistic<"numSteps", "steps", "Stages that the search put on a core">
  ];
}

def Route : Pass<"cm-route", "::cm::cmflow::GraphOp"> {
  let summary = "gives every stream its links";
  let description = [{
    Solves `RoutingProblem`: a multicast tree of shortest paths for each writer.
    A schedule that the graph had is removed.

    Before: `cmflow.stream @a to @b over @o`.
    After: `cmflow.stream @a to @b over @o route [3, 8]`.
  }];
  let options = [
    Option<"strategy", "strategy", "::cm::RoutingStrategy",
           "::cm::RoutingStrategy::Balanced", "How paths are chosen",
           routingStrategies>
  ];
  let statistics = [
    Statistic<"numLinks", "links", "Links that carry something">,
    Statistic<"maxHops", "max-hops", "Links of the longest route">
  ];
}

def Schedule : Pass<"cm-schedule", "::cm::cmflow::GraphOp"> {
  let summary = "the II, start offsets and buffer capacities";
  let description = [{
    Solves `ScheduleProblem`. The schedule is a certificate that the capacities
    suffice; the chip never sees it. What the chip makes of the capacities is
    evaluated event by event (docs/Schedule.md): `latency`, `exact`, and
    `cm.prediction = {ii_cycles}`, which differs from `ii` where stages wait for units
    that they share.

    Before: `cmflow.stream @a to @b over @o route []`.
    After: `cmflow.stream @a to @b over @o route [] capacity <5 row>`, with
    `offset` on stages and `ii`, `latency` and `exact` on the graph.
  }];
  let options = [
    Option<"ii", "ii", "uint64_t", "0",
           "Cycles between images; 0: as few as the machine allows">,
    Option<"slack", "slack", "uint64_t", "1",
           "Capacities are this many times the least where SRAM has room">,
    Option<"exact", "exact", "bool", "false",
           "Raise the II until it is a guarantee">,
    Option<"buffers", "buffers", "::cm::Buffers", "::cm::Buffers::Balanced",
           "How large buffers are", [{
             ::llvm::cl::values(
                 clEnumValN(::cm::Buffers::Min, "min", "the least bytes at the II"),
                 clEnumValN(::cm::Buffers::Balanced, "balanced",
                            "as a uniform pace needs, times the slack"),
                 clEnumValN(::cm::Buffers::Max, "max", "all the SRAM"))
           }]>,
    Option<"events", "events", "uint64_t", "6000000",
           "Events of an evaluation; where one image has more, there is none">,
    Option<"trialEvents", "trial-events", "uint64_t", "800000000",
           "Events of all trials of the least buffers together">
  ];
  let statistics = [
    Statistic<"slots", "slots", "Slots of all buffers">,
    Statistic<"numTrials", "trials", "Capacities tried for the least bytes">
  ];
}

def VerifyMapping : Pass<"cm-verify-mapping", "::cm::cmflow::GraphOp"> {
  let summary = "checks places, routes and the schedule";
  let description = [{
    Holds the contracts of cm-place, cm-route and cm-schedule against what the
    attributes say, whoever set them: `PlacementProblem::verifyFit`,
    `RoutingProblem::verify` and `ScheduleProblem::verify`. Changes nothing.

    Example: `cm-opt --cm-pipeline="from=control"` refuses a capacity that the
    schedule overruns.
  }];
  let options = [
    Option<"routed", "routed", "bool", "false", "Check the routes as well">,
    Option<"scheduled", "scheduled", "bool", "false",
           "Check the schedule as well; needs `routed`">
  ];
  let statistics = [
    Statistic<"numChecked", "graphs", "Graphs that passed">
  ];
}

#endif // CM_TRANSFORMS_PASSES_TD
