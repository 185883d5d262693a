//===- Trial.h - programs at awkward speeds ---------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program that has an error need not fail on one machine. Whether it can fail
// is tried by making some of its cores, links or inputs slow: results may not
// depend on that.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_PROOF_TRIAL_H
#define CM_TEST_PROOF_TRIAL_H

#include "cm/Program/Program.pb.h"
#include "cm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace cm::proof {

/// Runs a program that is right, and then others that should do the same.
class Trial {
public:
  static constexpr uint64_t inputImages = 4;
  static constexpr size_t fixedRuns = 5;

  /// Fails where the program that should be right is not.
  static llvm::Expected<Trial> create(const program::Program &right,
                                      uint64_t seed);

  /// How many runs there are with `nodes` made slow.
  static size_t numRuns(size_t nodes) { return nodes + fixedRuns; }
  /// Run number `run` of `images` images: the simulator's error, or "wrong
  /// bytes of" and the tensors, or nothing.
  std::string run(const program::Program &program,
                  const std::vector<uint32_t> &nodes, size_t run,
                  uint64_t images = inputImages) const;

private:
  std::vector<std::vector<int8_t>> inputs, outputs, tensors;
};

} // namespace cm::proof

#endif // CM_TEST_PROOF_TRIAL_H
