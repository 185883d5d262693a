//===- ValidateRoutes.cpp - routes and multicast trees --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Validator.h"
#include <map>
#include <set>

using namespace cm;
using llvm::Error;

Error Validator::checkRoute(int index) {
  const program::Route &route = program.routes(index);
  std::string where = "routes[" + std::to_string(index) + "]";
  if (route.object() >= uint32_t(program.objects_size()))
    return makeError("{0}: object {1}, expected below {2}", where,
                     route.object(), program.objects_size());
  const program::Node *source = findNode(route.source_node());
  if (!source)
    return makeError("{0}: source node {1} is not in the program", where,
                     route.source_node());
  if (route.source_context() >= uint32_t(source->contexts_size()))
    return makeError("{0}: source context {1}, {2} has {3}", where,
                     route.source_context(), nodeName(source->id()),
                     source->contexts_size());
  const auto &sends = source->contexts(route.source_context()).sends();
  if (std::count(sends.begin(), sends.end(), uint32_t(index)) != 1)
    return makeError("{0}: its source context '{1}' must send it exactly once",
                     where, source->contexts(route.source_context()).name());
  NodeId at = route.source_node();
  std::set<NodeId> visited{at};
  for (uint32_t link : route.links()) {
    if (link >= machine.links().size())
      return makeError("{0}: link {1}, the machine has {2}", where, link,
                       machine.links().size());
    if (machine.link(link).from != at)
      return makeError("{0}: link {1} is {2}, expected one from {3}", where,
                       link, machine.linkName(link), nodeName(at));
    if (at != route.source_node() && !machine.forwards(at))
      return makeError("{0}: passes through {1}, which forwards nothing", where,
                       nodeName(at));
    at = machine.link(link).to;
    if (!visited.insert(at).second)
      return makeError("{0}: passes {1} twice", where, nodeName(at));
  }
  if (at != route.dest_node())
    return makeError("{0}: links end at {1}, expected {2}", where, nodeName(at),
                     nodeName(route.dest_node()));
  return checkRouteEnd(route, where);
}

static bool readsBuffer(const program::Context &context, uint32_t buffer) {
  if (context.has_mvm_input() && context.mvm_input().buffer() == buffer)
    return true;
  for (const program::DpuInstr &instr : context.dpu())
    if (instr.has_gather() && instr.gather().buffer() == buffer)
      return true;
  return false;
}

Error Validator::checkRouteEnd(const program::Route &route,
                               const std::string &where) {
  if (!machine.isCore(route.dest_node())) {
    if (route.has_dest_buffer() || route.readers_size())
      return makeError("{0}: {1} has no buffers and no readers", where,
                       nodeName(route.dest_node()));
    for (const program::Binding &binding : program.outputs())
      if (binding.node() == route.dest_node() &&
          binding.object() == route.object())
        return Error::success();
    return makeError("{0}: no output is bound to object '{1}' on {2}", where,
                     program.objects(route.object()).name(),
                     nodeName(route.dest_node()));
  }
  const program::Node *dest = findNode(route.dest_node());
  if (!dest || !route.has_dest_buffer() ||
      route.dest_buffer() >= uint32_t(dest->buffers_size()))
    return makeError("{0}: no buffer of {1} to write to", where,
                     nodeName(route.dest_node()));
  uint32_t object = dest->buffers(route.dest_buffer()).object();
  if (object != route.object())
    return makeError("{0}: carries object {1}, the buffer holds object {2}",
                     where, route.object(), object);
  std::set<uint32_t> seen;
  for (uint32_t reader : route.readers()) {
    if (reader >= uint32_t(dest->contexts_size()))
      return makeError("{0}: reader {1}, {2} has {3} contexts", where, reader,
                       nodeName(dest->id()), dest->contexts_size());
    if (!readsBuffer(dest->contexts(reader), route.dest_buffer()))
      return makeError("{0}: reader '{1}' does not read buffer {2}", where,
                       dest->contexts(reader).name(), route.dest_buffer());
    if (!seen.insert(reader).second)
      return makeError("{0}: reader '{1}' is listed twice", where,
                       dest->contexts(reader).name());
  }
  return Error::success();
}

