//===- Timing.cpp - predicted cycles of what a stage does -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts contiguous runs, vector steps and wire cycles. Iterations whose
// windows are clipped and aligned alike cost the same, so a whole image needs
// few of them.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Timing.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <map>
#include <tuple>

using namespace cm;

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

static uint64_t slotsOf(const BufferLayout &layout, const Extent &object) {
  if (layout.slots)
    return layout.slots;
  return layout.foldPixels ? object.h * object.w : object.h;
}

/// Address of channel 0 of pixel (y, x).
static uint64_t pixelAddress(const BufferLayout &layout, const Extent &object,
                             uint64_t image, int64_t y, int64_t x) {
  uint64_t row = image * object.h + y, slots = slotsOf(layout, object);
  uint64_t pixel = layout.foldPixels ? (row * object.w + x) % slots
                                     : row % slots * object.w + x;
  return layout.address + pixel * object.c * layout.elementBytes;
}

std::vector<SramRun> cm::gatherRuns(const Window &window, const Extent &object,
                                    const BufferLayout &layout, int64_t d0,
                                    int64_t d1, uint64_t image) {
  std::vector<SramRun> runs;
  int64_t channels = window.channels();
  for (int64_t k = window.elementBegin / channels;
       k * channels < window.elementEnd; ++k) {
    int64_t y = d0 * window.strideY + window.offsetY +
                k / window.kernelX * window.dilationY;
    int64_t x = d1 * window.strideX + window.offsetX +
                k % window.kernelX * window.dilationX;
    if (y < 0 || y >= object.h || x < 0 || x >= object.w)
      continue;
    int64_t begin = std::max<int64_t>(window.elementBegin - k * channels, 0);
    int64_t end = std::min(window.elementEnd - k * channels, channels);
    uint64_t address =
        pixelAddress(layout, object, image, y, x) +
        uint64_t(window.channelBegin + begin) * layout.elementBytes;
    uint64_t bytes = uint64_t(end - begin) * layout.elementBytes;
    if (!runs.empty() && runs.back().address + runs.back().bytes == address)
      runs.back().bytes += bytes;
    else
      runs.push_back({address, bytes});
  }
  return runs;
}

uint64_t cm::gatherCycles(const MachineModel &machine, NodeId core,
                          const Window &window, const Extent &object,
                          const BufferLayout &layout, int64_t d0, int64_t d1) {
  uint64_t cycles = 0;
  for (const SramRun &run : gatherRuns(window, object, layout, d0, d1))
    cycles += machine.sramReadCycles(core, run.address, run.bytes);
  return cycles;
}

namespace {
/// Positions along one axis whose windows cost the same: one of them, and how
/// many there are.
struct PositionClass {
  int64_t position = 0;
  uint64_t count = 0;
};

/// One axis of a window and of an object.
struct Axis {
  int64_t iterations, kernel, stride, offset, dilation, extent;
  uint64_t pitch; // bytes from one location to the next
  uint64_t slots;
};
} // namespace

/// Positions are alike where the same part of the kernel is inside the object,
/// the first address has the same alignment, and the fold is as far away.
static std::vector<PositionClass> classify(const Axis &axis, uint64_t access) {
  std::map<std::tuple<int64_t, int64_t, uint64_t, int64_t>, PositionClass> seen;
  for (int64_t d = 0; d < axis.iterations; ++d) {
    int64_t first = d * axis.stride + axis.offset;
    int64_t begin =
        std::max<int64_t>(0, llvm::divideCeilSigned(-first, axis.dilation));
    int64_t end = std::min(
        axis.kernel,
        llvm::divideFloorSigned(axis.extent - 1 - first, axis.dilation) + 1);
    int64_t location = first + begin * axis.dilation;
    int64_t slot = begin < end ? location % int64_t(axis.slots) : 0;
    int64_t toFold =
        std::min<int64_t>(axis.slots - slot, axis.kernel * axis.dilation);
    PositionClass &entry =
        seen[{begin, end, slot * axis.pitch % access, toFold}];
    if (entry.count++ == 0)
      entry.position = d;
  }
  std::vector<PositionClass> classes;
  for (const auto &[key, entry] : seen)
    classes.push_back(entry);
  return classes;
}

