//===- Deadlock.cpp - who waits for what ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// When no event is left and images are missing: the contexts that are stuck,
// what each waits for, and the cycle that they form.
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "cm/Support/Error.h"

using namespace cm;
using namespace cm::sim;
using llvm::formatv;

/// Reports are cut after this many contexts.
static constexpr unsigned maxReported = 20;

/// "core[1] 'b' before iteration (0, 2) of image 0 waits ..."; sets `waitsFor`
/// to the context that would end the wait.
std::string Engine::describeWait(uint32_t index, uint32_t &waitsFor) {
  const ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  Dims dims = context.dimsOf(state.fired % context.iterations());
  std::string who =
      formatv("{0} before iteration ({1}, {2}) of image {3}", context.name,
              dims[0], dims[1], state.fired / context.iterations());
  const LcuOp &op = context.code[state.lcu.pc];
  waitsFor = index;
  if (op.kind != LcuOp::Wait)
    return formatv("{0} waits for its own registers", who);
  const CounterModel &counter = model.counters[op.counter];
  const RouteModel &route = model.routes[counter.route];
  int64_t need = op.threshold.evaluate(state.lcu.image, state.lcu.dims);
  // Credits that are still on their way do not suffice.
  uint64_t have =
      counters[op.counter].value + counters[op.counter].pending.size();
  const std::string &object = model.objects[route.object].name;
  if (counter.reader == none) {
    waitsFor = route.context;
    return formatv("{0} waits for data of object '{1}' from {2}: route {3} has "
                   "received {4} messages, needs {5}",
                   who, object, model.contexts[waitsFor].name, counter.route,
                   have, need);
  }
  waitsFor = route.readers[counter.reader];
  return formatv("{0} waits for credits of object '{1}' by {2}: route {3} has "
                 "{4} retired iterations, needs {5}",
                 who, object, model.contexts[waitsFor].name, counter.route,
                 have, need);
}

std::string Engine::describeDeadlock() {
  std::vector<uint32_t> waitsFor(contexts.size(), none);
  std::string text =
      formatv("deadlock in cycle {0}: {1} of {2} images are complete",
              lastActive, imagesDone, options.images);
  unsigned stuck = 0;
  uint32_t first = none;
  for (uint32_t c = 0; c != contexts.size(); ++c) {
    if (contexts[c].finished)
      continue;
    std::string line = describeWait(c, waitsFor[c]);
    if (contexts[waitsFor[c]].finished)
      line += " (which has finished)";
    if (stuck++ < maxReported)
      text += "\n  " + line;
    if (first == none)
      first = c;
  }
  if (stuck > maxReported)
    text += formatv("\n  and {0} more", stuck - maxReported);
  // Following who waits for whom ends in a cycle or at one that has finished.
  std::vector<bool> seen(contexts.size());
  uint32_t at = first;
  while (!contexts[at].finished && !seen[at]) {
    seen[at] = true;
    at = waitsFor[at];
  }
  if (contexts[at].finished)
    return text;
  text += "\n  wait cycle:";
  uint32_t c = at;
  do {
    text += "\n    " + describeEdge(c, model.contexts[waitsFor[c]].name);
    c = waitsFor[c];
  } while (c != at);
  return text;
}

/// "core[1] 'b' --data of 'x', 18 of 30--> core[0] 'a'".
std::string Engine::describeEdge(uint32_t index, const std::string &to) {
  const ContextState &state = contexts[index];
  const ContextModel &context = model.contexts[index];
  const LcuOp &op = context.code[state.lcu.pc];
  if (op.kind != LcuOp::Wait)
    return formatv("{0} --registers--> {1}", context.name, to);
  const CounterModel &counter = model.counters[op.counter];
  return formatv("{0} --{1} of '{2}', {3} of {4}--> {5}", context.name,
                 counter.reader == none ? "data" : "credits",
                 model.objects[model.routes[counter.route].object].name,
                 counters[op.counter].value +
                     counters[op.counter].pending.size(),
                 op.threshold.evaluate(state.lcu.image, state.lcu.dims), to);
}
