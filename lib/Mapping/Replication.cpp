//===- Replication.cpp - how many copies of each layer --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything is monotone: a larger II asks for fewer copies, fewer copies ask
// for less of every resource. So bisection finds the least II.
//
//===----------------------------------------------------------------------===//

#include "ReplicationModel.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

static constexpr uint64_t none = ~uint64_t(0);

/// The fewest copies with which every layer keeps to the II.
static ReplicationSolution solutionAt(ReplicationModel &model, uint64_t ii) {
  ReplicationSolution solution;
  model.setInterval(ii);
  solution.ii = ii;
  solution.copies = model.fewestCopies();
  solution.cores = model.coresFor(solution.copies, &solution.limit);
  return solution;
}

Expected<ReplicationSolution>
cm::solveReplication(const ReplicationProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  ReplicationModel model(problem);
  uint64_t enough = maxReleaseInterval;
  ReplicationSolution solution = solutionAt(model, enough);
  if (solution.cores == none)
    return makeError("replication: {0} do not suffice for one copy of each "
                     "layer on {1} cores",
                     solution.limit, problem.cores.size());
  uint64_t least = std::max<uint64_t>(1, problem.floorII);
  while (least < enough) {
    uint64_t middle = least + (enough - least) / 2;
    if (solutionAt(model, middle).cores != none)
      enough = middle;
    else
      least = middle + 1;
  }
  solution = solutionAt(model, enough);
  solution.limit = enough <= problem.floorII
                       ? problem.floorName
                       : solutionAt(model, enough - 1).limit;
  return solution;
}

Expected<ReplicationSolution>
cm::solveReplicationFor(const ReplicationProblem &problem, uint64_t ii) {
  if (Error error = problem.check())
    return std::move(error);
  if (ii < problem.floorII)
    return makeError("replication: an II of {0} cycles is below {1}, which {2} "
                     "needs",
                     ii, problem.floorII, problem.floorName);
  ReplicationModel model(problem);
  ReplicationSolution solution = solutionAt(model, ii);
  if (solution.cores == none)
    return makeError("replication: {0} does not allow an II of {1} cycles on "
                     "{2} cores",
                     solution.limit, ii, problem.cores.size());
  return solution;
}
