//===- LinkReport.cpp - what crosses the links ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "cm/Analysis/StageControl.h"
#include "cm/Poly/Context.h"
#include "cm/Transforms/Problems.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace cm;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Figures
//===----------------------------------------------------------------------===//

/// Bytes per cycle of what a node sends with nothing in its way: a message in
/// each service time. Credits are as fast as the slowest reader is not.
static double peakOf(const LinkShare &share, uint64_t images,
                     uint64_t serviceCycles, double width) {
  double each = double(share.bytes) / std::max<uint64_t>(images, 1);
  return std::min(width, each / std::max<uint64_t>(serviceCycles, 1));
}

static LinkReport linkReport(const MachineModel &machine, LinkId link,
                             const GraphRouting &routing,
                             llvm::ArrayRef<LinkShare> shares,
                             const ScheduleProblem &schedule, uint64_t ii) {
  LinkReport report;
  report.name = machine.linkName(link);
  report.capacity = machine.link(link).widthBytes;
  for (const LinkShare &share : shares) {
    const ScheduleStage &writer =
        schedule.stages[routing.writers[share.stream]];
    LinkStreamReport stream;
    stream.name = routing.problem.streams[share.stream].name;
    stream.isCredit = share.isCredit;
    stream.bytes = share.bytes, stream.cycles = share.cycles;
    stream.mean = double(share.bytes) / double(ii);
    stream.peak = peakOf(share, writer.domain.size(), writer.serviceCycles,
                         report.capacity);
    report.bytes += stream.bytes, report.cycles += stream.cycles;
    report.peak = std::min(report.capacity, report.peak + stream.peak);
    report.streams.push_back(std::move(stream));
  }
  report.mean = double(report.bytes) / double(ii);
  return report;
}

/// Bound, and whether a search can say more.
static void addBound(const RoutingProblem &problem,
                     const RoutingSolution &solution, LinksReport &report) {
  constexpr uint64_t steps = 50000;
  ResourceLoad bound = routingBound(problem);
  report.bound = bound.cycles, report.boundBy = bound.name;
  report.isBest = report.cycles == bound.cycles;
  if (report.isBest)
    return;
  if (auto best = searchRouting(problem, solution, steps))
    report.isBest = best->cost().first == report.cycles;
}

/// Leaves the credits that a writer waits for: no others are sent.
static llvm::Error keepCreditsWaitedFor(const StageGraph &graph,
                                        GraphRouting &routing) {
  PolyContext poly;
  ControlRules rules(poly);
  for (auto [writer, stream] :
       llvm::zip(routing.writers, routing.problem.streams)) {
    auto found = stageRules(graph, writer, rules);
    if (!found)
      return found.takeError();
    stream.credits.assign(stream.destinations.size(), 0);
    std::optional<uint32_t> last; // rules of a stream are next to each other
    for (const StreamRule &rule : *found) {
      if (rule.kind != StreamRule::Credit || rule.threshold.pieces.empty() ||
          last == rule.stream)
        continue;
      last = rule.stream;
      const StageNode &reader = graph.nodes[graph.streams[rule.stream].reader];
      size_t k = llvm::find(stream.destinations, reader.place()) -
                 stream.destinations.begin();
      stream.credits[k] += reader.domain.size();
    }
  }
  return llvm::Error::success();
}

llvm::Error cm::addLinks(const StageGraph &graph,
                         const ScheduleProblem &schedule,
                         const MachineModel &machine, CompileReport &compiled) {
  LinksReport &report = compiled.routing;
  GraphRouting routing = routingProblem(graph, machine);
  if (machine.proto().network().credits() == machine::CREDITS_INBAND)
    if (llvm::Error error = keepCreditsWaitedFor(graph, routing))
      return error;
  RoutingSolution solution = currentRouting(routing, graph);
  uint64_t ii = compiled.predictedII ? compiled.predictedII : compiled.iiCycles;
  report.links.clear();
  report.clockGHz = machine.clockGHz();
  report.cycles = report.congestion = report.dilation = 0;
  for (auto [link, shares] :
       llvm::enumerate(linkShares(routing.problem, solution))) {
    if (shares.empty())
      continue;
    report.links.push_back(
        linkReport(machine, link, routing, shares, schedule, ii));
    const LinkReport &last = report.links.back();
    if (last.cycles > report.cycles)
      report.cycles = last.cycles, report.busiest = last.name;
    report.congestion = std::max<uint64_t>(
        report.congestion, llvm::count_if(shares, [](const LinkShare &share) {
          return !share.isCredit;
        }));
  }
  report.byteHops = solution.cost().second;
  for (const auto &paths : solution.paths)
    for (const std::vector<LinkId> &path : paths)
      report.dilation = std::max<uint64_t>(report.dilation, path.size());
  addBound(routing.problem, solution, report);
  return llvm::Error::success();
}

