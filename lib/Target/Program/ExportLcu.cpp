//===- ExportLcu.cpp - LCU programs of the program file -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportLcu.h"
#include "ExportContext.h"

using namespace cm;
using namespace mlir;

/// Adds factor * expr, which is affine in (n, d0, d1) with floor divisions.
static void accumulate(AffineExpr expr, int64_t factor,
                       program::QuasiAffine &out) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    out.set_constant(out.constant() + factor * constant.getValue());
    return;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    if (dim.getPosition() == 0) {
      out.set_image(out.image() + factor);
      return;
    }
    while (out.dims_size() < int(dim.getPosition()))
      out.add_dims(0);
    int index = dim.getPosition() - 1;
    out.set_dims(index, out.dims(index) + factor);
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  AffineExpr lhs = binary.getLHS(), rhs = binary.getRHS();
  if (expr.getKind() == AffineExprKind::Add) {
    accumulate(lhs, factor, out);
    accumulate(rhs, factor, out);
    return;
  }
  int64_t constant = cast<AffineConstantExpr>(rhs).getValue();
  switch (expr.getKind()) {
  case AffineExprKind::Mul:
    return accumulate(lhs, factor * constant, out);
  case AffineExprKind::Mod: // x mod c = x - c * floor(x / c)
    accumulate(lhs, factor, out);
    factor *= -constant;
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
  accumulate(lhs, 1, *div.mutable_numerator());
}

program::QuasiAffine cm::exportExpr(AffineExpr expr) {
  program::QuasiAffine out;
  accumulate(expr, 1, out);
  return out;
}

static void exportWait(cmcore::WaitOp op, program::Wait &wait) {
  if (std::optional<uint64_t> reader = op.getReader()) {
    wait.mutable_retired()->set_route(op.getRoute());
    wait.mutable_retired()->set_reader(*reader);
  } else {
    wait.set_received(op.getRoute());
  }
  *wait.mutable_threshold() = exportExpr(op.getThreshold().getResult(0));
}

void cm::exportLcu(Block &block,
                   google::protobuf::RepeatedPtrField<program::LcuInstr> &out) {
  for (Operation &op : block) {
    program::LcuInstr &instr = *out.Add();
    if (auto loop = dyn_cast<cmcore::ForOp>(op)) {
      program::Loop &message = *instr.mutable_loop();
      message.set_dim(loop.getDim());
      for (AffineExpr expr : loop.getLower().getResults())
        *message.add_lower() = exportExpr(expr);
      for (AffineExpr expr : loop.getUpper().getResults())
        *message.add_upper() = exportExpr(expr);
      message.set_step(loop.getStep());
      exportLcu(loop.getBody().front(), *message.mutable_body());
    } else if (auto guard = dyn_cast<cmcore::GuardOp>(op)) {
      program::Guard &message = *instr.mutable_guard();
      for (AffineExpr expr : guard.getNonnegative().getResults())
        *message.add_nonnegative() = exportExpr(expr);
      exportLcu(guard.getBody().front(), *message.mutable_body());
    } else if (auto wait = dyn_cast<cmcore::WaitOp>(op)) {
      exportWait(wait, *instr.mutable_wait());
    } else {
      assert(isa<cmcore::FireOp>(op) && "verified by cmcore.context");
      instr.mutable_fire();
    }
  }
}
