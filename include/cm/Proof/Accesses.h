//===- Accesses.h - access relations as tables ------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Relations between iterations and locations, pixel by pixel. Domains and
// objects are boxes, so a relation is a table: exact by construction, and
// independent of isl, by which the rules were made.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_ACCESSES_H
#define CM_PROOF_ACCESSES_H

#include "cm/Proof/Contract.h"
#include "cm/Proof/Counterexample.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace cm::proof {

/// Stands for "no iteration".
inline constexpr int32_t nobody = -1;

/// The iteration that writes a location: W^-1.
struct Owner {
  int32_t stage = nobody;
  int32_t rank = nobody;
};

/// Channels begin .. end-1 of all pixels, and who writes them together.
struct ChannelPart {
  int64_t begin = 0, end = 0;
  std::vector<Owner> owners; // by pixel y * width + x

  bool meets(int64_t otherBegin, int64_t otherEnd) const {
    return otherBegin < end && begin < otherEnd;
  }
};

/// W^-1 of all writers of an object: one part for each range of channels that
/// some stage writes.
using ObjectWrites = std::vector<ChannelPart>;

/// Where the tables of a contract would be too large: a domain or an object of
/// more than `Contract::maxPoints`.
std::optional<Counterexample> findTooLarge(const Contract &contract);

/// Of each object. Fails where a location is written twice or never.
std::optional<Counterexample> tabulateWrites(const Contract &contract,
                                             std::vector<ObjectWrites> &writes);

/// Calls `visit(y, x, channelBegin, channelEnd)` for each pixel inside the
/// object of which iteration `rank` takes these channels: R.
void forEachRead(
    const Window &window, const Extent &object, const Domain &domain,
    int64_t rank,
    llvm::function_ref<void(int64_t, int64_t, int64_t, int64_t)> visit);

/// What a stage needs of one writer of an object: D = lexmax(R . W^-1), the
/// rank of the last iteration that wrote something iteration k reads.
struct DataNeed {
  uint32_t object = 0, writer = 0;
  std::vector<int32_t> last; // by k
};

/// Of each object and writer of which the stage reads something.
std::vector<DataNeed> dataNeeds(const Contract &contract,
                                const std::vector<ObjectWrites> &writes,
                                uint32_t stage);

/// E = lexmax(R^-1) of a stage and an object: by part of its channels and by
/// pixel the rank of the last iteration that reads something of it.
std::vector<std::vector<int32_t>> lastReads(const Contract &contract,
                                            const ObjectWrites &parts,
                                            uint32_t stage, uint32_t object);

/// Whether both windows read the same locations (or fill) in the same order in
/// every iteration, and whether both writes write the same pixels.
bool readSame(const Domain &domain, const Extent &object, const Window &a,
              const Window &b);
bool writeSame(const Domain &domain, const PixelWrite &a, const PixelWrite &b);

} // namespace cm::proof

#endif // CM_PROOF_ACCESSES_H
