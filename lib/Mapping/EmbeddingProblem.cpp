//===- EmbeddingProblem.cpp - what an embedding is ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Embedding.h"
#include "cm/Support/Error.h"
#include <algorithm>
#include <set>

using namespace cm;
using llvm::Error;

static Error checkArcs(const std::vector<Arc> &arcs, uint32_t nodes,
                       const char *arc, const char *node) {
  for (auto [from, to] : arcs)
    if (from >= nodes || to >= nodes || from == to)
      return makeError("embedding: a {0} from {1} {2} to {3}, expected two "
                       "different ones of {4}",
                       arc, node, from, to, nodes);
  return Error::success();
}

Error EmbeddingProblem::check() const {
  if (Error error = checkArcs(streams, stages, "stream", "stage"))
    return error;
  if (Error error = checkArcs(links, cores, "link", "core"))
    return error;
  if (!allowed.empty() && allowed.size() != stages)
    return makeError("embedding: cores for {0} stages, there are {1}",
                     allowed.size(), stages);
  for (const std::vector<uint32_t> &some : allowed)
    for (uint32_t core : some)
      if (core >= cores)
        return makeError("embedding: a stage may be on core {0} of {1}", core,
                         cores);
  return Error::success();
}

Error EmbeddingProblem::verify(const EmbeddingSolution &solution) const {
  const std::vector<uint32_t> &host = solution.host;
  if (solution.answer != EmbeddingSolution::Found) {
    if (host.empty())
      return Error::success();
    return makeError("embedding: cores for {0} stages, though none was found",
                     host.size());
  }
  if (host.size() != stages)
    return makeError("embedding: cores for {0} of {1} stages", host.size(),
                     stages);
  std::set<uint32_t> used;
  for (uint32_t stage = 0; stage < stages; ++stage) {
    if (host[stage] >= cores || !used.insert(host[stage]).second)
      return makeError(
          "embedding: stage {0} is on core {1}, which is another's "
          "or not there",
          stage, host[stage]);
    if (allowed.empty())
      continue;
    if (!std::count(allowed[stage].begin(), allowed[stage].end(), host[stage]))
      return makeError("embedding: stage {0} may not be on core {1}", stage,
                       host[stage]);
  }
  std::set<Arc> known(links.begin(), links.end());
  for (auto [from, to] : streams)
    if (!known.count({host[from], host[to]}))
      return makeError("embedding: no link for the stream from stage {0} to "
                       "{1}, from core {2} to {3}",
                       from, to, host[from], host[to]);
  return Error::success();
}
