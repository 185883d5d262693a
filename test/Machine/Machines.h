//===- Machines.h - machines for tests of topologies ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_MACHINE_MACHINES_H
#define CM_TEST_MACHINE_MACHINES_H

#include "cm/Machine/MachineModel.h"
#include <set>
#include <string>

namespace cm::test {

using Edges = std::set<std::pair<uint32_t, uint32_t>>;

/// Plain cores, links of 8 bytes, one I/O node at core 0.
inline llvm::Expected<MachineModel> tryMake(const std::string &topology) {
  std::string text =
      "name: 'm' clock_ghz: 1 core_types { dpu { lanes: 1 } sram { "
      "access_bytes: 1 } } link { width_bytes: 8 } io_nodes { "
      "bytes_per_cycle: 1 attached_to: [0] } topology { " +
      topology + " }";
  llvm::Expected<machine::Machine> machine = parseMachine(text, "test");
  if (!machine)
    return machine.takeError();
  return MachineModel::create(std::move(*machine));
}

inline MachineModel make(const std::string &topology) {
  return llvm::cantFail(tryMake(topology));
}

/// Links between cores and switches, in both directions.
inline Edges edgesOf(const MachineModel &machine) {
  Edges edges;
  for (const LinkModel &link : machine.links())
    if (machine.forwards(link.from) && machine.forwards(link.to))
      edges.insert({link.from, link.to});
  return edges;
}

} // namespace cm::test

#endif // CM_TEST_MACHINE_MACHINES_H
