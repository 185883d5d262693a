//===- Events.h - the events of a run as text -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TOOLS_CM_SIM_EVENTS_H
#define CM_TOOLS_CM_SIM_EVENTS_H

#include "cm/Sim/Simulator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <deque>
#include <string>

namespace cm {

/// "125 mvm core[0] 'conv1' 0 (0, 2)": cycle, event, context, image, iteration;
/// then the link and the packet, or the route. With epochs the cycle is
/// "1:125".
class EventText {
public:
  EventText(const program::Program &program, const MachineModel &machine);
  std::string line(uint32_t epoch, uint64_t cycle, const SimEvent &event) const;

private:
  const MachineModel &machine;
  bool hasEpochs;
  std::vector<std::vector<std::string>> contexts; // names, by epoch
};

/// Compares the lines of a run with those of a file.
class EventComparison {
public:
  explicit EventComparison(std::unique_ptr<llvm::MemoryBuffer> file);
  /// False from the first difference on.
  bool add(const std::string &line);
  /// No more lines come: prints what was found. Whether all were equal.
  bool finish(llvm::StringRef path, llvm::raw_ostream &os);

private:
  static constexpr unsigned shownBefore = 3;
  std::unique_ptr<llvm::MemoryBuffer> file;
  llvm::StringRef rest;
  uint64_t equal = 0;
  bool differs = false;
  std::string found, expected;
  std::deque<std::string> before;
};

} // namespace cm

#endif // CM_TOOLS_CM_SIM_EVENTS_H
