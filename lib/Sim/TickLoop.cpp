//===- TickLoop.cpp - every module in every cycle -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tick engine: nobody is woken, nobody is left out. It has no queue; values
// lie in the inbox of the module that they are for.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

void Engine::runTicks() {
  for (; now <= maxCycles; ++now) {
    if (occupancy)
      occupancy->advance(memory, now);
    bool wasActive = tick();
    endCycle();
    if (wasActive)
      lastActive = now;
    else if (inFlight == 0 && !isTimeAwaited())
      return;
    if (options.stop && now >= options.stop->cycle)
      stopped = true;
    if (failed || stopped)
      return;
  }
  fail(0, formatv("the run is longer than {0} cycles", maxCycles));
}

/// One cycle. Returns whether anything happened.
bool Engine::tick() {
  shuffleOrder(moduleOrder);
  bool wasActive = deliverInboxes();
  for (bool changed = !failed; changed;) {
    changed = false;
    for (uint32_t module : moduleOrder)
      if (module < contexts.size())
        changed |= advance(module);
    wasActive |= changed;
  }
  if (failed)
    return true;
  uint32_t firstLink = contexts.size() + servers.size();
  for (uint32_t module : moduleOrder) {
    if (module >= firstLink)
      wasActive |= grantLink(module - firstLink);
    else if (module >= contexts.size())
      grant(module - contexts.size());
  }
  return wasActive;
}

/// Hands over what is visible from this cycle on: step by step, module by
/// module, and in each by port.
bool Engine::deliverInboxes() {
  bool any = false;
  std::vector<Event> events;
  for (unsigned step = 0; step != numDeliverySteps && !failed; ++step)
    for (uint32_t module : moduleOrder) {
      std::vector<Inbox::Value> &values = inboxes[module].values;
      if (values.empty())
        continue;
      auto isDue = [&](const Inbox::Value &value) {
        return value.time == now && stepOf(value.event.kind) == step;
      };
      events.clear();
      for (const Inbox::Value &value : values)
        if (isDue(value))
          events.push_back(value.event);
      if (events.empty())
        continue;
      any = true;
      inFlight -= events.size();
      llvm::erase_if(values, isDue);
      llvm::sort(events, [&](const Event &a, const Event &b) {
        return portOf(a) < portOf(b);
      });
      for (const Event &event : events)
        handle(event);
    }
  return any;
}

/// Whether something will happen although no value is under way.
bool Engine::isTimeAwaited() {
  for (const LinkState &link : links)
    if (link.queued)
      return true;
  for (uint32_t c = 0; c != contexts.size(); ++c)
    if (!contexts[c].finished && isTimeAwaited(c))
      return true;
  return false;
}

bool Engine::isTimeAwaited(uint32_t index) {
  const ContextState &state = contexts[index];
  const LcuOp &op = model.contexts[index].code[state.lcu.pc];
  if (state.lcuPaid && now < state.lcuBusyUntil)
    return true;
  if (op.kind == LcuOp::Wait) {
    const CounterState &counter = counters[op.counter];
    return counter.value + counter.pending.size() >= uint64_t(state.need);
  }
  return op.kind == LcuOp::Fire && !isReleased(index);
}
