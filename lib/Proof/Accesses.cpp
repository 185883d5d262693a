//===- Accesses.cpp - access relations as tables --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Accesses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace cm;
using namespace cm::proof;

std::optional<Counterexample> proof::findTooLarge(const Contract &contract) {
  Counterexample example;
  example.hazard = Hazard::Unproved;
  example.reason = llvm::formatv("more than {0} points", Contract::maxPoints);
  for (const Stage &stage : contract.stages)
    if (stage.domain.size() > Contract::maxPoints) {
      example.stage = stage.name;
      return example;
    }
  for (const Object &object : contract.objects)
    if (object.extent.h * object.extent.w > Contract::maxPoints) {
      example.object = object.name;
      return example;
    }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Writes
//===----------------------------------------------------------------------===//

static ChannelPart &partOf(ObjectWrites &parts, const PixelWrite &write,
                           int64_t pixels) {
  for (ChannelPart &part : parts)
    if (part.begin == write.channelBegin && part.end == write.channelEnd)
      return part;
  parts.push_back({write.channelBegin, write.channelEnd,
                   std::vector<Owner>(size_t(pixels))});
  return parts.back();
}

static Counterexample wronglyWritten(const Object &object, int64_t pixel,
                                     int64_t channel, std::string reason) {
  Counterexample example;
  example.hazard = Hazard::WrongLocation;
  example.object = object.name;
  example.location = {pixel / object.extent.w, pixel % object.extent.w,
                      channel};
  example.reason = std::move(reason);
  return example;
}

/// The pixels that an iteration writes.
static llvm::SmallVector<int64_t, 8>
pixelsOf(const Stage &stage, const Extent &object, int64_t rank) {
  const PixelWrite &write = stage.write;
  auto [d0, d1] = stage.iteration(rank);
  int64_t firstY = d0 * write.strideY + write.offsetY;
  int64_t firstX = d1 * write.strideX + write.offsetX;
  llvm::SmallVector<int64_t, 8> pixels; // none: an empty message
  for (int64_t y = firstY; y < std::min(firstY + write.rows, object.h); ++y)
    for (int64_t x = firstX; x < std::min(firstX + write.pixels, object.w); ++x)
      pixels.push_back(y * object.w + x);
  return pixels;
}

/// Enters the writes of a stage; fails where a location has an owner already.
static std::optional<Counterexample>
enterWrites(const Contract &contract, uint32_t index, ObjectWrites &parts) {
  const Stage &stage = contract.stages[index];
  const Object &object = contract.objects[*stage.written];
  const PixelWrite &write = stage.write;
  ChannelPart &part = partOf(parts, write, object.extent.h * object.extent.w);
  for (int64_t rank = 0; rank < stage.domain.size(); ++rank)
    for (int64_t pixel : pixelsOf(stage, object.extent, rank)) {
      for (const ChannelPart &other : parts)
        if (other.meets(part.begin, part.end) &&
            other.owners[pixel].stage != nobody)
          return wronglyWritten(
              object, pixel, part.begin,
              llvm::formatv("written by both '{0}' and '{1}'",
                            contract.stages[other.owners[pixel].stage].name,
                            stage.name));
      part.owners[pixel] = {int32_t(index), int32_t(rank)};
    }
  return std::nullopt;
}

/// Fails where some channel of a pixel has no owner.
static std::optional<Counterexample> findHole(const Object &object,
                                              const ObjectWrites &parts) {
  for (int64_t pixel = 0; pixel < object.extent.h * object.extent.w; ++pixel) {
    int64_t channels = 0; // that have an owner; no two parts meet in a pixel
    for (const ChannelPart &part : parts)
      if (part.owners[pixel].stage != nobody)
        channels += part.end - part.begin;
    if (channels != object.extent.c)
      return wronglyWritten(object, pixel, channels,
                            llvm::formatv("{0} of {1} channels are written",
                                          channels, object.extent.c));
  }
  return std::nullopt;
}

std::optional<Counterexample>
proof::tabulateWrites(const Contract &contract,
                      std::vector<ObjectWrites> &writes) {
  writes.assign(contract.objects.size(), {});
  for (uint32_t i = 0; i < contract.stages.size(); ++i)
    if (contract.stages[i].written)
      if (auto twice =
              enterWrites(contract, i, writes[*contract.stages[i].written]))
        return twice;
  for (auto [object, parts] : llvm::zip(contract.objects, writes))
    if (auto hole = findHole(object, parts))
      return hole;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Reads
//===----------------------------------------------------------------------===//

void proof::forEachRead(
    const Window &window, const Extent &object, const Domain &domain,
    int64_t rank,
    llvm::function_ref<void(int64_t, int64_t, int64_t, int64_t)> visit) {
  int64_t channels = window.channels();
  int64_t top = rank / domain.w * window.strideY + window.offsetY;
  int64_t left = rank % domain.w * window.strideX + window.offsetX;
  // Element e of the list is channel e mod channels of kernel pixel e div
  // channels.
  int64_t end = (window.elementEnd + channels - 1) / channels;
  for (int64_t k = window.elementBegin / channels; k < end; ++k) {
    int64_t y = top + k / window.kernelX * window.dilationY;
    int64_t x = left + k % window.kernelX * window.dilationX;
    if (y < 0 || y >= object.h || x < 0 || x >= object.w)
      continue;
    int64_t first = std::max<int64_t>(window.elementBegin - k * channels, 0);
    int64_t behind = std::min(window.elementEnd - k * channels, channels);
    visit(y, x, window.channelBegin + first, window.channelBegin + behind);
  }
}

namespace {
/// The needs of one stage, by writer. A writer has one object.
struct NeedTable {
  NeedTable(const Contract &contract, const Stage &stage)
      : stage(stage), index(contract.stages.size(), nobody) {}

  void add(uint32_t object, const Owner &owner, int64_t k) {
    int32_t &at = index[owner.stage];
    if (at == nobody) {
      at = needs.size();
      needs.push_back({object, uint32_t(owner.stage),
                       std::vector<int32_t>(stage.domain.size(), nobody)});
    }
    int32_t &last = needs[at].last[k];
    last = std::max(last, owner.rank);
  }

  const Stage &stage;
  std::vector<DataNeed> needs;
  std::vector<int32_t> index; // of needs, by writer
};
} // namespace

std::vector<DataNeed> proof::dataNeeds(const Contract &contract,
                                       const std::vector<ObjectWrites> &writes,
                                       uint32_t index) {
  const Stage &stage = contract.stages[index];
  NeedTable table(contract, stage);
  for (const Read &read : stage.reads) {
    const Extent &object = contract.objects[read.object].extent;
    for (int64_t k = 0; k < stage.domain.size(); ++k)
      forEachRead(read.window, object, stage.domain, k,
                  [&](int64_t y, int64_t x, int64_t begin, int64_t end) {
                    for (const ChannelPart &part : writes[read.object]) {
                      const Owner &owner = part.owners[y * object.w + x];
                      if (part.meets(begin, end) && owner.stage != nobody)
                        table.add(read.object, owner, k);
                    }
                  });
  }
  return std::move(table.needs);
}

std::vector<std::vector<int32_t>> proof::lastReads(const Contract &contract,
                                                   const ObjectWrites &parts,
                                                   uint32_t index,
                                                   uint32_t objectIndex) {
  const Extent &object = contract.objects[objectIndex].extent;
  const Stage &stage = contract.stages[index];
  std::vector<std::vector<int32_t>> last(
      parts.size(), std::vector<int32_t>(object.h * object.w, nobody));
  for (const Read &read : stage.reads) {
    if (read.object != objectIndex)
      continue;
    for (int64_t k = 0; k < stage.domain.size(); ++k)
      forEachRead(read.window, object, stage.domain, k,
                  [&](int64_t y, int64_t x, int64_t begin, int64_t end) {
                    for (size_t p = 0; p < parts.size(); ++p)
                      if (parts[p].meets(begin, end)) {
                        int32_t &rank = last[p][y * object.w + x];
                        rank = std::max(rank, int32_t(k));
                      }
                  });
  }
  return last;
}

//===----------------------------------------------------------------------===//
// Equality
//===----------------------------------------------------------------------===//

/// Where element `index` of the list of iteration `rank` is: the number of its
/// location in the object, or -1 outside.
static int64_t locationOf(const Window &window, const Extent &object,
                          const Domain &domain, int64_t rank, int64_t index) {
  int64_t k = index / window.channels();
  int64_t y = rank / domain.w * window.strideY + window.offsetY +
              k / window.kernelX * window.dilationY;
  int64_t x = rank % domain.w * window.strideX + window.offsetX +
              k % window.kernelX * window.dilationX;
  if (y < 0 || y >= object.h || x < 0 || x >= object.w)
    return -1;
  return (y * object.w + x) * object.c + window.channelBegin +
         index % window.channels();
}

bool proof::readSame(const Domain &domain, const Extent &object,
                     const Window &a, const Window &b) {
  if (a == b)
    return true;
  if (a.elements() != b.elements())
    return false;
  bool anyOutside = false;
  for (int64_t rank = 0; rank < domain.size(); ++rank)
    for (int64_t e = 0; e < a.elements(); ++e) {
      int64_t at = locationOf(a, object, domain, rank, a.elementBegin + e);
      if (at != locationOf(b, object, domain, rank, b.elementBegin + e))
        return false;
      anyOutside |= at < 0;
    }
  return a.fill == b.fill || !anyOutside;
}

/// Whether d * stride + offset is the same for all d below `iterations`.
static bool sameSteps(int64_t iterations, int64_t strideA, int64_t offsetA,
                      int64_t strideB, int64_t offsetB) {
  return offsetA == offsetB && (strideA == strideB || iterations == 1);
}

bool proof::writeSame(const Domain &domain, const PixelWrite &a,
                      const PixelWrite &b) {
  return sameSteps(domain.h, a.strideY, a.offsetY, b.strideY, b.offsetY) &&
         sameSteps(domain.w, a.strideX, a.offsetX, b.strideX, b.offsetX) &&
         a.pixels == b.pixels && a.rows == b.rows &&
         a.channelBegin == b.channelBegin && a.channelEnd == b.channelEnd;
}
