//===- QuantisedGraph.h - what both ONNX forms become -----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// QOperator nodes (QLinearConv) and QDQ groups (DequantizeLinear, Conv, Relu,
// QuantizeLinear) are rewritten to the same list of integer operators. All
// tensors are int8: where the model says uint8, zero points, weights and clamps
// are shifted by 128 here. Nobody else needs to know, except sums and averages,
// in which floats round by it.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_ONNX_QUANTISEDGRAPH_H
#define CM_LIB_TARGET_ONNX_QUANTISEDGRAPH_H

#include "Graph.h"

namespace cm::onnx_import {

/// An int8 value v stands for scale * (v - zeroPoint).
struct Quantisation {
  float scale = 1;
  int32_t zeroPoint = 0;

  bool operator==(const Quantisation &other) const {
    return scale == other.scale && zeroPoint == other.zeroPoint;
  }
};

/// A tensor as an operator reads it.
struct QOperand {
  std::string value;
  Quantisation quantisation;
};

/// Constant int8 weights of zero point 0, in the model's own layout.
struct QWeights {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  std::vector<int8_t> elements;
  std::vector<float> scales; // one, or one per output channel
};

/// int32 with the scale input scale * weight scale. Empty: no bias.
struct QBias {
  std::string name;
  std::vector<int32_t> elements;
};

enum class QKind {
  Conv,
  MatMul,
  Add,
  MaxPool,
  AveragePool,
  GlobalAveragePool,
  Softmax,
  Requantize,
  Reshape,
  Flatten
};

/// One integer operator. Window, axis and shape attributes are read from
/// `source` when the operator is emitted.
struct QNode {
  QKind kind = QKind::Requantize;
  const Node *source = nullptr;
  llvm::SmallVector<QOperand, 2> inputs;
  std::shared_ptr<const QWeights> weights;
  bool weightsTransposed = false; // MatMul: OUTxIN instead of INxOUT
  QBias bias;
  std::vector<int64_t> targetShape; // Reshape
  std::string output;
  Quantisation quantisation; // of the output
  bool isUnsigned = false;   // the model says uint8 of the output
  int32_t minimum = -128, maximum = 127;
  /// Name of the ONNX tensor that the output is, or empty.
  std::string tensor;
};

/// An input or output of the network.
struct QPort {
  std::string name;  // as the model calls it
  std::string value; // input: defines it; output: refers to it
  ElementType hostType = ElementType::Int8;
  llvm::SmallVector<int64_t> shape; // inputs only
  Quantisation quantisation;
};

struct QGraph {
  std::vector<QPort> inputs;
  std::vector<QPort> outputs;
  std::vector<QNode> nodes; // in topological order
};

/// Rewrites a graph. Errors name the node that is not supported.
llvm::Expected<QGraph> normalise(Graph &graph);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_QUANTISEDGRAPH_H
