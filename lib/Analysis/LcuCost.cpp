//===- LcuCost.cpp - what an LCU needs for a program ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/LcuCost.h"
#include <algorithm>

using namespace cm;

static bool dependsOn(const QuasiAffine &value, unsigned dim) {
  if (dim < value.dims.size() && value.dims[dim] != 0)
    return true;
  return std::any_of(
      value.divs.begin(), value.divs.end(),
      [&](const FloorDiv &div) { return dependsOn(div.numerator, dim); });
}

/// Additions when `dim` goes on.
static unsigned additionsOf(const QuasiAffine &value, unsigned dim) {
  unsigned count = dim < value.dims.size() && value.dims[dim] != 0;
  for (const FloorDiv &div : value.divs)
    if (dependsOn(div.numerator, dim))
      count +=
          3 +
          (div.numerator.divs.empty() ? 0 : additionsOf(div.numerator, dim));
  return count;
}

static unsigned registersOf(const QuasiAffine &value) {
  unsigned count = 1;
  for (const FloorDiv &div : value.divs)
    count += registersOf(div.numerator);
  return count;
}

namespace {
/// Sums of what belongs to one loop, loops inside left out.
struct Level {
  unsigned registers = 0, additions = 0;
  bool fires = false;
};
} // namespace

static void addNodes(const LcuProgram &body, unsigned dim, Level &level,
                     LcuCost &cost);

static void addExpression(const QuasiAffine &value, unsigned dim,
                          Level &level) {
  level.registers += registersOf(value);
  level.additions += additionsOf(value, dim);
}

static void addLoop(const LcuNode &loop, LcuCost &cost) {
  Level level;
  addNodes(loop.body, loop.dim, level, cost);
  cost.registers += level.registers;
  if (level.fires)
    cost.additions = std::max(cost.additions, level.additions);
}

static void addNodes(const LcuProgram &body, unsigned dim, Level &level,
                     LcuCost &cost) {
  for (const LcuNode &node : body) {
    switch (node.kind) {
    case LcuNode::Kind::Loop:
      addLoop(node, cost);
      break;
    case LcuNode::Kind::Guard:
      for (const QuasiAffine &condition : node.conditions)
        addExpression(condition, dim, level);
      addNodes(node.body, dim, level, cost);
      break;
    case LcuNode::Kind::Wait:
      addExpression(node.threshold, dim, level);
      break;
    case LcuNode::Kind::Fire:
      level.fires = true;
      break;
    }
  }
}

LcuCost cm::lcuCost(const LcuProgram &program) {
  constexpr unsigned noDim = ~0u;
  LcuCost cost;
  cost.instructions = countNodes(program);
  Level outside;
  addNodes(program, noDim, outside, cost);
  cost.registers += outside.registers;
  return cost;
}
