//===- Progress.cpp - a line on a terminal --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Progress.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace cm;

using Clock = std::chrono::steady_clock;

Progress::Progress(llvm::StringRef what, uint64_t total)
    : what(what), total(total),
      enabled(llvm::sys::Process::StandardErrIsDisplayed()),
      start(Clock::now()), last(start) {}

Progress::~Progress() {
  if (shown)
    llvm::errs() << "\r\033[K";
}

void Progress::draw(uint64_t done, llvm::StringRef detail) {
  if (!enabled)
    return;
  Clock::time_point now = Clock::now();
  if (now - start < std::chrono::seconds(2) ||
      now - last < std::chrono::milliseconds(200))
    return;
  last = now;
  shown = true;
  double seconds = std::chrono::duration<double>(now - start).count();
  llvm::errs() << "\r\033[K" << what << ": ";
  if (total)
    llvm::errs() << llvm::format("%3.0f %%  ", 100.0 * done / total);
  llvm::errs() << detail << llvm::format("  (%.0f s)", seconds);
}
