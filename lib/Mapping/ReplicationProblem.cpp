//===- ReplicationProblem.cpp - what a right number of copies is ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The lines of docs/Mapping.md, "Replication": what stages ask of their core,
// and copies of all cores together.
//
//===----------------------------------------------------------------------===//

#include "ReplicationModel.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace cm;
using llvm::divideCeil;
using llvm::Error;

Domain cm::domainOfCopy(const Domain &domain, SplitAxis axis, uint64_t copies,
                        uint64_t copy) {
  int64_t extent = axis == SplitAxis::Rows ? domain.h : domain.w;
  int64_t share = divideCeil(extent - int64_t(copy), int64_t(copies));
  return axis == SplitAxis::Rows ? Domain{share, domain.w}
                                 : Domain{domain.h, share};
}

uint64_t ReplicationProblem::largestCopy(const ReplicationLayer &layer,
                                         uint64_t copies) const {
  return domainOfCopy(layer.domain, axis, copies, 0).size();
}

ReplicationCore cm::mostOfCores(const std::vector<ReplicationCore> &cores) {
  ReplicationCore most{0, 0, 0, 0, 1};
  for (const ReplicationCore &core : cores) {
    most.crossbars = std::max(most.crossbars, core.crossbars);
    most.contexts = std::max(most.contexts, core.contexts);
    most.ports = std::max(most.ports, core.ports);
    most.links = std::max(most.links, core.links);
    most.bytes = std::max(most.bytes, core.sram());
  }
  return most;
}

//===----------------------------------------------------------------------===//
// Stages alone
//===----------------------------------------------------------------------===//

ReplicationModel::ReplicationModel(const ReplicationProblem &problem)
    : problem(problem), most(mostOfCores(problem.cores)),
      readers(problem.inputs.size()), goesOut(problem.inputs.size(), false) {
  for (uint32_t layer = 0; layer < problem.layers.size(); ++layer)
    for (const ReplicationStage &stage : problem.layers[layer].stages)
      for (uint32_t input : stage.inputs)
        readers[input].push_back({layer, &stage});
}

void ReplicationModel::setInterval(uint64_t interval) {
  ii = interval;
  std::vector<uint64_t> ones(problem.layers.size(), 1);
  for (uint32_t input = 0; input < goesOut.size(); ++input)
    goesOut[input] = readingCores(input, ones) > 1;
}

uint64_t ReplicationModel::spread(const Reader &reader, uint64_t copies) const {
  const ReplicationStage &stage = *reader.stage;
  uint64_t iterations = problem.layers[reader.layer].domain.size();
  uint64_t longest = std::max({iterations * stage.mvm, iterations * stage.dpu,
                               divideCeil(stage.port, most.ports)});
  uint64_t crossbars = copies * stage.crossbars;
  return std::max({uint64_t(1),
                   crossbars ? divideCeil(crossbars, most.crossbars) : 0,
                   divideCeil(copies, most.contexts), divideCeil(longest, ii)});
}

uint64_t
ReplicationModel::readingCores(uint32_t input,
                               const std::vector<uint64_t> &copies) const {
  uint64_t cores = 0;
  for (const Reader &reader : readers[input])
    cores = std::max(cores, spread(reader, copies[reader.layer]));
  return cores;
}

uint64_t ReplicationModel::alone(const ReplicationLayer &layer,
                                 const ReplicationStage &stage,
                                 uint64_t copies) const {
  uint64_t iterations = problem.largestCopy(layer, copies);
  uint64_t port = divideCeil(stage.port, copies), link = 0;
  for (uint32_t input : stage.inputs) {
    port += problem.inputs[input].arrivals;
    link += problem.inputs[input].external ? problem.inputs[input].link : 0;
  }
  return std::max({iterations * stage.service, divideCeil(stage.gather, copies),
                   stage.leaves ? iterations * stage.send : 0,
                   divideCeil(port, most.ports), divideCeil(link, most.links)});
}

bool ReplicationModel::keepsTo(const ReplicationLayer &layer,
                               uint64_t copies) const {
  uint64_t iterations = problem.largestCopy(layer, copies);
  return llvm::all_of(layer.stages, [&](const ReplicationStage &stage) {
    bool sends = stage.output && goesOut[*stage.output];
    return alone(layer, stage, copies) <= ii &&
           (!sends || iterations * stage.send <= ii);
  });
}

