//===- EmbeddingSwaps.h - cores that can change places ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Automorphisms of a topology that swap two cores and what must follow them:
// two cores of a complete graph, two columns of a Cartesian prism.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_EMBEDDINGSWAPS_H
#define CM_LIB_MAPPING_EMBEDDINGSWAPS_H

#include "EmbeddingGraph.h"

namespace cm {

class EmbeddingSwaps {
public:
  /// Those after which each stage may be on as many cores: `domains` are the
  /// cores that each may be on.
  EmbeddingSwaps(const EmbeddingGraph &host,
                 const std::vector<llvm::BitVector> &domains);

  bool empty() const { return swaps.empty(); }

  /// Whether it is the same to put the next stage on one core or the other:
  /// there is a swap of them that takes free cores to free cores, taken ones to
  /// taken ones, and none that is `open`, taken by a stage whose neighbours
  /// have not all been put on cores.
  bool areAlike(uint32_t a, uint32_t b, const llvm::BitVector &taken,
                const llvm::BitVector &open) const;

private:
  /// Pairs of cores that change places; no core is in two of them.
  using Swap = std::vector<Arc>;

  /// The least swap of two cores where what follows them is never a choice;
  /// empty where there is none.
  Swap findSwap(uint32_t a, uint32_t b) const;
  bool follow(const llvm::BitVector &ofA, const llvm::BitVector &ofB,
              std::vector<uint32_t> &image, Swap &swap) const;
  bool isAutomorphism(const Swap &swap) const;

  const EmbeddingGraph &host;
  std::vector<Swap> swaps;
  std::vector<uint32_t> index; // of each pair of cores; ~0: no swap
};

} // namespace cm

#endif // CM_LIB_MAPPING_EMBEDDINGSWAPS_H
