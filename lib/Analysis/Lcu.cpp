//===- Lcu.cpp - the LCU program of a stage -------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Lcu.h"
#include "LcuBoxes.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/LoopTree.h"
#include "cm/Poly/Relation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;

/// Iterations that have the same waits. `waits[k]` is an index into the pieces
/// of rule k, or none.
namespace {
struct Cell {
  Set domain;
  std::vector<std::optional<unsigned>> waits;
};
} // namespace

static LcuNode makeWait(unsigned counter, const QuasiAffine &threshold) {
  LcuNode node;
  node.kind = LcuNode::Kind::Wait;
  node.counter = counter;
  node.threshold = threshold;
  return node;
}

static LcuNode makeLoop(unsigned dim, int64_t extent) {
  LcuNode node;
  node.kind = LcuNode::Kind::Loop;
  node.dim = dim;
  node.lower = {QuasiAffine(0)};
  node.upper = {QuasiAffine(extent - 1)};
  return node;
}

/// Splits every cell by the pieces of a rule; what no piece holds has no wait.
static std::vector<Cell> refine(PolyContext &context,
                                llvm::ArrayRef<Cell> cells,
                                const Piecewise &rule) {
  std::vector<std::pair<Set, std::optional<unsigned>>> parts;
  Set rest = Set::parse(context, "{ [d0, d1] }");
  for (auto [index, piece] : llvm::enumerate(rule.pieces)) {
    Set part = Set::parse(context, formatSet(piece.domain, 2));
    rest = rest.subtract(part);
    parts.emplace_back(part, index);
  }
  parts.emplace_back(rest, std::nullopt);
  std::vector<Cell> result;
  for (const Cell &cell : cells)
    for (const auto &[part, index] : parts) {
      Cell smaller{cell.domain.intersect(part), cell.waits};
      smaller.waits.push_back(index);
      if (!smaller.domain.isEmpty())
        result.push_back(std::move(smaller));
    }
  return result;
}

/// The common refinement of all rules, each cell without "or", for which loops
/// need no guards; nothing if there are more than `maxCells` cells.
static std::optional<std::vector<Cell>>
refineAll(PolyContext &context, const Domain &domain,
          llvm::ArrayRef<CounterRule> rules, size_t maxCells) {
  std::string box = llvm::formatv(
      "{{ [d0, d1] : 0 <= d0 < {0} and 0 <= d1 < {1} }", domain.h, domain.w);
  std::vector<Cell> cells{{Set::parse(context, box), {}}};
  for (const CounterRule &rule : rules) {
    cells = refine(context, cells, rule.threshold);
    if (cells.size() > maxCells)
      return std::nullopt;
  }
  std::vector<Cell> parts;
  for (const Cell &cell : cells)
    for (const Set &part : cell.domain.coalesce().convexParts())
      parts.push_back({part, cell.waits});
  return parts;
}

static LcuProgram lower(llvm::ArrayRef<LoopNode> nodes,
                        llvm::ArrayRef<Cell> cells,
                        llvm::ArrayRef<CounterRule> rules) {
  LcuProgram program;
  for (const LoopNode &node : nodes) {
    if (node.kind == LoopNode::Kind::Leaf) {
      for (auto [index, piece] : llvm::enumerate(cells[node.cell].waits))
        if (piece)
          program.push_back(
              makeWait(index, rules[index].threshold.pieces[*piece].value));
      program.emplace_back();
      continue;
    }
    LcuNode lowered;
    lowered.kind = node.kind == LoopNode::Kind::Loop ? LcuNode::Kind::Loop
                                                     : LcuNode::Kind::Guard;
    lowered.dim = node.dim;
    lowered.lower = node.lower;
    lowered.upper = node.upper;
    lowered.step = node.step;
    lowered.conditions = node.conditions;
    lowered.body = lower(node.body, cells, rules);
    program.push_back(std::move(lowered));
  }
  return program;
}

static bool isSame(const LcuProgram &a, const LcuProgram &b);

static bool isSame(const LcuNode &a, const LcuNode &b) {
  return a.kind == b.kind && a.dim == b.dim && a.lower == b.lower &&
         a.upper == b.upper && a.step == b.step &&
         a.conditions == b.conditions && a.counter == b.counter &&
         a.threshold == b.threshold && isSame(a.body, b.body);
}

static bool isSame(const LcuProgram &a, const LcuProgram &b) {
  return a.size() == b.size() &&
         std::equal(
             a.begin(), a.end(), b.begin(),
             [](const LcuNode &x, const LcuNode &y) { return isSame(x, y); });
}

static bool hasConstantBounds(const LcuNode &node) {
  return node.kind == LcuNode::Kind::Loop && node.step == 1 &&
         node.lower.size() == 1 && node.lower[0].isConstant() &&
         node.upper.size() == 1 && node.upper[0].isConstant();
}

/// Joins loops with the same body of which one goes on where the other ends.
static void joinLoops(LcuProgram &program) {
  LcuProgram joined;
  for (LcuNode &node : program) {
    joinLoops(node.body);
    if (!joined.empty() && hasConstantBounds(node) &&
        hasConstantBounds(joined.back()) && node.dim == joined.back().dim &&
        node.lower[0].constant == joined.back().upper[0].constant + 1 &&
        isSame(node.body, joined.back().body))
      joined.back().upper = node.upper;
    else
      joined.push_back(std::move(node));
  }
  program = std::move(joined);
}