const LinkReport *LinksReport::find(const std::string &link) const {
  for (const LinkReport &report : links)
    if (report.name == link)
      return &report;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

std::string cm::streamsText(const LinkReport &link) {
  std::vector<const LinkStreamReport *> streams;
  for (const LinkStreamReport &stream : link.streams)
    streams.push_back(&stream);
  llvm::stable_sort(streams,
                    [](auto *a, auto *b) { return a->cycles > b->cycles; });
  constexpr size_t most = 8;
  std::string text;
  for (size_t i = 0; i < std::min(most, streams.size()); ++i)
    text += llvm::formatv("{0}{1}'{2}' ({3:P0})", i ? ", " : "",
                          streams[i]->isCredit ? "credits of " : "",
                          streams[i]->name,
                          double(streams[i]->cycles) /
                              double(std::max<uint64_t>(1, link.cycles)));
  if (streams.size() > most)
    text += llvm::formatv(" and {0} more", streams.size() - most);
  return text;
}

static double gapPercent(uint64_t value, uint64_t bound) {
  return bound ? std::round(1e4 * (double(value) / double(bound) - 1)) / 100
               : 0;
}

std::string cm::linksText(const LinksReport &report) {
  std::string text;
  if (report.width)
    text += llvm::formatv(
        "links of {0} bytes per cycle keep the II{1}\n", report.width,
        report.narrowerII ? llvm::formatv("; of {0}, it is {1} cycles",
                                          report.width - 1, report.narrowerII)
                                .str()
                          : "");
  const LinkReport *busiest = report.find(report.busiest);
  if (!busiest)
    return text + "nothing crosses a link\n";
  text += llvm::formatv(
      "busiest link {0}: {1} cycles, {2:F3} of {3} bytes per cycle ({4:F3} "
      "Gbit/s): {5}\n",
      busiest->name, busiest->cycles, busiest->mean, busiest->capacity,
      8 * busiest->mean * report.clockGHz, streamsText(*busiest));
  text += llvm::formatv(
      "no routes between these places keep it to less than {0} cycles, by {1}; "
      "gap {2}%{3}\n",
      report.bound, report.boundBy, gapPercent(report.cycles, report.bound),
      report.isBest && report.cycles > report.bound
          ? "; no trees of shortest paths do"
          : "");
  text += llvm::formatv("routes of up to {0} links, up to {1} streams on one, "
                        "{2} bytes * hops\n",
                        report.dilation, report.congestion, report.byteHops);
  return text;
}

static Json loadJson(double clockGHz, uint64_t bytes, double mean,
                     double peak) {
  return {{"bytes_per_image", bytes},
          {"mean", mean},
          {"peak", peak},
          {"mean_gbit_s", 8 * mean * clockGHz},
          {"peak_gbit_s", 8 * peak * clockGHz}};
}

Json cm::linksJson(const LinksReport &report) {
  Json json = Json::array();
  for (const LinkReport &link : report.links) {
    Json row = {{"name", link.name}};
    row.update(loadJson(report.clockGHz, link.bytes, link.mean, link.peak));
    row["capacity"] = link.capacity;
    row["busy_cycles"] = link.cycles;
    row["streams"] = Json::array();
    for (const LinkStreamReport &stream : link.streams) {
      Json each = {{"name", stream.name}};
      if (stream.isCredit)
        each["credits"] = true;
      each.update(
          loadJson(report.clockGHz, stream.bytes, stream.mean, stream.peak));
      each["busy_cycles"] = stream.cycles;
      row["streams"].push_back(std::move(each));
    }
    json.push_back(std::move(row));
  }
  return json;
}

Json cm::routingJson(const LinksReport &report) {
  Json json;
  if (!report.strategy.empty())
    json["strategy"] = report.strategy;
  json["busiest_link"] = report.busiest;
  json["cycles"] = report.cycles;
  json["bound_cycles"] = report.bound;
  json["bound_by"] = report.boundBy;
  json["gap_percent"] = gapPercent(report.cycles, report.bound);
  json["best_of_shortest"] = report.isBest;
  json["byte_hops"] = report.byteHops;
  json["dilation"] = report.dilation;
  json["congestion"] = report.congestion;
  return json;
}
