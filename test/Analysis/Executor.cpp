//===- Executor.cpp - networks of counters --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Executor.h"
#include "cm/Poly/Context.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using namespace cm::test;

StreamAccess Network::stream(int writer, int reader) const {
  StreamAccess result;
  const Stage &source = stages[writer];
  result.writer = source.domain;
  result.write = source.write;
  result.object = objects[source.object];
  result.reader = stages[reader].domain;
  for (const auto &[object, window] : stages[reader].reads)
    if (object == source.object)
      result.reads.push_back(window);
  return result;
}

std::vector<int> Network::readers(int object) const {
  std::vector<int> result;
  for (size_t k = 0; k < stages.size(); ++k)
    if (llvm::any_of(stages[k].reads,
                     [&](const auto &read) { return read.first == object; }))
      result.push_back(k);
  return result;
}

std::vector<int> Network::writers(int object) const {
  std::vector<int> result;
  for (size_t k = 0; k < stages.size(); ++k)
    if (stages[k].object == object)
      result.push_back(k);
  return result;
}

namespace {

struct Action {
  int64_t d0, d1;
  std::vector<std::pair<unsigned, QuasiAffine>> waits; // counter, threshold
};

/// Counter 2*(w*stages + r) is of messages from w received by r, the next one
/// of iterations of r retired, as w sees it.
class Executor {
public:
  Executor(const Network &network, PolyContext &context, ControlRules &rules,
           int64_t images, uint64_t seed)
      : network(network), context(context), rules(rules), images(images),
        random(seed), states(network.stages.size()) {}

  std::string run();

private:
  struct State {
    std::vector<Action> actions;
    int64_t fired = 0, retired = 0, sent = 0;
  };
  struct Buffer {
    std::map<Location, std::pair<int64_t, Location>> bytes; // image, pixel
  };
  using Step = std::function<void()>;

  unsigned counter(int writer, int reader) const {
    return 2 * (writer * network.stages.size() + reader);
  }
  void flatten(const LcuProgram &program, std::vector<int64_t> &dims,
               int64_t image, std::vector<Action> &actions,
               std::vector<std::pair<unsigned, QuasiAffine>> &waits);
  void synthesise(int stage);
  bool mayFire(int stage) const;
  Location place(int object, int64_t slots, int64_t image,
                 const Location &location) const;
  void checkReads(int stage, int64_t iteration, const char *when);
  void checkOverwrite(int stage, int reader, int64_t image,
                      const Location &location);
  void deliver(int writer, int reader);
  std::vector<Step> steps();
  int64_t size(int stage) const { return network.stages[stage].domain.size(); }

