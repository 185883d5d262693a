//===- Watch.cpp - a run as it stands -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a watcher is told in the middle of a run. Loads are looked for only when
// they are asked for.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include <algorithm>

using namespace cm;
using namespace cm::sim;

void Engine::reportProgress() {
  auto loads = [&] { return currentLoads(); };
  options.progress({imagesDone, now, result.statistics.events, loads});
}

/// Work counts when it starts, so the shares are held below 1.
static double shareOf(uint64_t busy, uint64_t cycles, uint64_t servers = 1) {
  return std::min(1.0, ratio(busy, cycles, servers));
}

SimLoads Engine::currentLoads() const {
  SimLoads loads;
  std::vector<uint64_t> mvmBusy(model.machine->numNodes()), units(mvmBusy);
  for (uint32_t m = 0; m != model.numMvmServers; ++m) {
    mvmBusy[model.mvmServerNode[m]] += servers[mvmServer(m)].busy;
    ++units[model.mvmServerNode[m]];
  }
  for (uint32_t node = 0; node != model.machine->numCores(); ++node) {
    const Server &port = servers[portServer(node)];
    double share = std::max({shareOf(mvmBusy[node], now, units[node]),
                             shareOf(servers[dpuServer(node)].busy, now),
                             shareOf(port.busy, now, port.capacity)});
    if (share <= loads.coreShare)
      continue;
    loads.coreShare = share;
    loads.core = model.machine->nodeName(node);
  }
  auto busiest = std::max_element(links.begin(), links.end(),
                                  [](const LinkState &a, const LinkState &b) {
                                    return a.busyCycles < b.busyCycles;
                                  });
  if (busiest != links.end() && busiest->busyCycles) {
    loads.linkShare = shareOf(busiest->busyCycles, now);
    loads.link = model.machine->linkName(busiest - links.begin());
  }
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    const ContextState &state = contexts[c];
    if (state.finished || state.stall == StallCause::None ||
        now - state.stalledSince <= loads.waitCycles)
      continue;
    loads.waitCycles = now - state.stalledSince;
    loads.waiter = model.contexts[c].name;
    loads.waitsFor = state.stall == StallCause::Data     ? "data"
                     : state.stall == StallCause::Credit ? "credits"
                                                         : "registers";
  }
  return loads;
}
