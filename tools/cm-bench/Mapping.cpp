//===- Mapping.cpp - what one mapping reaches -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Networks go onto the smallest square mesh that has the crossbars. Their II is
// that with the most SRAM; their SRAM is the least, of a few sizes, that keeps
// it.
//
//===----------------------------------------------------------------------===//

#include "Attempt.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include <memory>

using namespace cm;
using Json = nlohmann::ordered_json;

/// Sizes of SRAM that are tried; the first is that of the preset.
static constexpr uint64_t sramSizes[] = {256 << 10, 1 << 20, 4 << 20, 16 << 20};

namespace {
struct MeshCase {
  const MappingCase &bench;
  uint32_t side;
  uint64_t ii; // wanted; 0: none
};

struct SizedAttempt {
  std::unique_ptr<Attempt> attempt;
  uint64_t sramBytes = 0;
};
} // namespace

static llvm::Expected<SizedAttempt> scheduleWith(uint64_t sramBytes,
                                                 const MeshCase &mesh) {
  SizedAttempt result{std::make_unique<Attempt>(mesh.bench), sramBytes};
  if (llvm::Error error = result.attempt->compileOn(
          mesh.side, sramBytes, Phase::Schedule, mesh.bench.style, mesh.ii))
    return std::move(error);
  return result;
}

/// Makes `best` the schedule with so much SRAM if its II is at most `ii`.
static bool keepsInterval(uint64_t ii, uint64_t sramBytes, const MeshCase &mesh,
                          SizedAttempt &best) {
  llvm::Expected<SizedAttempt> found = scheduleWith(sramBytes, mesh);
  if (!found) {
    llvm::consumeError(found.takeError());
    return false;
  }
  if (found->attempt->lastReport().iiCycles > ii)
    return false;
  best = std::move(*found);
  return true;
}

/// With the least SRAM that is found to keep the II of the largest. That II has
/// to be known first: where copies of layers do not fit there are fewer, which
/// need no more SRAM. Sizes are bisected, since a program that fits some SRAM
/// fits more.
static llvm::Expected<SizedAttempt>
scheduleWithLeastSram(const MeshCase &mesh) {
  llvm::ArrayRef<uint64_t> sizes = sramSizes;
  llvm::Expected<SizedAttempt> best = scheduleWith(sizes.back(), mesh);
  if (!best)
    return best.takeError();
  uint64_t ii = best->attempt->lastReport().iiCycles;
  (void)llvm::partition_point(sizes.drop_back(), [&](uint64_t bytes) {
    return !keepsInterval(ii, bytes, mesh, *best);
  });
  return best;
}

/// Only SRAM has a field `bytes`; a path to it need not name the SRAM.
static bool saysSramBytes(llvm::ArrayRef<std::string> settings) {
  return llvm::any_of(settings, [](const std::string &setting) {
    return llvm::StringRef(setting).split('=').first.trim().ends_with(".bytes");
  });
}

/// `settings` may say the size of the SRAM: then there is one.
static llvm::Expected<Json> mapOnMesh(const MeshCase &mesh) {
  const MappingCase &bench = mesh.bench;
  bool isSet = saysSramBytes(bench.settings);
  llvm::Expected<SizedAttempt> found =
      isSet ? scheduleWith(sramSizes[0], mesh) : scheduleWithLeastSram(mesh);
  if (!found)
    return found.takeError();
  llvm::Expected<Json> row = found->attempt->figuresOf();
  if (!row)
    return row.takeError();
  (*row)["mesh"] = mesh.side;
  if (!isSet)
    (*row)["sram_bytes"] = found->sramBytes;
  if (bench.images)
    if (llvm::Error failure = found->attempt->simulateInto(*row))
      return std::move(failure);
  return row;
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
  return mapOnMesh({bench, side, ii});
}
