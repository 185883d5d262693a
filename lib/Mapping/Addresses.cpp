//===- Addresses.cpp - buffers into SRAM ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One buffer after the other, and a check by sorting.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Addresses.h"
#include "cm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <numeric>

using namespace cm;
using llvm::Error;
using llvm::Expected;

/// Sums of as many of these as a core has contexts stay within 64 bits.
static constexpr uint64_t maxBufferBytes = uint64_t(1) << 40;

Error AddressProblem::check() const {
  if (alignment == 0)
    return makeError("addresses of {0}: alignment must be at least 1, found 0",
                     node);
  for (const AddressBuffer &buffer : buffers) {
    if (buffer.bytes == 0)
      return makeError("addresses of {0}: buffer '{1}' is empty", node,
                       buffer.name);
    if (buffer.bytes > maxBufferBytes)
      return makeError("addresses of {0}: buffer '{1}' has {2} bytes, at most "
                       "{3} are possible",
                       node, buffer.name, buffer.bytes, maxBufferBytes);
  }
  return Error::success();
}

/// "'a' (2048), 'b' (512)": the three largest.
static std::string largest(const std::vector<AddressBuffer> &buffers) {
  std::vector<AddressBuffer> sorted = buffers;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const AddressBuffer &a, const AddressBuffer &b) {
                     return a.bytes > b.bytes;
                   });
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(3, sorted.size()); ++i)
    text += llvm::formatv("{0}'{1}' ({2})", i ? ", " : "", sorted[i].name,
                          sorted[i].bytes);
  return text;
}

Expected<AddressSolution> cm::solveAddresses(const AddressProblem &problem) {
  if (Error error = problem.check())
    return std::move(error);
  AddressSolution solution;
  for (const AddressBuffer &buffer : problem.buffers) {
    uint64_t address = llvm::alignTo(solution.end, problem.alignment);
    solution.address.push_back(address);
    solution.end = address + buffer.bytes;
  }
  if (problem.capacity && solution.end > problem.capacity)
    return makeError("{0}: buffers need {1} bytes of SRAM, there are {2}; "
                     "largest: {3}",
                     problem.node, solution.end, problem.capacity,
                     largest(problem.buffers));
  return solution;
}

Error AddressProblem::verify(const AddressSolution &solution) const {
  if (solution.address.size() != buffers.size())
    return makeError("addresses of {0}: {1} addresses for {2} buffers", node,
                     solution.address.size(), buffers.size());
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return solution.address[a] < solution.address[b];
  });
  uint64_t end = 0;
  const AddressBuffer *below = nullptr;
  for (size_t i : order) {
    if (solution.address[i] % alignment)
      return makeError("addresses of {0}: buffer '{1}' is at {2}, expected a "
                       "multiple of {3}",
                       node, buffers[i].name, solution.address[i], alignment);
    if (below && solution.address[i] < end)
      return makeError("addresses of {0}: buffer '{1}' at {2} overlaps '{3}', "
                       "which ends at {4}",
                       node, buffers[i].name, solution.address[i], below->name,
                       end);
    end = solution.address[i] + buffers[i].bytes;
    below = &buffers[i];
  }
  if (capacity && end > capacity)
    return makeError("addresses of {0}: buffer '{1}' ends at {2}, there are "
                     "{3} bytes",
                     node, below->name, end, capacity);
  if (solution.end != end)
    return makeError("addresses of {0}: end is {1}, expected {2}", node,
                     solution.end, end);
  return Error::success();
}
