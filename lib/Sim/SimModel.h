//===- SimModel.h - a program in the form that the engine runs --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything about a program that does not change during a run, with indices
// instead of names: contexts and buffers are numbered over the whole chip, each
// wait refers to a counter, and the routes of a context are a tree of hops.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_SIMMODEL_H
#define CM_LIB_SIM_SIMMODEL_H

#include "Analog.h"
#include "Divisor.h"
#include "Kernels.h"
#include "Lcu.h"
#include "cm/Machine/MachineModel.h"
#include "cm/Program/Program.pb.h"
#include "cm/Sim/Simulator.h"
#include <string>
#include <vector>

namespace cm::sim {

constexpr uint32_t none = UINT32_MAX;

/// Iterations of one context that are under way at once: two in each pair of
/// registers.
constexpr unsigned maxFlights = 8;

struct ObjectModel {
  std::string name;
  int64_t height, width, channels;
  uint32_t elementBytes;
  Divisor byWidth = Divisor(width);
};

struct Pixel {
  int64_t y, x;
};

/// Pixels of one row of a window that follow each other, with the same channels
/// of each: all of the window's where they are several.
struct WindowRow {
  int64_t y, x; // of the first, from the window's corner
  int64_t pixels;
  int64_t channelBegin, channelEnd;
  int64_t element; // of the first, counted from the window's first
  uint32_t firstSegment = 0, lastSegment = 0; // of the buffer, by channels
};

/// A window of a buffer, as in program::Gather.
struct WindowModel {
  uint32_t buffer; // SimModel::buffers
  int64_t kernelY, kernelX, strideY, strideX, offsetY, offsetX, dilationY,
      dilationX;
  int64_t channelBegin, channelEnd, elementBegin, elementEnd;
  int32_t fill;
  std::vector<WindowRow> rows = {}; // in order

  /// The pixels of which it takes elements.
  int64_t firstPixel() const {
    return elementBegin / (channelEnd - channelBegin);
  }
  int64_t lastPixel() const {
    return (elementEnd - 1) / (channelEnd - channelBegin);
  }
  void makeRows();
  Pixel corner(const Dims &at) const {
    return {at[0] * strideY + offsetY, at[1] * strideX + offsetX};
  }
};

/// Calls `visit(pixel, inside, channelBegin, channelEnd)` for each pixel of
/// which the window takes channels, in order.
template <typename Visit>
void forEachPixel(const WindowModel &window, const ObjectModel &object,
                  const Dims &at, Visit visit) {
  Pixel corner = window.corner(at);
  for (const WindowRow &row : window.rows)
    for (int64_t i = 0; i != row.pixels; ++i) {
      Pixel pixel{corner.y + row.y, corner.x + row.x + i};
      bool inside = pixel.y >= 0 && pixel.y < object.height && pixel.x >= 0 &&
                    pixel.x < object.width;
      visit(pixel, inside, row.channelBegin, row.channelEnd);
    }
}

/// A reader's part in the life of a buffer's data: derived from its windows.
struct BufferReader {
  uint32_t context;
  /// For each iteration in order how many locations it is the last to read, and
  /// then these; a location is (y * width + x) * segments + s.
  std::vector<uint32_t> freed;
};

struct BufferModel {
  uint32_t node, object;
  uint64_t address;
  uint64_t slots;
  Divisor bySlots;
  bool foldRow;
  /// Channel ranges that are written as one: segment s is
  /// segmentBegin[s] .. segmentBegin[s + 1].
  std::vector<uint32_t> segmentBegin;
  std::vector<uint32_t> segmentOfChannel;
  std::vector<BufferReader> readers;
  /// By location: how many readers read it at all.
  std::vector<uint32_t> readersOf;
  std::vector<uint32_t> routes; // that end here

  uint32_t segments() const { return segmentBegin.size() - 1; }
  /// Location in the buffer, counted in pixels.
  uint64_t place(const ObjectModel &object, uint64_t image, Pixel pixel) const {
    uint64_t row = image * object.height + pixel.y;
    if (foldRow)
      return bySlots.remainder(row) * object.width + pixel.x;
    return bySlots.remainder(row * object.width + pixel.x);
  }
  uint64_t places(const ObjectModel &object) const {
    return slots * (foldRow ? object.width : 1);
  }
};

/// What a node's SRAM and its way to global memory take.
struct NodeTimes {
  uint64_t accessBytes = 1, readCycles = 0, writeCycles = 0;
  uint32_t accessShift = 0; // where accessBytes is a power of two
  bool hasShift = true;
  uint64_t ioBytes = 1; // of global memory, in a cycle

