//===- Throughput.h - what crossbars could compute --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_THROUGHPUT_H
#define CM_LIB_SIM_THROUGHPUT_H

#include "cm/Machine/MachineModel.h"
#include "cm/Sim/Statistics.h"

namespace cm::sim {

/// The peaks of a machine; nothing has been computed yet.
ThroughputStatistics peakThroughput(const MachineModel &machine);

} // namespace cm::sim

#endif // CM_LIB_SIM_THROUGHPUT_H
