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

Progress::Progress(llvm::StringRef what, uint64_t total,
                   std::optional<double> after)
    : what(what), total(total), start(Clock::now()), after(after.value_or(2)) {
  if (llvm::sys::Process::StandardErrIsDisplayed())
    drawer = std::thread([this] { run(); });
}

Progress::~Progress() {
  if (!drawer.joinable())
    return;
  {
    std::lock_guard<std::mutex> lock(mutex);
    isFinished = true;
  }
  finished.notify_one();
  drawer.join();
  if (isShown)
    llvm::errs() << "\r\033[K";
}

void Progress::step(uint64_t units, llvm::StringRef what) {
  update(units);
  std::lock_guard<std::mutex> lock(mutex);
  detail = what.str();
}

void Progress::run() {
  std::unique_lock<std::mutex> lock(mutex);
  std::chrono::duration<double> wait = after;
  while (wait.count() == 0 ||
         !finished.wait_for(lock, wait, [this] { return isFinished; })) {
    draw();
    wait = std::chrono::milliseconds(200);
  }
}

void Progress::draw() {
  isShown = true;
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  llvm::errs() << "\r\033[K" << what << ": ";
  if (total)
    llvm::errs() << llvm::format("%3.0f %%  ", 100.0 * done / total);
  llvm::errs() << detail << llvm::format("  (%.0f s)", seconds);
}
