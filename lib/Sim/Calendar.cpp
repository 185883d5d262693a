//===- Calendar.cpp - what happens when -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Calendar.h"
#include "llvm/Support/MathExtras.h"

using namespace cm::sim;

/// The first cycle from `base` on with events in the wheel, which has none in
/// the rest of the word of `base`.
uint64_t Calendar::firstBehindWord() const {
  uint64_t slot = base % wheelSize, word = slot / 64;
  do
    word = (word + 1) % occupied.size();
  while (occupied[word] == 0);
  uint64_t found = word * 64 + llvm::countr_zero(occupied[word]);
  return base + (found - slot) % wheelSize;
}

void Calendar::pushFar(uint64_t time, EventKind kind, uint32_t a, uint32_t b,
                       uint32_t c) {
  far.push({time, {kind, a, b, c}});
}

/// A new node at the head of the list of free ones, which is empty.
uint32_t Calendar::newNode() {
  nodes.emplace_back();
  return nodes.size() - 1;
}

/// What the wheel reaches by now.
void Calendar::takeFar() {
  while (!far.empty() && far.top().time - base < wheelSize) {
    const Event &event = far.top().event;
    link(far.top().time, event.kind, event.a, event.b, event.c);
    far.pop();
  }
}
