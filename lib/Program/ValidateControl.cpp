//===- ValidateControl.cpp - LCU code -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Validator.h"

using namespace cm;
using llvm::Error;

static constexpr unsigned maxLcuDepth = 32;
static constexpr unsigned maxAffineDepth = 8;
/// Keeps thresholds of up to 2^22 images far from the end of 64 bits.
static constexpr int64_t maxCoefficient = int64_t(1) << 40;

Error Validator::checkLcu(const program::Node &node, int contextIndex,
                          const std::string &where) {
  const program::Context &context = node.contexts(contextIndex);
  lcuNode = &node;
  lcuContext = contextIndex;
  lcuDepth = lcuInstructions = lcuFires = 0;
  lcuBound.assign(context.domain_size(), false);
  if (Error error = checkLcuBody(context.lcu(), where + " lcu"))
    return error;
  if (lcuFires == 0)
    return makeError("{0}: LCU code without a fire", where);
  if (!machine.isCore(node.id()))
    return Error::success();
  uint32_t limit = machine.core(node.id()).lcu().max_instructions();
  if (lcuInstructions > limit)
    return makeError("{0}: {1} LCU instructions, the machine has room for {2}",
                     where, lcuInstructions, limit);
  return Error::success();
}

Error Validator::checkLcuBody(
    const google::protobuf::RepeatedPtrField<program::LcuInstr> &body,
    const std::string &where) {
  if (++lcuDepth > maxLcuDepth)
    return makeError("{0}: nested deeper than {1}", where, maxLcuDepth);
  for (int i = 0; i != body.size(); ++i) {
    const program::LcuInstr &instr = body[i];
    std::string here = where + "[" + std::to_string(i) + "]";
    ++lcuInstructions;
    switch (instr.kind_case()) {
    case program::LcuInstr::kLoop:
      if (Error error = checkLoop(instr.loop(), here))
        return error;
      break;
    case program::LcuInstr::kGuard:
      for (const program::QuasiAffine &affine : instr.guard().nonnegative())
        if (Error error = checkAffine(affine, here))
          return error;
      if (Error error = checkLcuBody(instr.guard().body(), here))
        return error;
      break;
    case program::LcuInstr::kWait:
      if (Error error = checkWait(instr.wait(), here))
        return error;
      break;
    case program::LcuInstr::kFire:
      ++lcuFires;
      break;
    case program::LcuInstr::KIND_NOT_SET:
      return makeError("{0}: empty instruction", here);
    }
  }
  --lcuDepth;
  return Error::success();
}

Error Validator::checkLoop(const program::Loop &loop,
                           const std::string &where) {
  if (loop.dim() >= lcuBound.size())
    return makeError("{0}: loop over d{1}, the domain has {2} extents", where,
                     loop.dim(), lcuBound.size());
  if (lcuBound[loop.dim()])
    return makeError("{0}: loop over d{1} inside a loop over d{1}", where,
                     loop.dim());
  if (loop.lower_size() == 0 || loop.upper_size() == 0)
    return makeError("{0}: a loop needs a lower and an upper bound", where);
  if (loop.step() == 0)
    return makeError("{0}: step 0, expected at least 1", where);
  for (const program::QuasiAffine &affine : loop.lower())
    if (Error error = checkAffine(affine, where + " lower bound"))
      return error;
  for (const program::QuasiAffine &affine : loop.upper())
    if (Error error = checkAffine(affine, where + " upper bound"))
      return error;
  lcuBound[loop.dim()] = true;
  if (Error error = checkLcuBody(loop.body(), where))
    return error;
  lcuBound[loop.dim()] = false;
  return Error::success();
}

Error Validator::checkWait(const program::Wait &wait,
                           const std::string &where) {
  uint32_t route = 0;
  switch (wait.counter_case()) {
  case program::Wait::kReceived:
    route = wait.received();
    if (route >= uint32_t(program.routes_size()) ||
        program.routes(route).dest_node() != lcuNode->id())
      return makeError("{0}: waits for route {1}, which does not end at {2}",
                       where, route, nodeName(lcuNode->id()));
    break;
  case program::Wait::kRetired: {
    route = wait.retired().route();
    const auto &sends = lcuNode->contexts(lcuContext).sends();
    if (std::count(sends.begin(), sends.end(), route) == 0)
      return makeError("{0}: waits for credits of route {1}, which the context "
                       "does not send",
                       where, route);
    int readers = program.routes(route).readers_size();
    if (wait.retired().reader() >= uint32_t(readers))
      return makeError("{0}: waits for reader {1} of route {2}, which has {3}",
                       where, wait.retired().reader(), route, readers);
    break;
  }
  case program::Wait::COUNTER_NOT_SET:
    return makeError("{0}: a wait needs a counter", where);
  }
  return checkAffine(wait.threshold(), where + " threshold");
}

Error Validator::checkAffine(const program::QuasiAffine &affine,
                             const std::string &where, unsigned depth) {
  if (depth > maxAffineDepth)
    return makeError("{0}: divisions nested deeper than {1}", where,
                     maxAffineDepth);
  auto isLarge = [](int64_t value) {
    return value > maxCoefficient || value < -maxCoefficient;
  };
  if (isLarge(affine.constant()) || isLarge(affine.image()))
    return makeError("{0}: coefficient beyond 2^40", where);
  for (int k = 0; k != affine.dims_size(); ++k) {
    if (isLarge(affine.dims(k)))
      return makeError("{0}: coefficient beyond 2^40", where);
    if (affine.dims(k) != 0 && (size_t(k) >= lcuBound.size() || !lcuBound[k]))
      return makeError("{0}: uses d{1} outside of its loop", where, k);
  }
  for (const program::FloorDiv &div : affine.divs()) {
    if (div.divisor() == 0 || div.divisor() > uint64_t(maxCoefficient))
      return makeError("{0}: divisor {1}, expected 1 to 2^40", where,
                       div.divisor());
    if (isLarge(div.coefficient()))
      return makeError("{0}: coefficient beyond 2^40", where);
    if (Error error = checkAffine(div.numerator(), where, depth + 1))
      return error;
  }
  return Error::success();
}
