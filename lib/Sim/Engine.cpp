//===- Engine.cpp - values and what receives them -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine.h"
#include "Epochs.h"
#include "cm/Sim/Simulator.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include <algorithm>
#include <numeric>

using namespace cm;
using namespace cm::sim;
using llvm::Expected;
using llvm::formatv;

Engine::Engine(const SimModel &model, llvm::ArrayRef<SimInput> inputs,
               const SimOptions &options)
    : model(model), inputs(inputs), options(options),
      memory(model, !options.timingOnly),
      ticks(options.engine == SimEngine::Tick),
      isObserved(options.onEvents || (options.stop && options.stop->event)),
      random(options.shuffleSeed) {
  if (options.sampleBuffers)
    occupancy.emplace(model.buffers.size());
  setUpServers();
  setUpContexts();
  setUpRetirements();
  setUpSenders();
  setUpRoutes();
  setUpHops();
  setUpLinks();
  setUpOutputs();
  dirtyContexts.setModules(contexts.size());
  dirtyServers.setModules(servers.size());
  dirtyLinks.setModules(links.size());
  uint32_t modules = contexts.size() + servers.size() + links.size();
  if (ticks)
    inboxes.resize(modules);
  moduleOrder.resize(ticks ? modules : 0);
  std::iota(moduleOrder.begin(), moduleOrder.end(), 0u);
}

const char *cm::eventName(SimEvent::Kind kind) {
  static const char *names[] = {"fire",    "gather", "load",   "mvm",
                                "dpu",     "ready",  "packet", "injected",
                                "arrived", "written"};
  return names[kind];
}

Expected<SimResult> Engine::run() {
  if (ticks)
    runTicks();
  else
    runEvents();
  if (!failed && stopped)
    result.stopped = describeState();
  else if (!failed)
    checkComplete();
  if (!failed)
    collect();
  if (failed)
    return makeError("{0}", failure);
  return std::move(result);
}

//===--- Values
//-------------------------------------------------------------===//

void Engine::postToInbox(uint64_t time, EventKind kind, uint32_t a, uint32_t b,
                         uint32_t c) {
  Event event(kind, a, b, c);
  inboxes[moduleOf(event)].values.push_back({time, event});
  ++inFlight;
}

uint32_t Engine::moduleOf(const Event &event) const {
  uint32_t firstServer = contexts.size();
  uint32_t firstLink = firstServer + servers.size();
  switch (event.kind) {
  case EventKind::Injected:
    return messages[event.a].context;
  case EventKind::WakeContext:
    return event.a;
  case EventKind::GatherDone:
  case EventKind::LoadDone:
    return firstServer + portServer(model.contexts[event.a].node);
  case EventKind::DpuDone:
    return firstServer + dpuServer(model.contexts[event.a].node);
  case EventKind::MvmDone:
    return firstServer + mvmServer(model.contexts[event.a].mvmServer);
  case EventKind::WriteDone:
  case EventKind::Arrived:
    return firstServer + serverOfRoute(model.routes[event.b]);
  case EventKind::PacketReady:
    return firstLink + model.hops[event.a].link;
  case EventKind::WakeLink:
    return firstLink + event.a;
  }
  llvm_unreachable("all kinds are handled");
}

std::pair<uint64_t, uint64_t> Engine::portOf(const Event &event) const {
  if (event.kind == EventKind::WriteDone || event.kind == EventKind::Arrived)
    return {contexts.size() + uint64_t(event.b), messages[event.a].number};
  return {event.a, 0};
}

/// A read or a computation of a context has ended.
void Engine::stageDone(EventKind kind, uint32_t index) {
  ContextState &state = contexts[index];
  if (kind == EventKind::GatherDone) {
    record(SimEvent::Gather, index, state.gathered);
    jobDone(state.portServer);
    gatherDone(index);
  } else if (kind == EventKind::LoadDone) {
    record(SimEvent::Load, index, state.loaded);
    jobDone(state.portServer);
    loadDone(index);
  } else if (kind == EventKind::MvmDone) {
    record(SimEvent::Mvm, index, state.mvmDone);
    jobDone(state.mvmServer);
    ++state.mvmDone;
  } else {
    record(SimEvent::Dpu, index, state.dpuDone);
    jobDone(state.dpuServer);
    dpuDone(index);
  }
  registersChanged(index);
}

