//===- CMNNAttrs.td - quantisation and windows as attributes -*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNATTRS_TD
#define CM_DIALECT_CMNN_CMNNATTRS_TD

include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class CMNN_Tensor<Pred shape, string description>
    : Type<And<[StaticShapeTensorOf<[I8]>.predicate, shape]>, description,
           "::mlir::RankedTensorType">;

// The shape of the tensor `$_self` without the type's sugar.
class CMNN_Shape<string condition>
    : CPred<"[](::llvm::ArrayRef<int64_t> s) { return " # condition #
            "; }(::llvm::cast<::mlir::RankedTensorType>($_self).getShape())">;

def CMNN_AnyTensor
    : CMNN_Tensor<CMNN_Shape<"!s.empty() && s[0] == 1 && "
                             "!::llvm::is_contained(s, 0)">,
                  "int8 tensor of static, non-empty shape with leading "
                  "extent 1">;
def CMNN_Image
    : CMNN_Tensor<CMNN_Shape<"s.size() == 4 && s[0] == 1 && "
                             "!::llvm::is_contained(s, 0)">,
                  "int8 image 1xHxWxC">;
def CMNN_Vector
    : CMNN_Tensor<CMNN_Shape<"s.size() == 2 && s[0] == 1 && s[1] != 0">,
                  "int8 vector 1xC">;
def CMNN_Activation
    : CMNN_Tensor<Or<[CMNN_Shape<"s.size() == 4 && s[0] == 1 && "
                                 "!::llvm::is_contained(s, 0)">,
                      CMNN_Shape<"s.size() == 2 && s[0] == 1 && s[1] != 0">]>,
                  "int8 image 1xHxWxC or int8 vector 1xC">;

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

// The real number that one step of int8 stands for.
def CMNN_ScaleAttr
    : TypedAttrBase<F32, "FloatAttr",
                    And<[CPred<"::llvm::isa<::mlir::FloatAttr>($_self)">,
                         CPred<"::llvm::cast<::mlir::FloatAttr>($_self)"
                               ".getType().isF32()">,
                         CPred<"::cm::cmnn::isScale(::llvm::cast<"
                               "::mlir::FloatAttr>($_self).getValue()"
                               ".convertToFloat())">]>,
                    "positive, normal 32-bit float attribute"> {
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

#endif // CM_DIALECT_CMNN_CMNNATTRS_TD
