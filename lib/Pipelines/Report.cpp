//===- Report.cpp - what the compiler predicts ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Transforms/Problems.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <nlohmann/json.hpp>

using namespace cm;
using namespace mlir;

static void addStages(const StageGraph &graph, const ScheduleProblem &problem,
                      const MachineModel &machine, CompileReport &report) {
  llvm::SmallSet<NodeId, 16> cores;
  for (auto [node, data] : llvm::zip(graph.nodes, problem.stages)) {
    if (node.role != StageNode::Compute)
      continue;
    StageReport stage;
    stage.name = node.name().str();
    stage.core = node.place();
    stage.iterations = node.domain.size();
    stage.serviceCycles = data.serviceCycles;
    if (cmflow::MvmOp mvm = node.stage().getMvm()) {
      stage.rows = mvm.getElements()[1] - mvm.getElements()[0];
      stage.cols = mvm.getColumns()[1] - mvm.getColumns()[0];
      ++report.tiles;
      report.crossbars += llvm::divideCeil(
          stage.cols, machine.core(stage.core).crossbar().cols());
    }
    cores.insert(stage.core);
    report.stages.push_back(std::move(stage));
  }
  report.cores = cores.size();
}

/// Mean load: every message crosses a link once for all behind it.
static void addLinks(const StageGraph &graph, const MachineModel &machine,
                     CompileReport &report) {
  std::map<LinkId, uint64_t> bytes;
  for (auto [index, node] : llvm::enumerate(graph.nodes)) {
    llvm::SmallSet<LinkId, 8> links;
    for (uint32_t stream : graph.streamsFrom(index))
      for (LinkId link : graph.streams[stream].links())
        if (links.insert(link).second)
          bytes[link] += node.domain.size() * machine.wireBytes(node.payload());
  }
  for (auto [link, count] : bytes)
    report.links.push_back({machine.linkName(link),
                            double(count) / double(report.iiCycles),
                            double(machine.link(link).widthBytes)});
}

static void addBuffers(cmflow::GraphOp graph, const StageGraph &view,
                       const ScheduleProblem &problem, CompileReport &report) {
  llvm::SmallSet<uint32_t, 16> seen;
  for (auto [stream, data] : llvm::zip(view.streams, problem.streams)) {
    cmflow::StreamOp op = stream.op;
    if (data.buffer == ScheduleStream::noBuffer ||
        !seen.insert(data.buffer).second)
      continue;
    BufferCapacity capacity;
    capacity.slots = op.getCapacityAttr().getSlots();
    capacity.fold = op.getCapacityAttr().getFold() == cmflow::Fold::Row
                        ? BufferFold::Row
                        : BufferFold::Pixel;
    report.bufferBytes += problem.bufferBytes(data.buffer, capacity);
  }
}

llvm::Error cm::fillReport(ModuleOp module, CompileReport &report) {
  cmflow::GraphOp graph = *module.getOps<cmflow::GraphOp>().begin();
  FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
  assert(succeeded(machine) && "it was scheduled for one");
  StageGraph view(graph);
  llvm::Expected<ScheduleProblem> problem = scheduleProblem(view, *machine);
  if (!problem)
    return problem.takeError();
  ResourceLoad bound = problem->lowerBound();
  report.network = graph.getSymName().str();
  report.machine = machine->name().str();
  report.iiCycles = *graph.getIi();
  report.latencyCycles = graph.getLatency().value_or(0);
  report.exact = graph.getExact().value_or(false);
  report.iiBound = bound.cycles;
  report.iiBoundBy = bound.name;
  addStages(view, *problem, *machine, report);
  addLinks(view, *machine, report);
  addBuffers(graph, view, *problem, report);
  return llvm::Error::success();
}

std::string cm::formatReport(const CompileReport &report) {
  nlohmann::ordered_json json;
  json["network"] = report.network;
  json["machine"] = report.machine;
  json["ii_cycles"] = report.iiCycles;
  json["latency_cycles"] = report.latencyCycles;
  json["exact"] = report.exact;
  json["bounds"] = {{"ii_cycles", report.iiBound}, {"by", report.iiBoundBy}};
  json["cores"] = report.cores;
  json["tiles"] = report.tiles;
  json["crossbars"] = report.crossbars;
  json["buffer_bytes"] = report.bufferBytes;
  json["stages"] = nlohmann::ordered_json::array();
  for (const StageReport &stage : report.stages)
    json["stages"].push_back({{"name", stage.name},
                              {"core", stage.core},
                              {"iterations", stage.iterations},
                              {"service_cycles", stage.serviceCycles},
                              {"rows", stage.rows},
                              {"cols", stage.cols}});
  json["links"] = nlohmann::ordered_json::array();
  for (const CompileReport::Link &link : report.links)
    json["links"].push_back({{"name", link.name},
                             {"mean", link.mean},
                             {"capacity", link.capacity}});
  json["phases"] = nlohmann::ordered_json::array();
  for (const PhaseTime &phase : report.phases)
    json["phases"].push_back(
        {{"phase", phase.phase}, {"seconds", phase.seconds}});
  return json.dump(2) + "\n";
}
