//===- StopPoint.cpp - where a run is to stop -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/StringRef.h"

using namespace cm;
using llvm::StringRef;

static std::optional<SimEvent::Kind> eventOf(StringRef name) {
  for (uint8_t kind = 0; kind <= SimEvent::Written; ++kind)
    if (name == eventName(SimEvent::Kind(kind)))
      return SimEvent::Kind(kind);
  return std::nullopt;
}

/// Sets what stands behind the context; whether that is well formed.
static bool parseIteration(StringRef image, StringRef iteration,
                           StopPoint &stop) {
  uint64_t number;
  if (image.getAsInteger(10, number))
    return false;
  stop.image = number;
  if (iteration.empty())
    return true;
  auto [first, second] = iteration.split(',');
  uint32_t d0, d1;
  if (first.getAsInteger(10, d0) || second.getAsInteger(10, d1))
    return false;
  stop.iteration = {d0, d1};
  return true;
}

llvm::Expected<StopPoint> cm::parseStopPoint(const std::string &text) {
  StopPoint stop;
  if (!StringRef(text).getAsInteger(10, stop.cycle))
    return stop;
  stop.cycle = UINT64_MAX;
  auto [event, behindEvent] = StringRef(text).split(':');
  auto [context, behindContext] = behindEvent.split(':');
  auto [image, iteration] = behindContext.split(':');
  stop.event = eventOf(event);
  stop.context = context.str();
  if (!stop.event ||
      (!behindContext.empty() && !parseIteration(image, iteration, stop)))
    return makeError("--stop-at: found '{0}', expected a cycle or "
                     "EVENT[:CONTEXT[:IMAGE[:D0,D1]]], where EVENT is fire, "
                     "gather, load, mvm, dpu, ready, packet, injected, arrived "
                     "or written",
                     text);
  return stop;
}
