//===- Timing.h - predicted cycles of what a stage does ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Cycles as the compiler predicts them, for placement, routing and schedule.
// The simulator counts for itself and shares nothing with this but
// MachineModel.
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_TIMING_H
#define CM_ANALYSIS_TIMING_H

#include "cm/Machine/MachineModel.h"
#include "cm/Poly/Access.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace cm {

/// Where an object lies in a core's SRAM, as Program.proto's Buffer says. The
/// default is the whole object from address 0, one slot per row.
struct BufferLayout {
  uint64_t address = 0;
  uint64_t slots = 0; // 0: as many as the object has rows
  bool foldPixels = false;
  uint32_t elementBytes = 1;
};

/// Contiguous bytes of SRAM.
struct SramRun {
  uint64_t address = 0, bytes = 0;
};

/// What iteration (d0, d1) of image `image` reads, as contiguous runs in (ky,
/// kx, c) order: a run ends where the next element does not follow in memory.
std::vector<SramRun> gatherRuns(const Window &window, const Extent &object,
                                const BufferLayout &layout, int64_t d0,
                                int64_t d1, uint64_t image = 0);

/// Port cycles of gathers: of one iteration, of the longest of a domain, and of
/// all iterations of an image together.
uint64_t gatherCycles(const MachineModel &machine, NodeId core,
                      const Window &window, const Extent &object,
                      const BufferLayout &layout, int64_t d0, int64_t d1);
uint64_t longestGatherCycles(const MachineModel &machine, NodeId core,
                             const Domain &domain, const Window &window,
                             const Extent &object, const BufferLayout &layout);
uint64_t imageGatherCycles(const MachineModel &machine, NodeId core,
                           const Domain &domain, const Window &window,
                           const Extent &object, const BufferLayout &layout);

/// The least of all iterations of an image, wherever the object lies: as if
/// each run began at an access.
uint64_t leastGatherCycles(const MachineModel &machine, NodeId core,
                           const Domain &domain, const Window &window,
                           const Extent &object, uint32_t elementBytes);

/// SRAM port cycles of writing and reading `cols` results of an MVM; 0 where
/// they stay in the output register.
uint64_t mvmResultSramCycles(const MachineModel &machine, NodeId core,
                             uint64_t cols);

/// One vector operation of the DPU.
struct DpuWork {
  DpuClass cls = DpuClass::Alu;
  uint64_t elements = 0;
};
uint64_t dpuWorkCycles(const MachineModel &machine, NodeId core,
                       llvm::ArrayRef<DpuWork> work);

/// SRAM port cycles of a message of `payload` bytes for as many rows, each as
/// if it began at an access.
uint64_t messageWriteCycles(const MachineModel &machine, NodeId core,
                            uint64_t payload, uint64_t rows);

/// Of all messages of an image, into a buffer with a slot for each row.
uint64_t imageWriteCycles(const MachineModel &machine, NodeId core,
                          const Domain &domain, const PixelWrite &write,
                          const Extent &object, uint32_t elementBytes);

/// A message of `payload` bytes over `links` (none: local delivery), for as
/// many rows.
struct MessageTiming {
  uint64_t arrivalCycles = 0; // start of sending to last byte in SRAM
  uint64_t writeCycles = 0;   // port cycles at the destination (0: an I/O node)
};
MessageTiming messageTiming(const MachineModel &machine,
                            llvm::ArrayRef<LinkId> links, NodeId destination,
                            uint64_t payload, uint64_t rows = 1);
/// Cycles that a credit takes back over the same links: the sum of latencies,
/// at least one cycle.
uint64_t creditCycles(const MachineModel &machine,
                      llvm::ArrayRef<LinkId> links);

/// The parts of one iteration, in cycles. Gather of the next iteration, MVM,
/// DPU and sending overlap.
struct IterationTiming {
  uint64_t gather = 0; // of the MVM's input
  uint64_t mvm = 0;
  uint64_t dpu = 0;      // operations
  uint64_t dpuLoads = 0; // SRAM port cycles of the DPU's own loads
  uint64_t control = 0;  // LCU instructions up to the fire
  uint64_t ports = 1;    // of the SRAM

  /// The longest part, of those that overlap with the parts of the iterations
  /// before and after: cycles between two iterations when nothing else
  /// disturbs.
  uint64_t service() const;
  /// From when an iteration may fire until its last SRAM read is done.
  uint64_t retire() const;
  /// From when an iteration may fire until its result can be sent.
  uint64_t result() const { return control + gather + mvm + dpuLoads + dpu; }
};

} // namespace cm

#endif // CM_ANALYSIS_TIMING_H
