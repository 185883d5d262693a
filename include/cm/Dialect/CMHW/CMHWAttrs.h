//===- CMHWAttrs.h - the machine as an attribute ----------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_DIALECT_CMHW_CMHWATTRS_H
#define CM_DIALECT_CMHW_CMHWATTRS_H

#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Machine/MachineModel.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/Operation.h"

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMHW/CMHWAttrs.h.inc"

namespace cm::cmhw {

/// The attribute of a machine that is known to be right, such as the `proto()`
/// of a model.
MachineAttr machineToAttr(mlir::MLIRContext *context,
                          const machine::Machine &machine);
/// The same for any machine: null after `emitError` has told what is wrong.
MachineAttr machineToAttrChecked(
    llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
    mlir::MLIRContext *context, const machine::Machine &machine);

/// The complete machine.
machine::Machine attrToMachine(MachineAttr attr);

/// The `cmhw.machine` of the closest operation around `op`, or of itself; null
/// where there is none.
MachineAttr findMachine(mlir::Operation *op);

/// The machine of the closest operation around `op`, ready to be asked; an
/// error at `op` where there is none.
mlir::FailureOr<MachineModel> getMachineModel(mlir::Operation *op);

} // namespace cm::cmhw

#endif // CM_DIALECT_CMHW_CMHWATTRS_H
