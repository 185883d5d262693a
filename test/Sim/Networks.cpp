//===- Networks.cpp - small networks for tests ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Networks.h"

using namespace cm;
using namespace cm::test;

/// Puts the wait for a 3x3 window at padding 1 before the fire: rows up to
/// d0 + 1 of the same image, or all of it.
static void waitRows(ProgramBuilder &builder, uint32_t node, uint32_t route,
                     int64_t height, int64_t width) {
  program::LcuInstr more, last;
  *more.mutable_guard()->add_nonnegative() =
      ProgramBuilder::affine(height - 2, 0, -1);
  program::Wait &wait = *more.mutable_guard()->add_body()->mutable_wait();
  wait.set_received(route);
  *wait.mutable_threshold() =
      ProgramBuilder::affine(2 * width, height * width, width);
  last = more;
  *last.mutable_guard()->mutable_nonnegative(0) =
      ProgramBuilder::affine(1 - height, 0, 1);
  *last.mutable_guard()->mutable_body(0)->mutable_wait()->mutable_threshold() =
      ProgramBuilder::affine(height * width, height * width);
  auto *body = builder.context(node, 0)
                   .mutable_lcu(0)
                   ->mutable_loop()
                   ->mutable_body(0)
                   ->mutable_loop()
                   ->mutable_body();
  program::LcuInstr fire = body->Get(0);
  body->Clear();
  *body->Add() = more;
  *body->Add() = last;
  *body->Add() = fire;
}

Convolution::Convolution(uint32_t height, uint32_t width) : ProgramBuilder(2) {
  for (int i = 0; i != 36; ++i)
    weights.push_back(int8_t(i * 37 % 256 - 128));
  uint32_t in = addObject("in", height, width, 1);
  uint32_t out = addObject("out", height, width, 4);
  addInput(in);
  addOutput(out);
  uint32_t buffer = addBuffer(1, in, 4);
  addContext(1, "conv", height, width);
  program::Gather gather = window(1, buffer, 3, 1);
  gather.set_fill(3);
  setMvm(1, 0, addUnit(1, 9, 4, weights), gather);
  addDpu(1, 0, program::DPU_MVM_RESULT, 4);
  program::DpuInstr &bias = addDpu(1, 0, program::DPU_CONSTANT, 4);
  for (int c = 0; c != 4; ++c)
    bias.add_table(100 * c);
  addDpu(1, 0, program::DPU_ADD, 4, {0, 1});
  program::DpuInstr &quantize = addDpu(1, 0, program::DPU_REQUANTIZE, 4, {2});
  quantize.add_scales(0.01f);
  quantize.mutable_y()->set_zero_point(-5);
  quantize.set_tensor(1);
  program::Tensor &tensor = *program.add_tensors();
  tensor.set_name("t");
  tensor.set_height(height);
  tensor.set_width(width);
  tensor.set_channels(4);
  tensor.set_host_type(program::HOST_TYPE_INT8);
  for (uint32_t extent : {1u, height, width, 4u})
    tensor.add_host_shape(extent);
  for (uint32_t axis : {0, 1, 2})
    tensor.add_permutation(axis);
  setWrite(1, 0, out);
  inRoute = addRoute({host(), 0, 1}, 0, buffer, {0});
  addRoute({1, host()}, 0, -1);
  waitRows(*this, 1, inRoute, height, width);
  // Row y takes the slot of row y - 4, which iteration row y - 3 reads last.
  int64_t pixels = height * width;
  waitRetired(host(), 0, inRoute, 0,
              affine(-2 * int64_t(width), pixels, width));
}

RowTiles::RowTiles() : ProgramBuilder(2) {
  for (int i = 0; i != 32; ++i)
    weights.push_back(int8_t(i * 91 % 256 - 128));
  uint32_t in = addObject("in", 1, 3, 8);
  uint32_t sum = addObject("sum", 1, 3, 4, 3);
  uint32_t out = addObject("out", 1, 3, 4);
  addInput(in);
  addOutput(out);
  for (uint32_t core : {0, 1}) {
    uint32_t buffer = addBuffer(core, in, 2, program::FOLD_PIXEL);
    program::Gather gather = window(core, buffer);
    gather.set_element_begin(4 * core);
    gather.set_element_end(4 * core + 4);
    addContext(core, "tile", 1, 3);
    std::vector<int8_t> half(weights.begin() + 16 * core,
                             weights.begin() + 16 * core + 16);
    setMvm(core, 0, addUnit(core, 4, 4, half), gather);
    addDpu(core, 0, program::DPU_MVM_RESULT, 4);
  }
  setWrite(0, 0, sum);
  uint32_t sums = addBuffer(1, sum, 2, program::FOLD_PIXEL);
  addLoad(1, 0, window(1, sums));
  addDpu(1, 0, program::DPU_ADD, 4, {0, 1});
  addDpu(1, 0, program::DPU_REQUANTIZE, 4, {2}).add_scales(0.005f);
  setWrite(1, 0, out);
  // One multicast of the input to both cores.
  uint32_t toFirst = addRoute({host(), 0}, 0, 0, {0});
  uint32_t toSecond = addRoute({host(), 0, 1}, 0, 0, {0});
  sumRoute = addRoute({0, 1}, 0, sums, {0});
  addRoute({1, host()}, 0, -1);
  waitSame(0, 0, toFirst, 1, 3);
  waitFree(0, 0, sumRoute, 1, 3, 2);
  waitSame(1, 0, toSecond, 1, 3);
  waitSame(1, 0, sumRoute, 1, 3);
  waitFree(host(), 0, toFirst, 1, 3, 2);
  waitFree(host(), 0, toSecond, 1, 3, 2);
}

Pool::Pool(program::DpuOpcode opcode) : ProgramBuilder(1) {
  uint32_t in = addObject("in", 4, 4, 2);
  uint32_t out = addObject("out", 4, 4, 2);
  addInput(in);
  addOutput(out);
  uint32_t buffer = addBuffer(0, in, 4);
  addContext(0, "pool", 4, 4);
  program::DpuInstr &pool = addDpu(0, 0, opcode, 2);
  *pool.mutable_gather() = window(0, buffer, 3, 1);
  pool.mutable_a()->set_scale(1);
  pool.mutable_y()->set_scale(1);
  setWrite(0, 0, out);
  uint32_t route = addRoute({host(), 0}, 0, buffer, {0});
  addRoute({0, host()}, 0, -1);
  waitRows(*this, 0, route, 4, 4);
  waitRetired(host(), 0, route, 0, affine(-8, 16, 4));
}