uint64_t ReplicationModel::fewestCopies(const ReplicationLayer &layer) const {
  uint64_t least = 1, enough = layer.maxCopies;
  while (least < enough) {
    uint64_t middle = least + (enough - least) / 2;
    if (keepsTo(layer, middle))
      enough = middle;
    else
      least = middle + 1;
  }
  return enough;
}

std::vector<uint64_t> ReplicationModel::fewestCopies() const {
  std::vector<uint64_t> copies;
  for (const ReplicationLayer &layer : problem.layers)
    copies.push_back(fewestCopies(layer));
  return copies;
}

std::vector<uint64_t> ReplicationProblem::fewestCopies(uint64_t ii) const {
  return ReplicationModel(*this, ii).fewestCopies();
}

uint64_t
ReplicationProblem::slowestOf(const std::vector<uint64_t> &copies) const {
  ReplicationModel model(*this);
  uint64_t slowest = floorII;
  for (auto [layer, count] : llvm::zip(layers, copies))
    for (const ReplicationStage &stage : layer.stages)
      slowest = std::max(slowest, model.alone(layer, stage, count));
  return slowest;
}

//===----------------------------------------------------------------------===//
// All cores together
//===----------------------------------------------------------------------===//

using Amounts = ReplicationModel::Amounts;

static constexpr const char *resourceNames[] = {
    "crossbars",        "the time of crossbars",  "LCU contexts",
    "the time of DPUs", "the time of SRAM ports", "SRAM",
    "the time of links"};

Amounts ReplicationModel::needsOf(const std::vector<uint64_t> &copies) const {
  Amounts needs{};
  for (auto [layer, count] : llvm::zip(problem.layers, copies))
    for (const ReplicationStage &stage : layer.stages) {
      uint64_t iterations = layer.domain.size();
      needs[Crossbars] += count * stage.crossbars;
      needs[Mvms] += iterations * stage.mvm;
      needs[Contexts] += count;
      needs[Dpus] += iterations * stage.dpu;
      needs[Ports] += stage.port;
      needs[Memory] += count * stage.bytes;
    }
  for (uint32_t i = 0; i < problem.inputs.size(); ++i) {
    const ReplicationInput &input = problem.inputs[i];
    uint64_t cores = readingCores(i, copies);
    needs[Ports] += cores * input.arrivals;
    needs[Memory] += cores * input.bytes;
    // One of them may be the core that the messages come from.
    needs[Links] += (cores - (cores && !input.external)) * input.link;
  }
  return needs;
}

Amounts ReplicationModel::amountsOf(const ReplicationCore &core) const {
  Amounts amounts{};
  amounts[Crossbars] = core.crossbars;
  amounts[Mvms] = core.crossbars ? ii : 0;
  amounts[Contexts] = core.contexts;
  amounts[Dpus] = ii;
  amounts[Ports] = ii * core.ports;
  amounts[Memory] = core.sram();
  amounts[Links] = ii * core.links;
  return amounts;
}

/// What is needed of a resource, of what all cores have.
static double share(const Amounts &needs, const Amounts &found, int resource) {
  return double(needs[resource]) /
         double(std::max<uint64_t>(1, found[resource]));
}

uint64_t ReplicationModel::coresFor(const std::vector<uint64_t> &copies,
                                    std::string *limit) const {
  for (auto [layer, count] : llvm::zip(problem.layers, copies))
    if (!keepsTo(layer, count)) {
      if (limit)
        *limit = "layer '" + layer.name + "'";
      return ~uint64_t(0);
    }
  Amounts needs = needsOf(copies), found{}, enough{};
  for (int resource = 0; resource < NumResources; ++resource)
    enough[resource] = needs[resource] ? ~uint64_t(0) : 0;
  for (uint64_t used = 1; used <= problem.cores.size(); ++used) {
    Amounts amounts = amountsOf(problem.cores[used - 1]);
    for (int resource = 0; resource < NumResources; ++resource) {
      found[resource] += amounts[resource];
      if (found[resource] >= needs[resource])
        enough[resource] = std::min(enough[resource], used);
    }
  }
  // Of several that ask for as many cores, the one that is nearest to its end.
  int tightest = 0;
  for (int resource = 1; resource < NumResources; ++resource)
    if (std::pair(enough[resource], share(needs, found, resource)) >
        std::pair(enough[tightest], share(needs, found, tightest)))
      tightest = resource;
  if (limit)
    *limit = resourceNames[tightest];
  return std::max<uint64_t>(enough[tightest], 1);
}

