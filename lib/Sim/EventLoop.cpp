//===- EventLoop.cpp - only what has something to do ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The event engine. A module that may have something to do is woken: by a value
// that reaches it, by a request, or by a cycle for which it has asked.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include <numeric>

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

/// Hands over what is visible from this cycle on, step by step.
void Engine::deliverDue() {
  if (calendar.hasOne())
    return handle(calendar.takeOne());
  deliverSeveral();
}

/// Contexts may wake each other within the cycle.
void Engine::advanceWoken() {
  while (!dirtyContexts.empty()) {
    if (random) {
      llvm::MutableArrayRef<uint32_t> woken = dirtyContexts.all();
      std::swap(woken[nextRandom() % woken.size()], woken.back());
    }
    uint32_t context = dirtyContexts.pop();
    contexts[context].queued = false;
    if (advance(context))
      lastActive = now;
  }
}

void Engine::grantWoken() {
  if (random) {
    shuffleOrder(dirtyServers.all());
    shuffleOrder(dirtyLinks.all());
  }
  for (uint32_t server : dirtyServers.all())
    grant(server);
  dirtyServers.clear();
  for (uint32_t link : dirtyLinks.all())
    if (grantLink(link))
      lastActive = now;
  dirtyLinks.clear();
}

void Engine::runEvents() {
  uint64_t lastCycle =
      options.stop ? std::min(options.stop->cycle, maxCycles) : maxCycles;
  for (uint32_t c = 0; c != contexts.size(); ++c)
    wakeContext(c);
  for (;;) {
    if (!failed)
      advanceWoken();
    if (!failed)
      grantWoken();
    if (isObserved)
      endCycle();
    if (failed || stopped)
      return;
    if (calendar.empty())
      return endRun();
    now = calendar.next();
    if (now > lastCycle)
      return endAt(lastCycle);
    if (occupancy)
      occupancy->advance(memory, now);
    deliverDue();
  }
}

/// Nothing happens behind this cycle. Its state can still be asked for.
void Engine::endRun() { stopped = options.stop && options.stop->cycle == now; }

/// Nothing happens any more up to this cycle, which is the last.
void Engine::endAt(uint64_t cycle) {
  if (!options.stop || options.stop->cycle != cycle)
    return fail(0, formatv("the run is longer than {0} cycles", maxCycles));
  now = cycle;
  stopped = true;
}

void Engine::deliverSeveral() {
  calendar.take([&](const Event &event) {
    if (stepOf(event.kind) == 0 && !random)
      handle(event);
    else
      due.emplace_back(event.kind, event.a, event.b, event.c);
  });
  if (due.empty())
    return;
  if (random)
    deliverShuffled();
  if (due.size() > 1)
    deliverWrites();
  if (!failed)
    for (const Event &event : due)
      handle(event);
  due.clear();
}

/// In an order of modules: what comes first. Leaves the rest in that order.
void Engine::deliverShuffled() {
  std::vector<uint32_t> rank(contexts.size() + servers.size() + links.size());
  std::iota(rank.begin(), rank.end(), 0u);
  shuffleOrder(rank);
  llvm::sort(due, [&](const Event &a, const Event &b) {
    return std::make_pair(rank[moduleOf(a)], portOf(a)) <
           std::make_pair(rank[moduleOf(b)], portOf(b));
  });
  for (const Event &event : due)
    if (stepOf(event.kind) == 0)
      handle(event);
  llvm::erase_if(due,
                 [](const Event &event) { return stepOf(event.kind) == 0; });
}

/// Where writes come together they go by port, among those of a module if the
/// order is another; the rest has none.
void Engine::deliverWrites() {
  if (failed)
    return;
  auto isWrite = [](const Event &event) { return stepOf(event.kind) == 1; };
  auto writes = random ? std::stable_partition(due.begin(), due.end(), isWrite)
                       : std::partition(due.begin(), due.end(), isWrite);
  if (!random && writes - due.begin() > 1)
    std::sort(due.begin(), writes, [&](const Event &a, const Event &b) {
      return portOf(a) < portOf(b);
    });
  for (const Event &event : llvm::make_range(due.begin(), writes))
    handle(event);
  due.erase(due.begin(), writes);
}

void Engine::wakeContext(uint32_t context) {
  if (ticks || contexts[context].queued)
    return;
  contexts[context].queued = true;
  dirtyContexts.push(context);
}

void Engine::wakeWaiter(uint32_t context) {
  contexts[context].asleep = false;
  wakeContext(context);
}

/// Something has ended: looks at the context where that lets it go on.
void Engine::registersChanged(uint32_t context) {
  if (contexts[context].canAdvance())
    wakeContext(context);
}

void Engine::wakeContextAt(uint64_t time, uint32_t context) {
  if (!ticks)
    calendar.push(time, EventKind::WakeContext, context);
}

/// A link that is busy is woken when it is free.
void Engine::wakeLink(uint32_t link) {
  LinkState &state = links[link];
  if (ticks || state.dirty)
    return;
  if (state.freeAt <= now) {
    state.dirty = true;
    dirtyLinks.push(link);
  } else if (!state.wakes) {
    state.wakes = true;
    calendar.push(state.freeAt, EventKind::WakeLink, link);
  }
}
