//===- ProgramBuilder.cpp - small programs for tests ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramBuilder.h"

using namespace cm;
using namespace cm::test;

ProgramBuilder::ProgramBuilder(const std::string &machineText) {
  auto proto = parseMachine(machineText, "test");
  if (!proto)
    llvm::report_fatal_error(proto.takeError());
  auto model = MachineModel::create(*proto);
  if (!model)
    llvm::report_fatal_error(model.takeError());
  machine = std::move(*model);
  program.set_major(1);
  program.set_name("test");
  *program.mutable_machine() = machine->proto();
}

program::Node &ProgramBuilder::node(uint32_t id) {
  auto *nodes = program.mutable_nodes();
  int at = 0;
  while (at != nodes->size() && nodes->Get(at).id() < id)
    ++at;
  if (at != nodes->size() && nodes->Get(at).id() == id)
    return *nodes->Mutable(at);
  nodes->Add()->set_id(id);
  for (int i = nodes->size() - 1; i > at; --i)
    nodes->SwapElements(i, i - 1);
  return *nodes->Mutable(at);
}

uint32_t ProgramBuilder::addObject(const std::string &name, uint32_t height,
                                   uint32_t width, uint32_t channels,
                                   uint32_t elementBytes) {
  program::Object &object = *program.add_objects();
  object.set_name(name);
  object.set_height(height);
  object.set_width(width);
  object.set_channels(channels);
  object.set_element_bytes(elementBytes);
  return program.objects_size() - 1;
}

uint32_t ProgramBuilder::addBuffer(uint32_t id, uint32_t object, uint32_t slots,
                                   program::Fold fold) {
  uint64_t address = 0;
  for (const program::Buffer &other : node(id).buffers()) {
    const program::Object &held = program.objects(other.object());
    uint64_t pixels =
        other.slots() * (other.fold() == program::FOLD_ROW ? held.width() : 1);
    address = other.address() + pixels * held.channels() * held.element_bytes();
  }
  program::Buffer &buffer = *node(id).add_buffers();
  buffer.set_object(object);
  buffer.set_address((address + 3) / 4 * 4);
  buffer.set_slots(slots);
  buffer.set_fold(fold);
  return node(id).buffers_size() - 1;
}

uint32_t ProgramBuilder::addUnit(uint32_t id, uint32_t rows, uint32_t cols,
                                 const std::vector<int8_t> &weights) {
  program::MvmUnit &unit = *node(id).add_mvm_units();
  uint32_t used = 0;
  for (int u = 0; u != node(id).mvm_units_size() - 1; ++u)
    used += node(id).mvm_units(u).crossbars_size();
  for (uint32_t c = 0; c < cols; c += 4)
    unit.add_crossbars(used++);
  unit.set_rows(rows);
  unit.set_cols(cols);
  unit.set_weights(std::string(weights.begin(), weights.end()));
  return node(id).mvm_units_size() - 1;
}

program::QuasiAffine ProgramBuilder::affine(int64_t constant, int64_t image,
                                            int64_t d0, int64_t d1) {
  program::QuasiAffine result;
  result.set_constant(constant);
  result.set_image(image);
  result.add_dims(d0);
  result.add_dims(d1);
  return result;
}

uint32_t ProgramBuilder::addContext(uint32_t id, const std::string &name,
                                    uint32_t height, uint32_t width) {
  program::Context &context = *node(id).add_contexts();
  context.set_name(name);
  context.add_domain(height);
  context.add_domain(width);
  auto addLoop = [](program::LcuInstr &instr, uint32_t dim, uint32_t extent) {
    program::Loop &loop = *instr.mutable_loop();
    loop.set_dim(dim);
    *loop.add_lower() = affine(0);
    *loop.add_upper() = affine(extent - 1);
    loop.set_step(1);
    return &loop;
  };
  program::Loop *outer = addLoop(*context.add_lcu(), 0, height);
  program::Loop *inner = addLoop(*outer->add_body(), 1, width);
  inner->add_body()->mutable_fire();
  return node(id).contexts_size() - 1;
}

static void bind(program::Binding &binding, const program::Object &object,
                 uint32_t index, uint32_t host) {
  binding.set_name(object.name());
  binding.set_object(index);
  binding.set_node(host);
  binding.set_host_type(program::HOST_TYPE_INT8);
  for (uint32_t extent :
       {1u, object.height(), object.width(), object.channels()})
    binding.add_host_shape(extent);
  for (uint32_t axis : {0, 1, 2})
    binding.add_permutation(axis);
}

uint32_t ProgramBuilder::addInput(uint32_t object) {
  const program::Object &bound = program.objects(object);
  bind(*program.add_inputs(), bound, object, host());
  uint32_t index = addContext(host(), "in", bound.height(), bound.width());
  context(host(), index).set_input_binding(program.inputs_size() - 1);
  setWrite(host(), index, object);
  return index;
}

void ProgramBuilder::addOutput(uint32_t object) {
  bind(*program.add_outputs(), program.objects(object), object, host());
}

program::Gather ProgramBuilder::window(uint32_t id, uint32_t buffer,
                                       uint32_t kernel, int32_t pad) {
  uint32_t channels =
      program.objects(node(id).buffers(buffer).object()).channels();
  program::Gather gather;
  gather.set_buffer(buffer);
  gather.set_kernel_y(kernel);
  gather.set_kernel_x(kernel);
  gather.set_stride_y(1);
  gather.set_stride_x(1);
  gather.set_offset_y(-pad);
  gather.set_offset_x(-pad);
  gather.set_dilation_y(1);
  gather.set_dilation_x(1);
  gather.set_channel_end(channels);
  gather.set_element_end(kernel * kernel * channels);
  return gather;
}

