//===- CMNNOps.h - the operations of a quantised network -------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMNN_CMNNOPS_H
#define CM_DIALECT_CMNN_CMNNOPS_H

#include "cm/Dialect/CMNN/CMNNDialect.h"
#include "cm/Dialect/CMNN/Lattices.h"
#include "cm/Support/Scales.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace cm::cmnn {
/// Whether a tensor can have these extents: at least one, each positive, and at
/// most 2^40 elements.
bool isShape(llvm::ArrayRef<int64_t> extents);

/// An int8 value `v` stands for the real number scale * (v - zeroPoint); an f32
/// has the default and stands for itself.
struct Quantization {
  float scale = 1;
  int32_t zeroPoint = 0;

  bool operator==(const Quantization &other) const {
    return scale == other.scale && zeroPoint == other.zeroPoint;
  }
  bool operator!=(const Quantization &other) const { return !(*this == other); }
};

/// A number that an operation computes of its scales (docs/Numerics.md) and
/// that is none itself, `what` by the names of attributes.
struct BadScale {
  llvm::StringRef what;
  float value;
  std::optional<int64_t> channel;
};

/// Element (i, j, ...) of a result is element first + i * strides[0] + j *
/// strides[1] + ... of the operand, in row-major order.
struct ElementPositions {
  int64_t first = 0;
  llvm::SmallVector<int64_t, 5> strides;
};

/// How stages compute an operation.
enum class StageRole {
  None,      // not at all: no stage of a machine does this yet
  Border,    // between int8 and real numbers: fused into others
  Constant,  // known before: stages that need it hold it
  View,      // the operand's elements under another shape, or read otherwise
  Join,      // nothing: the operands lie side by side in one object
  Pixelwise, // from the same pixel of the operands, on the DPU
  Window,    // from the pixels that a window reads, on the DPU
  Product,   // from those, with weights: ProductOpInterface
};

/// How else an operand can be given than pixel by pixel.
struct OperandForms {
  bool constant = false;   // the stage holds it
  bool transposed = false; // the operand of a transpose of its matrix is read
  bool flattened = false;  // all elements of an image are one pixel
};

/// The trait of operations with the role `role`.
template <StageRole role> struct StageRoleOf {
  template <typename ConcreteOp>
  class Impl : public mlir::OpTrait::TraitBase<ConcreteOp, Impl> {
  public:
    static constexpr StageRole stageRole = role;
  };
};

/// Name of the attribute that keeps the model's name of a tensor, on the
/// operation that computes it and on function arguments and results.
constexpr llvm::StringLiteral tensorAttrName = "cm.tensor";
/// Type of that tensor in the model, where it is not int8.
constexpr llvm::StringLiteral hostTypeAttrName = "cm.host_type";

class WeightOp;

namespace detail {
/// (C5) of every operation that requantises.
mlir::LogicalResult verifyRequantizing(mlir::Operation *op);
/// (C8), (C9) and (C10) of every operation on real numbers.
mlir::LogicalResult verifyQuantizable(mlir::Operation *op);
/// (C8) of every view.
mlir::LogicalResult verifyView(mlir::Operation *op);
/// The attributes of QuantizableOpInterface; missing ones read as the default,
/// and setting them to anything else is a mistake.
Quantization getOperandQuantization(mlir::Operation *op, unsigned index);
void setOperandQuantization(mlir::Operation *op, unsigned index,
                            Quantization value);
Quantization getResultQuantization(mlir::Operation *op);
void setResultQuantization(mlir::Operation *op, Quantization value);
/// What most operations of a role accept: pixelwise ones and joins constants.
OperandForms getOperandForms(StageRole role);
/// All channels of the pixel that is the lattice's first.
Window pixelWindow(const Extent &stored, const Lattice &lattice);
/// The table of `function` between the quantisations of `op`: docs/Numerics.md,
/// "`requantize`".
llvm::SmallVector<int8_t> byteTable(mlir::Operation *op,
                                    llvm::function_ref<float(float)> function);
} // namespace detail
} // namespace cm::cmnn

#include "cm/Dialect/CMNN/CMNNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMNN/CMNNAttrs.h.inc"

#include "cm/Dialect/CMNN/CMNNInterfaces.h.inc"

#define GET_OP_CLASSES
#include "cm/Dialect/CMNN/CMNNOps.h.inc"

namespace cm::cmnn {
/// The weight that `symbol` names at `op`; null where it is null.
WeightOp weightOf(mlir::Operation *op, mlir::FlatSymbolRefAttr symbol);
} // namespace cm::cmnn

#endif // CM_DIALECT_CMNN_CMNNOPS_H
