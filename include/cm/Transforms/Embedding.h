//===- Embedding.h - every stream of a graph on one link --------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a partitioned cmflow graph to an EmbeddingProblem.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TRANSFORMS_EMBEDDING_H
#define CM_TRANSFORMS_EMBEDDING_H

#include "cm/Analysis/StageGraph.h"
#include "cm/Mapping/Embedding.h"
#include <optional>

namespace cm {

struct GraphEmbedding {
  EmbeddingProblem problem;
  std::vector<uint32_t> nodes; // of the graph: what each stage is
  /// The first node that can be on no core: there is no embedding, and the
  /// problem is not complete.
  std::optional<uint32_t> homeless;
};

/// Stages may be on cores that have their crossbars and a link to each I/O node
/// that they read from or write to.
GraphEmbedding embeddingProblem(const StageGraph &graph,
                                const MachineModel &machine);

} // namespace cm

#endif // CM_TRANSFORMS_EMBEDDING_H