  /// Aligned accesses of a run of at least one byte.
  uint64_t accesses(uint64_t address, uint64_t bytes) const {
    uint64_t last = address + bytes - 1;
    if (hasShift)
      return (last >> accessShift) - (address >> accessShift) + 1;
    return last / accessBytes - address / accessBytes + 1;
  }
  uint64_t ioCycles(uint64_t bytes) const {
    return (bytes + ioBytes - 1) / ioBytes;
  }
};

/// The packets of a message come in three sizes.
enum class PacketSize : uint8_t { Full, Last, Empty };
constexpr unsigned numPacketSizes = 3;

/// One instruction of a DPU program with its window resolved.
struct DpuModel {
  const program::DpuInstr *instr;
  uint32_t window = none; // ContextModel::loads
};

struct BufferUse {
  uint32_t buffer;
  uint32_t reader;     // BufferModel::readers
  bool releasedByLoad; // else by the gather
};

/// Where a context's messages go, as in program::Write.
struct WriteModel {
  uint32_t object = none;
  int64_t strideY = 0, strideX = 0, offsetY = 0, offsetX = 0;
  uint32_t channelBegin = 0, channelEnd = 0, pixels = 1, rows = 1, source = 0;
  uint64_t bytes = 0; // of a message that is not empty
};

struct ContextModel {
  std::string name; // "core[2] 'conv1'"
  const program::Context *context;
  uint32_t node;
  int64_t height, width;
  LcuCode code;
  uint32_t binding = none; // of the input
  bool hasMvm = false;
  WindowModel gather;
  std::vector<WindowModel> loads;
  std::vector<uint32_t> loadedBy; // by load: its instruction in `dpu`
  std::vector<DpuModel> dpu;
  std::vector<BufferUse> uses;
  WriteModel write;
  std::vector<uint32_t> routes;
  std::vector<uint32_t> localRoutes; // those that stay on the node
  std::vector<uint32_t> hops;        // all of the tree; roots have no parent
  std::vector<uint32_t> roots;
  uint32_t packets = 1; // of a message that is not empty
  uint32_t mvmServer = none;
  uint32_t unit = none; // SimModel::units
  uint64_t mvmCycles = 0, dpuCycles = 0, dpuElements = 0;
  uint32_t lcuCycles = 0; // of one instruction
  uint64_t iterations() const { return uint64_t(height) * width; }
  Dims dimsOf(uint64_t rank) const {
    return {int64_t(rank / width), int64_t(rank % width)};
  }
};

/// One link of a multicast tree: a queue of its own on that link.
struct HopModel {
  uint32_t context;
  uint32_t link;
  uint32_t parent;                  // hop, or `none` at the source
  std::vector<uint32_t> children;   // hops
  std::vector<uint32_t> deliveries; // routes that end behind this link
  uint64_t latency;                 // of the link
  /// By PacketSize: bytes on the wire, cycles of the link, and cycles from the
  /// parent's start until this link may start.
  std::array<uint64_t, numPacketSizes> bytes, cycles, readyAfter;
};

struct RouteModel {
  uint32_t object, context; // the writer
  uint32_t destNode;
  uint32_t buffer = none;                 // SimModel::buffers
  llvm::SmallVector<uint32_t, 1> outputs; // bindings of the object
  uint64_t latency = 0;                   // of a credit on its way back
  bool local = false;
  /// Counters of `received` and of each reader's retirements.
  uint32_t received;
  std::vector<uint32_t> retired;
  std::vector<uint32_t> readers; // contexts
};

struct CounterModel {
  uint32_t route;
  uint32_t reader; // index into the route's readers, or `none` for received
  bool waitedFor = false;
};

struct UnitModel {
  uint32_t crossbars;
  GroupShape group;
  uint32_t planeBits; // of the input, driven at once
  CellMatrix matrix;
  uint32_t node;
  const program::MvmUnit *unit;
  std::unique_ptr<AnalogUnit> analog; // where it is not ideal
};

class SimModel {
public:
  static llvm::Expected<SimModel> create(const program::Program &program,
                                         const MachineModel &machine,
                                         const SimOptions &options);

  const program::Program *program = nullptr;
  const MachineModel *machine = nullptr;
  std::vector<ObjectModel> objects;
  std::vector<BufferModel> buffers;
  std::vector<ContextModel> contexts;
  std::vector<RouteModel> routes;
  std::vector<HopModel> hops;
  std::vector<std::vector<uint32_t>> hopsOfLink;
  std::vector<CounterModel> counters;
  std::vector<UnitModel> units;
  uint32_t numMvmServers = 0;
  std::vector<uint32_t> mvmServerNode;
  std::vector<NodeTimes> times; // by node
  /// By node: bytes up to the end of the last buffer.
  std::vector<uint64_t> sramEnd;
  /// By node: first of its contexts and buffers, `none` where it has no part.
  std::vector<uint32_t> firstContext, firstBuffer;

private:
  void addNodes(const SimOptions &options);
  void addNode(const program::Node &node, const SimOptions &options);
  void addContext(const program::Node &node, int index);
  void addDpu(const program::Node &node, ContextModel &context);
  std::vector<uint32_t> addUnits(const program::Node &node,
                                 const SimOptions &options);
  void addAnalog(const SimOptions &options);
  void addMvmCost(uint32_t node, ContextModel &context);
  void addUnit(uint32_t node, const program::MvmUnit &unit,
               const SimOptions &options);
  void addRoutes();
  void addTimes();
  void addTree(uint32_t context);
  void addPackets(const ContextModel &context, HopModel &hop);
  void addSegments(uint32_t buffer, CheckGranularity check);
  void addReader(uint32_t buffer, uint32_t context);
  void makeRows();
  void addSegments(WindowModel &window);
  std::vector<uint32_t> lastReads(uint32_t buffer,
                                  const ContextModel &context) const;
};

/// Whether memory and time of a run are within docs/Simulator.md's limits. The
/// model has its nodes and routes, but nothing yet that grows with objects.
llvm::Error checkRunLimits(const SimModel &model, const SimOptions &options);

} // namespace cm::sim

#endif // CM_LIB_SIM_SIMMODEL_H