/// Each position alone.
static std::vector<PositionClass> eachPosition(int64_t iterations) {
  std::vector<PositionClass> classes;
  for (int64_t d = 0; d < iterations; ++d)
    classes.push_back({d, 1});
  return classes;
}

/// Calls `visit(d0, d1, count)` for each class of iterations and one of them.
template <typename Visit>
static void forEachClass(const MachineModel &machine, NodeId core,
                         const Domain &domain, const Window &window,
                         const Extent &object, const BufferLayout &layout,
                         Visit visit) {
  uint64_t access = machine.core(core).sram().access_bytes();
  uint64_t pixelBytes = uint64_t(object.c) * layout.elementBytes;
  std::vector<PositionClass> rows, columns;
  if (layout.foldPixels) {
    rows = eachPosition(domain.h);
    columns = eachPosition(domain.w);
  } else {
    rows = classify({domain.h, window.kernelY, window.strideY, window.offsetY,
                     window.dilationY, object.h, pixelBytes * object.w,
                     slotsOf(layout, object)},
                    access);
    columns =
        classify({domain.w, window.kernelX, window.strideX, window.offsetX,
                  window.dilationX, object.w, pixelBytes, uint64_t(object.w)},
                 access);
  }
  for (const PositionClass &row : rows)
    for (const PositionClass &column : columns)
      visit(row.position, column.position, row.count * column.count);
}

uint64_t cm::longestGatherCycles(const MachineModel &machine, NodeId core,
                                 const Domain &domain, const Window &window,
                                 const Extent &object,
                                 const BufferLayout &layout) {
  uint64_t longest = 0;
  forEachClass(machine, core, domain, window, object, layout,
               [&](int64_t d0, int64_t d1, uint64_t) {
                 longest =
                     std::max(longest, gatherCycles(machine, core, window,
                                                    object, layout, d0, d1));
               });
  return longest;
}

uint64_t cm::imageGatherCycles(const MachineModel &machine, NodeId core,
                               const Domain &domain, const Window &window,
                               const Extent &object,
                               const BufferLayout &layout) {
  uint64_t sum = 0;
  forEachClass(machine, core, domain, window, object, layout,
               [&](int64_t d0, int64_t d1, uint64_t count) {
                 sum += count * gatherCycles(machine, core, window, object,
                                             layout, d0, d1);
               });
  return sum;
}

uint64_t cm::leastGatherCycles(const MachineModel &machine, NodeId core,
                               const Domain &domain, const Window &window,
                               const Extent &object, uint32_t elementBytes) {
  BufferLayout layout;
  layout.elementBytes = elementBytes;
  uint64_t sum = 0;
  forEachClass(machine, core, domain, window, object, layout,
               [&](int64_t d0, int64_t d1, uint64_t count) {
                 for (const SramRun &run :
                      gatherRuns(window, object, layout, d0, d1))
                   sum += count * machine.sramReadCycles(core, 0, run.bytes);
               });
  return sum;
}

//===----------------------------------------------------------------------===//
// Crossbars and DPU
//===----------------------------------------------------------------------===//

uint64_t cm::mvmResultSramCycles(const MachineModel &machine, NodeId core,
                                 uint64_t cols) {
  if (machine.core(core).crossbar().mvm_result() != machine::MVM_RESULT_SRAM)
    return 0;
  return machine.sramWriteCycles(core, 0, cols * 4) +
         machine.sramReadCycles(core, 0, cols * 4);
}