uint64_t ReplicationProblem::coresFor(const std::vector<uint64_t> &copies,
                                      uint64_t ii, std::string *limit) const {
  return ReplicationModel(*this, ii).coresFor(copies, limit);
}

//===----------------------------------------------------------------------===//
// Input and solutions
//===----------------------------------------------------------------------===//

static Error checkStage(const ReplicationProblem &problem,
                        const ReplicationCore &most,
                        const ReplicationStage &stage) {
  uint64_t bytes = stage.bytes;
  for (uint32_t input : stage.inputs) {
    if (input >= problem.inputs.size())
      return makeError("replication: stage '{0}' reads input {1}, there are "
                       "{2}",
                       stage.name, input, problem.inputs.size());
    bytes += problem.inputs[input].bytes;
  }
  if (stage.output && *stage.output >= problem.inputs.size())
    return makeError("replication: stage '{0}' writes input {1}, there are {2}",
                     stage.name, *stage.output, problem.inputs.size());
  if (stage.crossbars > most.crossbars)
    return makeError("replication: stage '{0}' takes {1} crossbars, a core "
                     "has {2}",
                     stage.name, stage.crossbars, most.crossbars);
  if (bytes > most.bytes)
    return makeError("replication: stage '{0}' needs {1} bytes of SRAM, a core "
                     "has {2}",
                     stage.name, bytes, most.bytes);
  return Error::success();
}

static Error checkLayer(const ReplicationProblem &problem,
                        const ReplicationCore &most,
                        const ReplicationLayer &layer) {
  int64_t extent =
      problem.axis == SplitAxis::Rows ? layer.domain.h : layer.domain.w;
  if (layer.stages.empty() || layer.domain.h < 1 || layer.domain.w < 1 ||
      layer.maxCopies < 1 || layer.maxCopies > uint64_t(extent))
    return makeError("replication: layer '{0}' has {1} stages over {2}x{3} "
                     "iterations and {4} copies at most",
                     layer.name, layer.stages.size(), layer.domain.h,
                     layer.domain.w, layer.maxCopies);
  for (const ReplicationStage &stage : layer.stages)
    if (Error error = checkStage(problem, most, stage))
      return error;
  return Error::success();
}

Error ReplicationProblem::check() const {
  if (cores.empty())
    return makeError("replication: expected at least one core");
  for (const ReplicationCore &core : cores)
    if (core.contexts == 0 || core.ports == 0 || core.links == 0)
      return makeError("replication: expected contexts, ports and links of "
                       "each core, found {0}, {1} and {2}",
                       core.contexts, core.ports, core.links);
  for (const ReplicationLayer &layer : layers)
    if (Error error = checkLayer(*this, mostOfCores(cores), layer))
      return error;
  return Error::success();
}

Error ReplicationProblem::verify(const ReplicationSolution &solution) const {
  if (solution.copies.size() != layers.size())
    return makeError("replication: copies of {0} layers, there are {1}",
                     solution.copies.size(), layers.size());
  if (solution.ii < floorII)
    return makeError("replication: the II of {0} is below {1}, which {2} needs",
                     solution.ii, floorII, floorName);
  for (auto [layer, copies] : llvm::zip(layers, solution.copies))
    if (copies < 1 || copies > layer.maxCopies)
      return makeError("replication: layer '{0}' has {1} copies, expected 1 to "
                       "{2}",
                       layer.name, copies, layer.maxCopies);
  std::string limit;
  uint64_t needed = coresFor(solution.copies, solution.ii, &limit);
  if (needed == ~uint64_t(0))
    return makeError("replication: {0} does not allow an II of {1} on {2} "
                     "cores",
                     limit, solution.ii, cores.size());
  if (solution.cores != needed)
    return makeError("replication: {0} cores are said to be used, expected {1}",
                     solution.cores, needed);
  return Error::success();
}
