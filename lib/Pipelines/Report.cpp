//===- Report.cpp - what the compiler predicts ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Support/Error.h"
#include "cm/Target/Module/DiagnosticText.h"
#include "cm/Transforms/Problems.h"
#include "cm/Transforms/Replication.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

using namespace cm;
using namespace mlir;

static void addStages(const StageGraph &graph, const ScheduleProblem &problem,
                      const MachineModel &machine, CompileReport &report) {
  llvm::SmallSet<NodeId, 16> cores;
  std::set<std::pair<NodeId, int64_t>> shared; // crossbars
  for (auto [node, data] : llvm::zip(graph.nodes, problem.stages)) {
    if (node.role != StageNode::Compute)
      continue;
    StageReport stage;
    stage.name = node.name().str();
    stage.core = node.place();
    stage.iterations = node.domain.size();
    stage.serviceCycles = data.serviceCycles;
    stage.pixels = node.write.pixels * node.write.rows;
    stage.pixelRows = node.write.rows;
    if (auto reason =
            node.op->getAttrOfType<StringAttr>(cmflow::reasonAttrName))
      stage.reason = reason.str();
    if (cmflow::MvmOp mvm = node.stage().getMvm()) {
      stage.rows = mvm.getMatrixRows();
      stage.cols = mvm.getMatrixCols();
      ++report.tiles;
      if (mvm.getCells()) {
        stage.cells.assign(mvm.getCells()->begin(), mvm.getCells()->end());
        ++report.packed;
      }
      // Stages that share a crossbar begin at the same one.
      if (stage.cells.empty() ||
          shared.insert({stage.core, stage.cells[0]}).second)
        report.crossbars += groupOf(mvm, machine, stage.core).crossbars();
    }
    cores.insert(stage.core);
    report.stages.push_back(std::move(stage));
  }
  report.cores = cores.size();
}

static void addBuffers(const StageGraph &graph, const ScheduleProblem &problem,
                       CompileReport &report) {
  ScheduleSolution solution = currentSchedule(problem, graph);
  for (uint32_t i = 0; i < problem.buffers.size(); ++i)
    report.bufferBytes += problem.bufferBytes(i, solution.capacity[i]);
}

/// What passes have noted on the graph.
static void addNotes(cmflow::GraphOp graph, CompileReport &report) {
  if (auto found = graph->getAttrOfType<DictionaryAttr>(predictionAttrName))
    if (auto ii = found.getAs<IntegerAttr>("ii_cycles"))
      report.predictedII = ii.getInt();
  if (auto found = graph->getAttrOfType<DictionaryAttr>(replicationAttrName)) {
    if (auto ii = found.getAs<IntegerAttr>("ii_bound"))
      report.replicationBound = ii.getInt();
    if (auto limit = found.getAs<StringAttr>("limit"))
      report.replicationLimit = limit.str();
  }
  if (auto routing = graph->getAttrOfType<StringAttr>(routingAttrName))
    report.routing.strategy = routing.str();
}

llvm::Error cm::fillReport(ModuleOp module, CompileReport &report) {
  cmflow::GraphOp graph = *module.getOps<cmflow::GraphOp>().begin();
  DiagnosticText diagnostics(module.getContext());
  FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
  if (failed(machine))
    return makeError("{0}", diagnostics.take());
  StageGraph view(graph);
  if (failed(requirePlaced(view, *machine)) ||
      failed(requireRouted(view, *machine)) ||
      failed(requireScheduled(view, *machine)))
    return makeError("{0}", diagnostics.take());
  llvm::Expected<ScheduleProblem> problem = scheduleProblem(view, *machine);
  if (!problem)
    return problem.takeError();
  ResourceLoad bound = problem->lowerBound();
  report.network = graph.getSymName().str();
  report.machine = machine->name().str();
  report.iiCycles = *graph.getIi();
  report.latencyCycles = graph.getLatency().value_or(0);
  report.exact = graph.getExact().value_or(false);
  report.paceBound = bound.cycles;
  report.paceBoundBy = bound.name;
  ResourceLoad least = leastInterval(view, *machine);
  report.iiBound = least.cycles;
  report.iiBoundBy = least.name;
  addNotes(graph, report);
  addStages(view, *problem, *machine, report);
  if (llvm::Error error = addLinks(view, *problem, *machine, report))
    return error;
  addBuffers(view, *problem, report);
  return llvm::Error::success();
}

/// Fields of what few stages do are there with those only.
static nlohmann::ordered_json stageJson(const StageReport &stage) {
  nlohmann::ordered_json json = {{"name", stage.name},
                                 {"core", stage.core},
                                 {"iterations", stage.iterations},
                                 {"service_cycles", stage.serviceCycles},
                                 {"rows", stage.rows},
                                 {"cols", stage.cols}};
  if (stage.pixels > 1)
    json["pixels"] = stage.pixels;
  if (stage.pixelRows > 1)
    json["pixel_rows"] = stage.pixelRows;
  if (!stage.cells.empty())
    json["cells"] = stage.cells;
  if (!stage.reason.empty())
    json["reason"] = stage.reason;
  return json;
}

