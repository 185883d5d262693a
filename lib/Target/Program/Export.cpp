//===- Export.cpp - cmcore to program file --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Target/Program/Export.h"
#include "ExportContext.h"
#include "Fields.h"
#include "Weights.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Program/Validate.h"
#include "cm/Support/Error.h"
#include "cm/Support/Version.h"
#include "cm/Target/Module/DiagnosticText.h"

using namespace cm;
using namespace mlir;

namespace {
class Exporter {
public:
  Exporter(ModuleOp module, cmcore::ProgramOp op)
      : module(module), op(op), names(op), contexts(names, program) {}

  LogicalResult run();
  program::Program program;

private:
  LogicalResult exportObjects();
  template <typename OpTy>
  LogicalResult
  exportBindings(google::protobuf::RepeatedPtrField<program::Binding> &out);
  LogicalResult exportNode(cmcore::NodeOp node);
  LogicalResult exportUnit(cmcore::UnitOp unit, program::MvmUnit &out);
  LogicalResult exportBuffer(cmcore::BufferOp buffer, program::Buffer &out);
  LogicalResult bindInputs(cmcore::NodeOp node, program::Node &out);
  LogicalResult exportRoute(cmcore::RouteOp route);
  LogicalResult exportReaders(cmcore::RouteOp route, program::Route &out);

  ModuleOp module;
  cmcore::ProgramOp op;
  ProgramNames names;
  ContextExporter contexts;
};
} // namespace

LogicalResult Exporter::exportObjects() {
  using program::Object;
  for (auto object : op.getBody().getOps<cmcore::ObjectOp>()) {
    Object &out = *program.add_objects();
    out.set_name(object.getSymName().str());
    FieldWriter fields(object);
    fields.set(out, &Object::set_height, "height", object.getHeight());
    fields.set(out, &Object::set_width, "width", object.getWidth());
    fields.set(out, &Object::set_channels, "channels", object.getChannels());
    if (failed(fields.result()))
      return failure();
    out.set_element_bytes(object.getElementType().getIntOrFloatBitWidth() / 8);
  }
  return success();
}

static program::HostType hostTypeOf(StringRef name) {
  if (name == "int8")
    return program::HOST_TYPE_INT8;
  return name == "uint8" ? program::HOST_TYPE_UINT8
                         : program::HOST_TYPE_FLOAT32;
}

template <typename OpTy>
LogicalResult Exporter::exportBindings(
    google::protobuf::RepeatedPtrField<program::Binding> &bindings) {
  for (auto port : op.getBody().getOps<OpTy>()) {
    FailureOr<uint32_t> object =
        lookupName(port, names.objects, "an object", port.getObject());
    if (failed(object))
      return failure();
    using program::Binding;
    cmflow::BindingAttr binding = port.getBinding();
    Binding &out = *bindings.Add();
    FieldWriter fields(port);
    out.set_name(binding.getName().str());
    out.set_object(*object);
    fields.set(out, &Binding::set_node, "a node", port.getNode());
    out.set_host_type(hostTypeOf(binding.getHostType()));
    fields.add(out, &Binding::add_host_shape, "extents of the host's array",
               binding.getHostShape());
    fields.add(out, &Binding::add_permutation, "axes",
               binding.getPermutation());
    out.set_scale(binding.getScale().getValue().convertToFloat());
    fields.set(out, &Binding::set_zero_point, "a zero point",
               binding.getZeroPoint());
    if (failed(fields.result()))
      return failure();
  }
  return success();
}

LogicalResult Exporter::exportUnit(cmcore::UnitOp unit, program::MvmUnit &out) {
  auto weight = module.lookupSymbol<cmnn::WeightOp>(unit.getWeight());
  if (!weight)
    return unit.emitOpError("expected the name of a cmnn.weight, found @")
           << unit.getWeight();
  FailureOr<std::string> bytes = cutWeights(unit, weight);
  if (failed(bytes))
    return failure();
  using program::MvmUnit;
  FieldWriter fields(unit);
  fields.add(out, &MvmUnit::add_crossbars, "crossbars", unit.getCrossbars());
  fields.set(out, &MvmUnit::set_rows, "rows",
             unit.getElements()[1] - unit.getElements()[0]);
  fields.set(out, &MvmUnit::set_cols, "columns",
             unit.getColumns()[1] - unit.getColumns()[0] +
                 unit.getSums().value_or(0));
  if (auto at = unit.getAt()) {
    fields.set(out, &MvmUnit::set_row_offset, "a row", (*at)[0]);
    fields.set(out, &MvmUnit::set_column_offset, "a column", (*at)[1]);
  }
  out.set_weights(std::move(*bytes));
  return fields.result();
}

LogicalResult Exporter::exportBuffer(cmcore::BufferOp buffer,
                                     program::Buffer &out) {
  FailureOr<uint32_t> object =
      lookupName(buffer, names.objects, "an object", buffer.getSymName());
  if (failed(object))
    return failure();
  FieldWriter fields(buffer);
  out.set_object(*object);
  fields.set(out, &program::Buffer::set_address, "an address",
             buffer.getAddress());
  fields.set(out, &program::Buffer::set_slots, "slots",
             buffer.getCapacity().getSlots());
  out.set_fold(buffer.getCapacity().toFold() == Fold::Row
                   ? program::FOLD_ROW
                   : program::FOLD_PIXEL);
  return fields.result();
}