/// Several rows in one message.
static Error checkRows(const program::Context &context,
                       const program::Object &object,
                       const std::string &where) {
  const program::Write &write = context.write();
  if (write.rows() <= 1)
    return Error::success();
  if (context.has_input_binding())
    return makeError("{0}: writes {1} rows at once, expected one of an input",
                     where, write.rows());
  uint64_t end = uint64_t(context.domain(0) - 1) * write.stride_y() +
                 write.offset_y() + write.rows();
  if (write.stride_y() < write.rows() || end > object.height())
    return makeError("{0}: writes {1} rows with a stride of {2} up to row {3}, "
                     "expected rows of their own and at most {4}",
                     where, write.rows(), write.stride_y(), end,
                     object.height());
  return Error::success();
}

/// Several pixels of a row in one message are one run of bytes, inside the row,
/// and several rows of them are inside the object.
Error Validator::checkSeveral(const program::Context &context,
                              const std::string &where) {
  const program::Write &write = context.write();
  if (write.pixels() <= 1 && write.rows() <= 1)
    return Error::success();
  const program::Object &object = program.objects(write.object());
  if (Error error = checkRows(context, object, where))
    return error;
  uint64_t pixels = std::max(1u, write.pixels());
  uint64_t end = uint64_t(context.domain(1) - 1) * write.stride_x() +
                 write.offset_x() + pixels;
  if (write.stride_x() < pixels || end > object.width() ||
      write.channel_end() - write.channel_begin() != object.channels())
    return makeError("{0}: writes {1} pixels of channels {2} to {3} with a "
                     "stride of {4} up to column {5}, expected whole pixels of "
                     "their own and at most {6} columns",
                     where, pixels, write.channel_begin(), write.channel_end(),
                     write.stride_x(), end, object.width());
  for (uint32_t index : context.sends()) {
    if (index >= uint32_t(program.routes_size()))
      continue; // checkSends says so
    const program::Route &route = program.routes(index);
    const program::Node *node = findNode(route.dest_node());
    if (node && route.has_dest_buffer() &&
        route.dest_buffer() < uint32_t(node->buffers_size()) &&
        node->buffers(route.dest_buffer()).fold() != program::FOLD_ROW)
      return makeError("{0}: writes {1} pixels at once into buffer {2} of {3}, "
                       "expected one that is folded by rows",
                       where, pixels * std::max(1u, write.rows()),
                       route.dest_buffer(), nodeName(route.dest_node()));
  }
  return Error::success();
}

Error Validator::checkSends(const program::Node &node, int contextIndex,
                            const std::string &where) {
  const program::Context &context = node.contexts(contextIndex);
  std::map<NodeId, uint32_t> incoming;
  std::set<std::pair<uint32_t, int64_t>> ends;
  for (uint32_t index : context.sends()) {
    if (index >= uint32_t(program.routes_size()))
      return makeError("{0}: sends route {1}, expected below {2}", where, index,
                       program.routes_size());
    const program::Route &route = program.routes(index);
    if (route.source_node() != node.id() ||
        route.source_context() != uint32_t(contextIndex))
      return makeError("{0}: sends routes[{1}], which starts elsewhere", where,
                       index);
    if (route.object() != context.write().object())
      return makeError(
          "{0}: sends routes[{1}] of object {2}, writes object {3}", where,
          index, route.object(), context.write().object());
    int64_t buffer = route.has_dest_buffer() ? route.dest_buffer() : -1;
    if (!ends.insert({route.dest_node(), buffer}).second)
      return makeError("{0}: two routes to the same buffer of {1}", where,
                       nodeName(route.dest_node()));
    for (uint32_t link : route.links()) {
      auto [it, isNew] = incoming.try_emplace(machine.link(link).to, link);
      if (!isNew && it->second != link)
        return makeError("{0}: its routes are not a tree: {1} is reached over "
                         "{2} and {3}",
                         where, nodeName(it->first),
                         machine.linkName(it->second), machine.linkName(link));
    }
  }
  return Error::success();
}
