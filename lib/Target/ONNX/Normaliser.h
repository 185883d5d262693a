//===- Normaliser.h - rewrites an ONNX graph to integer operators ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One walk over the nodes. Integer tensors are known by name; a float tensor
// stands for an expression that has not been rounded yet: a dequantised tensor
// or an operator on such, perhaps clamped. QuantizeLinear rounds it, which
// gives exactly one integer operator.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_ONNX_NORMALISER_H
#define CM_LIB_TARGET_ONNX_NORMALISER_H

#include "QuantisedGraph.h"
#include <limits>

namespace cm::onnx_import {

inline constexpr llvm::StringRef kConvAttributes[] = {
    "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"};
inline constexpr llvm::StringRef kAveragePoolAttributes[] = {
    "auto_pad",  "ceil_mode",    "channels_last", "count_include_pad",
    "dilations", "kernel_shape", "pads",          "strides"};

class Normaliser {
public:
  explicit Normaliser(Graph &graph) : graph(graph) {}
  llvm::Expected<QGraph> run();

private:
  /// An int8 or uint8 tensor that is computed at run time.
  struct IntValue {
    std::string value;
    bool isUnsigned = false;
    std::optional<Quantisation> quantisation; // as producer or first user say
    std::string port; // the input that this is a view of, while it says nothing
  };

  /// A float tensor that is computed at run time: `node` or what it reads,
  /// clamped to [lowest, highest], seen through `views`, which commute with
  /// rounding (MaxPool, Reshape, Flatten).
  struct FloatValue {
    /// Input: of the graph. Dequantised: operand 0 of `node`. Operator: `node`
    /// without its result.
    enum { Input, Dequantised, Operator } base = Dequantised;
    QNode node;
    float lowest = -std::numeric_limits<float>::infinity();
    float highest = std::numeric_limits<float>::infinity();
    llvm::SmallVector<QNode, 1> views;

    bool isPlain() const;
  };

  /// DequantizeLinear of a constant.
  struct ConstantValue {
    const Constant *elements = nullptr;
    std::vector<float> scales;
    std::vector<int64_t> zeroPoints; // empty, one, or as many as scales
    int64_t axis = 1;
  };

  using Handler = llvm::Error (Normaliser::*)(const Node &);
  static Handler findHandler(const Node &node);

  // Normaliser.cpp: the walk, the graph's ports.
  void readInputs();
  llvm::Error readOutputs(QGraph &result);

  // NormaliseOperands.cpp: tensors, scales, zero points.
  llvm::Expected<const Constant *> constantOperand(const Node &node,
                                                   unsigned i);
  /// Fails with `otherwise` where operand i is there and not all zeros.
  llvm::Error expectZero(const Node &node, unsigned i,
                         llvm::StringRef otherwise);
  llvm::Expected<std::vector<float>> scalesOperand(const Node &node,
                                                   unsigned i);
  llvm::Expected<float> scaleOperand(const Node &node, unsigned i);
  llvm::Expected<std::vector<int64_t>>
  zeroPointsOperand(const Node &node, unsigned i, bool isUnsigned);
  llvm::Expected<Quantisation> quantisationOperand(const Node &node,
                                                   unsigned scale,
                                                   unsigned zeroPoint,
                                                   bool isUnsigned);
  llvm::Expected<IntValue *> intOperand(const Node &node, unsigned i);
  llvm::Expected<FloatValue *> floatOperand(const Node &node, unsigned i);
  void noteQuantisation(IntValue &value, Quantisation quantisation);
  /// Operands i, i+1, i+2 of a QOperator node: tensor, scale, zero point.
  llvm::Expected<QOperand> quantisedOperand(const Node &node, unsigned i);
  /// Operands i, i+1 of a QOperator node: scale and zero point of the result,
  /// whose type is the zero point's or else that of operand 0.
  llvm::Expected<IntValue> quantisedResult(const Node &node, unsigned i);
  llvm::Expected<std::shared_ptr<const QWeights>>
  makeWeights(const Node &node, const ConstantValue &value);
  llvm::Expected<ConstantValue> weightsOperand(const Node &node, unsigned i);
  /// Output channels; fails where shape or scales of the weights do not fit.
  llvm::Expected<int64_t> channelsOf(const Node &node, const QNode &product);
  llvm::Expected<QBias> int32Bias(const Node &node, unsigned i,
                                  int64_t channels);
  llvm::Expected<QBias> floatBias(const Node &node, llvm::StringRef name,
                                  const QNode &product, int64_t channels);
  llvm::Expected<std::vector<double>> realConstant(const Node &node,
                                                   llvm::StringRef name);

