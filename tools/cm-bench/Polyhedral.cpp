//===- Polyhedral.cpp - what control and schedule cost --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Polyhedral.h"
#include "Attempt.h"
#include "Measure.h"
#include "cm/Analysis/LcuCost.h"
#include "cm/Analysis/StageControl.h"
#include "cm/Poly/Context.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Timer.h"
#include <set>

using namespace cm;
using llvm::formatv;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Control of single stages
//===----------------------------------------------------------------------===//

namespace {
/// Figures of the stages of which no other has the same control.
struct StageCosts {
  std::vector<double> milliseconds;   // of CPU, of each, for one of its streams
  std::vector<unsigned> instructions; // of each
  unsigned stages = 0;                // all, alike or not
  unsigned additions = 0;             // of an iteration, at most
};
} // namespace

/// A stream's accesses, and the slots of its buffer; no slots, none.
using StreamKey = std::tuple<decltype(StreamAccess().key()), Fold, int64_t>;
/// What the control of a node depends on: its iterations, and the streams into
/// it and from it.
using ControlKey =
    std::tuple<Domain, std::vector<StreamKey>, std::vector<StreamKey>>;

static ControlKey controlKey(const StageGraph &graph, uint32_t node) {
  auto keyOf = [&](uint32_t index) {
    const StageStream &stream = graph.streams[index];
    auto capacity = cmflow::StreamOp(stream.op).getCapacityAttr();
    return StreamKey(streamAccess(graph, stream).key(),
                     capacity ? capacity.toFold() : Fold::Row,
                     capacity ? capacity.getSlots() : 0);
  };
  ControlKey key(graph.nodes[node].domain, {}, {});
  for (uint32_t stream : graph.streamsInto(node))
    std::get<1>(key).push_back(keyOf(stream));
  for (uint32_t stream : graph.streamsFrom(node))
    std::get<2>(key).push_back(keyOf(stream));
  return key;
}

/// Times the rules and the LCU program of a node, with nothing known before. A
/// stream has a rule at each end, so two rules count as one stream.
static llvm::Error timeStage(const StageGraph &graph, uint32_t node,
                             StageCosts &costs) {
  double start = llvm::TimeRecord::getCurrentTime().getProcessTime();
  PolyContext context;
  ControlRules rules(context);
  auto found = stageRules(graph, node, rules);
  if (!found)
    return found.takeError();
  std::vector<CounterRule> thresholds;
  for (const StreamRule &rule : *found)
    thresholds.push_back({unsigned(thresholds.size()), rule.threshold});
  LcuSynthesiser synthesiser(context);
  auto program = synthesiser.synthesise(graph.nodes[node].domain, thresholds);
  if (!program)
    return program.takeError();
  double seconds =
      llvm::TimeRecord::getCurrentTime(false).getProcessTime() - start;
  costs.milliseconds.push_back(2e3 * seconds /
                               std::max<size_t>(1, found->size()));
  LcuCost cost = lcuCost(*program);
  costs.instructions.push_back(cost.instructions);
  costs.additions = std::max(costs.additions, cost.additions);
  return llvm::Error::success();
}

static llvm::Expected<StageCosts> timeStages(const StageGraph &graph) {
  StageCosts costs;
  std::set<ControlKey> known;
  for (uint32_t node = 0; node < graph.nodes.size(); ++node) {
    if (graph.nodes[node].role == StageNode::Output)
      continue;
    ++costs.stages;
    if (!known.insert(controlKey(graph, node)).second)
      continue;
    if (llvm::Error error = timeStage(graph, node, costs))
      return std::move(error);
  }
  llvm::sort(costs.milliseconds);
  llvm::sort(costs.instructions);
  return costs;
}

//===----------------------------------------------------------------------===//
// A row
//===----------------------------------------------------------------------===//

static double secondsOf(const CompileReport &report, llvm::StringRef name) {
  double seconds = 0;
  for (const PhaseTime &phase : report.phases)
    if (phase.phase == name)
      seconds += phase.seconds;
  return seconds;
}

