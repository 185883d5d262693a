//===- State.cpp - the state of a core as text ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a run that is stopped shows: contexts, resources, buffers and links of
// the nodes that are asked for.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

/// Whether an event is the one at which the run is to stop.
bool Engine::isStop(const SimEvent &event) const {
  const StopPoint &stop = *options.stop;
  if (!stop.event || *stop.event != event.kind)
    return false;
  const ContextModel &context = model.contexts[event.context];
  bool isContext = stop.context.empty() || stop.context == context.name ||
                   stop.context == context.context->name() ||
                   stop.context == model.machine->nodeName(context.node);
  return isContext && (!stop.image || *stop.image == event.image) &&
         (!stop.iteration ||
          *stop.iteration == std::make_pair(event.d0, event.d1));
}

/// All nodes that are asked for; where none is, those with unfinished contexts.
std::string Engine::describeState() {
  std::string text =
      formatv("state behind cycle {0}: {1} of {2} images are complete, {3} "
              "events\n",
              now, imagesDone, options.images, result.statistics.events);
  std::vector<std::string> names;
  if (options.stop)
    names = options.stop->nodes;
  for (uint32_t node = 0; node != model.times.size(); ++node) {
    if (model.firstContext[node] == none)
      continue;
    bool isWanted = llvm::is_contained(names, model.machine->nodeName(node));
    for (uint32_t c = 0; c != contexts.size() && names.empty(); ++c)
      isWanted |= model.contexts[c].node == node && !contexts[c].finished;
    if (isWanted)
      text += describeNode(node);
  }
  return text;
}

std::string Engine::describeNode(uint32_t node) {
  std::string text = model.machine->nodeName(node) + "\n";
  for (uint32_t c = 0; c != contexts.size(); ++c)
    if (model.contexts[c].node == node)
      text += describeContext(c);
  if (model.machine->isCore(node)) {
    text += describeServer(portServer(node), "SRAM ports");
    text += describeServer(dpuServer(node), "DPU");
  } else if (model.machine->isIo(node)) {
    text += describeServer(portServer(node), "reads of global memory");
    text += describeServer(dpuServer(node), "writes of global memory");
  }
  for (uint32_t m = 0; m != model.numMvmServers; ++m)
    if (model.mvmServerNode[m] == node)
      text += describeServer(mvmServer(m), "MVM unit");
  for (uint32_t b = 0; b != model.buffers.size(); ++b)
    if (model.buffers[b].node == node)
      text += describeBuffer(b);
  for (uint32_t link = 0; link != links.size(); ++link)
    if (model.machine->link(link).from == node && links[link].meter.bytes)
      text += formatv("  link {0}: {1}, {2} packets queued, {3} bytes sent\n",
                      model.machine->linkName(link),
                      links[link].freeAt > now
                          ? formatv("busy until {0}", links[link].freeAt).str()
                          : "free",
                      links[link].queued, links[link].meter.bytes);
  return text;
}

std::string Engine::describeContext(uint32_t index) {
  const ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  uint32_t unused;
  std::string text = state.finished ? context.name + " has finished"
                                    : describeWait(index, unused);
  text = formatv("  {0}\n    iterations fired {1}", text, state.fired);
  if (context.hasMvm)
    text += formatv(", gathered {0}, multiplied {1} of {2} requested",
                    state.gathered, state.mvmDone, state.mvmRequested);
  text += formatv(", loaded {0} of {1}, DPU {2} of {3}, injected {4}\n",
                  state.loaded, state.loadRequested, state.dpuDone,
                  state.dpuRequested, state.injected);
  text += formatv("    LCU at instruction {0} of {1} with n {2}, d0 {3}, d1 "
                  "{4}; stalls: data {5}, credit {6}, resource {7}\n",
                  state.lcu.pc, context.code.size(), state.lcu.image,
                  state.lcu.dims[0], state.lcu.dims[1], state.stalls.data,
                  state.stalls.credit, state.stalls.resource);
  return text;
}

std::string Engine::describeServer(uint32_t index, const char *what) {
  static constexpr unsigned maxJobs = 8;
  const Server &server = servers[index];
  std::string text =
      formatv("  {0}: {1} of {2} busy, {3} requests wait", what, server.running,
              server.capacity, server.waiting.size());
  for (size_t i = 0; i != std::min<size_t>(server.waiting.size(), maxJobs);
       ++i) {
    const Job &job = server.waiting[i];
    bool isWrite = job.done == EventKind::WriteDone;
    const ContextModel &context =
        model.contexts[isWrite ? messages[job.a].context : job.a];
    text += formatv("; {0} {1} since {2}, {3} cycles",
                    isWrite ? "a message of" : "iterations of", context.name,
                    job.requested, job.duration);
  }
  return text + "\n";
}

std::string Engine::describeBuffer(uint32_t index) {
  const BufferModel &buffer = model.buffers[index];
  std::string text = formatv("  buffer of '{0}' at {1}: {2}",
                             model.objects[buffer.object].name, buffer.address,
                             memory.describeContents(index));
  for (uint32_t route : buffer.routes)
    text += formatv("; route {0} has received {1}", route,
                    counters[model.routes[route].received].value);
  return text + "\n";
}
