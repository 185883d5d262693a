//===- Limits.h - how large things may be -----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The limits that docs/Program.md and docs/Simulator.md list: far above any
// network, low enough that products and sums of a few of them fit 64 bits.
// Whoever reads numbers of a user checks them against these first.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_LIMITS_H
#define CM_SUPPORT_LIMITS_H

#include <cstdint>

namespace cm {

/// Elements of an object, a tensor, a register or a window.
inline constexpr uint64_t maxObjectElements = uint64_t(1) << 28;
/// Iterations of one context for one image.
inline constexpr uint64_t maxIterations = uint64_t(1) << 28;
/// Pixels of a kernel; strides, dilations and offsets, in pixels, either sign.
inline constexpr int64_t maxWindowExtent = int64_t(1) << 20;
/// Whether an array has at least one element and not too many; no extent is too
/// large to ask.
constexpr bool isElementCount(int64_t height, int64_t width, int64_t channels) {
  constexpr int64_t most = maxObjectElements;
  return height >= 1 && width >= 1 && channels >= 1 && height <= most &&
         width <= most / height && channels <= most / (height * width);
}
/// Likewise for iterations.
constexpr bool isIterationCount(int64_t height, int64_t width) {
  constexpr int64_t most = maxIterations;
  return height >= 1 && width >= 1 && height <= most && width <= most / height;
}

/// Instructions of one DPU program.
inline constexpr int maxDpuInstructions = 1 << 12;
/// Cycles between the release of two images; times `maxImages` it fits.
inline constexpr uint64_t maxReleaseInterval = uint64_t(1) << 36;
/// Bytes of a core's SRAM where it is limited; where not, buffers end below
/// `maxUnlimitedSram`.
inline constexpr uint64_t maxSramBytes = uint64_t(1) << 40;
inline constexpr uint64_t maxUnlimitedSram = uint64_t(1) << 32;
/// Images of one run.
inline constexpr uint64_t maxImages = uint64_t(1) << 24;
/// Cycles of one run: what JSON's numbers hold exactly, and what a thousand
/// ports may be busy without running out of 64 bits.
inline constexpr uint64_t maxCycles = uint64_t(1) << 53;
/// Bytes that a run may take for memories, their shadow, registers and results.
inline constexpr uint64_t maxRunBytes = uint64_t(1) << 32;
/// Locations that windows touch for one image, over all contexts.
inline constexpr uint64_t maxWindowVisits = uint64_t(1) << 30;

} // namespace cm

#endif // CM_SUPPORT_LIMITS_H