static llvm::Expected<Json> measureNetwork(const MappingCase &bench) {
  constexpr uint32_t anySide = 4; // tiles do not depend on it
  uint32_t side = 0;
  {
    Attempt tiles(bench);
    if (llvm::Error error =
            tiles.compileOn(anySide, 0, Phase::Partition, bench.style))
      return std::move(error);
    side = sideFor(tiles.coresNeeded());
  }
  Attempt attempt(bench);
  if (llvm::Error error =
          attempt.compileOn(side, 0, Phase::Schedule, bench.style))
    return std::move(error);
  Json row;
  row["schedule_seconds"] = secondsOf(attempt.lastReport(), "schedule");
  StageGraph graph(*attempt.getModule().getOps<cmflow::GraphOp>().begin());
  auto costs = timeStages(graph);
  if (!costs)
    return costs.takeError();
  row["stages"] = costs->stages;
  row["streams"] = graph.streams.size();
  row["different_stages"] = costs->milliseconds.size();
  row["stream_milliseconds"] =
      costs->milliseconds[costs->milliseconds.size() / 2];
  row["stream_milliseconds_max"] = costs->milliseconds.back();
  row["instructions"] = costs->instructions[costs->instructions.size() / 2];
  row["instructions_max"] = costs->instructions.back();
  row["additions_max"] = costs->additions;
  if (llvm::Error error = attempt.goOn(Phase::Control))
    return std::move(error);
  row["control_seconds"] = secondsOf(attempt.lastReport(), "control");
  return row;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static void print(const Json &row) {
  auto text = [&](const char *key) { return row[key].get<std::string>(); };
  auto count = [&](const char *key) { return row[key].get<uint64_t>(); };
  auto number = [&](const char *key) { return row[key].get<double>(); };
  double seconds = number("schedule_seconds") + number("control_seconds");
  llvm::outs() << formatv(
      "| {0} | {1} | {2} | {3} | {4} | {5:F2} | {6:F2} | {7} | {8} | {9} | "
      "{10:F2} | {11:F2} | {12:F3} | {13:F0} |\n",
      text("network"), count("crossbar"), count("stages"), count("streams"),
      count("different_stages"), number("stream_milliseconds"),
      number("stream_milliseconds_max"), count("instructions"),
      count("instructions_max"), count("additions_max"),
      number("schedule_seconds"), number("control_seconds"),
      1e3 * seconds / count("streams"), number("peak_bytes") / 1e6);
  llvm::outs().flush();
}

static llvm::Error addRow(const MappingCase &bench, Json &rows) {
  Json row;
  row["network"] = bench.network.name;
  row["crossbar"] = bench.crossbar;
  llvm::Expected<Json> result =
      measureInChild(formatv("cm-bench: control of {0}", bench.network.name),
                     [&] { return measureNetwork(bench); });
  if (!result)
    return makeError("polyhedral {0}: {1}", bench.network.name,
                     llvm::toString(result.takeError()));
  row.update(*result);
  print(row);
  rows.push_back(std::move(row));
  return llvm::Error::success();
}

/// The networks that are asked for; the chains alone where none is.
static llvm::Expected<std::vector<MappedNetwork>>
networksOf(const BenchCommand &command, llvm::StringRef folder) {
  std::vector<MappedNetwork> networks;
  bool areNamed =
      command.zoo || !command.model.empty() || !command.models.empty();
  if (areNamed || command.chains.empty()) {
    auto found = findNetworks(command, folder);
    if (!found)
      return found.takeError();
    networks = std::move(*found);
  }
  for (uint64_t layers : command.chains) {
    std::string name = formatv("chain of {0}", layers);
    std::string path = formatv("{0}/chain{1}.mlir", folder, layers);
    if (llvm::Error error = writeFile(path, makeChain(layers)))
      return std::move(error);
    networks.push_back({name, path});
  }
  return networks;
}

llvm::Error cm::measurePolyhedral(const BenchCommand &command,
                                  llvm::StringRef folder, Json &rows) {
  auto networks = networksOf(command, folder);
  if (!networks)
    return networks.takeError();
  llvm::outs()
      << "| network | crossbar | stages | streams | different stages | "
         "ms a stream | ms, most | instructions | instructions, most "
         "| additions, most | schedule, s | control, s | ms a stream, all | MB "
         "|\n"
         "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  constexpr MappingStyle style = {"", Replication::None, Packing::None, 1};
  for (const MappedNetwork &network : *networks)
    for (uint32_t crossbar : command.crossbars) {
      MappingCase bench{network,     crossbar,
                        style,       command.settings,
                        0,           {command.seconds, command.gigabytes},
                        folder.str()};
      if (llvm::Error error = addRow(bench, rows))
        return error;
    }
  return llvm::Error::success();
}
