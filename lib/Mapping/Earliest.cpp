//===- Earliest.cpp - stages and units of an evaluation -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Iterations fire, read, compute and retire. An event of a cycle changes
// counters; then stages advance as far as they can; then units and links that
// are free take the request that came first.
//
//===----------------------------------------------------------------------===//

#include "EarliestEngine.h"
#include "cm/Poly/CreditRules.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace cm;

//===----------------------------------------------------------------------===//
// Start
//===----------------------------------------------------------------------===//

EarliestEngine::EarliestEngine(const EarliestTables &tables,
                               const std::vector<BufferCapacity> &capacity,
                               const EarliestOptions &options)
    : tables(tables), problem(tables.problem), trees(tables.trees),
      capacity(capacity), options(options),
      bounds(options.bounded && tables.bounds ? &*tables.bounds : nullptr),
      stages(problem.stages.size()), routes(problem.routes.size()),
      retireWaiters(2 * problem.stages.size()),
      units(2 * problem.machine->numNodes() + tables.numMvmUnits),
      links(problem.machine->links().size()), hopQueues(trees.hops.size()),
      hopBusy(trees.hops.size()), window(imagesInWindow()) {
  const MachineModel &machine = *problem.machine;
  for (NodeId core = 0; core < machine.numCores(); ++core)
    units[portUnit(core)].capacity =
        std::max<uint32_t>(1, machine.core(core).sram().ports());
  for (uint32_t stage = 0; stage < stages.size(); ++stage) {
    stages[stage].credits.assign(tables.creditWaits[stage].size(), 0);
    stages[stage].control = controlCycles(stage);
  }
}

/// With a wait for each of the rows whose slots these capacities tear apart.
uint64_t EarliestEngine::controlCycles(uint32_t index) const {
  const EarliestStage &stage = problem.stages[index];
  uint64_t more = 0;
  for (const EarliestTables::CreditWait &wait : tables.creditWaits[index]) {
    const Extent &object = problem.schedule->buffers[wait.buffer].object;
    const BufferCapacity &buffer = capacity[wait.buffer];
    more += numCreditRules(wait.write, object, buffer.fold, buffer.slots) -
            leastCreditRules(wait.write, object);
  }
  return stage.control + more * stage.instruction;
}

/// An iteration depends on the two before it, and on images as far back as a
/// buffer reaches. Where rows or pixels of a buffer do not begin alike, times
/// repeat when an image begins at the same slot again.
uint64_t EarliestEngine::imagesInWindow() const {
  uint64_t reach = 2, period = 1;
  for (uint32_t i = 0; i < capacity.size(); ++i) {
    const ScheduleBuffer &buffer = problem.schedule->buffers[i];
    bool rows = capacity[i].fold == Fold::Row;
    uint64_t steps = buffer.object.h * (rows ? 1 : buffer.object.w);
    uint64_t pitch =
        buffer.object.c * buffer.elementBytes * (rows ? buffer.object.w : 1);
    reach = std::max(reach, capacity[i].slots / steps + 1);
    uint64_t access = problem.machine->core(buffer.node).sram().access_bytes();
    if (!bounds && pitch % access != 0)
      period = std::min<uint64_t>(
          uint64_t(1) << 32,
          std::lcm(period,
                   capacity[i].slots / std::gcd(capacity[i].slots, steps)));
  }
  return reach + period - 1;
}

//===----------------------------------------------------------------------===//
// Cycles
//===----------------------------------------------------------------------===//

EarliestResult EarliestEngine::run() {
  if (options.bounded && !bounds) {
    result.end = EarliestResult::Unbounded;
    return result;
  }
  for (uint32_t stage = 0; stage < stages.size(); ++stage)
    if (!isOutput(stage))
      markDirty(stage);
  cycle();
  while (!queue.empty() && !result.steady && complete < options.images) {
    now = queue.top().time;
    if (result.events > options.events) {
      result.end = EarliestResult::OutOfEvents;
      break;
    }
    cycle();
  }
  if (complete < options.images && !result.steady &&
      result.end == EarliestResult::Done)
    result.end = EarliestResult::Deadlock;
  result.firstIn.resize(complete);
  result.lastOut.resize(complete);
  return std::move(result);
}

