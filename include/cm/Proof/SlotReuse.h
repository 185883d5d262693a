//===- SlotReuse.h - who takes whose slot -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slot g mod F of a buffer holds folded coordinate g = n*H + y (rows) or
// g = (n*H + y)*W + x (pixels): what is written at g overwrites what was
// written at g - F. Before that, whoever reads it must have read it, and
// whoever wrote it must have written it. These orders are listed here.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_SLOTREUSE_H
#define CM_PROOF_SLOTREUSE_H

#include "cm/Proof/Accesses.h"
#include "cm/Proof/Prove.h"

namespace cm::proof {

/// In image n, iteration `rank` of `writer` overwrites `location`, which
/// iteration `otherRank` of stage `other` reads last (`isTurn`: has written) in
/// image n - age.
struct SlotOrder {
  uint32_t writer = 0;
  int64_t rank = 0;
  uint32_t other = 0;
  int64_t otherRank = 0;
  int64_t age = 0;
  bool isTurn = false;
  Location location;
};

/// A buffer and the stages that read it.
struct SharedBuffer {
  Storage storage;
  std::vector<uint32_t> readers;
};

using SlotCheck =
    llvm::function_ref<std::optional<Counterexample>(const SlotOrder &)>;

/// Calls `check` for all orders that the buffer needs, until it says something.
/// Two writes of one stage are in order anyway and not listed.
std::optional<Counterexample> forEachSlotOrder(const Contract &contract,
                                               const ObjectWrites &parts,
                                               const SharedBuffer &buffer,
                                               SlotCheck check);

} // namespace cm::proof

#endif // CM_PROOF_SLOTREUSE_H
