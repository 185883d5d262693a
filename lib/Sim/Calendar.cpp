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

/// The first cycle from `base` on with events in the wheel, which has some.
uint64_t Calendar::firstInWheel() const {
  uint64_t slot = base % wheelSize, word = slot / 64;
  uint64_t bits = occupied[word] >> (slot % 64) << (slot % 64);
  while (bits == 0) {
    word = (word + 1) % occupied.size();
    bits = occupied[word];
  }
  uint64_t found = word * 64 + llvm::countr_zero(bits);
  return base + (found - slot) % wheelSize;
}

uint64_t Calendar::next() {
  if (inWheel == 0)
    base = far.top().time;
  else
    base = firstInWheel();
  // What the wheel reaches by now.
  while (!far.empty() && far.top().time - base < wheelSize) {
    const Event &event = far.top().event;
    link(far.top().time, event.kind, event.a, event.b, event.c);
    far.pop();
  }
  return base;
}