  const Network &network;
  PolyContext &context;
  ControlRules &rules;
  int64_t images;
  Random random;
  std::vector<State> states;
  std::map<std::pair<int, int>, Buffer> buffers; // object, reader
  std::map<unsigned, int64_t> counters;
  std::map<std::pair<int, int>, int64_t> arrived; // writer, reader
  std::string error;
};

void Executor::flatten(const LcuProgram &program, std::vector<int64_t> &dims,
                       int64_t image, std::vector<Action> &actions,
                       std::vector<std::pair<unsigned, QuasiAffine>> &waits) {
  for (const LcuNode &node : program) {
    if (node.kind == LcuNode::Kind::Wait)
      waits.emplace_back(node.counter, node.threshold);
    if (node.kind == LcuNode::Kind::Fire) {
      actions.push_back({dims[0], dims[1], waits});
      waits.clear();
    }
    if (node.kind == LcuNode::Kind::Guard &&
        llvm::all_of(node.conditions, [&](const QuasiAffine &condition) {
          return condition.eval(image, dims) >= 0;
        }))
      flatten(node.body, dims, image, actions, waits);
    if (node.kind != LcuNode::Kind::Loop)
      continue;
    int64_t upper = node.upper[0].eval(image, dims);
    for (int64_t at = node.lower[0].eval(image, dims); at <= upper;
         at += node.step) {
      dims[node.dim] = at;
      flatten(node.body, dims, image, actions, waits);
    }
  }
}

void Executor::synthesise(int index) {
  const Stage &stage = network.stages[index];
  std::vector<CounterRule> all;
  for (int other = 0; other < int(network.stages.size()); ++other) {
    const Stage &source = network.stages[other];
    if (source.object >= 0 &&
        llvm::is_contained(network.readers(source.object), index))
      all.push_back({counter(other, index),
                     llvm::cantFail(rules.fire(network.stream(other, index)))});
    if (stage.object >= 0 &&
        llvm::is_contained(network.readers(stage.object), other))
      all.push_back(
          {counter(index, other) + 1,
           llvm::cantFail(rules.credit(
               network.stream(index, other), network.fold,
               network.slots.at({stage.object, other})))});
  }
  LcuSynthesiser synthesiser(context);
  LcuProgram program =
      llvm::cantFail(synthesiser.synthesise(stage.domain, all));
  std::vector<int64_t> dims = {0, 0};
  std::vector<std::pair<unsigned, QuasiAffine>> waits;
  flatten(program, dims, 0, states[index].actions, waits);
}

bool Executor::mayFire(int stage) const {
  const State &state = states[stage];
  if (state.fired == images * size(stage))
    return false;
  const Action &action = state.actions[state.fired % size(stage)];
  return llvm::all_of(action.waits, [&](const auto &wait) {
    auto found = counters.find(wait.first);
    int64_t value = found == counters.end() ? 0 : found->second;
    return value >= wait.second.eval(state.fired / size(stage),
                                     {action.d0, action.d1});
  });
}

/// Slot, column and channel of a location.
Location Executor::place(int object, int64_t slots, int64_t image,
                         const Location &location) const {
  auto [y, x, c] = location;
  const Extent &extent = network.objects[object];
  if (network.fold == Fold::Row)
    return {(image * extent.h + y) % slots, x, c};
  return {((image * extent.h + y) * extent.w + x) % slots, 0, c};
}

void Executor::checkReads(int index, int64_t iteration, const char *when) {
  const Stage &stage = network.stages[index];
  const Action &action = states[index].actions[iteration % size(index)];
  int64_t image = iteration / size(index);
  for (const auto &[object, window] : stage.reads) {
    StreamAccess access;
    access.object = network.objects[object];
    access.reads = {window};
    Buffer &buffer = buffers[{object, index}];
    for (const Location &location :
         readsOf(access, action.d0, action.d1)) {
      auto found = buffer.bytes.find(place(
          object, network.slots.at({object, index}), image, location));
      if (found == buffer.bytes.end() ||
          found->second != std::make_pair(image, location))
        error = llvm::formatv("stage {0} iteration {1}: wrong data {2}", index,
                              iteration, when);
    }
  }
}

/// Nobody may still need what is at the place of `location`.
void Executor::checkOverwrite(int writer, int reader, int64_t image,
                              const Location &location) {
  int object = network.stages[writer].object;
  Buffer &buffer = buffers[{object, reader}];
  auto found = buffer.bytes.find(
      place(object, network.slots.at({object, reader}), image, location));
  if (found == buffer.bytes.end())
    return;
  auto [oldImage, old] = found->second;
  StreamAccess stream = network.stream(writer, reader);
  for (int64_t s = 0; s < size(reader); ++s)
    if (readsOf(stream, s / stream.reader.w, s % stream.reader.w).count(old) &&
        states[reader].retired <= oldImage * size(reader) + s)
      error = llvm::formatv("stage {0} overwrites live data of stage {1}",
                            writer, reader);
}

void Executor::deliver(int writer, int reader) {
  const Stage &stage = network.stages[writer];
  int64_t iteration = arrived[{writer, reader}]++;
  const Action &action = states[writer].actions[iteration % size(writer)];
  int64_t image = iteration / size(writer);
  for (const Location &location : writesOf(network.stream(writer, reader),
                                           action.d0, action.d1)) {
    checkOverwrite(writer, reader, image, location);
    buffers[{stage.object, reader}]
        .bytes[place(stage.object, network.slots.at({stage.object, reader}),
                     image, location)] = {image, location};
  }
  ++counters[counter(writer, reader)];
}

std::vector<Executor::Step> Executor::steps() {
  constexpr int64_t kInFlight = 3;
  std::vector<Step> result;
  for (int s = 0; s < int(states.size()); ++s) {
    State &state = states[s];
    bool isFree = state.fired - state.retired < kInFlight &&
                  state.fired - state.sent < kInFlight;
    if (isFree && mayFire(s))
      result.push_back([&state, s, this] {
        checkReads(s, state.fired++, "when it fires");
      });
    if (state.retired < state.fired)
      result.push_back([&state, s, this] {
        checkReads(s, state.retired++, "before it retires");
        for (const auto &read : network.stages[s].reads)
          for (int writer : network.writers(read.first))
            counters[counter(writer, s) + 1] = state.retired;
      });
    if (state.sent < state.fired)
      result.push_back([&state] { ++state.sent; });
    if (network.stages[s].object < 0)
      continue;
    for (int reader : network.readers(network.stages[s].object))
      if (arrived[{s, reader}] < state.sent)
        result.push_back([s, reader, this] { deliver(s, reader); });
  }
  return result;
}

std::string Executor::run() {
  for (int s = 0; s < int(states.size()); ++s)
    synthesise(s);
  while (error.empty()) {
    std::vector<Step> possible = steps();
    if (possible.empty())
      break;
    possible[pick(random, 0, possible.size() - 1)]();
  }
  if (!error.empty())
    return error;
  for (int s = 0; s < int(states.size()); ++s)
    if (states[s].retired < images * size(s))
      return "deadlock";
  return "done";
}

} // namespace

std::string cm::test::execute(const Network &network, PolyContext &context,
                              ControlRules &rules, int64_t images,
                              uint64_t seed) {
  return Executor(network, context, rules, images, seed).run();
}
