//===- Chain.cpp - a long network of many shapes --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Published networks repeat few shapes, and what is identical is computed once.
// Here windows, paddings and extents vary, so that little is.
//
//===----------------------------------------------------------------------===//

#include "Polyhedral.h"
#include "llvm/Support/FormatVariadic.h"
#include <random>

using namespace cm;
using llvm::formatv;

namespace {
/// Pads of one axis, and the extent that they leave.
struct Axis {
  int64_t before, after, extent;
};

class Chain {
public:
  explicit Chain(uint64_t layers);
  std::string text() const {
    return formatv("{0}func.func @main(%t0: tensor<1x16x16x8xi8>) -> {1} {{\n"
                   "{2}  return %t{3} : {1}\n}\n",
                   weights, type(), body, last);
  }

private:
  std::string type() const { return formatv("tensor<1x{0}x{1}x8xi8>", h, w); }
  int64_t draw(int64_t low, int64_t high) {
    return low + int64_t(random() % uint64_t(high - low + 1));
  }
  Axis drawAxis(int64_t extent, int64_t kernel);
  void addConvolution(int64_t kernel, const Axis &y, const Axis &x);
  void addSkip(uint64_t from);

  std::mt19937 random{1};    // the same sequence everywhere
  uint64_t last = 0;         // number of the last value
  int64_t h = 16, w = 16;    // its extents
  std::string weights, body; // text
};
} // namespace

/// The extent drifts between 12 and 20.
Axis Chain::drawAxis(int64_t extent, int64_t kernel) {
  int64_t next = std::clamp<int64_t>(extent + draw(-1, 1), 12, 20);
  int64_t pads = next - extent + kernel - 1;
  if (pads < 0)
    return {0, 0, extent - kernel + 1};
  int64_t before = draw(0, pads);
  return {before, pads - before, next};
}

void Chain::addConvolution(int64_t kernel, const Axis &y, const Axis &x) {
  std::string before = type();
  h = y.extent, w = x.extent;
  weights += formatv("cmnn.weight @w{0} = dense<{1}> : "
                     "tensor<{2}x{2}x8x8xi8>\n",
                     last, last % 100, kernel);
  body += formatv("  %t{0} = cmnn.conv2d %t{1}, @w{1} {{pads = array<i64: {2}, "
                  "{3}, {4}, {5}>, x_scale = 1.0 : f32, w_scales = array<f32: "
                  "1.0>, y_scale = 1.0 : f32} : {6} -> {7}\n",
                  last + 1, last, y.before, x.before, y.after, x.after, before,
                  type());
  ++last;
}

void Chain::addSkip(uint64_t from) {
  body += formatv("  %t{0} = cmnn.add %t{1}, %t{2} {{a_scale = 1.0 : f32, "
                  "b_scale = 1.0 : f32, y_scale = 1.0 : f32} : {3}\n",
                  last + 1, last, from, type());
  ++last;
}

Chain::Chain(uint64_t layers) {
  constexpr int64_t kernels[] = {1, 3, 3, 5};
  for (uint64_t layer = 1; layer <= layers; ++layer) {
    int64_t kernel = kernels[random() % 4];
    if (layer % 5 == 0) {
      uint64_t from = last;
      addConvolution(3, {1, 1, h}, {1, 1, w});
      addSkip(from);
      continue;
    }
    Axis y = drawAxis(h, kernel), x = drawAxis(w, kernel);
    addConvolution(kernel, y, x);
  }
}

std::string cm::makeChain(uint64_t layers) { return Chain(layers).text(); }