void EarliestEngine::cycle() {
  while (!queue.empty() && queue.top().time == now) {
    Event event = queue.top();
    queue.pop();
    ++result.events;
    handle(event);
  }
  while (!dirtyStages.empty()) {
    uint32_t stage = dirtyStages.back();
    dirtyStages.pop_back();
    stages[stage].queued = false;
    advance(stage);
  }
  for (uint32_t unit : dirtyUnits)
    grant(unit);
  dirtyUnits.clear();
  for (LinkId link : dirtyLinks)
    grantLink(link);
  dirtyLinks.clear();
}

void EarliestEngine::handle(const Event &event) {
  auto release = [&](uint32_t unit) {
    if (options.bounded)
      return;
    --units[unit].running;
    if (!units[unit].dirty)
      dirtyUnits.push_back(unit);
    units[unit].dirty = true;
  };
  uint32_t a = event.a;
  switch (event.kind) {
  case Kind::GatherDone:
    release(portUnit(problem.stages[a].node));
    ++stages[a].gathered;
    retire(a, false);
    return markDirty(a);
  case Kind::LoadDone:
    release(portUnit(problem.stages[a].node));
    ++stages[a].loaded;
    retire(a, true);
    return markDirty(a);
  case Kind::MvmDone:
    release(mvmUnit(problem.stages[a].mvmUnit));
    ++stages[a].mvmDone;
    return markDirty(a);
  case Kind::DpuDone:
    release(dpuUnit(problem.stages[a].node));
    send(a);
    return markDirty(a);
  case Kind::WriteDone:
    release(unitOf(problem.routes[a]));
    return writeDone(a, event.number);
  case Kind::Wake:
    return markDirty(a);
  default:
    return handleNetwork(event);
  }
}

void EarliestEngine::markDirty(uint32_t stage) {
  if (stages[stage].queued)
    return;
  stages[stage].queued = true;
  dirtyStages.push_back(stage);
}

void EarliestEngine::request(uint32_t index, Job job, uint64_t bound) {
  if (options.bounded)
    return push(now + bound, job.done, job.a, 0, job.number);
  Unit &unit = units[index];
  unit.waiting.push(job);
  if (!unit.dirty)
    dirtyUnits.push_back(index);
  unit.dirty = true;
}

void EarliestEngine::grant(uint32_t index) {
  Unit &unit = units[index];
  unit.dirty = false;
  while (unit.running < unit.capacity && !unit.waiting.empty()) {
    Job job = unit.waiting.top();
    unit.waiting.pop();
    ++unit.running;
    push(now + job.duration, job.done, job.a, 0, job.number);
    if (job.done == Kind::LoadDone && isInput(job.a)) {
      uint64_t &first = result.firstIn[job.number / iterations(job.a)];
      first = std::min(first, now);
    }
  }
}

/// Adds the time of event `rank` of an image to a sum of it, weighted so that
/// other times have another sum; notes that an image has ended.
void EarliestEngine::count(uint32_t sum, uint64_t image, uint64_t rank) {
  while (sums.size() <= image) {
    sums.emplace_back(tables.sizes.size(), 0);
    uint64_t all = 0;
    for (uint64_t size : tables.sizes)
      all += size;
    missing.push_back(all);
    result.firstIn.push_back(~uint64_t(0));
    result.lastOut.push_back(0);
  }
  sums[image][sum] += now * weightOf(rank);
  if (--missing[image] != 0 || image != complete)
    return;
  while (complete < missing.size() && missing[complete] == 0)
    result.steady |= isSteady(complete++);
}

