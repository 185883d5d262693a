//===- Weights.cpp - the bytes of a group of crossbars --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Weights.h"

using namespace cm;
using namespace mlir;

namespace {
/// A weight as KHxKWxCIxCO; a product is 1x1 unless its rows are pixels of a
/// larger window, which the reshape to IN x OUT does not tell and need not.
struct WeightView {
  explicit WeightView(cmnn::WeightOp op) {
    ArrayRef<int64_t> shape = op.getType().getShape();
    columns = shape.back();
    channelsIn = shape.size() == 4 ? shape[2] : shape[0];
    positions = shape.size() == 4 ? shape[0] * shape[1] : 1;
    data = op.getInt8(storage);
  }

  int64_t positions, channelsIn, columns;
  std::vector<int8_t> storage;
  ArrayRef<int8_t> data;
};
} // namespace

/// A product over an image reads pixels of `channels` channels each: its rows
/// are (ky, kx, c) of the reshape.
static void viewAsWindow(WeightView &view, int64_t channels) {
  if (view.positions == 1 && channels < view.channelsIn &&
      view.channelsIn % channels == 0) {
    view.positions = view.channelsIn / channels;
    view.channelsIn = channels;
  }
}

static LogicalResult verifyRanges(cmcore::UnitOp unit, const WeightView &view) {
  if (view.columns % static_cast<int64_t>(unit.getGroups()) != 0)
    return unit.emitOpError("expected groups that divide the ")
           << view.columns << " columns of @" << unit.getWeight() << ", found "
           << unit.getGroups();
  int64_t channels = view.channelsIn * unit.getGroups();
  ArrayRef<int64_t> taps = unit.getTaps().value_or(ArrayRef<int64_t>());
  for (int64_t tap : taps)
    if (tap < 0 || tap >= view.positions)
      return unit.emitOpError("expected taps within the ")
             << view.positions << " of @" << unit.getWeight() << ", found ["
             << taps << "]";
  int64_t positions = unit.getTaps() ? taps.size() : view.positions;
  int64_t listed = positions * (unit.getChannels()[1] - unit.getChannels()[0]);
  if (unit.getChannels()[1] > channels)
    return unit.emitOpError("expected channels within the ")
           << channels << " of @" << unit.getWeight() << ", found ["
           << unit.getChannels() << "]";
  if (unit.getElements()[1] > listed)
    return unit.emitOpError("expected elements within the ")
           << listed << " of its channels, found [" << unit.getElements()
           << "]";
  int64_t width = view.columns / unit.getGroups();
  int64_t groups =
      (unit.getColumns()[1] - 1) / width - unit.getColumns()[0] / width + 1;
  if (unit.getSums() && int64_t(*unit.getSums()) != groups)
    return unit.emitOpError("expected a sum for each of the ")
           << groups << " groups of its columns, found " << *unit.getSums();
  if (unit.getColumns()[1] > view.columns)
    return unit.emitOpError("expected columns within the ")
           << view.columns << " of @" << unit.getWeight() << ", found ["
           << unit.getColumns() << "]";
  return success();
}

FailureOr<std::string> cm::cutWeights(cmcore::UnitOp unit,
                                      cmnn::WeightOp weight) {
  WeightView view(weight);
  int64_t channels = unit.getChannels()[1] - unit.getChannels()[0];
  if (unit.getGroups() == 1 && weight.getType().getRank() == 2)
    viewAsWindow(view, channels);
  if (failed(verifyRanges(unit, view)))
    return failure();

  int64_t columnsOfGroup = view.columns / unit.getGroups();
  std::string bytes;
  bytes.reserve((unit.getElements()[1] - unit.getElements()[0]) *
                (unit.getColumns()[1] - unit.getColumns()[0] +
                 unit.getSums().value_or(0)));
  for (int64_t element = unit.getElements()[0]; element < unit.getElements()[1];
       ++element) {
    int64_t position = element / channels;
    if (unit.getTaps())
      position = (*unit.getTaps())[position];
    int64_t channel = unit.getChannels()[0] + element % channels;
    int64_t row = position * view.channelsIn + channel % view.channelsIn;
    for (int64_t column = unit.getColumns()[0]; column < unit.getColumns()[1];
         ++column) {
      bool connected = channel / view.channelsIn == column / columnsOfGroup;
      bytes += connected ? view.data[row * view.columns + column] : 0;
    }
    int64_t firstGroup = unit.getColumns()[0] / columnsOfGroup;
    for (int64_t sum = 0, end = unit.getSums().value_or(0); sum < end; ++sum)
      bytes += channel / view.channelsIn == firstGroup + sum;
  }
  return bytes;
}
