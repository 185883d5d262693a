//===- Lcu.cpp - LCU code of one context, ready to run --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lcu.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace cm;
using namespace cm::sim;

uint64_t FlatAffine::evaluateDivs(uint64_t imageNumber,
                                  const Dims &dims) const {
  uint64_t value = 0;
  for (const Div &div : divs) {
    int64_t numerator = div.numerator.evaluate(imageNumber, dims);
    int64_t quotient =
        numerator / div.divisor - (numerator % div.divisor < 0 ? 1 : 0);
    value += uint64_t(div.coefficient) * quotient;
  }
  return value;
}

static FlatAffine flatten(const program::QuasiAffine &affine) {
  FlatAffine flat;
  flat.constant = affine.constant();
  flat.image = affine.image();
  flat.d0 = affine.dims_size() > 0 ? affine.dims(0) : 0;
  flat.d1 = affine.dims_size() > 1 ? affine.dims(1) : 0;
  for (const program::FloorDiv &div : affine.divs())
    flat.divs.push_back(
        {div.coefficient(), int64_t(div.divisor()), flatten(div.numerator())});
  return flat;
}

static std::vector<FlatAffine>
flatten(const google::protobuf::RepeatedPtrField<program::QuasiAffine> &list) {
  std::vector<FlatAffine> flat;
  for (const program::QuasiAffine &affine : list)
    flat.push_back(flatten(affine));
  return flat;
}

namespace {
class LcuCompiler {
public:
  explicit LcuCompiler(
      llvm::function_ref<uint32_t(const program::Wait &)> counterOf)
      : counterOf(counterOf) {}

  void
  append(const google::protobuf::RepeatedPtrField<program::LcuInstr> &body) {
    for (const program::LcuInstr &instr : body) {
      switch (instr.kind_case()) {
      case program::LcuInstr::kLoop:
        appendLoop(instr.loop());
        break;
      case program::LcuInstr::kGuard: {
        uint32_t at = code.size();
        code.emplace_back();
        code[at].kind = LcuOp::Guard;
        code[at].lower = flatten(instr.guard().nonnegative());
        append(instr.guard().body());
        code[at].target = code.size();
        break;
      }
      case program::LcuInstr::kWait: {
        LcuOp op;
        op.kind = LcuOp::Wait;
        op.counter = counterOf(instr.wait());
        op.threshold = flatten(instr.wait().threshold());
        code.push_back(std::move(op));
        break;
      }
      default:
        code.emplace_back();
        code.back().kind = LcuOp::Fire;
      }
    }
  }

  void appendLoop(const program::Loop &loop) {
    uint32_t begin = code.size();
    code.emplace_back();
    code[begin].kind = LcuOp::LoopBegin;
    code[begin].dim = loop.dim();
    code[begin].lower = flatten(loop.lower());
    code[begin].upper = flatten(loop.upper());
    append(loop.body());
    LcuOp end;
    end.kind = LcuOp::LoopEnd;
    end.dim = loop.dim();
    end.step = loop.step();
    end.target = begin + 1;
    code.push_back(std::move(end));
    code[begin].target = code.size();
  }

  LcuCode code;
  llvm::function_ref<uint32_t(const program::Wait &)> counterOf;
};
} // namespace

LcuCode cm::sim::compileLcu(
    const program::Context &context,
    llvm::function_ref<uint32_t(const program::Wait &)> counterOf) {
  LcuCompiler compiler(counterOf);
  compiler.append(context.lcu());
  compiler.code.emplace_back(); // End
  return std::move(compiler.code);
}

void LcuState::step(const LcuCode &code) {
  const LcuOp &op = code[pc];
  switch (op.kind) {
  case LcuOp::LoopBegin: {
    int64_t first = INT64_MIN, last = INT64_MAX;
    for (const FlatAffine &bound : op.lower)
      first = std::max(first, bound.evaluate(image, dims));
    for (const FlatAffine &bound : op.upper)
      last = std::min(last, bound.evaluate(image, dims));
    if (first > last) {
      pc = op.target;
      return;
    }
    dims[op.dim] = first;
    upper[op.dim] = last;
    ++pc;
    return;
  }
  case LcuOp::LoopEnd:
    // Unsigned, so that a bound near the end of 64 bits cannot overflow.
    if (uint64_t(upper[op.dim]) - uint64_t(dims[op.dim]) >= uint64_t(op.step)) {
      dims[op.dim] += op.step;
      pc = op.target;
      return;
    }
    dims[op.dim] = 0;
    ++pc;
    return;
  case LcuOp::Guard: {
    bool holds = llvm::all_of(op.lower, [&](const FlatAffine &condition) {
      return condition.evaluate(image, dims) >= 0;
    });
    pc = holds ? pc + 1 : op.target;
    return;
  }
  default:
    return;
  }
}

uint64_t LcuState::run(const LcuCode &code, uint64_t limit) {
  uint64_t steps = 0;
  while (steps != limit) {
    LcuOp::Kind kind = code[pc].kind;
    if (kind == LcuOp::Wait || kind == LcuOp::Fire || kind == LcuOp::End)
      break;
    step(code);
    ++steps;
  }
  return steps;
}