/// Contexts of an input node read a binding.
LogicalResult Exporter::bindInputs(cmcore::NodeOp node, program::Node &out) {
  for (auto [context, message] :
       llvm::zip(node.getBody().getOps<cmcore::ContextOp>(),
                 *out.mutable_contexts())) {
    if (!context.getInput())
      continue;
    auto object =
        lookupName(context, names.objects, "an object", *context.getInput());
    if (failed(object))
      return failure();
    for (int i = 0; i < program.inputs_size(); ++i)
      if (program.inputs(i).object() == *object)
        message.set_input_binding(i);
    message.mutable_write()->set_object(*object);
    message.mutable_write()->set_stride_y(1);
    uint32_t pixels =
        program.objects(*object).width() / std::max(1u, message.domain(1));
    message.mutable_write()->set_stride_x(pixels);
    message.mutable_write()->set_channel_end(
        program.objects(*object).channels());
    if (pixels > 1)
      message.mutable_write()->set_pixels(pixels);
  }
  return success();
}

LogicalResult Exporter::exportNode(cmcore::NodeOp node) {
  program::Node &out = *program.add_nodes();
  FieldWriter fields(node);
  fields.set(out, &program::Node::set_id, "an id", node.getId());
  if (failed(fields.result()))
    return failure();
  for (auto unit : node.getBody().getOps<cmcore::UnitOp>())
    if (failed(exportUnit(unit, *out.add_mvm_units())))
      return failure();
  for (auto buffer : node.getBody().getOps<cmcore::BufferOp>())
    if (failed(exportBuffer(buffer, *out.add_buffers())))
      return failure();
  for (auto context : node.getBody().getOps<cmcore::ContextOp>())
    if (failed(contexts.exportContext(node, context, *out.add_contexts())))
      return failure();
  return bindInputs(node, out);
}

LogicalResult Exporter::exportReaders(cmcore::RouteOp route,
                                      program::Route &out) {
  const ProgramNames::NodeNames &dest = names.nodes[route.getDestNode()];
  if (std::optional<StringRef> name = route.getDestBuffer()) {
    auto buffer =
        lookupName(route, dest.buffers, "a buffer of the destination", *name);
    if (failed(buffer))
      return failure();
    out.set_dest_buffer(*buffer);
  }
  for (Attribute name : route.getReaders()) {
    auto reader =
        lookupName(route, dest.contexts, "a context of the destination",
                   cast<FlatSymbolRefAttr>(name).getValue());
    if (failed(reader))
      return failure();
    out.add_readers(*reader);
  }
  return success();
}

LogicalResult Exporter::exportRoute(cmcore::RouteOp route) {
  using program::Route;
  const ProgramNames::NodeNames &source = names.nodes[route.getSourceNode()];
  auto object =
      lookupName(route, names.objects, "an object", route.getObject());
  auto context = lookupName(route, source.contexts, "a context of the source",
                            route.getSource());
  if (failed(object) || failed(context))
    return failure();
  Route &out = *program.add_routes();
  FieldWriter fields(route);
  out.set_object(*object);
  fields.set(out, &Route::set_source_node, "a node", route.getSourceNode());
  out.set_source_context(*context);
  fields.set(out, &Route::set_dest_node, "a node", route.getDestNode());
  fields.add(out, &Route::add_links, "links", route.getLinks());
  if (failed(fields.result()))
    return failure();
  return exportReaders(route, out);
}

LogicalResult Exporter::run() {
  program.set_major(programMajor);
  program.set_minor(programMinor);
  program.set_producer("cm-mlir " + getVersion().str());
  program.set_name(op.getSymName().str());
  auto machine = dyn_cast<cmhw::MachineAttr>(op.getMachine());
  if (!machine)
    return op.emitOpError("expected a #cmhw.machine, found ")
           << op.getMachine();
  *program.mutable_machine() = cmhw::attrToMachine(machine);
  FieldWriter fields(op);
  fields.set(program, &program::Program::set_release_interval,
             "a release interval", op.getReleaseInterval());
  if (failed(fields.result()) || failed(exportObjects()) ||
      failed(exportBindings<cmcore::InputOp>(*program.mutable_inputs())) ||
      failed(exportBindings<cmcore::OutputOp>(*program.mutable_outputs())))
    return failure();
  for (auto node : op.getBody().getOps<cmcore::NodeOp>())
    if (failed(exportNode(node)))
      return failure();
  for (auto route : op.getBody().getOps<cmcore::RouteOp>())
    if (failed(exportRoute(route)))
      return failure();
  return success();
}

/// How many cells hold a weight is the machine's matter.
static void setSlices(program::Program &program, const MachineModel &machine) {
  for (program::Node &node : *program.mutable_nodes()) {
    if (node.id() >= machine.numCores() || !machine.hasCrossbar(node.id()))
      continue; // an error if it has units
    uint32_t slices = weightSlices(machine.core(node.id()).crossbar());
    for (program::MvmUnit &unit : *node.mutable_mvm_units())
      if (slices > 1)
        unit.set_slices(slices);
  }
}

llvm::Expected<program::Program> cm::exportProgram(ModuleOp module) {
  auto programs = llvm::to_vector(module.getOps<cmcore::ProgramOp>());
  if (programs.size() != 1)
    return makeError("expected one cmcore.program in the module, found {0}",
                     programs.size());
  Exporter exporter(module, programs.front());
  DiagnosticText diagnostics(module.getContext());
  if (failed(exporter.run()))
    return makeError("{0}", diagnostics.take());
  llvm::Expected<MachineModel> machine =
      MachineModel::create(exporter.program.machine());
  if (!machine)
    return machine.takeError();
  setSlices(exporter.program, *machine);
  if (llvm::Error error = validateProgram(exporter.program, *machine))
    return std::move(error);
  return std::move(exporter.program);
}