uint64_t cm::dpuWorkCycles(const MachineModel &machine, NodeId core,
                           llvm::ArrayRef<DpuWork> work) {
  uint64_t cycles = 0;
  for (const DpuWork &operation : work)
    cycles += machine.dpuCycles(core, operation.cls, operation.elements);
  return cycles;
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

/// Bytes of one packet on the wire: the largest of the message.
static uint64_t packetBytes(const MachineModel &machine, uint64_t payload) {
  uint64_t limit = machine.proto().network().max_payload();
  return machine.wireBytes(limit ? std::min(limit, payload) : payload);
}

/// Cut-through: the head takes the latencies, the body follows at the pace of
/// the slowest link. Store and forward: the first packet is received whole at
/// each node, the others follow.
static uint64_t wireCycles(const MachineModel &machine,
                           llvm::ArrayRef<LinkId> links, uint64_t payload) {
  bool stored = machine.proto().network().switching() ==
                machine::SWITCHING_STORE_AND_FORWARD;
  uint64_t whole = machine.wireBytes(payload);
  uint64_t packet = packetBytes(machine, payload);
  uint64_t cycles = 0, slowest = 0, slowestPacket = 0;
  for (LinkId link : links) {
    uint64_t time = machine.serializationCycles(link, packet);
    cycles += machine.link(link).latency + (stored ? time : 0);
    slowest = std::max(slowest, machine.serializationCycles(link, whole));
    slowestPacket = std::max(slowestPacket, time);
  }
  return cycles + slowest - (stored ? slowestPacket : 0);
}

uint64_t cm::messageWriteCycles(const MachineModel &machine, NodeId core,
                                uint64_t payload, uint64_t rows) {
  return rows * machine.sramWriteCycles(core, 0, payload / rows);
}

/// How many of `count` positions, the first at byte `begin` and the others
/// `step` apart, are how far behind the begin of an access.
static std::map<uint64_t, uint64_t> alignments(uint64_t begin, uint64_t step,
                                               int64_t count, uint64_t access) {
  std::map<uint64_t, uint64_t> found;
  for (int64_t i = 0; i < count; ++i)
    ++found[(begin + uint64_t(i) * step) % access];
  return found;
}

uint64_t cm::imageWriteCycles(const MachineModel &machine, NodeId core,
                              const Domain &domain, const PixelWrite &write,
                              const Extent &object, uint32_t elementBytes) {
  uint64_t access = machine.core(core).sram().access_bytes();
  uint64_t pixel = uint64_t(object.c) * elementBytes, row = pixel * object.w;
  uint64_t bytes = write.pixels * write.channels() * elementBytes;
  std::map<uint64_t, uint64_t> columns =
      alignments(write.offsetX * pixel + write.channelBegin * elementBytes,
                 write.strideX * pixel, domain.w, access);
  uint64_t cycles = 0;
  for (int64_t i = 0; i < write.rows; ++i)
    for (auto [y, numRows] : alignments((write.offsetY + i) * row,
                                        write.strideY * row, domain.h, access))
      for (auto [x, numColumns] : columns)
        cycles +=
            numRows * numColumns * machine.sramWriteCycles(core, y + x, bytes);
  return cycles;
}

MessageTiming cm::messageTiming(const MachineModel &machine,
                                llvm::ArrayRef<LinkId> links,
                                NodeId destination, uint64_t payload,
                                uint64_t rows) {
  MessageTiming timing;
  uint64_t taken = 0; // by global memory
  if (machine.isCore(destination))
    timing.writeCycles =
        messageWriteCycles(machine, destination, payload, rows);
  else
    taken = llvm::divideCeil(
        payload, uint64_t(machine.ioNode(destination).bytes_per_cycle()));
  uint64_t last = timing.writeCycles + taken;
  if (links.empty()) {
    timing.arrivalCycles = std::max<uint64_t>(1, last);
    return timing;
  }
  timing.arrivalCycles = wireCycles(machine, links, payload) + last;
  return timing;
}

uint64_t cm::creditCycles(const MachineModel &machine,
                          llvm::ArrayRef<LinkId> links) {
  uint64_t cycles = 0;
  for (LinkId link : links)
    cycles += machine.link(link).latency;
  return std::max<uint64_t>(1, cycles);
}

uint64_t IterationTiming::service() const {
  return std::max({uint64_t(1), control, gather, dpuLoads,
                   llvm::divideCeil(gather + dpuLoads, ports), mvm, dpu});
}

uint64_t IterationTiming::retire() const {
  return control + (dpuLoads ? gather + mvm + dpuLoads + dpu : gather);
}
