//===- StageControl.h - the control rules of a stage ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a stage of a scheduled graph waits for, stream by stream.
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_STAGECONTROL_H
#define CM_ANALYSIS_STAGECONTROL_H

#include "cm/Analysis/Control.h"
#include "cm/Analysis/StageGraph.h"

namespace cm {

/// One wait of a stage: for messages of a stream that it reads, or for credits
/// of a stream that it writes.
struct StreamRule {
  enum Kind { Fire, Credit };

  Kind kind = Fire;
  uint32_t stream = 0; // index into the graph's streams
  Piecewise threshold; // without pieces: never waits
};

/// What the control of a stream depends on.
StreamAccess streamAccess(const StageGraph &graph, const StageStream &stream);

/// The rules of a node, those of the streams that it reads first, each in the
/// order of the graph. A stream whose writer's rows have slots apart has
/// several for credits. The graph is scheduled: streams into buffers have
/// capacities.
llvm::Expected<std::vector<StreamRule>>
stageRules(const StageGraph &graph, uint32_t node, ControlRules &rules);

} // namespace cm

#endif // CM_ANALYSIS_STAGECONTROL_H
