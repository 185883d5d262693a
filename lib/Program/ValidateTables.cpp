//===- ValidateTables.cpp - tables of products on the DPU -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValidateTables.h"

using namespace cm;
using llvm::Error;

Error cm::checkDepthwise(const program::Context &context,
                         const program::DpuInstr &instr,
                         const std::string &where) {
  uint64_t elements = context.dpu(instr.operands(0)).length();
  if (uint64_t(instr.table_size()) != elements ||
      elements % instr.length() != 0)
    return makeError("{0}: {1} weights for {2} elements, expected as many, a "
                     "multiple of {3}",
                     where, instr.table_size(), elements, instr.length());
  for (int32_t weight : instr.table())
    if (weight < -255 || weight > 255)
      return makeError("{0}: weight {1}, expected -255 to 255", where, weight);
  return Error::success();
}

Error cm::checkSubtract(const program::Context &context,
                        const program::DpuInstr &instr,
                        const std::string &where) {
  int64_t length = instr.length();
  int64_t sums = context.dpu(instr.operands(0)).length() - length;
  if (sums < 1 || length % sums != 0)
    return makeError("{0}: operand 0 has {1} elements, expected more than {2} "
                     "by a divisor of it",
                     where, sums + length, length);
  if (instr.table_size() != 1 && instr.table_size() != length)
    return makeError("{0}: {1} zero points, expected 1 or {2}", where,
                     instr.table_size(), length);
  for (int32_t point : instr.table())
    if (point < -128 || point > 127)
      return makeError("{0}: zero point {1}, expected -128 to 127", where,
                       point);
  return Error::success();
}
