//===- ExportLcu.cpp - LCU programs of the program file -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportLcu.h"
#include "Fields.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace mlir;

/// sum += term, or a failure where 64 bits do not hold it.
static LogicalResult add(int64_t &sum, int64_t term) {
  return failure(llvm::AddOverflow(sum, term, sum));
}

static LogicalResult accumulate(AffineExpr expr, int64_t factor,
                                program::QuasiAffine &out);

/// Adds factor * d, where d is n, d0 or d1.
static LogicalResult accumulateDim(unsigned position, int64_t factor,
                                   program::QuasiAffine &out) {
  int64_t sum = out.image();
  if (position == 0) {
    LogicalResult result = add(sum, factor);
    out.set_image(sum);
    return result;
  }
  while (out.dims_size() < int(position))
    out.add_dims(0);
  sum = out.dims(position - 1);
  LogicalResult result = add(sum, factor);
  out.set_dims(position - 1, sum);
  return result;
}

/// Adds factor * (lhs op rhs), where rhs is a constant.
static LogicalResult accumulateDivision(AffineBinaryOpExpr expr, int64_t factor,
                                        program::QuasiAffine &out) {
  AffineExpr lhs = expr.getLHS();
  int64_t constant = cast<AffineConstantExpr>(expr.getRHS()).getValue();
  int64_t product;
  switch (expr.getKind()) {
  case AffineExprKind::Mul:
    if (llvm::MulOverflow(factor, constant, product))
      return failure();
    return accumulate(lhs, product, out);
  case AffineExprKind::Mod: // x mod c = x - c * floor(x / c)
    if (llvm::MulOverflow(factor, -constant, product) ||
        failed(accumulate(lhs, factor, out)))
      return failure();
    factor = product;
    break;
  case AffineExprKind::CeilDiv: // ceil(x / c) = floor((x + c - 1) / c)
    lhs = lhs + (constant - 1);
    break;
  default:
    break;
  }
  program::FloorDiv &div = *out.add_divs();
  div.set_coefficient(factor);
  div.set_divisor(constant);
  return accumulate(lhs, 1, *div.mutable_numerator());
}

/// Adds factor * expr, which is affine in (n, d0, d1) with floor divisions.
static LogicalResult accumulate(AffineExpr expr, int64_t factor,
                                program::QuasiAffine &out) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    int64_t sum = out.constant(), product;
    if (llvm::MulOverflow(factor, constant.getValue(), product) ||
        failed(add(sum, product)))
      return failure();
    out.set_constant(sum);
    return success();
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return accumulateDim(dim.getPosition(), factor, out);
  auto binary = cast<AffineBinaryOpExpr>(expr);
  if (expr.getKind() != AffineExprKind::Add)
    return accumulateDivision(binary, factor, out);
  return success(succeeded(accumulate(binary.getLHS(), factor, out)) &&
                 succeeded(accumulate(binary.getRHS(), factor, out)));
}

static LogicalResult exportExpr(Operation *op, AffineExpr expr,
                                program::QuasiAffine &out) {
  if (succeeded(accumulate(expr, 1, out)))
    return success();
  return op->emitOpError("expected factors and constants of 64 bits, found ")
         << AffineMapAttr::get(AffineMap::get(3, 0, expr));
}

/// Each result of the map.
static LogicalResult
exportMap(Operation *op, AffineMap map,
          google::protobuf::RepeatedPtrField<program::QuasiAffine> &out) {
  for (AffineExpr expr : map.getResults())
    if (failed(exportExpr(op, expr, *out.Add())))
      return failure();
  return success();
}

static LogicalResult exportWait(cmcore::WaitOp op, program::Wait &wait) {
  FieldWriter fields(op);
  if (std::optional<uint64_t> reader = op.getReader()) {
    program::RetiredCounter &retired = *wait.mutable_retired();
    fields.set(retired, &program::RetiredCounter::set_route, "a route",
               op.getRoute());
    fields.set(retired, &program::RetiredCounter::set_reader, "a reader",
               *reader);
  } else {
    fields.set(wait, &program::Wait::set_received, "a route", op.getRoute());
  }
  if (failed(fields.result()))
    return failure();
  return exportExpr(op, op.getThreshold().getResult(0),
                    *wait.mutable_threshold());
}

static LogicalResult exportLoop(cmcore::ForOp op, program::Loop &loop) {
  FieldWriter fields(op);
  fields.set(loop, &program::Loop::set_dim, "a dim", op.getDim());
  fields.set(loop, &program::Loop::set_step, "a step", op.getStep());
  if (failed(fields.result()) ||
      failed(exportMap(op, op.getLower(), *loop.mutable_lower())) ||
      failed(exportMap(op, op.getUpper(), *loop.mutable_upper())))
    return failure();
  return exportLcu(op.getBody().front(), *loop.mutable_body());
}

static LogicalResult exportGuard(cmcore::GuardOp op, program::Guard &guard) {
  if (failed(exportMap(op, op.getNonnegative(), *guard.mutable_nonnegative())))
    return failure();
  return exportLcu(op.getBody().front(), *guard.mutable_body());
}

LogicalResult
cm::exportLcu(Block &block,
              google::protobuf::RepeatedPtrField<program::LcuInstr> &out) {
  for (Operation &op : block) {
    program::LcuInstr &instr = *out.Add();
    LogicalResult result = success();
    if (auto loop = dyn_cast<cmcore::ForOp>(op))
      result = exportLoop(loop, *instr.mutable_loop());
    else if (auto guard = dyn_cast<cmcore::GuardOp>(op))
      result = exportGuard(guard, *instr.mutable_guard());
    else if (auto wait = dyn_cast<cmcore::WaitOp>(op))
      result = exportWait(wait, *instr.mutable_wait());
    else
      instr.mutable_fire(); // verified by cmcore.context
    if (failed(result))
      return failure();
  }
  return success();
}