/// One loop nest over the domain in which every conjunction of every piece
/// guards its wait.
static LcuProgram makeGuarded(const Domain &domain,
                              llvm::ArrayRef<CounterRule> rules) {
  LcuNode outer = makeLoop(0, domain.h), inner = makeLoop(1, domain.w);
  for (auto [index, rule] : llvm::enumerate(rules))
    for (const Piece &piece : rule.threshold.pieces)
      for (const Conjunction &conjunction : piece.domain) {
        LcuNode guard;
        guard.kind = LcuNode::Kind::Guard;
        guard.conditions = conjunction;
        guard.body = {makeWait(index, piece.value)};
        inner.body.push_back(std::move(guard));
      }
  inner.body.emplace_back();
  outer.body = {std::move(inner)};
  return {std::move(outer)};
}

/// Replaces indices of rules by the rules' counters.
static void nameCounters(LcuProgram &program,
                         llvm::ArrayRef<CounterRule> rules) {
  for (LcuNode &node : program) {
    if (node.kind == LcuNode::Kind::Wait)
      node.counter = rules[node.counter].counter;
    nameCounters(node.body, rules);
  }
}

/// isl's loops over the common refinement, or the guarded form.
static llvm::Expected<LcuProgram> scanCells(PolyContext &context,
                                            const Domain &domain,
                                            llvm::ArrayRef<CounterRule> rules,
                                            unsigned maxNodes) {
  using Cells = std::optional<std::vector<Cell>>;
  bool tooMany = false;
  auto cells = context.run("common refinement", [&]() -> Cells {
    Cells result = refineAll(context, domain, rules, maxNodes / 4);
    tooMany = !result;
    return tooMany ? Cells(std::vector<Cell>()) : result;
  });
  if (!cells)
    return cells.takeError();
  if (tooMany)
    return makeGuarded(domain, rules);
  std::vector<Set> domains;
  for (const Cell &cell : **cells)
    domains.push_back(cell.domain);
  auto loops = scanInOrder(context, domains);
  if (!loops)
    return loops.takeError();
  if (!*loops)
    return makeGuarded(domain, rules);
  return lower(**loops, **cells, rules);
}

llvm::Expected<LcuProgram>
LcuSynthesiser::makeProgram(const Domain &domain,
                            llvm::ArrayRef<CounterRule> rules) {
  LcuProgram program;
  std::optional<LcuProgram> boxes;
  if (useBoxes)
    boxes = scanBoxes(domain, rules);
  if (boxes) {
    program = std::move(*boxes);
  } else {
    auto cells = scanCells(context, domain, rules, maxNodes);
    if (!cells)
      return cells.takeError();
    program = std::move(*cells);
  }
  joinLoops(program);
  LcuProgram guarded = makeGuarded(domain, rules);
  return countNodes(program) <= std::max(maxNodes, countNodes(guarded))
             ? program
             : guarded;
}

llvm::Expected<LcuProgram>
LcuSynthesiser::synthesise(const Domain &domain,
                           llvm::ArrayRef<CounterRule> rules) {
  std::string key = llvm::formatv("{0} {1}\n", domain.h, domain.w);
  for (const CounterRule &rule : rules)
    key += rule.threshold.str() + "\n";
  auto found = known.find(key);
  if (found == known.end()) {
    auto program = makeProgram(domain, rules);
    if (!program)
      return program.takeError();
    found = known.emplace(key, std::move(*program)).first;
  }
  LcuProgram program = found->second;
  nameCounters(program, rules);
  return program;
}

unsigned cm::countNodes(const LcuProgram &program) {
  unsigned count = program.size();
  for (const LcuNode &node : program)
    count += countNodes(node.body);
  return count;
}

static std::string join(llvm::ArrayRef<QuasiAffine> list, const char *prefix) {
  std::string text;
  llvm::interleave(
      list, [&](const QuasiAffine &value) { text += value.str(); },
      [&] { text += ", "; });
  return list.size() == 1 ? text : prefix + ("(" + text + ")");
}

static void format(const LcuProgram &program, unsigned depth,
                   std::string &text) {
  for (const LcuNode &node : program) {
    text += std::string(2 * depth, ' ');
    switch (node.kind) {
    case LcuNode::Kind::Loop:
      text += llvm::formatv("loop d{0} = {1} .. {2}", node.dim,
                            join(node.lower, "max"), join(node.upper, "min"));
      if (node.step != 1)
        text += llvm::formatv(" step {0}", node.step);
      break;
    case LcuNode::Kind::Guard:
      text += "guard " + join(node.conditions, "all") + " >= 0";
      break;
    case LcuNode::Kind::Wait:
      text +=
          llvm::formatv("wait #{0} >= {1}", node.counter, node.threshold.str());
      break;
    case LcuNode::Kind::Fire:
      text += "fire";
      break;
    }
    text += "\n";
    format(node.body, depth + 1, text);
  }
}

std::string cm::formatLcu(const LcuProgram &program) {
  std::string text;
  format(program, 0, text);
  return text;
}