std::string CompileReport::limit() const {
  if (iiCycles > std::max(paceBound, wantedCycles))
    return "SRAM: at a smaller II its buffers do not fit";
  if (iiCycles > paceBound)
    return "the II that is wanted";
  return paceBoundBy;
}

std::string CompileReport::limitingStreams() const {
  std::string text = limit();
  llvm::StringRef by = text;
  const LinkReport *link =
      by.consume_front("link ") ? routing.find(by.str()) : nullptr;
  return link ? streamsText(*link) : "";
}

std::string CompileReport::shortfall() const {
  if (iiCycles <= wantedCycles || wantedCycles == 0)
    return "";
  std::string text =
      llvm::formatv("an II of {0} cycles is wanted, {1} are reached: {2}",
                    wantedCycles, iiCycles, limit());
  if (std::string streams = limitingStreams(); !streams.empty())
    text += ", which carries " + streams;
  if (!replicationLimit.empty() && replicationBound == 0)
    text += "; layers are not copied: " + replicationLimit;
  return text;
}

/// How far the II is above that of the bound, in percent.
static double gapPercent(const CompileReport &report, uint64_t bound) {
  return bound ? std::round(1e4 * (double(report.iiCycles) / bound - 1)) / 100
               : 0;
}

/// Bound, result, gap, and what sets either.
static nlohmann::ordered_json replicationJson(const CompileReport &report) {
  nlohmann::ordered_json json;
  if (report.replicationBound)
    json["ii_bound"] = report.replicationBound;
  json["limit"] = report.replicationLimit;
  json["ii_cycles"] = report.iiCycles;
  json["limited_by"] = report.limit();
  if (report.replicationBound)
    json["gap_percent"] = gapPercent(report, report.replicationBound);
  return json;
}

std::string cm::formatReportText(const CompileReport &report) {
  std::string text = llvm::formatv(
      "{0} on {1}: {2} stages on {3} cores, {4} tiles on {5} crossbars, {6} of "
      "them packed\n"
      "II {7} cycles, limited by {8}; latency {9} cycles; buffers {10} bytes\n"
      "bound of these places and routes {11} cycles by {12}; gap {13}%\n",
      report.network, report.machine, report.stages.size(), report.cores,
      report.tiles, report.crossbars, report.packed, report.iiCycles,
      report.limit(), report.latencyCycles, report.bufferBytes, report.iiBound,
      report.iiBoundBy, gapPercent(report, report.iiBound));
  if (report.replicationBound)
    text += llvm::formatv("bound of all copies {0} cycles by {1}; gap {2}%\n",
                          report.replicationBound, report.replicationLimit,
                          gapPercent(report, report.replicationBound));
  else if (!report.replicationLimit.empty())
    text += "layers are not copied: " + report.replicationLimit + "\n";
  if (std::string shortfall = report.shortfall(); !shortfall.empty())
    text += shortfall + "\n";
  if (std::string streams = report.limitingStreams(); !streams.empty())
    text += "the link that limits carries " + streams + "\n";
  text += linksText(report.routing);
  if (report.predictedII)
    text += llvm::formatv("a run shows {0} cycles, {1}\n", report.predictedII,
                          report.exact ? "a guarantee" : "a prediction");
  return text;
}

static void addNetworkJson(const CompileReport &report,
                           nlohmann::ordered_json &json) {
  json["routing"] = routingJson(report.routing);
  if (report.routing.width)
    json["link_width"] = {{"bytes_per_cycle", report.routing.width},
                          {"narrower_ii_cycles", report.routing.narrowerII}};
  if (std::string streams = report.limitingStreams(); !streams.empty())
    json["limit_streams"] = streams;
  json["links"] = linksJson(report.routing);
}

std::string cm::formatReport(const CompileReport &report) {
  nlohmann::ordered_json json;
  json["network"] = report.network;
  json["machine"] = report.machine;
  json["ii_cycles"] = report.iiCycles;
  json["latency_cycles"] = report.latencyCycles;
  json["exact"] = report.exact;
  if (report.predictedII)
    json["predicted"] = {
        {"ii_cycles", report.predictedII},
        {"error_percent",
         100.0 * (double(report.predictedII) / double(report.iiCycles) - 1.0)}};
  json["bounds"] = {{"ii_cycles", report.iiBound},
                    {"by", report.iiBoundBy},
                    {"pace_cycles", report.paceBound},
                    {"pace_by", report.paceBoundBy}};
  json["limit"] = report.limit();
  if (report.wantedCycles)
    json["ii_wanted"] = report.wantedCycles;
  if (!report.replicationLimit.empty())
    json["replication"] = replicationJson(report);
  json["cores"] = report.cores;
  json["tiles"] = report.tiles;
  json["crossbars"] = report.crossbars;
  json["packed"] = report.packed;
  json["buffer_bytes"] = report.bufferBytes;
  json["stages"] = nlohmann::ordered_json::array();
  for (const StageReport &stage : report.stages)
    json["stages"].push_back(stageJson(stage));
  addNetworkJson(report, json);
  json["phases"] = nlohmann::ordered_json::array();
  for (const PhaseTime &phase : report.phases)
    json["phases"].push_back(
        {{"phase", phase.phase}, {"seconds", phase.seconds}});
  return json.dump(2) + "\n";
}
