//===- Signals.h - what interrupts a program --------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_SIGNALS_H
#define CM_SUPPORT_SIGNALS_H

namespace cm {

/// Interrupts that the program's caller ignores (`nohup`, jobs of a script in
/// the background) stay so. LLVM's handlers would remove files that are being
/// written, and the program would go on without them. To be called before
/// anything else.
void keepIgnoredSignals();

} // namespace cm

#endif // CM_SUPPORT_SIGNALS_H
