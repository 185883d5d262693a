//===- Schedule.h - when everything happens ---------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The problem of giving every stage its start and every buffer its capacity,
// what a right answer is, and an algorithm. The schedule is a certificate that
// the program neither deadlocks nor stalls; the chip itself never sees it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_SCHEDULE_H
#define CM_MAPPING_SCHEDULE_H

#include "cm/Mapping/Resource.h"
#include "cm/Poly/Access.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace cm {

/// A stage, or an I/O node that sends or takes an object pixel by pixel.
struct ScheduleStage {
  enum Role { Compute, Input, Output };

  std::string name;
  Domain domain;
  uint64_t serviceCycles = 1; // between the start of two iterations, at least
  uint64_t retireCycles = 0;  // from fire until its last read is done
  Role role = Compute;
};

/// What `writer` sends into a buffer that `reader` reads.
struct ScheduleStream {
  static constexpr uint32_t noBuffer = ~0u;

  uint32_t writer = 0, reader = 0; // indices of stages
  /// Index of buffers. `noBuffer`: the reader takes it at once (an output node
  /// writing to global memory); no credit is needed and `object` says the
  /// extent.
  uint32_t buffer = noBuffer;
  PixelWrite write;            // of the writer
  std::vector<Window> windows; // all reads of the object by the reader
  Extent object;
  uint64_t transferCycles = 0; // writer's fire to last byte at the reader
  uint64_t creditCycles = 0;   // reader's last read to credit at the writer
};

/// Where an object lives on a node; all of a node's readers of it share it.
struct ScheduleBuffer {
  std::string name;
  Extent object;
  uint32_t elementBytes = 1;
  uint32_t node = 0; // index of memories
};

struct ScheduleMemory {
  std::string name;
  uint64_t bytes = 0; // 0: unlimited
  uint64_t alignment = 1;
};

struct BufferCapacity {
  Fold fold = Fold::Row;
  uint64_t slots = 1;
};

struct ScheduleSolution {
  uint64_t ii = 0;              // cycles between images
  uint64_t iiBound = 0;         // `lowerBound`
  std::string iiBoundBy;        // the resource or stage that sets the bound
  std::vector<uint64_t> offset; // o_s of each stage
  std::vector<BufferCapacity> capacity; // of each buffer
  uint64_t latency = 0;                 // latencyOf
};

struct ScheduleProblem {
  std::vector<ScheduleStage> stages;
  std::vector<ScheduleStream> streams;
  std::vector<ScheduleBuffer> buffers;
  std::vector<ScheduleMemory> memories;
  std::vector<ResourceLoad> resources;
  uint64_t targetII = 0; // 0: the lower bound
  /// Capacities are this many times the least, where the memory has room:
  /// stages that share a core do not keep a uniform pace.
  uint64_t slack = 1;

  /// Dependences are tables with an entry for each iteration of a stage and
  /// each pixel of an object: no more entries than this.
  static constexpr int64_t maxPoints = int64_t(1) << 24;

  /// Indices exist, accesses lie inside objects, streams have no cycle; stages
  /// and objects have at most `maxPoints` iterations and pixels, and the II and
  /// all times keep to cm/Support/Limits.h.
  llvm::Error check() const;
  /// By enumeration of several images: every read finds its data, every write
  /// finds its slot free, stages keep their service time, buffers fit; bound
  /// and latency are those of this problem and these offsets.
  llvm::Error verify(const ScheduleSolution &solution) const;
  /// The part of it that needs no times: every buffer has a slot, and folds by
  /// pixels only where iterations read and write one at a time.
  llvm::Error verifyFolds(const std::vector<BufferCapacity> &capacity) const;

  /// Fire time of iteration of rank `rank` of image `image`:
  /// o_s + image*II + floor(rank*II / iterations); ~0 where 64 bits do not hold
  /// it.
  uint64_t fireTime(const ScheduleSolution &solution, uint32_t stage,
                    uint64_t image, uint64_t rank) const;
  /// max(busiest resource, largest iterations * service of a stage): no
  /// schedule has a smaller II where SRAM costs what is predicted, with buffers
  /// that begin at address 0 and have a slot for each row.
  ResourceLoad lowerBound() const;
  /// From the first iteration of an image, of all input stages, to the end of
  /// its last one, of all output stages; of all stages where none has the role.
  uint64_t latencyOf(const ScheduleSolution &solution) const;
  /// Of each buffer: pixels where every reader of the buffer reads with a 1x1
  /// window of stride 1 and offset 0, or the object has one row; rows
  /// elsewhere, and where an iteration writes several pixels.
  std::vector<Fold> folds() const;
  /// Of each buffer, the slots of whose multiples no message tears: the rows
  /// that it writes at once free slots of one message, which is one wait
  /// (`numCreditRules`). 1 where any number will do, or none.
  std::vector<uint64_t> slotMultiples() const;
  /// Bytes of a buffer with this capacity; ~0 where 64 bits do not hold them.
  uint64_t bufferBytes(uint32_t buffer, const BufferCapacity &capacity) const;
  /// Bytes of the buffers of each memory, each aligned.
  std::vector<uint64_t>
  memoryBytes(const std::vector<BufferCapacity> &capacity) const;
  /// Whether each memory has room for its buffers.
  bool fits(const std::vector<BufferCapacity> &capacity) const;
};

/// floor(rank*II / iterations) for rank < iterations <= maxPoints and an II
/// within the limits: no product leaves 64 bits.
inline uint64_t uniformPace(uint64_t rank, uint64_t ii, uint64_t iterations) {
  return rank * (ii / iterations) + rank * (ii % iterations) / iterations;
}

/// Uniform pace at the least II that is neither below the bound nor the target;
/// offsets are longest paths over exact worst-case dependence distances, hence
/// the least possible at this pace; capacities the least with which no writer
/// waits. Where SRAM is exceeded the II is raised, which shortens what
/// transfers and services cost in slots, until the capacities fit, at most to
/// 2^16 times and never above the limit; fails naming the node, bytes needed
/// and available and the largest buffers where that does not help.
llvm::Expected<ScheduleSolution> solveSchedule(const ScheduleProblem &problem);

} // namespace cm

#endif // CM_MAPPING_SCHEDULE_H
