//===- LinkReport.h - what crosses the links --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads of links and of the streams on them as the mapping predicts them, and
// how far its routes are from the best.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PIPELINES_LINKREPORT_H
#define CM_PIPELINES_LINKREPORT_H

#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// What one stream puts on a link. Loads are in bytes per cycle.
struct LinkStreamReport {
  std::string name;      // the stage that writes
  bool isCredit = false; // of its readers, on their way back
  uint64_t bytes = 0;    // per image, headers included
  uint64_t cycles = 0;   // per image
  double mean = 0;       // at the II that a run shows
  double peak = 0;       // as fast as the stage can
};

struct LinkReport {
  std::string name;
  uint64_t bytes = 0, cycles = 0; // per image
  double mean = 0, peak = 0, capacity = 0;
  std::vector<LinkStreamReport> streams;
};

/// Of all links; those that carry something are listed.
struct LinksReport {
  std::vector<LinkReport> links;
  double clockGHz = 0;
  std::string strategy;    // empty: cm-route chose no routes
  std::string busiest;     // link; empty: nothing leaves its core
  uint64_t cycles = 0;     // of it, per image
  uint64_t bound = 0;      // no routes between these places have less
  std::string boundBy;     // what sets it
  bool isBest = false;     // of all trees of shortest paths
  uint64_t byteHops = 0;   // of all links, per image
  uint64_t dilation = 0;   // links of the longest route
  uint64_t congestion = 0; // streams on one link, at most
  /// `--link-width=auto`: bytes per cycle of the narrowest links that keep the
  /// II, and the II with links one byte narrower. 0: not asked for.
  uint64_t width = 0, narrowerII = 0;

  /// The link of that name; null where nothing crosses it.
  const LinkReport *find(const std::string &link) const;
};

/// "'conv1' (60%), 'conv2' (40%)": whose cycles keep a link busy.
std::string streamsText(const LinkReport &link);

} // namespace cm

#endif // CM_PIPELINES_LINKREPORT_H
