//===- Signals.cpp - what interrupts a program ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Signals.h"
#include <csignal>
#include <initializer_list>

/// A handler takes the place of "ignored", but not of "blocked".
void cm::keepIgnoredSignals() {
  sigset_t ignored;
  sigemptyset(&ignored);
  for (int number : {SIGHUP, SIGINT, SIGTERM, SIGUSR2}) {
    struct sigaction action;
    if (sigaction(number, nullptr, &action) == 0 &&
        action.sa_handler == SIG_IGN)
      sigaddset(&ignored, number);
  }
  sigprocmask(SIG_BLOCK, &ignored, nullptr);
}
