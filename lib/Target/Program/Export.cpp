//===- Export.cpp - cmcore to program file --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Target/Program/Export.h"
#include "ExportContext.h"
#include "Weights.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
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
  void exportObjects();
  template <typename OpTy>
  LogicalResult
  exportBindings(google::protobuf::RepeatedPtrField<program::Binding> &out);
  LogicalResult exportNode(cmcore::NodeOp node);
  LogicalResult exportUnit(cmcore::UnitOp unit, program::MvmUnit &out);
  LogicalResult bindInputs(cmcore::NodeOp node, program::Node &out);
  LogicalResult exportRoute(cmcore::RouteOp route);

  ModuleOp module;
  cmcore::ProgramOp op;
  ProgramNames names;
  ContextExporter contexts;
};
} // namespace

void Exporter::exportObjects() {
  for (auto object : op.getBody().getOps<cmcore::ObjectOp>()) {
    program::Object &out = *program.add_objects();
    out.set_name(object.getSymName().str());
    out.set_height(object.getHeight());
    out.set_width(object.getWidth());
    out.set_channels(object.getChannels());
    out.set_element_bytes(object.getElementType().getIntOrFloatBitWidth() / 8);
  }
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
    cmflow::BindingAttr binding = port.getBinding();
    program::Binding &out = *bindings.Add();
    out.set_name(binding.getName().str());
    out.set_object(*object);
    out.set_node(port.getNode());
    out.set_host_type(hostTypeOf(binding.getHostType()));
    for (int64_t extent : binding.getHostShape())
      out.add_host_shape(extent);
    for (int64_t axis : binding.getPermutation())
      out.add_permutation(axis);
    out.set_scale(binding.getScale().getValue().convertToFloat());
    out.set_zero_point(binding.getZeroPoint());
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
  for (int64_t crossbar : unit.getCrossbars())
    out.add_crossbars(crossbar);
  out.set_rows(unit.getElements()[1] - unit.getElements()[0]);
  out.set_cols(unit.getColumns()[1] - unit.getColumns()[0]);
  out.set_weights(std::move(*bytes));
  return success();
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
    message.mutable_write()->set_stride_x(1);
    message.mutable_write()->set_channel_end(
        program.objects(*object).channels());
  }
  return success();
}

LogicalResult Exporter::exportNode(cmcore::NodeOp node) {
  program::Node &out = *program.add_nodes();
  out.set_id(node.getId());
  for (auto unit : node.getBody().getOps<cmcore::UnitOp>())
    if (failed(exportUnit(unit, *out.add_mvm_units())))
      return failure();
  for (auto buffer : node.getBody().getOps<cmcore::BufferOp>()) {
    FailureOr<uint32_t> object =
        lookupName(buffer, names.objects, "an object", buffer.getSymName());
    if (failed(object))
      return failure();
    program::Buffer &message = *out.add_buffers();
    message.set_object(*object);
    message.set_address(buffer.getAddress());
    message.set_slots(buffer.getCapacity().getSlots());
    message.set_fold(buffer.getCapacity().getFold() == cmflow::Fold::Row
                         ? program::FOLD_ROW
                         : program::FOLD_PIXEL);
  }
  for (auto context : node.getBody().getOps<cmcore::ContextOp>())
    if (failed(contexts.exportContext(node, context, *out.add_contexts())))
      return failure();
  return bindInputs(node, out);
}

LogicalResult Exporter::exportRoute(cmcore::RouteOp route) {
  const ProgramNames::NodeNames &source = names.nodes[route.getSourceNode()];
  const ProgramNames::NodeNames &dest = names.nodes[route.getDestNode()];
  auto object =
      lookupName(route, names.objects, "an object", route.getObject());
  auto context = lookupName(route, source.contexts, "a context of the source",
                            route.getSource());
  if (failed(object) || failed(context))
    return failure();
  program::Route &out = *program.add_routes();
  out.set_object(*object);
  out.set_source_node(route.getSourceNode());
  out.set_source_context(*context);
  out.set_dest_node(route.getDestNode());
  for (int64_t link : route.getLinks())
    out.add_links(link);
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
  program.set_release_interval(op.getReleaseInterval());
  exportObjects();
  if (failed(exportBindings<cmcore::InputOp>(*program.mutable_inputs())) ||
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
  if (llvm::Error error = validateProgram(exporter.program, *machine))
    return std::move(error);
  return std::move(exporter.program);
}
