//===- TopologyCase.cpp - one network on one topology ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A channel is one direction of a link between cores or switches. What the host
// sends and takes goes over its own links, and is not counted.
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Machine/Describe.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "cm/Transforms/Embedding.h"
#include "cm/Transforms/Problems.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace cm;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static llvm::Expected<std::string> writeMachine(const TopologyCase &bench) {
  llvm::Expected<machine::Machine> machine = getPreset("hermes64");
  if (!machine)
    return machine.takeError();
  constexpr uint32_t wide = 256;
  machine->set_name(llvm::formatv("hermes-{0}x{0}-{1}-{2}", bench.crossbar,
                                  bench.topology.name, bench.cores));
  machine::CoreType &core = *machine->mutable_core_types(0);
  core.mutable_crossbar()->set_rows(bench.crossbar);
  core.mutable_crossbar()->set_cols(bench.crossbar);
  core.mutable_sram()->set_bytes(0);
  *machine->mutable_topology() = bench.topology.topology;
  machine->mutable_link()->set_width_bytes(wide);
  machine::IoNode &host = *machine->mutable_io_nodes(0);
  host.set_bytes_per_cycle(wide);
  host.clear_attached_to();
  for (uint32_t core = 0; core < bench.cores; ++core)
    host.add_attached_to(core);
  std::string path = bench.folder + "/topology.textproto";
  if (llvm::Error error = writeFile(path, printMachine(*machine)))
    return std::move(error);
  return path;
}

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

namespace {
/// The network, compiled.
struct Compiled {
  Compiled()
      : context(makeRegistry(), mlir::MLIRContext::Threading::DISABLED) {}

  llvm::Error run(const TopologyCase &bench, Phase to) {
    llvm::Expected<std::string> machine = writeMachine(bench);
    if (!machine)
      return machine.takeError();
    auto loaded = loadModel(bench.network.model, &context);
    if (!loaded)
      return loaded.takeError();
    module = std::move(*loaded);
    CompileOptions options;
    options.machine = *machine;
    options.settings = bench.settings;
    options.pack = Packing::None;
    options.to = to;
    llvm::Expected<CompileReport> compiled = compile(*module, options);
    if (!compiled)
      return compiled.takeError();
    report = std::move(*compiled);
    return llvm::Error::success();
  }
  cmflow::GraphOp graph() { return *module->getOps<cmflow::GraphOp>().begin(); }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  CompileReport report;
};
} // namespace

llvm::Expected<Json> cm::countStages(const TopologyCase &bench) {
  bench.limits.apply();
  Compiled network;
  if (llvm::Error error = network.run(bench, Phase::Partition))
    return std::move(error);
  StageGraph graph(network.graph());
  Json row;
  row["stages"] = llvm::count_if(graph.nodes, [](const StageNode &node) {
    return node.role == StageNode::Compute;
  });
  return row;
}

//===----------------------------------------------------------------------===//
// Figures
//===----------------------------------------------------------------------===//

static void addMachine(const MachineModel &machine, Json &row) {
  GraphFigures figures = measureGraph(machine);
  row["switches"] = machine.numSwitches();
  row["links"] = figures.links;
  row["degree"] = std::max(figures.maxDegree, figures.maxSwitchDegree);
  row["diameter"] = figures.diameter;
  if (figures.measured == machine.numCores())
    row["bisection"] = figures.bisection;
}

namespace {
/// Between cores: paths, their hops, and what shares a link.
struct Paths {
  std::vector<uint64_t> streamsOn; // each link
  uint64_t streams = 0, hops = 0, dilation = 0;
};
} // namespace

static Paths countPaths(const RoutingProblem &problem,
                        const RoutingSolution &solution) {
  const MachineModel &machine = *problem.machine;
  Paths result;
  result.streamsOn.resize(machine.links().size());
  for (auto [stream, paths] : llvm::zip(problem.streams, solution.paths)) {
    std::set<LinkId> tree;
    for (auto [destination, path] : llvm::zip(stream.destinations, paths)) {
      if (!machine.isCore(stream.source) || !machine.isCore(destination))
        continue;
      ++result.streams;
      result.hops += path.size();
      result.dilation = std::max<uint64_t>(result.dilation, path.size());
      tree.insert(path.begin(), path.end());
    }
    for (LinkId link : tree)
      ++result.streamsOn[link];
  }
  return result;
}

/// What routes make of the links: dilation, congestion, bandwidth.
static void addTraffic(const StageGraph &graph, const MachineModel &machine,
                       uint64_t interval, Json &row) {
  GraphRouting routing = routingProblem(graph, machine);
  RoutingSolution solution = currentRouting(routing, graph);
  Paths paths = countPaths(routing.problem, solution);
  uint64_t congestion = 0, used = 0, bytes = 0, all = 0;
  for (LinkId id = 0; id < machine.links().size(); ++id) {
    const LinkModel &link = machine.link(id);
    if (!machine.forwards(link.from) || !machine.forwards(link.to))
      continue;
    congestion = std::max(congestion, paths.streamsOn[id]);
    used += paths.streamsOn[id] > 0;
    bytes = std::max(bytes, solution.linkBytes[id]);
    all += solution.linkBytes[id];
  }
  double perCycle = double(bytes) / std::max<uint64_t>(1, interval);
  row["streams"] = paths.streams;
  row["bytes_per_cycle"] = perCycle;
  row["gbit_per_second"] = perCycle * 8 * machine.clockGHz();
  row["mean_bytes_per_cycle"] =
      double(all) / std::max<uint64_t>(1, interval * used);
  row["dilation_mean"] =
      double(paths.hops) / std::max<uint64_t>(1, paths.streams);
  row["dilation"] = paths.dilation;
  row["congestion"] = congestion;
  row["channels_used"] = used;
  row["channels"] = 2 * row["links"].get<uint64_t>();
}

/// Whether each stage can be on a core of its own with a link for each of its
/// streams.
static llvm::Error addEmbedding(const StageGraph &graph,
                                const MachineModel &machine, uint64_t steps,
                                Json &row) {
  GraphEmbedding embedding = embeddingProblem(graph, machine);
  row["embedding"] = "no";
  if (embedding.homeless)
    return llvm::Error::success();
  auto solution = solveEmbedding(embedding.problem, steps);
  if (!solution)
    return solution.takeError();
  if (llvm::Error error = embedding.problem.verify(*solution))
    return error;
  const char *names[] = {"yes", "no", "unknown"};
  row["embedding"] = names[solution->answer];
  row["embedding_steps"] = solution->steps;
  return llvm::Error::success();
}

llvm::Expected<Json> cm::measureTopology(const TopologyCase &bench) {
  bench.limits.apply();
  Compiled network;
  if (llvm::Error error = network.run(bench, Phase::Schedule))
    return std::move(error);
  MachineModel machine = *cmhw::getMachineModel(network.graph());
  StageGraph graph(network.graph());
  Json row;
  addMachine(machine, row);
  row["stages"] = llvm::count_if(graph.nodes, [](const StageNode &node) {
    return node.role == StageNode::Compute;
  });
  addTraffic(graph, machine, network.report.iiCycles, row);
  row["ii_cycles"] = network.report.iiCycles;
  row["limit"] = network.report.limit();
  for (const PhaseTime &phase : network.report.phases)
    row["phases"][phase.phase] = phase.seconds;
  if (llvm::Error error = addEmbedding(graph, machine, bench.steps, row))
    return std::move(error);
  return row;
}
