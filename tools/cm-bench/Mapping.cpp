//===- Mapping.cpp - what one mapping reaches -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Networks go onto the smallest square mesh that has the crossbars. Where 256
// KiB of SRAM are too few for the least II, the cores get four times as much,
// up to 16 MiB.
//
//===----------------------------------------------------------------------===//

#include "Attempt.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using Json = nlohmann::ordered_json;

/// Tries SRAM sizes, from that of the preset on. `settings` may say another
/// size: then there is one.
static llvm::Expected<Json> mapOnMesh(const MappingCase &bench, uint32_t side,
                                      uint64_t ii) {
  constexpr uint64_t smallest = 256 << 10, largest = 16 << 20;
  bool isSet = llvm::any_of(bench.settings, [](const std::string &setting) {
    return llvm::StringRef(setting).contains("sram");
  });
  for (uint64_t bytes = smallest;; bytes *= 4) {
    bool isLast = isSet || bytes >= largest;
    Attempt attempt(bench);
    llvm::Error error =
        attempt.compileOn(side, bytes, Phase::Schedule, bench.style, ii);
    std::string reason = llvm::toString(std::move(error));
    if (!isLast && llvm::StringRef(reason).contains("SRAM"))
      continue;
    if (!reason.empty())
      return makeError("{0}", reason);
    if (!isLast && attempt.isSlowedByMemory())
      continue;
    llvm::Expected<Json> row = attempt.figuresOf();
    if (!row)
      return row.takeError();
    (*row)["mesh"] = side;
    if (!isSet)
      (*row)["sram_bytes"] = bytes;
    if (bench.images)
      if (llvm::Error failure = attempt.simulateInto(*row))
        return std::move(failure);
    return row;
  }
}

llvm::Expected<Json> cm::measureMapping(const MappingCase &bench) {
  bench.limits.apply();
  constexpr MappingStyle oneCopy = {"", Replication::None, Packing::None, 1};
  constexpr uint32_t anySide = 4; // tiles do not depend on it
  uint32_t side = 0;
  uint64_t ii = 0;
  {
    Attempt tiles(bench);
    if (llvm::Error error =
            tiles.compileOn(anySide, 0, Phase::Partition, oneCopy))
      return std::move(error);
    side = sideFor(tiles.coresNeeded() * bench.style.budget);
  }
  if (bench.style.pack == Packing::Auto) {
    Attempt alone(bench);
    if (llvm::Error error = alone.compileOn(side, 0, Phase::Partition, oneCopy))
      return std::move(error);
    llvm::Expected<ReplicationSolution> bound = alone.bound();
    if (!bound)
      return bound.takeError();
    ii = bound->ii;
  }
  return mapOnMesh(bench, side, ii);
}