void ProgramBuilder::setMvm(uint32_t id, uint32_t index, uint32_t unit,
                            const program::Gather &gather) {
  context(id, index).set_mvm_unit(unit);
  *context(id, index).mutable_mvm_input() = gather;
}

program::DpuInstr &
ProgramBuilder::addDpu(uint32_t id, uint32_t index, program::DpuOpcode opcode,
                       uint32_t length, const std::vector<uint32_t> &operands) {
  program::DpuInstr &instr = *context(id, index).add_dpu();
  instr.set_opcode(opcode);
  instr.set_length(length);
  for (uint32_t operand : operands)
    instr.add_operands(operand);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  return instr;
}

void ProgramBuilder::addLoad(uint32_t id, uint32_t index,
                             const program::Gather &gather) {
  *addDpu(id, index, program::DPU_LOAD,
          gather.element_end() - gather.element_begin())
       .mutable_gather() = gather;
}

void ProgramBuilder::setWrite(uint32_t id, uint32_t index, uint32_t object) {
  program::Write &write = *context(id, index).mutable_write();
  write.set_object(object);
  write.set_stride_y(1);
  write.set_stride_x(1);
  write.set_channel_end(program.objects(object).channels());
  int registers = context(id, index).dpu_size();
  write.set_source(registers ? registers - 1 : 0);
}

uint32_t ProgramBuilder::addRoute(const std::vector<uint32_t> &path,
                                  uint32_t index, int buffer,
                                  const std::vector<uint32_t> &readers) {
  program::Route &route = *program.add_routes();
  program::Context &source = context(path.front(), index);
  route.set_object(source.write().object());
  route.set_source_node(path.front());
  route.set_source_context(index);
  route.set_dest_node(path.back());
  if (buffer >= 0)
    route.set_dest_buffer(buffer);
  for (size_t i = 1; i < path.size(); ++i)
    for (LinkId link : machine->linksFrom(path[i - 1]))
      if (machine->link(link).to == path[i])
        route.add_links(link);
  for (uint32_t reader : readers)
    route.add_readers(reader);
  source.add_sends(program.routes_size() - 1);
  return program.routes_size() - 1;
}

/// What `addContext` made of the two loops: waits and then the fire.
static auto *innerBody(program::Context &context) {
  program::Loop &outer = *context.mutable_lcu(0)->mutable_loop();
  return outer.mutable_body(0)->mutable_loop()->mutable_body();
}

program::Wait &ProgramBuilder::addWait(uint32_t id, uint32_t index) {
  auto *body = innerBody(context(id, index));
  body->Add()->mutable_wait();
  body->SwapElements(body->size() - 1, body->size() - 2);
  return *body->Mutable(body->size() - 2)->mutable_wait();
}

std::vector<program::Wait *> ProgramBuilder::inputWaits() {
  std::vector<program::Wait *> waits;
  for (program::LcuInstr &instr : *innerBody(context(host(), 0)))
    if (instr.has_wait())
      waits.push_back(instr.mutable_wait());
  return waits;
}

void ProgramBuilder::waitReceived(uint32_t id, uint32_t index, uint32_t route,
                                  const program::QuasiAffine &threshold) {
  program::Wait &wait = addWait(id, index);
  wait.set_received(route);
  *wait.mutable_threshold() = threshold;
}

void ProgramBuilder::waitRetired(uint32_t id, uint32_t index, uint32_t route,
                                 uint32_t reader,
                                 const program::QuasiAffine &threshold) {
  program::Wait &wait = addWait(id, index);
  wait.mutable_retired()->set_route(route);
  wait.mutable_retired()->set_reader(reader);
  *wait.mutable_threshold() = threshold;
}

llvm::Expected<SimResult> ProgramBuilder::run(const std::vector<int8_t> &input,
                                              SimOptions options) {
  if (llvm::Error error = validateProgram(program, *machine))
    return std::move(error);
  const program::Object &object = program.objects(program.inputs(0).object());
  uint64_t elements =
      uint64_t(object.height()) * object.width() * object.channels();
  return simulate(
      program, *machine,
      SimInput{input, std::max<uint64_t>(1, input.size() / elements)}, options);
}

SimResult ProgramBuilder::runOk(const std::vector<int8_t> &input,
                                uint64_t images, bool unpaced) {
  SimOptions options;
  options.images = images;
  options.unpaced = unpaced;
  options.traceImages = images;
  options.captureTensors = true;
  auto result = run(input, options);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    // Large enough for tests that look at it.
    SimResult empty;
    empty.outputs.resize(2);
    empty.tensors.resize(2);
    empty.statistics.firstIn.resize(images);
    empty.statistics.lastOut.resize(images);
    empty.statistics.cores.resize(2);
    empty.statistics.contexts.resize(4);
    return empty;
  }
  return std::move(*result);
}

std::string ProgramBuilder::runError(const std::vector<int8_t> &input,
                                     uint64_t images, bool unpaced) {
  SimOptions options;
  options.images = images;
  options.unpaced = unpaced;
  auto result = run(input, options);
  return result ? "no error" : llvm::toString(result.takeError());
}
