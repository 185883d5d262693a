//===- Prefetch.h - what is read in order from many places ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_PREFETCH_H
#define CM_LIB_SIM_PREFETCH_H

#include "llvm/Support/Compiler.h"
#include <cstdint>

namespace cm::sim {

/// Each of hundreds of contexts and buffers reads a list of its own, in order
/// and now and then: together they are longer than a cache, and more than a
/// processor follows by itself. Asks for the line behind the one of `at`, which
/// may lie behind the list's end.
inline void fetchNextLine(const void *at) {
  LLVM_PREFETCH(reinterpret_cast<const void *>(uintptr_t(at) + 64), 0, 3);
}

} // namespace cm::sim

#endif // CM_LIB_SIM_PREFETCH_H
