//===- ProgramPlan.cpp - routes, buffers and counters ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramPlan.h"
#include "cm/Mapping/Addresses.h"

using namespace cm;
using namespace cm::control;

uint64_t PlannedBuffer::bytes() const {
  cmflow::ObjectOp op = object;
  return foldedBytes(op.getExtent(), capacity.toFold(), capacity.getSlots(),
                     op.getElementBytes());
}

std::vector<uint32_t> ProgramPlan::routesFrom(uint32_t writer) const {
  std::vector<uint32_t> result;
  auto first = llvm::partition_point(routes, [&](const PlannedRoute &route) {
    return route.writer < writer;
  });
  for (uint32_t i = first - routes.begin();
       i < routes.size() && routes[i].writer == writer; ++i)
    result.push_back(i);
  return result;
}

uint32_t ProgramPlan::routeTo(uint32_t writer, cmflow::ObjectOp object,
                              NodeId destination) const {
  for (uint32_t i : routesFrom(writer))
    if (routes[i].object == object && routes[i].destination == destination)
      return i;
  llvm_unreachable("every stream has a route");
}

static void planRoutes(const StageGraph &graph, const MachineModel &machine,
                       ProgramPlan &plan) {
  for (uint32_t writer = 0; writer < graph.nodes.size(); ++writer) {
    llvm::MapVector<NodeId, PlannedRoute> routes;
    for (uint32_t index : graph.streamsFrom(writer)) {
      const StageStream &stream = graph.streams[index];
      NodeId destination = graph.nodes[stream.reader].place();
      PlannedRoute &route = routes[destination];
      route.writer = writer;
      route.object = stream.object;
      route.destination = destination;
      route.links = stream.links();
      route.hasBuffer = machine.isCore(destination);
      if (route.hasBuffer)
        route.readers.push_back(stream.reader);
    }
    for (auto &[destination, route] : routes)
      plan.routes.push_back(std::move(route));
  }
}

static void planBuffers(const StageGraph &graph, const MachineModel &machine,
                        ProgramPlan &plan) {
  for (const StageStream &stream : graph.streams) {
    NodeId node = graph.nodes[stream.reader].place();
    if (!machine.isCore(node))
      continue;
    std::vector<PlannedBuffer> &buffers = plan.buffers[node];
    if (llvm::none_of(buffers, [&](const PlannedBuffer &buffer) {
          return buffer.object == stream.object;
        })) {
      cmflow::StreamOp op = stream.op;
      buffers.push_back({stream.object, op.getCapacityAttr(), 0});
    }
  }
}

/// Gives the buffers of each core their addresses.
static llvm::Error assignAddresses(const MachineModel &machine,
                                   ProgramPlan &plan) {
  for (auto &[node, buffers] : plan.buffers) {
    AddressProblem problem;
    problem.node = machine.nodeName(node);
    problem.capacity = machine.core(node).sram().bytes();
    problem.alignment = machine.core(node).sram().access_bytes();
    for (PlannedBuffer &buffer : buffers)
      problem.buffers.push_back(
          {buffer.object.getSymName().str(), buffer.bytes()});
    llvm::Expected<AddressSolution> solution = solveAddresses(problem);
    if (!solution)
      return solution.takeError();
    for (auto [buffer, address] : llvm::zip(buffers, solution->address))
      buffer.address = address;
  }
  return llvm::Error::success();
}

llvm::Expected<ProgramPlan> control::planProgram(const StageGraph &graph,
                                                 const MachineModel &machine) {
  ProgramPlan plan;
  planRoutes(graph, machine, plan);
  planBuffers(graph, machine, plan);
  if (llvm::Error error = assignAddresses(machine, plan))
    return std::move(error);
  return plan;
}
