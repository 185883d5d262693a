//===- Crossbar.cpp - matrices of the functional run ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Crossbar.h"
#include "cm/Dialect/CMNN/CMNNOps.h"

using namespace cm;
using namespace cm::functional;
using namespace mlir;

/// The weight tensor that a product names: symbols of the graph's parent.
static cmnn::WeightOp lookupWeight(cmflow::MvmOp op) {
  auto graph = op->getParentOfType<cmflow::GraphOp>();
  return SymbolTable::lookupNearestSymbolFrom<cmnn::WeightOp>(
      graph->getParentOp(), op.getWeightAttr());
}

/// Position in the weight tensor of row `element`, column 0; `channel` is the
/// input channel of the row.
static int64_t rowOffset(cmflow::MvmOp op, ArrayRef<int64_t> shape,
                         int64_t element, int64_t &channel) {
  int64_t begin = op.getChannels()[0], count = op.getChannels()[1] - begin;
  channel = begin + element % count;
  // Of a product the rows are numbered through all pixels.
  if (shape.size() == 2)
    return element * shape[1];
  int64_t position = element / count;
  if (op.getTaps())
    position = (*op.getTaps())[position];
  return (position * shape[2] + channel % shape[2]) * shape[3];
}

Matrix cm::functional::matrixOf(cmflow::MvmOp op) {
  cmnn::WeightOp weight = lookupWeight(op);
  assert(weight && "verified by cmflow.mvm");
  std::vector<int8_t> storage;
  ArrayRef<int8_t> values = weight.getInt8(storage);
  ArrayRef<int64_t> shape = weight.getType().getShape();
  int64_t groups = op.getGroups(), width = shape.back() / groups;
  int64_t first = op.getColumns()[0], last = op.getColumns()[1];

  Matrix matrix;
  bool hasSums = op.getSums().has_value();
  matrix.columns = last - first + (hasSums ? int64_t(*op.getSums()) : 0);
  for (int64_t e = op.getElements()[0]; e < op.getElements()[1]; ++e) {
    int64_t channel;
    int64_t offset = rowOffset(op, shape, e, channel);
    // The columns of the channel's group that belong to the slice.
    int64_t group = groups == 1 ? 0 : channel / shape[2];
    int64_t begin = std::max(first, group * width);
    int64_t end = std::max(begin, std::min(last, (group + 1) * width));
    matrix.rows.push_back({begin - first, end - first, matrix.elements.size()});
    // The columns of a group outside the slice have no sum.
    if (hasSums && begin < end)
      matrix.rows.back().sum = last - first + group - first / width;
    matrix.elements.insert(matrix.elements.end(),
                           values.begin() + offset + begin,
                           values.begin() + offset + end);
  }
  return matrix;
}

bool Matrix::multiply(const int32_t *input, int32_t *result) const {
  std::vector<int64_t> sums(columns, 0);
  for (const Row &row : rows) {
    int64_t x = *input++;
    const int8_t *weights = elements.data() + row.first;
    for (int64_t column = row.begin; column < row.end; ++column)
      sums[column] += x * *weights++;
    if (row.sum >= 0)
      sums[row.sum] += x;
  }
  for (int64_t column = 0; column < columns; ++column) {
    result[column] = static_cast<int32_t>(sums[column]);
    if (result[column] != sums[column])
      return false;
  }
  return true;
}
