//===- CMNNInterfaces.td - what passes ask of an operation -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNINTERFACES_TD
#define CM_DIALECT_CMNN_CMNNINTERFACES_TD

include "mlir/IR/OpBase.td"

def CMNN_RequantizingOpInterface : OpInterface<"RequantizingOpInterface"> {
  let description = [{
    An operation that rounds an int8 result with a scale and a zero point and
    then saturates it to [minimum, maximum].

    (C5) minimum <= maximum.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Scale of the result.", "float", "getYScale">,
    InterfaceMethod<"Zero point of the result.", "int32_t", "getYZeroPoint">,
    InterfaceMethod<"Least value of the result.", "int32_t", "getMinimum">,
    InterfaceMethod<"Greatest value of the result.", "int32_t", "getMaximum">,
    InterfaceMethod<"Sets the least value.", "void", "setMinimumAttr",
                    (ins "::mlir::IntegerAttr":$value)>,
    InterfaceMethod<"Sets the greatest value.", "void", "setMaximumAttr",
                    (ins "::mlir::IntegerAttr":$value)>,
  ];
  let verify = [{ return detail::verifyRequantizing($_op); }];
}

def CMNN_QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let description = [{
    An operation on real numbers whose operands and result are f32, or int8 with
    a quantisation each. Its attributes are x_scale and x_zero_point for one
    operand, a_* and b_* for two, and y_* for the result.

    (C8) operands and result have one element type, unless the operation says
         otherwise.
    (C9) what is not int8 has scale 1 and zero point 0 and, for a result, the
         range [-128, 127]: the defaults. (The int32 of a `dequantize` has a
         quantisation.)
    (C10) a number that the operation computes of its scales, as x_scale /
         y_scale of a mean, is itself positive, normal and at most 2^80.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Quantisation of operand `index`.",
                    "::cm::cmnn::Quantization", "getOperandQuantization",
                    (ins "unsigned":$index), "",
                    "return detail::getOperandQuantization($_op, index);">,
    InterfaceMethod<"Sets the quantisation of operand `index`.", "void",
                    "setOperandQuantization",
                    (ins "unsigned":$index,
                         "::cm::cmnn::Quantization":$value), "",
                    "detail::setOperandQuantization($_op, index, value);">,
    InterfaceMethod<"Quantisation of the result.", "::cm::cmnn::Quantization",
                    "getResultQuantization", (ins), "",
                    "return detail::getResultQuantization($_op);">,
    InterfaceMethod<"Sets the quantisation of the result.", "void",
                    "setResultQuantization",
                    (ins "::cm::cmnn::Quantization":$value), "",
                    "detail::setResultQuantization($_op, value);">,
    InterfaceMethod<"Whether operands with elements of type `x` give a result "
                    "with elements of type `y`: (C8).", "bool",
                    "acceptsElementTypes",
                    (ins "::mlir::Type":$x, "::mlir::Type":$y), "",
                    "return x == y;">,
    InterfaceMethod<"The first number that is computed of scales and is none: "
                    "(C10).", "::std::optional<::cm::cmnn::BadScale>",
                    "findBadScale", (ins), "", "return ::std::nullopt;">,
  ];
  let verify = [{ return detail::verifyQuantizable($_op); }];
}

def CMNN_ViewOpInterface : OpInterface<"ViewOpInterface"> {
  let description = [{
    An operation each element of whose result is an element of an operand, or a
    fill. It commutes with every function of one element that grows with it, so
    with rounding, and the result has the quantisation of the operands.

    (C8) operands and result have one element type.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"Whether this one is a view.", "bool", "isView", (ins), "",
                    "return true;">,
    InterfaceMethod<"The operands that the result's elements come from.",
                    "::mlir::OperandRange", "getViewed", (ins), "",
                    "return $_op->getOperands();">,
    InterfaceMethod<"Where the elements lie in the only operand; nothing where "
                    "some are fills, repeated or chosen by value.",
                    "::std::optional<::cm::cmnn::ElementPositions>",
                    "getElementPositions", (ins), "",
                    "return ::std::nullopt;">,
  ];
  let verify = [{ return detail::verifyView($_op); }];
}

//===----------------------------------------------------------------------===//
// What the partition asks
//===----------------------------------------------------------------------===//

def CMNN_StageOpInterface : OpInterface<"StageOpInterface"> {
  let description = [{
    What an operation is to the stages of a machine. Contract and partition ask
    here and list no operations: every operation of the dialect answers, one
    that has no stage with the role `None`.

    Images, tokens and vectors are HxWxC, 1xTxC and 1x1xC pixels. The iteration
    domain is the pixels of the result, in one box for each lattice; the access
    relation of an operand is a window over the pixels that it is stored with.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"How stages compute it.", "::cm::cmnn::StageRole",
                    "getStageRole", (ins), "", "return ConcreteOp::stageRole;">,
    InterfaceMethod<"Whether they do so with these axes, steps and modes.",
                    "bool", "hasStageForm", (ins), "", "return true;">,
    InterfaceMethod<"Whether a channel of the result needs others than itself: "
                    "such a stage computes all of them.", "bool",
                    "mixesChannels", (ins), "", "return false;">,
    InterfaceMethod<"How else than pixel by pixel operand `index` can be given.",
                    "::cm::cmnn::OperandForms", "getOperandForms",
                    (ins "unsigned":$index), "",
                    "return detail::getOperandForms($_op.getStageRole());">,
    InterfaceMethod<"Pixels of the result that are computed alike, each in one "
                    "lattice. An error where a lattice's are not alike.",
                    "::mlir::FailureOr<::cm::cmnn::Lattices>", "getLattices",
                    (ins), "", "return ::cm::cmnn::Lattices{Lattice()};">,
    InterfaceMethod<"What an iteration of a lattice reads of operand `index`, "
                    "which is stored as `stored`.", "::cm::Window", "getWindow",
                    (ins "unsigned":$index, "const ::cm::Extent &":$stored,
                         "const ::cm::cmnn::Lattice &":$lattice), "",
                    "return detail::pixelWindow(stored, lattice);">,
  ];
}

def CMNN_ProductOpInterface : OpInterface<"ProductOpInterface"> {
  let description = [{
    A product of the pixels that a window reads with a weight: the operation of
    crossbars. The last extent of the weight are the channels of the result.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"The symbol of the weight.", "::mlir::FlatSymbolRefAttr",
                    "getWeightAttr">,
    InterfaceMethod<"The symbol of the bias, or null.",
                    "::mlir::FlatSymbolRefAttr", "getBiasAttr">,
    InterfaceMethod<"Groups of channels that do not meet.", "int64_t",
                    "getGroups", (ins), "", "return 1;">,
    InterfaceMethod<"Scale of the operand.", "float", "getXScale">,
    InterfaceMethod<"Zero point of the operand.", "int32_t", "getXZeroPoint">,
    InterfaceMethod<"Scales of the weight: none, one, or of each channel.",
                    "::llvm::ArrayRef<float>", "getWScales">,
    InterfaceMethod<"Zero points of the weight: none, one, or of each channel.",
                    "::llvm::ArrayRef<int8_t>", "getWZeroPoints">,
    InterfaceMethod<"Scale of the weights of output channel `channel`.",
                    "float", "getWScale", (ins "int64_t":$channel), "", [{
          ::llvm::ArrayRef<float> scales = $_op.getWScales();
          return scales.empty() ? 1.0f
                                : scales[scales.size() == 1 ? 0 : channel];
        }]>,
    InterfaceMethod<"Zero point of the weights of output channel `channel`.",
                    "int32_t", "getWZeroPoint", (ins "int64_t":$channel), "", [{
          ::llvm::ArrayRef<int8_t> points = $_op.getWZeroPoints();
          return points.empty() ? 0 : points[points.size() == 1 ? 0 : channel];
        }]>,
  ];
}

def CMNN_ByteFunctionOpInterface : OpInterface<"ByteFunctionOpInterface"> {
  let description = [{
    With int8, each element of the result is a function of the same element of
    the first operand, and perhaps of its channel: a look-up. Operations of one
    real number say it as `evaluate`. Oracles compute otherwise: they do not ask.
  }];
  let cppNamespace = "::cm::cmnn";
  let methods = [
    InterfaceMethod<"The 256 values, the first for -128; those of channels "
                    "`begin` to `end` - 1 one after the other where they "
                    "differ.", "::llvm::SmallVector<int8_t>", "getByteTable",
                    (ins "int64_t":$begin, "int64_t":$end), "", [{
          return detail::byteTable(
              $_op, [&](float x) { return $_op.evaluate(x); });
        }]>,
  ];
}

#endif // CM_DIALECT_CMNN_CMNNINTERFACES_TD
