//===- CMFlowAttrs.td - access relations and buffers -------*- tablegen -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMFLOW_CMFLOWATTRS_TD
#define CM_DIALECT_CMFLOW_CMFLOWATTRS_TD

include "cm/Dialect/CMFlow/CMFlowDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class CMFlow_Attr<string name, string attrMnemonic>
    : AttrDef<CMFlow_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def CMFlow_WindowAttr : CMFlow_Attr<"Window", "window"> {
  let summary = "read relation: a window of pixels around each iteration";
  let description = [{
    Iteration `(d0, d1)` of a stage reads, in the order of `(ky, kx, c)`,

    ```
    { S[d0, d1] -> O[y, x, c] : y = strides[0] d0 + offsets[0] + dilations[0] ky,
      x = strides[1] d1 + offsets[1] + dilations[1] kx, 0 <= ky < kernel[0],
      0 <= kx < kernel[1], channels[0] <= c < channels[1] }
    ```

    and of the elements so listed those from `elements[0]` to `elements[1] - 1`
    (a row tile takes part of them). Locations outside the object are not part
    of the relation; the element there is `fill`.

    A stride of 0 reads the same rows or columns in each iteration: an extent of
    1 that is repeated.

    Constraints: (C1) kernel and dilations have two values from 1 to 2^20, strides
    two from 0 to 2^20, offsets two from -2^20 to 2^20, and the kernel 2^20 pixels
    at most; (C2)
    `0 <= channels[0] < channels[1] <= 2^28`; (C3) `0 <= elements[0] < elements[1] <= kernel[0] kernel[1]
    (channels[1] - channels[0])`, at most 2^28; (C4) `fill` is an int8.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$kernel,
      ArrayRefParameter<"int64_t">:$strides,
      ArrayRefParameter<"int64_t">:$offsets,
      ArrayRefParameter<"int64_t">:$dilations,
      ArrayRefParameter<"int64_t">:$channels,
      ArrayRefParameter<"int64_t">:$elements, "int64_t":$fill);
  let assemblyFormat = [{
    `<` `kernel` `[` $kernel `]` `strides` `[` $strides `]`
        `offsets` `[` $offsets `]` `dilations` `[` $dilations `]`
        `channels` `[` $channels `]` `elements` `[` $elements `]`
        `fill` $fill `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The same as a plain structure.
    ::cm::Window toWindow() const;
    static WindowAttr fromWindow(::mlir::MLIRContext *context,
                                 const ::cm::Window &window);
    /// The number of elements that one iteration reads, fill included.
    int64_t getNumElements() const { return getElements()[1] - getElements()[0]; }
  }];
}

def CMFlow_PixelsAttr : CMFlow_Attr<"Pixels", "pixels"> {
  let summary = "write relation: a pixel, or several, for each iteration";
  let description = [{
    Iteration `(d0, d1)` of a stage writes

    ```
    { P[d0, d1] -> O[y, x, c] : 0 <= y - strides[0] d0 - offsets[0] < rows,
      0 <= x - strides[1] d1 - offsets[1] < count,
      channels[0] <= c < channels[1] }
    ```

    in the order of `(y, x, c)`.

    Constraints: (C1) two strides from 1 to 2^20, two offsets from 0 to 2^20;
    (C2) `0 <= channels[0] < channels[1] <= 2^28`; (C3) `1 <= count <=
    strides[1]`, or 1, and `1 <= rows <= strides[0]`, or 1; `rows count
    (channels[1] - channels[0])` elements are 2^28 at most.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$strides,
      ArrayRefParameter<"int64_t">:$offsets,
      ArrayRefParameter<"int64_t">:$channels,
      DefaultValuedParameter<"int64_t", "1">:$count,
      DefaultValuedParameter<"int64_t", "1">:$rows);
  let assemblyFormat = [{
    `<` `strides` `[` $strides `]` `offsets` `[` $offsets `]`
        `channels` `[` $channels `]` (`count` $count^)? (`rows` $rows^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::cm::PixelWrite toPixelWrite() const;
    static PixelsAttr fromPixelWrite(::mlir::MLIRContext *context,
                                     const ::cm::PixelWrite &write);
  }];
}

def CMFlow_Fold : I32EnumAttr<"Fold", "what the slots of a buffer hold", [
    I32EnumAttrCase<"Row", 1, "row">, I32EnumAttrCase<"Pixel", 2, "pixel">]> {
  let cppNamespace = "::cm::cmflow";
  let genSpecializedAttr = 0;
}

def CMFlow_CapacityAttr : CMFlow_Attr<"Capacity", "capacity"> {
  let summary = "slots of a buffer, each a row or a pixel";
  let description = [{
    (C1) `slots` is 1 to 2^32 - 1. Slot `g mod slots` holds the folded coordinate
    `g = n H + y` (rows) or `g = (n H + y) W + x` (pixels) of image `n`.
  }];
  let parameters = (ins "int64_t":$slots, EnumParameter<CMFlow_Fold>:$fold);
  let assemblyFormat = "`<` $slots $fold `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The fold as plain C++ knows it.
    ::cm::Fold toFold() const {
      return getFold() == ::cm::cmflow::Fold::Row ? ::cm::Fold::Row
                                                  : ::cm::Fold::Pixel;
    }
    static CapacityAttr get(::mlir::MLIRContext *context, int64_t slots,
                            ::cm::Fold fold) {
      return get(context, slots, fold == ::cm::Fold::Row
                                     ? ::cm::cmflow::Fold::Row
                                     : ::cm::cmflow::Fold::Pixel);
    }
  }];
}

def CMFlow_BindingAttr : CMFlow_Attr<"Binding", "binding"> {
  let summary = "how an array of the host corresponds to an object";
  let description = [{
    `host_shape` is one image as the model declares it, batch extent included;
    axis `i` of the object is axis `permutation[i]` of the host's array. Host
    types: `int8`, `uint8` (int8 + 128), `float32` (by scale and zero point).

    Constraints: (C1) host type is one of these; (C2) `scale` is an f32, positive,
    normal and at most 2^80; (C3) `zero_point` is an int8; (C4) the first extent
    is 1, there are 1 to 2^28 elements, and `permutation` has each axis behind
    the first once, counted from 0.
  }];
  let parameters = (ins StringRefParameter<>:$name,
      StringRefParameter<>:$hostType,
      ArrayRefParameter<"int64_t">:$hostShape,
      OptionalArrayRefParameter<"int64_t">:$permutation,
      "::mlir::FloatAttr":$scale, "int64_t":$zeroPoint);
  let assemblyFormat = [{
    `<` $name $hostType `[` $hostShape `]` `permutation` `[` (`]`) : ($permutation^ `]`)?
        `scale` $scale `zero_point` $zeroPoint `>`
  }];
  let genVerifyDecl = 1;
}

def CMFlow_TensorAttr : CMFlow_Attr<"Tensor", "tensor"> {
  let summary = "names of a tensor of the model, for people and for probes";
  let description = [{
    The discardable attribute `cm.tensor` of an operation on vectors is an array
    of these: the names under which the model knows the value, with the shape
    that each name has there (a reshape gives a second name) and the type that
    it has there: `int8`, which is not printed, or `uint8` (int8 + 128).

    Constraints: (C1) host type is one of these; (C4) of a binding.
  }];
  let parameters = (ins StringRefParameter<>:$name,
      StringRefParameter<"", "\"int8\"">:$hostType,
      ArrayRefParameter<"int64_t">:$hostShape,
      OptionalArrayRefParameter<"int64_t">:$permutation);
  let assemblyFormat = [{
    `<` $name (`as` $hostType^)? `[` $hostShape `]` `permutation` `[` (`]`) : ($permutation^ `]`)? `>`
  }];
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// Quantisation
//===----------------------------------------------------------------------===//

def CMFlow_ScaleAttr
    : ConfinedAttr<F32Attr, [AttrConstraint<
          CPred<"::cm::isScale(::llvm::cast<::mlir::FloatAttr>($_self)"
                ".getValue().convertToFloat())">,
          "that is positive, normal and at most 2^80">]>;

def CMFlow_ZeroPointAttr
    : ConfinedAttr<I32Attr, [IntMinValue<-128>, IntMaxValue<127>]>;

#endif // CM_DIALECT_CMFLOW_CMFLOWATTRS_TD