/// A value has come to its module.
void Engine::handle(Event event) {
  uint32_t a = event.a;
  switch (event.kind) {
  case EventKind::GatherDone:
  case EventKind::LoadDone:
  case EventKind::MvmDone:
  case EventKind::DpuDone:
    return stageDone(event.kind, a);
  case EventKind::WriteDone:
    record(SimEvent::Written, messages[a].context, messages[a].number, event.b);
    jobDone(routes[event.b].server);
    return writeDone(a, event.b);
  case EventKind::Injected:
    record(SimEvent::Injected, messages[a].context, messages[a].number,
           event.b);
    return injectedOne(a);
  case EventKind::PacketReady:
    record(SimEvent::Ready, messages[event.b].context, messages[event.b].number,
           hops[a].link, event.c);
    return queuePacket(a, {event.b, event.c});
  case EventKind::Arrived:
    record(SimEvent::Arrived, messages[a].context, messages[a].number, event.b);
    return arrive(a, event.b);
  case EventKind::WakeContext:
    return wakeWaiter(a);
  case EventKind::WakeLink:
    links[a].wakes = false;
    return wakeLink(a);
  }
}

void Engine::jobDone(uint32_t server) {
  Server &state = servers[server];
  --state.running;
  if (!state.waiting.empty())
    wakeServer(server);
}

void Engine::request(uint32_t index, uint32_t port, Event done, uint64_t number,
                     uint64_t duration) {
  Server &server = servers[index];
  // The tick engine has no short cut, so that it tells whether that is right.
  if (ticks || !server.isFree() || server.hasFirst)
    return server.enqueue(
        {now, port, done.a, done.b, done.kind, number, duration});
  server.hasFirst = true;
  // Part by part: a copy of what has just been written in parts waits for them.
  Job &job = server.first;
  job.requested = now;
  job.port = port;
  job.done = done.kind;
  job.a = done.a, job.b = done.b;
  job.number = number;
  job.duration = duration;
  wakeServer(index);
}

void Engine::grant(uint32_t index) {
  Server &server = servers[index];
  server.dirty = false;
  if (!server.hasFirst || !server.waiting.empty())
    return grantWaiting(server);
  server.hasFirst = false;
  start(server, server.first);
}

void Engine::grantWaiting(Server &server) {
  if (server.hasFirst)
    server.enqueue(server.first);
  server.hasFirst = false;
  while (server.isAwaited()) {
    Job job = server.waiting.front();
    server.waiting.pop_front();
    start(server, job);
  }
}

void Engine::start(Server &server, const Job &job) {
  ++server.running;
  server.busy += job.duration;
  if (server.isTraced)
    traceGrant(job);
  post(now + job.duration, job.done, job.a, job.b);
}

/// Xorshift: the order of a shuffle, no statistics.
uint32_t Engine::nextRandom() {
  random ^= random << 13;
  random ^= random >> 7;
  random ^= random << 17;
  return uint32_t(random >> 16);
}

void Engine::shuffleOrder(llvm::MutableArrayRef<uint32_t> order) {
  if (random == 0)
    return;
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[nextRandom() % i]);
}

/// All that happens in this cycle has happened.
void Engine::endCycle() {
  if (cycleEvents.empty())
    return;
  llvm::sort(cycleEvents, [](const SimEvent &a, const SimEvent &b) {
    return std::tie(a.kind, a.context, a.image, a.d0, a.d1, a.place, a.packet) <
           std::tie(b.kind, b.context, b.image, b.d0, b.d1, b.place, b.packet);
  });
  if (!options.onEvents(0, now, cycleEvents))
    stopped = true;
  cycleEvents.clear();
}

//===--- Failure
//------------------------------------------------------------===//

