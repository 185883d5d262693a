//===- CalendarTest.cpp - what happens when -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calendars beside a multimap that says what each cycle holds.
//
//===----------------------------------------------------------------------===//

#include "../../lib/Sim/Calendar.h"
#include "gmock/gmock.h"
#include <functional>
#include <map>
#include <random>

using namespace cm::sim;

namespace {

/// Cycles that are in reach at once.
constexpr uint64_t wheel = 4096;

using Parts = std::tuple<EventKind, uint32_t, uint32_t, uint32_t>;

class CheckedCalendar {
public:
  /// An event that is like no other.
  void push(uint64_t time) {
    uint32_t id = ++pushed;
    Parts parts{EventKind(id % 10), id, ~id, 3 * id};
    auto [kind, a, b, c] = parts;
    calendar.push(time, kind, a, b, c);
    expected.emplace(time, parts);
  }

  /// Takes the first cycle, which must be `now`; `visit` is called at each of
  /// its events.
  void take(
      uint64_t now, const std::function<void()> &visit = [] {}) {
    ASSERT_FALSE(calendar.empty());
    ASSERT_EQ(calendar.next(), now);
    std::vector<Parts> due, found;
    auto [begin, end] = expected.equal_range(now);
    for (auto at = begin; at != end; ++at)
      due.push_back(at->second);
    expected.erase(begin, end);
    auto note = [&](const Event &event) {
      found.push_back({event.kind, event.a, event.b, event.c});
      visit();
    };
    EXPECT_EQ(calendar.hasOne(), due.size() == 1) << now;
    if (calendar.hasOne() && now % 2)
      note(calendar.takeOne());
    else
      calendar.take(note);
    EXPECT_THAT(found, testing::UnorderedElementsAreArray(due)) << now;
  }

  /// Takes all cycles that have events.
  void drain(const std::function<void(uint64_t now)> &visit = [](uint64_t) {}) {
    while (!expected.empty() && !testing::Test::HasFailure()) {
      uint64_t now = expected.begin()->first;
      take(now, [&] { visit(now); });
    }
    EXPECT_TRUE(calendar.empty());
  }

private:
  Calendar calendar;
  std::multimap<uint64_t, Parts> expected;
  uint32_t pushed = 0;
};

} // namespace

TEST(Calendar, ACycleHandsOverAllItsEventsOnce) {
  CheckedCalendar calendar;
  for (uint64_t time : {7, 0, 7, 3, 0, 7})
    calendar.push(time);
  for (uint64_t time : {0, 3, 7})
    calendar.take(time);
  calendar.drain();
}

TEST(Calendar, EventsAtAnyDistanceFromAnyCycle) {
  // Some twice.
  const uint64_t distances[] = {1,         2,         62,           63,
                                64,        65,        wheel - 64,   wheel - 1,
                                wheel,     wheel + 1, wheel + 2,    2 * wheel,
                                2 * wheel, wheel,     3 * wheel + 5};
  for (uint64_t begin : {0, 1, 62, 63, 64, 4094, 4095, 4096, 4097, 100000}) {
    CheckedCalendar all;
    all.push(begin);
    all.take(begin);
    for (uint64_t distance : distances) {
      all.push(begin + distance);
      CheckedCalendar alone;
      alone.push(begin);
      alone.take(begin);
      alone.push(begin + distance);
      alone.drain();
    }
    all.drain();
  }
}

TEST(Calendar, FarEventsMeetNearOnesOfTheirCycle) {
  for (uint64_t between : {1, 64, 1000, 4095}) {
    CheckedCalendar calendar;
    for (uint64_t time : {uint64_t(0), between, between + wheel})
      calendar.push(time);
    calendar.take(0);
    calendar.take(between);
    // It has just come in reach, and so has that behind it.
    calendar.push(between + wheel);
    calendar.push(between + wheel + 1);
    calendar.drain();
  }
}

TEST(Calendar, AFarEventComesBeforeWhatIsPushedLater) {
  // In reach of the wheel only when cycle 10 is over, and nothing is in it.
  CheckedCalendar calendar;
  calendar.push(10);
  calendar.push(10 + wheel);
  calendar.take(10);
  calendar.push(10 + 2 * wheel);
  calendar.push(10 + wheel + 100);
  calendar.drain();
}

TEST(Calendar, WhatAnEventPushesComesLater) {
  for (uint64_t distance : {uint64_t(1), wheel - 1, wheel, wheel + 1}) {
    CheckedCalendar calendar;
    for (unsigned i = 0; i != 3; ++i)
      calendar.push(0);
    unsigned left = 3000;
    calendar.drain([&](uint64_t now) {
      if (left != 0)
        --left, calendar.push(now + distance);
    });
  }
}

TEST(Calendar, RandomRuns) {
  for (unsigned seed = 0; seed != 40; ++seed) {
    std::mt19937 random(seed);
    auto below = [&](uint64_t end) { return random() % end; };
    // Each run has distances that it prefers.
    const uint64_t ranges[] = {3, 70, 600, wheel + 4, 5 * wheel};
    uint64_t preferred = ranges[seed % 5];
    CheckedCalendar calendar;
    for (unsigned i = 0; i != 20 + seed; ++i)
      calendar.push(below(preferred));
    unsigned left = 4000;
    calendar.drain([&](uint64_t now) {
      // As many as are taken, by and large.
      for (uint64_t more = below(4) ? below(3) : 1; more && left; --more) {
        --left;
        uint64_t range = below(4) ? preferred : ranges[below(5)];
        calendar.push(now + 1 + below(range));
      }
      if (left != 0 && below(50) == 0)
        --left, calendar.push(now + wheel - 2 + below(5));
    });
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}
