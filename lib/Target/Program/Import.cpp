//===- Import.cpp - program file to cmcore --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Target/Program/Import.h"
#include "ImportContext.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"

using namespace cm;
using namespace mlir;

namespace {
class Importer {
public:
  Importer(const program::Program &program, ModuleOp module)
      : program(program), module(module), builder(module.getContext()),
        contexts(program, builder), loc(builder.getUnknownLoc()) {}

  void run(const machine::Machine &machine);

private:
  void importObjects();
  template <typename OpTy>
  void importBindings(
      const google::protobuf::RepeatedPtrField<program::Binding> &bindings);
  void importNode(const program::Node &node);
  std::string importUnit(const program::Node &node, int index,
                         StringRef context);
  void importRoute(int index);

  const program::Program &program;
  ModuleOp module;
  OpBuilder builder;
  ContextImporter contexts;
  Location loc;
};
} // namespace

void Importer::importObjects() {
  for (const program::Object &object : program.objects())
    cmcore::ObjectOp::create(
        builder, loc, object.name(), object.height(), object.width(),
        object.channels(),
        builder.getIntegerType(object.element_bytes() == 1 ? 8 : 32));
}

static StringRef hostTypeName(program::HostType type) {
  if (type == program::HOST_TYPE_INT8)
    return "int8";
  return type == program::HOST_TYPE_UINT8 ? "uint8" : "float32";
}

template <typename OpTy>
void Importer::importBindings(
    const google::protobuf::RepeatedPtrField<program::Binding> &bindings) {
  for (const program::Binding &binding : bindings) {
    SmallVector<int64_t> shape(binding.host_shape().begin(),
                               binding.host_shape().end());
    SmallVector<int64_t> permutation(binding.permutation().begin(),
                                     binding.permutation().end());
    auto attr = cmflow::BindingAttr::get(
        builder.getContext(), binding.name(), hostTypeName(binding.host_type()),
        shape, permutation, builder.getF32FloatAttr(binding.scale()),
        binding.zero_point());
    OpTy::create(builder, loc, program.objects(binding.object()).name(),
                 binding.node(), attr);
  }
}

/// A weight of the group's own, and the group that holds all of it.
std::string Importer::importUnit(const program::Node &node, int index,
                                 StringRef context) {
  const program::MvmUnit &unit = node.mvm_units(index);
  std::string name = (context + ".unit").str();
  std::string weight =
      ("weight." + Twine(node.id()) + "." + Twine(index)).str();
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPoint(&module.getBody()->back());
    auto type =
        RankedTensorType::get({unit.rows(), unit.cols()}, builder.getI8Type());
    auto blob = HeapAsmResourceBlob::allocateAndCopyInferAlign(
        ArrayRef<char>(unit.weights().data(), unit.weights().size()));
    auto value = DenseResourceElementsAttr::get(type, weight, std::move(blob));
    cmnn::WeightOp::create(builder, loc, weight, value);
  }
  SmallVector<int64_t> crossbars(unit.crossbars().begin(),
                                 unit.crossbars().end());
  int64_t rows = unit.rows(), cols = unit.cols();
  DenseI64ArrayAttr at;
  if (unit.row_offset() || unit.column_offset())
    at =
        builder.getDenseI64ArrayAttr({unit.row_offset(), unit.column_offset()});
  cmcore::UnitOp::create(builder, loc, name, crossbars, weight, /*groups=*/1,
                         ArrayRef<int64_t>{0, rows}, ArrayRef<int64_t>{0, rows},
                         ArrayRef<int64_t>{0, cols},
                         /*taps=*/DenseI64ArrayAttr(),
                         /*sums=*/IntegerAttr(), at);
  return name;
}

void Importer::importNode(const program::Node &node) {
  auto op = cmcore::NodeOp::create(builder, loc, node.id());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getBody());
  std::vector<std::string> users(node.mvm_units_size(), "unused");
  for (const program::Context &context : node.contexts())
    if (context.has_mvm_unit())
      users[context.mvm_unit()] = context.name();
  std::vector<std::string> units;
  for (int i = 0; i < node.mvm_units_size(); ++i)
    units.push_back(importUnit(node, i, users[i]));
  for (const program::Buffer &buffer : node.buffers())
    cmcore::BufferOp::create(
        builder, loc, program.objects(buffer.object()).name(), buffer.address(),
        cmflow::CapacityAttr::get(builder.getContext(), buffer.slots(),
                                  buffer.fold() == program::FOLD_ROW
                                      ? cmflow::Fold::Row
                                      : cmflow::Fold::Pixel));
  for (const program::Context &context : node.contexts())
    contexts.importContext(node, context, units);
}

void Importer::importRoute(int index) {
  const program::Route &route = program.routes(index);
  auto nodeOf = [&](uint32_t id) -> const program::Node * {
    for (const program::Node &node : program.nodes())
      if (node.id() == id)
        return &node;
    return nullptr;
  };
  auto symbol = [&](const std::string &name) {
    return FlatSymbolRefAttr::get(builder.getContext(), name);
  };
  const program::Node *source = nodeOf(route.source_node());
  const program::Node *dest = nodeOf(route.dest_node());
  FlatSymbolRefAttr buffer;
  if (route.has_dest_buffer())
    buffer = symbol(
        program.objects(dest->buffers(route.dest_buffer()).object()).name());
  SmallVector<Attribute> readers;
  for (uint32_t reader : route.readers())
    readers.push_back(symbol(dest->contexts(reader).name()));
  SmallVector<int64_t> links(route.links().begin(), route.links().end());
  cmcore::RouteOp::create(
      builder, loc, builder.getI64IntegerAttr(index),
      symbol(program.objects(route.object()).name()),
      builder.getI64IntegerAttr(route.source_node()),
      symbol(source->contexts(route.source_context()).name()),
      builder.getI64IntegerAttr(route.dest_node()), buffer,
      builder.getDenseI64ArrayAttr(links), builder.getArrayAttr(readers));
}

void Importer::run(const machine::Machine &machine) {
  builder.setInsertionPointToEnd(module.getBody());
  auto op = cmcore::ProgramOp::create(
      builder, loc, program.name(),
      cmhw::machineToAttr(builder.getContext(), machine),
      program.release_interval());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getBody());
  importObjects();
  importBindings<cmcore::InputOp>(program.inputs());
  importBindings<cmcore::OutputOp>(program.outputs());
  for (const program::Node &node : program.nodes())
    importNode(node);
  for (int i = 0; i < program.routes_size(); ++i)
    importRoute(i);
}

llvm::Expected<OwningOpRef<ModuleOp>>
cm::importProgram(const program::Program &program, MLIRContext *context) {
  llvm::Expected<MachineModel> machine =
      MachineModel::create(program.machine());
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = validateProgram(program, *machine))
    return std::move(error);
  if (program.epochs_size())
    return makeError("program '{0}' has {1} epochs, cmcore holds one program: "
                     "expected a program without epochs",
                     program.name(), program.epochs_size());
  context->loadDialect<cmcore::CMCoreDialect, cmnn::CMNNDialect,
                       cmhw::CMHWDialect, arith::ArithDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context));
  Importer(program, *module).run(machine->proto());
  return module;
}
