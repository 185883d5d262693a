//===- EmbeddingSwaps.cpp - cores that can change places ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmbeddingSwaps.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace cm;
using llvm::BitVector;

EmbeddingSwaps::EmbeddingSwaps(const EmbeddingGraph &host,
                               const std::vector<BitVector> &domains)
    : host(host), index(size_t(host.size()) * host.size(), ~0u) {
  auto mayChange = [&](const Arc &pair) {
    return llvm::all_of(domains, [&](const BitVector &domain) {
      return domain.test(pair.first) == domain.test(pair.second);
    });
  };
  for (uint32_t a = 0; a < host.size(); ++a)
    for (uint32_t b = a + 1; b < host.size(); ++b) {
      Swap swap = findSwap(a, b);
      if (swap.empty() || !llvm::all_of(swap, mayChange))
        continue;
      index[a * host.size() + b] = index[b * host.size() + a] = swaps.size();
      swaps.push_back(std::move(swap));
    }
}

/// What the neighbours of two cores that change places do not share must change
/// places, too: possible without a choice where it is one on each side.
bool EmbeddingSwaps::follow(const BitVector &ofA, const BitVector &ofB,
                            std::vector<uint32_t> &image, Swap &swap) const {
  auto restOf = [&](const BitVector &of, const BitVector &other) {
    std::vector<uint32_t> rest;
    for (uint32_t node : of.set_bits())
      if (image[node] == node && !other.test(node))
        rest.push_back(node);
    return rest;
  };
  std::vector<uint32_t> fromA = restOf(ofA, ofB), fromB = restOf(ofB, ofA);
  if (fromA.size() != fromB.size() || fromA.size() > 1)
    return false;
  if (fromA.size() == 1) {
    image[fromA[0]] = fromB[0];
    image[fromB[0]] = fromA[0];
    swap.push_back({fromA[0], fromB[0]});
  }
  return true;
}

bool EmbeddingSwaps::isAutomorphism(const Swap &swap) const {
  auto moved = [&](BitVector nodes) {
    for (auto [a, b] : swap)
      if (nodes.test(a) != nodes.test(b))
        nodes.flip(a).flip(b);
    return nodes;
  };
  return llvm::all_of(swap, [&](const Arc &pair) {
    auto [a, b] = pair;
    return moved(host.successors(a)) == host.successors(b) &&
           moved(host.successors(b)) == host.successors(a) &&
           moved(host.predecessors(a)) == host.predecessors(b) &&
           moved(host.predecessors(b)) == host.predecessors(a);
  });
}

EmbeddingSwaps::Swap EmbeddingSwaps::findSwap(uint32_t a, uint32_t b) const {
  std::vector<uint32_t> image(host.size());
  std::iota(image.begin(), image.end(), 0);
  image[a] = b;
  image[b] = a;
  Swap swap{{a, b}};
  for (size_t i = 0; i < swap.size(); ++i) {
    auto [x, y] = swap[i];
    if (!follow(host.successors(x), host.successors(y), image, swap) ||
        !follow(host.predecessors(x), host.predecessors(y), image, swap))
      return {};
  }
  return isAutomorphism(swap) ? swap : Swap();
}

bool EmbeddingSwaps::areAlike(uint32_t a, uint32_t b, const BitVector &taken,
                              const BitVector &open) const {
  uint32_t found = index[a * host.size() + b];
  return found != ~0u && llvm::all_of(swaps[found], [&](const Arc &pair) {
           return !open.test(pair.first) && !open.test(pair.second) &&
                  taken.test(pair.first) == taken.test(pair.second);
         });
}
