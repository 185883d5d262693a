//===- ReadBoxes.h - windows as products ------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_READBOXES_H
#define CM_POLY_READBOXES_H

#include "cm/Poly/Access.h"
#include <vector>

namespace cm {

/// What windows read of the channels that are written: a window for each of
/// their `elementBoxes`, all of whose elements it takes.
std::vector<Window> readBoxes(llvm::ArrayRef<Window> windows,
                              const PixelWrite &write);

} // namespace cm

#endif // CM_POLY_READBOXES_H
