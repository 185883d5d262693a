//===- ScheduleNetworks.h - networks to be scheduled in tests ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds schedule problems from objects and the stages that write and read
// them, by hand or at random, and runs a schedule's buffers without its times.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_MAPPING_SCHEDULENETWORKS_H
#define CM_TEST_MAPPING_SCHEDULENETWORKS_H

#include "cm/Mapping/Schedule.h"
#include <map>
#include <random>

namespace cm {

class NetworkBuilder {
public:
  struct Object {
    Extent extent;
    std::vector<std::pair<uint32_t, PixelWrite>> writers;
  };

  uint32_t addMemory(uint64_t bytes = 0, uint64_t alignment = 1);
  uint32_t addStage(std::string name, Domain domain, uint64_t service = 1,
                    uint64_t retire = 0,
                    ScheduleStage::Role role = ScheduleStage::Compute);
  /// A stage that writes all channels of pixel (d0, d1) writes a new object.
  uint32_t addObject(uint32_t writer, int64_t channels);
  uint32_t addObject(Object object);
  /// Streams from all writers of the object into its buffer in `memory`.
  void addRead(uint32_t object, uint32_t reader, std::vector<Window> windows,
               uint32_t memory, uint64_t transfer = 1, uint64_t credit = 1);
  /// Streams that an output node takes at once.
  void addOutput(uint32_t object, uint32_t reader, uint64_t transfer = 1);

  ScheduleProblem problem;
  std::vector<Object> objects;

private:
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> buffers;
};

/// A window of a convolution that keeps the size: odd kernel, padding.
Window sameWindow(int64_t kernel, int64_t channels);

/// An input of rows x 8 x 4 that stage 'pairs' copies two rows at once to a 3x3
/// convolution.
NetworkBuilder pairsOfRows(int64_t rows);

/// Stages in any number with windows, strides, offsets, element ranges, column
/// tiles, interleaved rows, shared buffers and skips.
ScheduleProblem randomNetwork(std::mt19937 &random, int layers);

/// When each iteration of each image fires if every stage fires as soon as its
/// data, its credits and its service time allow and the input stages do not
/// start an image before its release: [stage][image * iterations + rank]. Empty
/// if they block each other.
std::vector<std::vector<uint64_t>> runUntimed(const ScheduleProblem &problem,
                                              const ScheduleSolution &solution,
                                              uint64_t images);

} // namespace cm

#endif // CM_TEST_MAPPING_SCHEDULENETWORKS_H
