//===- CMHWDialect.cpp - registration -------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "mlir/IR/BuiltinOps.h"

using namespace cm::cmhw;

#include "cm/Dialect/CMHW/CMHWDialect.cpp.inc"

void CMHWDialect::initialize() { registerAttributes(); }

llvm::LogicalResult
CMHWDialect::verifyOperationAttribute(mlir::Operation *op,
                                      mlir::NamedAttribute attribute) {
  if (attribute.getName() != getMachineAttrName())
    return op->emitOpError()
           << "has the unknown attribute '" << attribute.getName().strref()
           << "'; expected '" << getMachineAttrName() << "'";
  if (!llvm::isa<MachineAttr>(attribute.getValue()))
    return op->emitOpError()
           << "expects attribute '" << getMachineAttrName()
           << "' to be a #cmhw.machine, found " << attribute.getValue();
  if (!llvm::isa<mlir::ModuleOp>(op))
    return op->emitOpError() << "has attribute '" << getMachineAttrName()
                             << "', which belongs on a module";
  return mlir::success();
}
