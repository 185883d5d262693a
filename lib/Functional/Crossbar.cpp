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
    return (begin + element) * shape[1];
  return (element / count * shape[2] + channel % shape[2]) * shape[3];
}

Matrix cm::functional::matrixOf(cmflow::MvmOp op) {
  cmnn::WeightOp weight = lookupWeight(op);
  assert(weight && "verified by cmflow.mvm");
  std::vector<int8_t> storage;
  ArrayRef<int8_t> values = weight.getInt8(storage);
  ArrayRef<int64_t> shape = weight.getType().getShape();
  int64_t groups = op.getGroups(), columnsOfAll = shape.back();

  Matrix matrix;
  matrix.columns = op.getColumns()[1] - op.getColumns()[0];
  for (int64_t e = op.getElements()[0]; e < op.getElements()[1]; ++e) {
    int64_t channel;
    int64_t offset = rowOffset(op, shape, e, channel);
    auto &[begin, end] = matrix.nonzero.emplace_back(matrix.columns, 0L);
    for (int64_t o = op.getColumns()[0]; o < op.getColumns()[1]; ++o) {
      bool isSameGroup =
          groups == 1 || channel / shape[2] == o / (columnsOfAll / groups);
      matrix.elements.push_back(isSameGroup ? values[offset + o] : 0);
      int64_t column = o - op.getColumns()[0];
      if (matrix.elements.back() != 0) {
        begin = std::min(begin, column);
        end = column + 1;
      }
    }
  }
  return matrix;
}

bool Matrix::multiply(const int32_t *input, size_t rows,
                      int32_t *result) const {
  std::vector<int64_t> sums(columns, 0);
  for (size_t row = 0; row < rows; ++row) {
    int64_t x = input[row];
    const int8_t *weights = elements.data() + row * columns;
    auto [begin, end] = nonzero[row];
    for (int64_t column = begin; column < end; ++column)
      sums[column] += x * weights[column];
  }
  for (int64_t column = 0; column < columns; ++column) {
    result[column] = static_cast<int32_t>(sums[column]);
    if (result[column] != sums[column])
      return false;
  }
  return true;
}
