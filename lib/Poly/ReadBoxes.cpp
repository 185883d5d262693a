//===- ReadBoxes.cpp - windows as products --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/ReadBoxes.h"

using namespace cm;

static Window windowOf(const Window &window, const ElementBox &box) {
  Window part = window;
  part.kernelY = box.kyEnd - box.kyBegin;
  part.kernelX = box.kxEnd - box.kxBegin;
  part.offsetY += box.kyBegin * window.dilationY;
  part.offsetX += box.kxBegin * window.dilationX;
  part.channelBegin = box.channelBegin, part.channelEnd = box.channelEnd;
  part.elementBegin = 0, part.elementEnd = part.listed();
  return part;
}

std::vector<Window> cm::readBoxes(llvm::ArrayRef<Window> windows,
                                  const PixelWrite &write) {
  std::vector<Window> parts;
  for (const Window &window : windows)
    for (const ElementBox &box : elementBoxes(window))
      if (box.channelBegin < write.channelEnd &&
          box.channelEnd > write.channelBegin)
        parts.push_back(windowOf(window, box));
  return parts;
}
