//===- Cover.h - reads that leave nothing out -------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where writers take turns in the slots of a buffer, what nobody reads must be
// waited for as well (docs/Control.md, "What nobody reads").
//
//===----------------------------------------------------------------------===//

#ifndef CM_ANALYSIS_COVER_H
#define CM_ANALYSIS_COVER_H

#include "cm/Poly/Access.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace cm {

/// True if a writer of `object` leaves pixels of it to others.
inline bool leavesPixels(const Domain &writer, const PixelWrite &write,
                         const Extent &object) {
  return writer.h * write.rows != object.h ||
         writer.w * write.pixels != object.w;
}

/// Windows that read what `reads` do, and every other location of the object:
/// pixels that the first window leaves out go to the first iteration at which
/// it ends behind them in both axes, those behind all to the last iterations.
/// `reads` themselves where the first window reads everything.
std::vector<Window> coverOf(const Domain &reader, llvm::ArrayRef<Window> reads,
                            const Extent &object);

} // namespace cm

#endif // CM_ANALYSIS_COVER_H
