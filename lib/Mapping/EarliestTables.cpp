//===- EarliestTables.cpp - who waits for what ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The waits of all stages, which do not depend on capacities.
//
//===----------------------------------------------------------------------===//

#include "EarliestEngine.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

std::vector<uint32_t> cm::contextOrder(const EarliestProblem &problem) {
  std::vector<uint32_t> stages, order(problem.stages.size());
  for (uint32_t i = 0; i < problem.stages.size(); ++i)
    stages.push_back(i);
  llvm::stable_sort(stages, [&](uint32_t a, uint32_t b) {
    return problem.stages[a].node < problem.stages[b].node;
  });
  for (uint32_t position = 0; position < stages.size(); ++position)
    order[stages[position]] = position;
  return order;
}

EarliestTables::EarliestTables(const EarliestProblem &problem)
    : problem(problem), trees(problem), bounds(EarliestBounds::create(problem)),
      order(contextOrder(problem)), dataWaits(problem.stages.size()),
      creditWaits(problem.stages.size()), routesFrom(problem.stages.size()) {
  for (auto [data, stage] :
       llvm::zip(problem.schedule->stages, problem.stages)) {
    numMvmUnits = std::max(numMvmUnits, stage.mvmUnit + 1);
    packets.push_back(packetBytes(*problem.machine, stage.payload));
    std::array<bool, 2> &has = hasRead.emplace_back();
    has = {false, false};
    for (const EarliestRead &read : stage.reads)
      has[!read.feedsCrossbar] = true;
    bool fires = data.role != ScheduleStage::Output;
    sizes.insert(sizes.end(), 2, fires ? data.domain.size() : 0);
  }
  for (uint32_t route = 0; route < problem.routes.size(); ++route) {
    uint32_t writer = problem.routes[route].writer;
    routesFrom[writer].push_back(route);
    sizes.push_back(problem.schedule->stages[writer].domain.size());
  }
  for (uint64_t size : sizes) {
    weights.push_back(0);
    for (uint64_t rank = 0; rank < size; ++rank)
      weights.back() += weightOf(rank);
  }
  for (uint32_t i = 0; i < problem.schedule->streams.size(); ++i)
    if (problem.schedule->streams[i].buffer != ScheduleStream::noBuffer)
      addWaits(i);
}

void EarliestTables::addWaits(uint32_t index) {
  const ScheduleStream &stream = problem.schedule->streams[index];
  const Domain &writer = problem.schedule->stages[stream.writer].domain;
  const Domain &reader = problem.schedule->stages[stream.reader].domain;
  const Dependence &dependence =
      cache.get(writer, stream.write, stream.object, reader, stream.windows);
  auto [entry, isNew] = ranks.try_emplace(&dependence);
  Ranks &known = entry->second;
  if (isNew) {
    dependence.lastWriters(known.lastWriter);
    dependence.lastReaders(known.lastReader);
    for (size_t k = 1; k < known.lastWriter.size(); ++k)
      known.lastWriter[k] =
          std::max(known.lastWriter[k], known.lastWriter[k - 1]);
  }
  const EarliestRoute &route = problem.routes[problem.routeOf[index]];
  dataWaits[stream.reader].push_back(
      {problem.routeOf[index], writer.size(), &known.lastWriter});
  CreditWait credit;
  credit.reader = stream.reader, credit.reads = reader.size();
  credit.byLoad = llvm::any_of(
      problem.stages[stream.reader].reads, [&](const EarliestRead &read) {
        return read.buffer == stream.buffer && !read.feedsCrossbar;
      });
  for (LinkId link : route.links)
    credit.latency += problem.machine->link(link).latency;
  credit.buffer = stream.buffer, credit.write = stream.write;
  credit.width = writer.w, credit.lastReader = &known.lastReader;
  creditWaits[stream.writer].push_back(credit);
}
