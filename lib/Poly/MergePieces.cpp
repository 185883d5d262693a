//===- MergePieces.cpp - as few pieces as say the same --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pieces on boxes, which nearly all are.
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Box.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;

/// Whether the value of `piece` may stand for that of `other` where that holds.
static bool covers(const Piece &piece, const Piece &other, unsigned dims) {
  if (!piece.value.divs.empty() || !other.value.divs.empty())
    return false;
  return llvm::all_of(other.domain, [&](const Conjunction &conjunction) {
    std::optional<Box> box = boxOf(conjunction, dims);
    return box && agreeOn(piece.value, other.value, *box);
  });
}

/// Fewer boxes for the same domain; nothing changes where it is not of boxes.
static void joinDomain(Piece &piece, unsigned dims) {
  std::optional<std::vector<Box>> boxes = boxesOf(piece.domain, dims);
  for (size_t i = 0; boxes && i < boxes->size();) {
    size_t k = i + 1;
    while (k < boxes->size() && !joinBoxes((*boxes)[i], (*boxes)[k]))
      ++k;
    if (k == boxes->size()) {
      ++i;
      continue;
    }
    boxes->erase(boxes->begin() + k);
    i = 0; // what was joined may fit others now
  }
  if (!boxes)
    return;
  piece.domain.clear();
  for (const Box &box : *boxes)
    piece.domain.push_back(conjunctionOf(box));
}

/// Of the pieces that stand for another, that which stands for the most.
static std::optional<size_t> findGreatest(llvm::ArrayRef<Piece> pieces,
                                          unsigned dims) {
  std::optional<size_t> greatest;
  size_t most = 0;
  for (auto [index, piece] : llvm::enumerate(pieces)) {
    size_t covered = llvm::count_if(pieces, [&](const Piece &other) {
      return &other != &piece && covers(piece, other, dims);
    });
    if (covered > most) {
      most = covered;
      greatest = index;
    }
  }
  return greatest;
}

void cm::mergePieces(Piecewise &function, unsigned dims) {
  std::vector<Piece> &pieces = function.pieces;
  while (std::optional<size_t> greatest = findGreatest(pieces, dims)) {
    Piece into = std::move(pieces[*greatest]);
    pieces.erase(pieces.begin() + *greatest);
    llvm::erase_if(pieces, [&](const Piece &other) {
      if (!covers(into, other, dims))
        return false;
      llvm::append_range(into.domain, other.domain);
      return true;
    });
    pieces.push_back(std::move(into));
  }
  for (Piece &piece : pieces)
    joinDomain(piece, dims);
}
