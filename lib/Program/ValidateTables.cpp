//===- ValidateTables.cpp - tables of products on the DPU -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValidateTables.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>

using namespace cm;
using llvm::Error;

static Error checkDepthwise(const program::Context &context,
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

static Error checkSubtract(const program::Context &context,
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

static Error checkMultiplyMatrix(const program::Context &context,
                                 const program::DpuInstr &instr,
                                 const std::string &where) {
  uint64_t rows = context.dpu(instr.operands(0)).length();
  uint64_t found = context.dpu(instr.operands(1)).length();
  if (found != rows * instr.length())
    return makeError("{0}: matrix of {1} elements, expected {2} x {3}", where,
                     found, rows, instr.length());
  for (int32_t point : {instr.a().zero_point(), instr.b().zero_point()})
    if (point < -128 || point > 127)
      return makeError("{0}: zero point {1}, expected -128 to 127", where,
                       point);
  return Error::success();
}

Error cm::checkLayerNorm(const program::DpuInstr &instr,
                         const std::string &where) {
  auto check = [&](const auto &values, const char *what) -> Error {
    if (values.size() && uint32_t(values.size()) != instr.length())
      return makeError("{0}: {1} {2}, expected none or {3}", where,
                       values.size(), what, instr.length());
    for (float value : values)
      if (!std::isfinite(value))
        return makeError("{0}: {1} of {2:e}, expected finite numbers", where,
                         what, value);
    return Error::success();
  };
  if (Error error = check(instr.scales(), "scales"))
    return error;
  if (Error error = check(instr.biases(), "biases"))
    return error;
  if (!(instr.epsilon() >= 0) || std::isinf(instr.epsilon()))
    return makeError("{0}: epsilon {1:e}, expected at least 0", where,
                     instr.epsilon());
  return Error::success();
}

static Error checkPixelConstant(const program::Context &context,
                                const program::DpuInstr &instr,
                                const std::string &where) {
  uint64_t height = instr.table_height(), width = instr.table_width();
  if (!isIterationCount(height, width) ||
      instr.lut().size() != height * width * instr.length())
    return makeError("{0}: table of {1} bytes for {2}x{3} pixels of {4} "
                     "elements",
                     where, instr.lut().size(), height, width, instr.length());
  const program::Write &write = context.write();
  if (!context.has_write() || write.pixels() > 1 || write.rows() > 1)
    return makeError("{0}: expected a write of one pixel", where);
  const uint64_t extents[] = {height, width};
  const uint64_t strides[] = {write.stride_y(), write.stride_x()};
  const uint64_t offsets[] = {write.offset_y(), write.offset_x()};
  for (int axis : {0, 1}) {
    uint64_t last = (context.domain(axis) - 1) * strides[axis] + offsets[axis];
    if (extents[axis] != 1 && last >= extents[axis])
      return makeError("{0}: a table of {1} pixels on axis {2}, pixel {3} is "
                       "written",
                       where, extents[axis], axis, last);
  }
  return Error::success();
}

Error cm::checkTabled(const program::Context &context,
                      const program::DpuInstr &instr,
                      const std::string &where) {
  switch (instr.opcode()) {
  case program::DPU_DEPTHWISE:
    return checkDepthwise(context, instr, where);
  case program::DPU_SUBTRACT_ZERO_POINTS:
    return checkSubtract(context, instr, where);
  case program::DPU_MULTIPLY_MATRIX:
    return checkMultiplyMatrix(context, instr, where);
  case program::DPU_PIXEL_CONSTANT:
    return checkPixelConstant(context, instr, where);
  default:
    llvm_unreachable("no instruction with a table");
  }
}
