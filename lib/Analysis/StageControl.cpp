//===- StageControl.cpp - the control rules of a stage --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/StageControl.h"

using namespace cm;

StreamAccess cm::streamAccess(const StageGraph &graph,
                              const StageStream &stream) {
  StreamAccess access;
  access.writer = graph.nodes[stream.writer].domain;
  access.write = graph.nodes[stream.writer].write;
  access.object = cmflow::ObjectOp(stream.object).getExtent();
  access.reader = graph.nodes[stream.reader].domain;
  access.reads = stream.windows;
  return access;
}

llvm::Expected<std::vector<StreamRule>>
cm::stageRules(const StageGraph &graph, uint32_t node, ControlRules &rules) {
  std::vector<StreamRule> result;
  for (uint32_t index : graph.streamsInto(node)) {
    auto rule = rules.fire(streamAccess(graph, graph.streams[index]));
    if (!rule)
      return rule.takeError();
    result.push_back({StreamRule::Fire, index, std::move(*rule)});
  }
  for (uint32_t index : graph.streamsFrom(node)) {
    const StageStream &stream = graph.streams[index];
    cmflow::CapacityAttr capacity =
        cmflow::StreamOp(stream.op).getCapacityAttr();
    if (!capacity)
      continue;
    auto found = rules.credits(streamAccess(graph, stream), capacity.toFold(),
                               capacity.getSlots());
    if (!found)
      return found.takeError();
    for (Piecewise &rule : *found)
      result.push_back({StreamRule::Credit, index, std::move(rule)});
  }
  return result;
}
