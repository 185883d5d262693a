//===- CMNNAttrs.td - quantisation and windows as attributes -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNATTRS_TD
#define CM_DIALECT_CMNN_CMNNATTRS_TD

include "cm/Dialect/CMNN/CMNNDialect.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/EnumAttr.td"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// A tensor of static shape whose elements are of one of `elements` and whose
// shape `s` fulfils `condition`.
class CMNN_Tensor<list<Type> elements, string condition, string description>
    : Type<And<[StaticShapeTensorOf<elements>.predicate,
                CPred<"[](::llvm::ArrayRef<int64_t> s) { return "
                      "::cm::cmnn::isShape(s) && " # condition #
                      "; }(::llvm::cast<::mlir::RankedTensorType>($_self)"
                      ".getShape())">]>,
           description, "::mlir::RankedTensorType">;

// What networks compute with.
def CMNN_Data : CMNN_Tensor<[I8, F32], "true", "int8 or f32 tensor">;
// Accumulators, too.
def CMNN_Number
    : CMNN_Tensor<[I8, F32, I32], "true", "int8, f32 or int32 tensor">;
def CMNN_Any
    : CMNN_Tensor<[I8, F32, I32, I64], "true",
                  "int8, f32, int32 or int64 tensor">;
def CMNN_Int8 : CMNN_Tensor<[I8], "true", "int8 tensor">;
def CMNN_Float : CMNN_Tensor<[F32], "true", "f32 tensor">;
def CMNN_Integer : CMNN_Tensor<[I8, I32], "true", "int8 or int32 tensor">;
def CMNN_Ids : CMNN_Tensor<[I64], "true", "int64 tensor">;

def CMNN_Image
    : CMNN_Tensor<[I8, F32], "s.size() == 4", "int8 or f32 image NxHxWxC">;
// What a convolution gives.
def CMNN_NumberImage
    : CMNN_Tensor<[I8, F32, I32], "s.size() == 4",
                  "int8, f32 or int32 image NxHxWxC">;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

// A signless i8 whose C++ value is signed.
def CMNN_Int8Attr
    : TypedAttrBase<I8, "IntegerAttr",
                    And<[CPred<"::llvm::isa<::mlir::IntegerAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::IntegerAttr>($_self)"
                               ".getType().isSignlessInteger(8)">]>,
                    "8-bit signless integer attribute"> {
  let returnType = "int32_t";
  let convertFromStorage =
      "static_cast<int32_t>($_self.getValue().getSExtValue())";
  let constBuilderCall =
      "$_builder.getIntegerAttr($_builder.getI8Type(), $0)";
}

// A signless i64 whose C++ value is signed.
def CMNN_AxisAttr
    : TypedAttrBase<I64, "IntegerAttr",
                    And<[CPred<"::llvm::isa<::mlir::IntegerAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::IntegerAttr>($_self)"
                               ".getType().isSignlessInteger(64)">]>,
                    "64-bit signless integer attribute"> {
  let returnType = "int64_t";
  let convertFromStorage = "$_self.getValue().getSExtValue()";
  let constBuilderCall =
      "$_builder.getIntegerAttr($_builder.getI64Type(), $0)";
}

// The real number that one step of int8 stands for.
def CMNN_ScaleAttr
    : TypedAttrBase<F32, "FloatAttr",
                    And<[CPred<"::llvm::isa<::mlir::FloatAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::FloatAttr>($_self)"
                               ".getType().isF32()">,
                         CPred<"::cm::isScale(::llvm::cast<"
                               "::mlir::FloatAttr>($_self).getValue()"
                               ".convertToFloat())">]>,
                    "positive, normal 32-bit float attribute of at most 2^80"> {
  let returnType = "float";
  let convertFromStorage = "$_self.getValue().convertToFloat()";
  let constBuilderCall =
      "$_builder.getFloatAttr($_builder.getF32Type(), $0)";
}

class CMNN_Extents<int n, int least>
    : ConfinedAttr<DenseI64ArrayAttr,
                   [DenseArrayCount<n>,
                    AttrConstraint<
                        CPred<"::llvm::all_of("
                              "::llvm::cast<::mlir::DenseI64ArrayAttr>($_self)"
                              ".asArrayRef(), [](int64_t e) { return e >= " #
                              least # " && e <= 65536; })">,
                        "each from " # least # " to 65536">]>;

// [vertical, horizontal], in pixels.
def CMNN_StepsAttr : CMNN_Extents<2, 1>;
// [top, left, bottom, right], in pixels.
def CMNN_PadsAttr : CMNN_Extents<4, 0>;
// [bottom, right], in pixels.
def CMNN_OutputPadsAttr : CMNN_Extents<2, 0>;

// An f32 that may be infinite but not NaN.
def CMNN_BoundAttr
    : TypedAttrBase<F32, "FloatAttr",
                    And<[CPred<"::llvm::isa<::mlir::FloatAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::FloatAttr>($_self)"
                               ".getType().isF32()">,
                         CPred<"!::llvm::cast<::mlir::FloatAttr>($_self)"
                               ".getValue().isNaN()">]>,
                    "32-bit float attribute that is a number"> {
  let returnType = "float";
  let convertFromStorage = "$_self.getValue().convertToFloat()";
  let constBuilderCall =
      "$_builder.getFloatAttr($_builder.getF32Type(), $0)";
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

class CMNN_EnumAttr<I32EnumAttr info, string mnemonic>
    : EnumAttr<CMNN_Dialect, info, mnemonic>;

class CMNN_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::cm::cmnn";
  let genSpecializedAttr = 0;
}

def CMNN_PadMode
    : CMNN_Enum<"PadMode", "what a tensor continues with",
                [I32EnumAttrCase<"Constant", 0, "constant">,
                 I32EnumAttrCase<"Edge", 1, "edge">,
                 I32EnumAttrCase<"Reflect", 2, "reflect">]>;
def CMNN_PadModeAttr : CMNN_EnumAttr<CMNN_PadMode, "pad_mode">;

def CMNN_ResizeMode
    : CMNN_Enum<"ResizeMode", "how a resize interpolates",
                [I32EnumAttrCase<"Nearest", 0, "nearest">,
                 I32EnumAttrCase<"Linear", 1, "linear">]>;
def CMNN_ResizeModeAttr : CMNN_EnumAttr<CMNN_ResizeMode, "resize_mode">;

// ONNX's coordinate_transformation_mode.
def CMNN_Coordinates
    : CMNN_Enum<"Coordinates", "where in x a pixel of y lies",
                [I32EnumAttrCase<"HalfPixel", 0, "half_pixel">,
                 I32EnumAttrCase<"Asymmetric", 1, "asymmetric">,
                 I32EnumAttrCase<"AlignCorners", 2, "align_corners">,
                 I32EnumAttrCase<"PytorchHalfPixel", 3,
                                 "pytorch_half_pixel">]>;
def CMNN_CoordinatesAttr : CMNN_EnumAttr<CMNN_Coordinates, "coordinates">;

def CMNN_NearestMode
    : CMNN_Enum<"NearestMode", "which neighbour is the nearest",
                [I32EnumAttrCase<"RoundPreferFloor", 0, "round_prefer_floor">,
                 I32EnumAttrCase<"RoundPreferCeil", 1, "round_prefer_ceil">,
                 I32EnumAttrCase<"Floor", 2, "floor">,
                 I32EnumAttrCase<"Ceil", 3, "ceil">]>;
def CMNN_NearestModeAttr : CMNN_EnumAttr<CMNN_NearestMode, "nearest_mode">;

#endif // CM_DIALECT_CMNN_CMNNATTRS_TD
