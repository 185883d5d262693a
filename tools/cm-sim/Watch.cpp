//===- Watch.cpp - a run as it goes ---------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Watch.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using llvm::formatv;

static double secondsBetween(std::chrono::steady_clock::time_point from,
                             std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

Watch::Watch(uint64_t images, llvm::raw_ostream &os, unsigned columns,
             std::optional<double> interval)
    : total(images), os(os), columns(columns),
      interval(interval.value_or(columns ? 0.25 : 1)), start(Clock::now()),
      shownAt(start) {}

Watch::~Watch() { show(true); }

void Watch::update(const SimProgress &progress) {
  if (progress.images != images)
    imageCycle = progress.cycle;
  images = progress.images, cycle = progress.cycle, events = progress.events;
  if (secondsBetween(shownAt, Clock::now()) < interval)
    return;
  loads = progress.loads();
  show(false);
}

void Watch::show(bool isLast) {
  Clock::time_point time = Clock::now();
  // The last line is that of the whole run.
  double seconds = secondsBetween(isLast ? start : shownAt, time);
  rate = double(events - (isLast ? 0 : shownEvents)) / std::max(seconds, 1e-3);
  std::string text = line();
  if (columns)
    os << "\r\033[K" << llvm::StringRef(text).take_front(columns - 1);
  else
    os << text;
  if (isLast || !columns)
    os << '\n';
  os.flush();
  shownAt = time, shownEvents = events, shownImages = images;
}

/// Minutes and seconds that are left at the rate of images so far.
static std::string timeLeft(uint64_t images, uint64_t total, double seconds) {
  if (images == 0)
    return "?";
  uint64_t left = std::llround(seconds * (total - images) / images);
  return formatv("{0}:{1,0+2}", left / 60, left % 60);
}

std::string Watch::line() const {
  double seconds = secondsBetween(start, Clock::now());
  std::string text =
      formatv("cycle {0:N}  images {1}/{2}  {3:F2} M events/s  ETA {4}", cycle,
              images, total, rate / 1e6, timeLeft(images, total, seconds));
  // Nothing has come out since the line before: who is stuck?
  if (images == shownImages && images != total && !loads.waiter.empty())
    text += formatv("  {0} waits {1:N} cycles for {2}, last image {3:N} ago",
                    loads.waiter, loads.waitCycles, loads.waitsFor,
                    cycle - imageCycle);
  if (!loads.core.empty())
    text += formatv("  {0} {1:P0}", loads.core, loads.coreShare);
  if (!loads.link.empty())
    text += formatv("  {0} {1:P0}", loads.link, loads.linkShare);
  return text;
}
