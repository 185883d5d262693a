//===- Embedding.h - every stream on one link -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The question whether a network's stages can be put on cores, each on its own,
// such that every stream has a link: an injective homomorphism of the stage
// graph into the topology. Answered by a search that either finds one, or
// proves that there is none, or has used up its budget.
//
//===----------------------------------------------------------------------===//

#ifndef CM_MAPPING_EMBEDDING_H
#define CM_MAPPING_EMBEDDING_H

#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cm {

/// From, to.
using Arc = std::pair<uint32_t, uint32_t>;

struct EmbeddingSolution {
  enum Answer { Found, None, Unknown };

  Answer answer = Unknown;
  std::vector<uint32_t> host; // core of each stage, where one was found
  uint64_t steps = 0;         // stages that the search put on a core
};

struct EmbeddingProblem {
  uint32_t stages = 0, cores = 0;
  std::vector<Arc> streams; // between stages
  std::vector<Arc> links;   // between cores, one direction each
  /// Of each stage the cores that it may be on (its type, its capacities), and
  /// no others. No lists at all: every stage may be anywhere.
  std::vector<std::vector<uint32_t>> allowed;

  /// Indices exist, no stream or link goes from a stage or core to itself.
  llvm::Error check() const;
  /// What was found is one core for each stage, a different one, that it may be
  /// on, with a link for every stream; what was not found has no cores.
  llvm::Error verify(const EmbeddingSolution &solution) const;
};

/// Depth-first search over domains (cores that a stage can still be on). A
/// stage is put on a core only if the core has as many neighbours, as many
/// cores within each distance, and shares as many neighbours with the cores of
/// other stages, as the stage does in its graph; all are conditions that an
/// embedding keeps (as in McCreesh and Prosser, "A Parallel, Backjumping
/// Subgraph Isomorphism Algorithm Using Supplemental Graphs", CP 2015). So is
/// that streams which short cycles join go onto links which they join. Stages
/// of one role that are interchangeable are put on cores in ascending order; in
/// long searches instead one core is tried of those that the topology can swap.
/// `Unknown` after `maxSteps` steps. The same answer each time. Fails where
/// `check` does.
llvm::Expected<EmbeddingSolution>
solveEmbedding(const EmbeddingProblem &problem, uint64_t maxSteps = 10'000'000);

} // namespace cm

#endif // CM_MAPPING_EMBEDDING_H