/// Whether image n and those that it depends on repeat the ones before them.
bool EarliestEngine::isSteady(uint64_t image) const {
  if (image < window)
    return false;
  for (uint64_t n = image; n > image - window; --n)
    for (size_t i = 0; i < tables.sizes.size(); ++i)
      if (sums[n][i] - sums[n - 1][i] != options.interval * tables.weights[i])
        return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Firing
//===----------------------------------------------------------------------===//

void EarliestEngine::advance(uint32_t index) {
  StageState &state = stages[index];
  bool hasMvm = problem.stages[index].hasMvm;
  for (bool changed = true; changed;) {
    uint64_t before = state.mvmRequested + state.loadRequested +
                      state.dpuRequested + state.dpuDone;
    if (hasMvm) {
      startMvm(index);
      if (state.loadRequested < state.gathered &&
          state.loaded == state.loadRequested &&
          state.dpuDone + 1 >= state.loadRequested)
        startLoad(index);
    }
    startDpu(index);
    changed = before != state.mvmRequested + state.loadRequested +
                            state.dpuRequested + state.dpuDone;
    changed |= fire(index);
  }
}

/// The last message, and the last retirement, that the next iteration needs.
void EarliestEngine::prepare(uint32_t index) {
  StageState &state = stages[index];
  state.prepared = true;
  state.needs.clear();
  for (const EarliestTables::DataWait &wait : tables.dataWaits[index])
    if (int32_t last = (*wait.lastWriter)[state.rank]; last >= 0)
      state.needs.push_back(
          {false, wait.route, state.image * wait.writes + last + 1, 0});
  for (auto [wait, most] :
       llvm::zip(tables.creditWaits[index], state.credits)) {
    most = std::max(most, creditNeed(wait, state));
    if (most > 0)
      state.needs.push_back(
          {true, 2 * wait.reader + wait.byLoad, uint64_t(most), wait.latency});
  }
}

/// The last iteration, counted over all images and from 1, that the reader must
/// have retired for the pixels of a row whose slots the next iteration takes.
int64_t EarliestEngine::creditNeedOfRow(const EarliestTables::CreditWait &wait,
                                        const StageState &state,
                                        int64_t row) const {
  const Extent &object = problem.schedule->buffers[wait.buffer].object;
  const BufferCapacity &buffer = capacity[wait.buffer];
  int64_t columns = buffer.fold == Fold::Row ? object.w : 1;
  int64_t steps = object.h * object.w / columns;
  int64_t y =
      state.rank / wait.width * wait.write.strideY + wait.write.offsetY + row;
  int64_t x = state.rank % wait.width * wait.write.strideX + wait.write.offsetX;
  int64_t need = 0;
  for (int64_t pixel = y * object.w + x, end = pixel + wait.write.pixels;
       pixel < end; ++pixel) {
    int64_t g =
        int64_t(state.image) * steps + pixel / columns - int64_t(buffer.slots);
    if (g < 0)
      continue;
    int32_t last = (*wait.lastReader)[g % steps * columns + pixel % columns];
    if (last >= 0)
      need = std::max(need, g / steps * wait.reads + last + 1);
  }
  return need;
}

int64_t EarliestEngine::creditNeed(const EarliestTables::CreditWait &wait,
                                   const StageState &state) const {
  int64_t need = 0;
  for (int64_t row = 0; row < wait.write.rows; ++row)
    need = std::max(need, creditNeedOfRow(wait, state, row));
  return need;
}

/// Whether what is needed is there; if not, the stage is woken when it is.
bool EarliestEngine::isMet(uint32_t index, const Need &need) {
  if (!need.isCredit) {
    if (routes[need.counter].received >= need.value)
      return true;
    routes[need.counter].waiters.push_back({index, need.value});
    return false;
  }
  const std::vector<uint64_t> &times =
      stages[need.counter / 2].retired[need.counter % 2];
  if (times.size() < need.value) {
    retireWaiters[need.counter].push_back({index, need.value});
    return false;
  }
  uint64_t there = times[need.value - 1] + need.latency;
  if (there > now)
    push(there, Kind::Wake, index);
  return there <= now;
}

/// Whether counters, the LCU, the release of the image and registers let the
/// next iteration fire.
bool EarliestEngine::mayFire(uint32_t index) {
  StageState &state = stages[index];
  if (!state.prepared)
    prepare(index);
  while (!state.needs.empty()) {
    if (!isMet(index, state.needs.back())) {
      state.blocked = true;
      return false;
    }
    state.needs.pop_back();
  }
  if (state.blocked)
    state.controlUntil =
        std::max(state.controlUntil, now + problem.stages[index].instruction);
  state.blocked = false;
  uint64_t from = state.controlUntil;
  if (isInput(index))
    from = std::max(from, state.image * options.interval);
  if (now < from) {
    push(from, Kind::Wake, index);
    return false;
  }
  return problem.stages[index].hasMvm
             ? state.gathered == state.fired && state.mvmDone + 1 >= state.fired
             : state.loaded == state.fired && state.dpuDone + 1 >= state.fired;
}

bool EarliestEngine::fire(uint32_t index) {
  StageState &state = stages[index];
  if (state.image == options.images || !mayFire(index))
    return false;
  count(2 * index, state.image, state.rank);
  state.prepared = false;
  state.controlUntil = now + state.control;
  ++state.fired;
  if (++state.rank == iterations(index)) {
    state.rank = 0;
    ++state.image;
  }
  if (problem.stages[index].hasMvm)
    startGather(index);
  else
    startLoad(index);
  return true;
}

//===----------------------------------------------------------------------===//
// The data path
//===----------------------------------------------------------------------===//

/// Port cycles of all gathers, or all loads, of an iteration.
uint64_t EarliestEngine::readCycles(uint32_t index, uint64_t number,
                                    bool gather) {
  const Domain &domain = problem.schedule->stages[index].domain;
  int64_t rank = number % domain.size();
  uint64_t cycles = 0;
  for (const EarliestRead &read : problem.stages[index].reads)
    if (read.feedsCrossbar == gather)
      cycles += problem.readCycles(read, capacity[read.buffer], rank / domain.w,
                                   rank % domain.w, number / domain.size());
  return cycles;
}

void EarliestEngine::startGather(uint32_t index) {
  StageState &state = stages[index];
  uint64_t number = state.fired - 1;
  uint64_t cycles =
      bounds ? tables.hasRead[index][0] : readCycles(index, number, true);
  if (cycles == 0) {
    ++state.gathered;
    retire(index, false);
    return markDirty(index);
  }
  NodeId node = problem.stages[index].node;
  request(
      portUnit(node),
      {now, number, 2 * tables.order[index], index, Kind::GatherDone, cycles},
      bounds ? bounds->port[node] : 0);
}

void EarliestEngine::startLoad(uint32_t index) {
  StageState &state = stages[index];
  uint64_t number = state.loadRequested++;
  uint64_t cycles = problem.stages[index].input;
  if (!isInput(index))
    cycles =
        bounds ? tables.hasRead[index][1] : readCycles(index, number, false);
  if (cycles == 0) {
    ++state.loaded;
    retire(index, true);
    return markDirty(index);
  }
  NodeId node = problem.stages[index].node;
  request(
      portUnit(node),
      {now, number, 2 * tables.order[index] + 1, index, Kind::LoadDone, cycles},
      bounds ? bounds->port[node] : 0);
}

/// The last read of an iteration from the buffers of gathers, or of loads.
void EarliestEngine::retire(uint32_t index, bool byLoad) {
  std::vector<uint64_t> &times = stages[index].retired[byLoad];
  times.push_back(now);
  llvm::erase_if(retireWaiters[2 * index + byLoad], [&](const Waiter &waiter) {
    if (times.size() < waiter.value)
      return false;
    markDirty(waiter.stage);
    return true;
  });
}

void EarliestEngine::startMvm(uint32_t index) {
  StageState &state = stages[index];
  if (state.mvmRequested >= state.gathered ||
      state.mvmDone != state.mvmRequested ||
      state.dpuDone + 1 < state.mvmRequested)
    return;
  uint64_t number = state.mvmRequested++;
  const EarliestStage &stage = problem.stages[index];
  if (stage.mvm == 0) {
    ++state.mvmDone;
    return;
  }
  request(mvmUnit(stage.mvmUnit),
          {now, number, tables.order[index], index, Kind::MvmDone, stage.mvm},
          bounds ? bounds->mvm[index] : 0);
}

void EarliestEngine::startDpu(uint32_t index) {
  StageState &state = stages[index];
  const EarliestStage &stage = problem.stages[index];
  if (state.dpuRequested >= state.loaded ||
      state.dpuDone != state.dpuRequested ||
      (stage.hasMvm && state.mvmDone <= state.dpuRequested) ||
      state.injected + 1 < state.dpuRequested)
    return;
  uint64_t number = state.dpuRequested++;
  if (stage.dpu == 0)
    return send(index);
  request(dpuUnit(stage.node),
          {now, number, tables.order[index], index, Kind::DpuDone, stage.dpu},
          bounds ? bounds->dpu[stage.node] : 0);
}