void Engine::fail(uint64_t port, const std::string &problem) {
  if (failed && failedPort <= port)
    return;
  failed = true;
  failedPort = port;
  failure = problem;
}

void Engine::fail(uint32_t context, const Flight &flight,
                  const std::string &problem) {
  contexts[context].failed = true;
  fail(context,
       formatv("cycle {0}: {1} in iteration ({2}, {3}) of image {4}: {5}", now,
               model.contexts[context].name, flight.dims[0], flight.dims[1],
               flight.image, problem));
}

//===--- Records
//------------------------------------------------------------===//

void Engine::observe(SimEvent::Kind kind, uint32_t context, uint64_t number,
                     uint32_t place, uint32_t packet) {
  if (result.statistics.events % eventsBetweenReports == 0 && options.progress)
    reportProgress();
  if (!isObserved)
    return;
  uint64_t iterations = model.contexts[context].iterations();
  Dims at = model.contexts[context].dimsOf(number % iterations);
  SimEvent event{
      kind,  context, number / iterations, uint32_t(at[0]), uint32_t(at[1]),
      place, packet};
  if (options.stop && isStop(event))
    stopped = true;
  if (options.onEvents)
    cycleEvents.push_back(event);
}

void Engine::addSlice(uint32_t context, TraceSlice::Stage stage,
                      const Flight &flight, uint64_t begin, uint64_t end) {
  if (flight.image < options.traceImages && end > begin)
    result.trace.push_back({context, stage, begin, end, flight.image,
                            flight.dims[0], flight.dims[1]});
}

void Engine::traceGrant(const Job &job) {
  if (job.done == EventKind::WriteDone)
    return;
  ContextState &state = contexts[job.a];
  // The iteration that each stage is at: it is counted when it ends.
  struct {
    TraceSlice::Stage stage;
    uint64_t number;
  } at = job.done == EventKind::GatherDone
             ? decltype(at){TraceSlice::Gather, state.gathered}
         : job.done == EventKind::LoadDone
             ? decltype(at){TraceSlice::Load, state.loaded}
         : job.done == EventKind::MvmDone
             ? decltype(at){TraceSlice::Mvm, state.mvmDone}
             : decltype(at){TraceSlice::Dpu, state.dpuDone};
  const Flight &flight = state.flight(at.number);
  if (model.contexts[job.a].binding != none) {
    uint64_t &first = result.statistics.firstIn[flight.image];
    first = std::min(first, now);
  }
  addSlice(job.a, at.stage, flight, now, now + job.duration);
}

/// Each binding has its images, whole.
static llvm::Error checkInputs(const program::Program &program,
                               llvm::ArrayRef<SimInput> inputs) {
  if (inputs.size() != size_t(program.inputs_size()))
    return makeError("{0} inputs, the program has {1}", inputs.size(),
                     program.inputs_size());
  for (size_t i = 0; i != inputs.size(); ++i) {
    const program::Binding &binding = program.inputs(i);
    const program::Object &object = program.objects(binding.object());
    uint64_t elements =
        uint64_t(object.height()) * object.width() * object.channels();
    if (inputs[i].images == 0 || inputs[i].data.size() % elements != 0 ||
        inputs[i].data.size() / elements != inputs[i].images)
      return makeError("input '{0}': {1} elements for {2} images, expected "
                       "{3} each",
                       binding.name(), inputs[i].data.size(), inputs[i].images,
                       elements);
  }
  return llvm::Error::success();
}

Expected<SimResult> cm::simulate(const program::Program &program,
                                 const MachineModel &machine,
                                 llvm::ArrayRef<SimInput> inputs,
                                 const SimOptions &options) {
  if (options.images == 0 || options.images > maxImages)
    return makeError("{0} images, expected 1 to {1}", options.images,
                     maxImages);
  if (!options.timingOnly)
    if (llvm::Error error = checkInputs(program, inputs))
      return std::move(error);
  if (program.epochs_size())
    return runEpochs(program, machine, inputs, options);
  auto model = SimModel::create(program, machine, options);
  if (!model)
    return model.takeError();
  return Engine(*model, inputs, options).run();
}
