//===- CMHWAttrs.cpp - the machine as an attribute ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "MachineSyntax.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace cm;
using namespace cm::cmhw;

#define GET_ATTRDEF_CLASSES
#include "cm/Dialect/CMHW/CMHWAttrs.cpp.inc"

void CMHWDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "cm/Dialect/CMHW/CMHWAttrs.cpp.inc"
      >();
}

/// The machine of wire bytes; it must exist and be complete.
static llvm::Expected<MachineModel> readModel(llvm::StringRef bytes) {
  machine::Machine machine;
  if (!machine.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return llvm::createStringError("expected a machine in wire form");
  return MachineModel::create(std::move(machine));
}

llvm::LogicalResult
MachineAttr::verify(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                    llvm::StringRef bytes) {
  llvm::Expected<MachineModel> model = readModel(bytes);
  if (!model)
    return emitError() << "machine: " << llvm::toString(model.takeError());
  // Equal machines must be equal attributes.
  if (model->proto().SerializeAsString() != bytes)
    return emitError() << "machine: expected every default to be filled in";
  return mlir::success();
}

MachineModel MachineAttr::getModel() const {
  return llvm::cantFail(readModel(getBytes()));
}

MachineAttr cmhw::machineToAttr(mlir::MLIRContext *context,
                                const machine::Machine &machine) {
  MachineModel model = llvm::cantFail(MachineModel::create(machine));
  return MachineAttr::get(context, model.proto().SerializeAsString());
}

MachineAttr cmhw::machineToAttrChecked(
    llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
    mlir::MLIRContext *context, const machine::Machine &machine) {
  llvm::Expected<MachineModel> model = MachineModel::create(machine);
  if (!model) {
    emitError() << "machine: " << llvm::toString(model.takeError());
    return {};
  }
  return MachineAttr::get(context, model->proto().SerializeAsString());
}

machine::Machine cmhw::attrToMachine(MachineAttr attr) {
  machine::Machine machine;
  llvm::StringRef bytes = attr.getBytes();
  machine.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return machine;
}

MachineAttr cmhw::findMachine(mlir::Operation *op) {
  for (; op; op = op->getParentOp())
    if (auto attr =
            op->getAttrOfType<MachineAttr>(CMHWDialect::getMachineAttrName()))
      return attr;
  return {};
}

mlir::Attribute MachineAttr::parse(mlir::AsmParser &parser, mlir::Type) {
  llvm::SMLoc start = parser.getCurrentLocation();
  machine::Machine machine;
  if (parseFields(parser, mlir::AsmParser::Delimiter::LessGreater, machine))
    return {};
  return machineToAttrChecked([&] { return parser.emitError(start); },
                              parser.getContext(), machine);
}

void MachineAttr::print(mlir::AsmPrinter &printer) const {
  printer << "<";
  printFields(printer, attrToMachine(*this));
  printer << ">";
}

mlir::FailureOr<MachineModel> cmhw::getMachineModel(mlir::Operation *op) {
  MachineAttr attr = findMachine(op);
  if (!attr)
    return op->emitError("expected attribute `")
           << CMHWDialect::getMachineAttrName()
           << "` on the module: name a machine, as with --machine";
  llvm::Expected<MachineModel> model =
      MachineModel::create(attrToMachine(attr));
  if (!model)
    return op->emitError(llvm::toString(model.takeError()));
  return std::move(*model);
}
