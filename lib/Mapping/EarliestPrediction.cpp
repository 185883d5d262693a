//===- EarliestPrediction.cpp - what a run will show ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// II and latency of the machine as it is, and whether the II is a guarantee.
//
//===----------------------------------------------------------------------===//

#include "EarliestEngine.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

/// Distances of the outputs of the last half of the images.
static std::vector<uint64_t> distances(const std::vector<uint64_t> &lastOut) {
  std::vector<uint64_t> result;
  for (size_t n = std::max<size_t>(1, lastOut.size() - lastOut.size() / 2);
       n < lastOut.size(); ++n)
    result.push_back(lastOut[n] - std::min(lastOut[n], lastOut[n - 1]));
  return result;
}

uint64_t EarliestResult::interval() const {
  std::vector<uint64_t> sorted = distances(lastOut);
  llvm::sort(sorted);
  return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

uint64_t EarliestResult::latency() const {
  std::vector<uint64_t> sorted;
  for (auto [first, last] : llvm::zip(firstIn, lastOut))
    sorted.push_back(last - std::min(first, last));
  if (!steady)
    llvm::sort(sorted);
  if (sorted.empty())
    return 0;
  return steady ? sorted.back() : sorted[sorted.size() / 2];
}

bool EarliestResult::isRegular(uint64_t ii) const {
  return llvm::all_of(distances(lastOut),
                      [&](uint64_t distance) { return distance == ii; });
}

uint64_t EarliestProblem::eventsPerImage() const {
  uint64_t events = 0;
  for (const ScheduleStream &stream : schedule->streams)
    events += stream.object.h * stream.object.w / 8; // tables
  for (const ScheduleStage &stage : schedule->stages)
    events += 4 * stage.domain.size();
  for (const EarliestRoute &route : routes) {
    uint64_t packets =
        packetBytes(*machine, stages[route.writer].payload).size();
    events += schedule->stages[route.writer].domain.size() *
              (2 + 2 * packets * route.links.size());
  }
  return events;
}

bool EarliestProblem::hasControlCost() const {
  return llvm::any_of(stages, [](const EarliestStage &stage) {
    return stage.instruction != 0;
  });
}

bool EarliestProblem::hasCreditsOnLinks() const {
  return machine->proto().network().credits() == machine::CREDITS_INBAND;
}

EarliestModel::EarliestModel(EarliestProblem given)
    : data(std::make_unique<EarliestProblem>(std::move(given))),
      tables(std::make_unique<EarliestTables>(*data)) {}
EarliestModel::~EarliestModel() = default;
EarliestModel::EarliestModel(EarliestModel &&) = default;

EarliestResult
EarliestModel::evaluate(const std::vector<BufferCapacity> &capacity,
                        const EarliestOptions &options) const {
  return EarliestEngine(*tables, capacity, options).run();
}

EarliestPrediction
EarliestModel::predict(const std::vector<BufferCapacity> &capacity, uint64_t ii,
                       uint64_t events) const {
  EarliestOptions options;
  options.interval = ii, options.events = events;
  EarliestResult plain = evaluate(capacity, options);
  EarliestPrediction prediction;
  prediction.deadlock = plain.end == EarliestResult::Deadlock;
  if (plain.lastOut.empty() || prediction.deadlock)
    return prediction;
  prediction.latency = plain.latency();
  prediction.ii = plain.steady ? ii : plain.interval();
  if (data->hasControlCost() || data->hasCreditsOnLinks())
    return prediction;
  prediction.exact = plain.steady;
  if (plain.steady || plain.end != EarliestResult::Done || !plain.isRegular(ii))
    return prediction;
  options.bounded = true;
  prediction.exact = evaluate(capacity, options).steady;
  return prediction;
}