  // NormaliseQOperator.cpp
  llvm::Error qlinearConv(const Node &node);
  llvm::Error qlinearMatMul(const Node &node);
  llvm::Error qgemm(const Node &node);
  llvm::Error qlinearAdd(const Node &node);
  llvm::Error qlinearPool(const Node &node);
  llvm::Error qlinearSoftmax(const Node &node);
  /// Operands 0 to 5 are tensor and weights; `scale` and `bias` are the
  /// positions of the result's scale and of the bias.
  llvm::Error qlinearProduct(const Node &node, QKind kind, unsigned scale,
                             unsigned bias);
  /// Gives `node` its result, described by operands i and i+1, and appends it.
  llvm::Error finish(const Node &node, QNode product, unsigned i);

  // NormaliseQDQ.cpp
  llvm::Error quantizeLinear(const Node &node);
  llvm::Error quantizeConstant(const Node &node, bool isUnsigned);
  llvm::Error dequantizeLinear(const Node &node);
  llvm::Error dequantizeConstant(const Node &node);
  llvm::Error conv(const Node &node);
  llvm::Error matMul(const Node &node);
  llvm::Error product(const Node &node, QKind kind);
  llvm::Error add(const Node &node);
  llvm::Error averagePool(const Node &node);
  llvm::Error softmax(const Node &node);
  llvm::Expected<bool> addBias(const Node &node, unsigned i);
  llvm::Error pend(const Node &node, QNode product);
  /// The integer operand that a float tensor is, without rounding. `who` starts
  /// the error.
  llvm::Expected<QOperand> dequantised(llvm::StringRef name, llvm::Twine who);
  /// Rounds `value`; returns what computes it. `tensor` names the result.
  llvm::Expected<std::string> round(const FloatValue &value,
                                    Quantisation quantisation, bool isUnsigned,
                                    const Node &node, llvm::StringRef tensor);

  // NormaliseViews.cpp: operators on integers or floats that keep values.
  llvm::Error relu(const Node &node);
  llvm::Error clip(const Node &node);
  llvm::Error maxPool(const Node &node);
  llvm::Error flatten(const Node &node);
  llvm::Error reshape(const Node &node);
  llvm::Error identity(const Node &node);
  llvm::Error view(const Node &node, QNode view);
  llvm::Error clamp(const Node &node, double lowest, double highest);
  llvm::Expected<double> clipBound(const Node &node, llvm::StringRef attribute,
                                   unsigned i, double otherwise);

  /// Gives a float input of the graph its quantisation.
  llvm::Error bindInput(const Node &node, const QOperand &operand);
  static llvm::Error checkGemmAttributes(const Node &node);

  /// Appends an operator; names its result after `tensor` where there is one.
  std::string emit(QNode node, llvm::StringRef tensor);

  Graph &graph;
  QGraph result;
  llvm::StringMap<IntValue> ints;
  llvm::StringMap<FloatValue> floats;
  llvm::StringMap<ConstantValue> dequantisedConstants;
  llvm::StringMap<QOperand> dequantisedOperands;
  llvm::StringSet<> notedPorts; // inputs of known quantisation
  unsigned unnamed = 0;
};

/// `bound` as an int8 of this quantisation, saturated.
int32_t quantise(double bound, Quantisation quantisation);

} // namespace cm::onnx_import

#endif // CM_LIB_TARGET_ONNX_NORMALISER_H
