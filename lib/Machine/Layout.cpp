//===- Layout.cpp - where nodes are drawn ---------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include <algorithm>
#include <cmath>

using namespace cm;

using Hops = std::vector<std::vector<uint32_t>>;

static uint32_t farthest(const std::vector<uint32_t> &hops) {
  return std::max_element(hops.begin(), hops.end()) - hops.begin();
}

/// Distances from two nodes that are far apart from each other, and from a
/// third that is about as far from both, are axes to begin with.
static std::vector<Point> begin(const Hops &hops) {
  uint32_t a = farthest(hops[0]), b = farthest(hops[a]), c = 0;
  auto balance = [&](uint32_t node) {
    int64_t toA = hops[a][node], toB = hops[b][node];
    return toA + toB - 2 * std::abs(toA - toB);
  };
  for (uint32_t node = 0; node < hops.size(); ++node)
    if (balance(node) > balance(c))
      c = node;
  std::vector<Point> points;
  for (uint32_t node = 0; node < hops.size(); ++node) {
    // Equal nodes must not lie on each other: the golden angle spreads them.
    double angle = 2.399963 * node;
    points.push_back(
        {(double(hops[a][node]) - hops[b][node]) / 2 + 0.1 * std::cos(angle),
         double(hops[c][node]) + 0.1 * std::sin(angle)});
  }
  return points;
}

/// Moves a node to where all others would have it, near ones counting most.
static void improve(const Hops &hops, uint32_t node,
                    std::vector<Point> &points) {
  double x = 0, y = 0, sum = 0;
  for (uint32_t other = 0; other < hops.size(); ++other) {
    if (other == node)
      continue;
    double wanted = hops[node][other], weight = 1 / (wanted * wanted);
    double dx = points[node].first - points[other].first;
    double dy = points[node].second - points[other].second;
    double length = std::max(std::hypot(dx, dy), 1e-6);
    x += weight * (points[other].first + wanted * dx / length);
    y += weight * (points[other].second + wanted * dy / length);
    sum += weight;
  }
  if (sum > 0)
    points[node] = {x / sum, y / sum};
}

std::vector<Point> cm::layOut(const Hops &hops) {
  std::vector<Point> points = begin(hops);
  constexpr int rounds = 120;
  for (int round = 0; round < rounds; ++round)
    for (uint32_t node = 0; node < hops.size(); ++node)
      improve(hops, node, points);
  return points;
}
