//===- Contract.h - what a program has to do --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The access relations of all stages, as `cmflow` had them, and the schedule.
// It says what must happen and nothing of how it is controlled: the proof holds
// a program against it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_CONTRACT_H
#define CM_PROOF_CONTRACT_H

#include "cm/Poly/Access.h"
#include "cm/Program/Program.pb.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::proof {

/// An array that stages write once per image.
struct Object {
  std::string name;
  Extent extent;
};

/// A read relation S -> O.
struct Read {
  uint32_t object = 0; // index of objects
  Window window;
};

/// A loop nest on a node; inputs and outputs are stages of I/O nodes.
struct Stage {
  std::string name;
  uint32_t node = 0;
  Domain domain;
  std::vector<Read> reads;
  std::optional<uint32_t> written; // index of objects; none: an output
  PixelWrite write;
  std::optional<int64_t> offset; // of the schedule, in cycles

  /// (d0, d1) of the iteration of this rank.
  std::array<int64_t, 2> iteration(int64_t rank) const {
    return {rank / domain.w, rank % domain.w};
  }
};

/// What all stages together have to do, and the schedule as a certificate:
///   time(stage, image n, rank k) = offset + n*ii + floor(k*ii / |S|).
struct Contract {
  /// Relations are kept as tables: no more points than this in any.
  static constexpr int64_t maxPoints = int64_t(1) << 24;

  std::vector<Object> objects;
  std::vector<Stage> stages;
  int64_t ii = 0; // 0: there is no schedule

  /// Whether all stages have a place in the schedule.
  bool isScheduled() const;
  /// That time in image 0; the contract has a schedule.
  int64_t time(uint32_t stage, int64_t rank) const;
};

/// What a program does by its own gathers and writes. Held against it, a
/// program cannot be at a wrong location, but all else can be proved.
Contract contractOf(const program::Program &program);

/// A gather of the program file as a window.
Window windowOf(const program::Gather &gather);
/// A write of the program file as a relation.
PixelWrite writeOf(const program::Write &write);

} // namespace cm::proof

#endif // CM_PROOF_CONTRACT_H
