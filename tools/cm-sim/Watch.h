//===- Watch.h - a run as it goes -------------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `cm-sim --watch`: on a terminal one line that is drawn anew four times a
// second, else a line each second, or as often as is asked for.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_SIM_WATCH_H
#define CM_TOOLS_CM_SIM_WATCH_H

#include "cm/Sim/Simulator.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <optional>

namespace cm {

class Watch {
public:
  /// `images`: those of all epochs. `columns`: of the terminal, 0 where there
  /// is none. `interval`: seconds between two states.
  Watch(uint64_t images, llvm::raw_ostream &os, unsigned columns,
        std::optional<double> interval);
  /// Shows the last state: a run that fails is wanted most of all.
  ~Watch();
  Watch(const Watch &) = delete;
  Watch &operator=(const Watch &) = delete;

  /// Cheap where it is not yet time.
  void update(const SimProgress &progress);

private:
  using Clock = std::chrono::steady_clock;
  void show(bool isLast);
  std::string line() const;

  const uint64_t total;
  llvm::raw_ostream &os;
  const unsigned columns;
  const double interval; // seconds
  const Clock::time_point start;
  /// The state at hand, and when it was shown last.
  uint64_t images = 0, cycle = 0, events = 0, imageCycle = 0;
  SimLoads loads;
  Clock::time_point shownAt;
  uint64_t shownEvents = 0, shownImages = 0;
  double rate = 0; // events per second
};

} // namespace cm

#endif // CM_TOOLS_CM_SIM_WATCH_H
