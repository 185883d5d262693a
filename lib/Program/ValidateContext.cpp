//===- ValidateContext.cpp - windows and DPU code -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValidateTables.h"
#include "Validator.h"
#include "cm/Program/DpuOpcodes.h"
#include <cmath>

using namespace cm;
using llvm::Error;

RegisterType cm::registerType(const program::Program &program,
                              const program::Node &node,
                              const program::DpuInstr &instr) {
  char result = dpuTraits(instr.opcode())->result;
  if (result == 'o') {
    const program::Buffer &buffer = node.buffers(instr.gather().buffer());
    bool isByte = program.objects(buffer.object()).element_bytes() == 1;
    result = isByte ? 'b' : 'w';
  }
  return result == 'b' ? RegisterType::Int8 : RegisterType::Int32;
}

Error Validator::checkContext(const program::Node &node, int index) {
  const program::Context &context = node.contexts(index);
  std::string where = nodeName(node.id()) + " context '" + context.name() + "'";
  if (context.domain_size() != 2)
    return makeError("{0}: domain has {1} extents, expected 2", where,
                     context.domain_size());
  if (!isIterationCount(context.domain(0), context.domain(1)))
    return makeError("{0}: domain {1}x{2}, expected 1 to {3} iterations", where,
                     context.domain(0), context.domain(1), maxIterations);
  if (!machine.isCore(node.id()))
    return checkInputContext(node, context, where);
  if (context.has_input_binding())
    return makeError("{0}: input_binding on a core, expected an i/o node",
                     where);
  if (Error error = checkMvm(node, context, where))
    return error;
  if (context.dpu_size() > maxDpuInstructions)
    return makeError("{0}: {1} DPU instructions, expected at most {2}", where,
                     context.dpu_size(), maxDpuInstructions);
  for (int i = 0; i != context.dpu_size(); ++i)
    if (Error error = checkDpu(node, context, i,
                               where + " dpu[" + std::to_string(i) + "]"))
      return error;
  return checkWrite(node, context, where);
}

Error Validator::checkInputContext(const program::Node &node,
                                   const program::Context &context,
                                   const std::string &where) {
  if (!context.has_input_binding() ||
      context.input_binding() >= uint32_t(program.inputs_size()))
    return makeError("{0}: a context of an i/o node needs an input_binding "
                     "below {1}",
                     where, program.inputs_size());
  if (context.has_mvm_unit() || context.has_mvm_input() || context.dpu_size())
    return makeError("{0}: an i/o node computes nothing", where);
  hasInputContext = true;
  const program::Binding &binding = program.inputs(context.input_binding());
  if (binding.node() != node.id())
    return makeError("{0}: reads input '{1}', which is bound to {2}", where,
                     binding.name(), nodeName(binding.node()));
  const program::Write &write = context.write();
  if (write.object() != binding.object())
    return makeError("{0}: writes object {1}, its binding is object {2}", where,
                     write.object(), binding.object());
  if (write.source() != 0)
    return makeError("{0}: write.source {1}, expected 0", where,
                     write.source());
  uint32_t channels = program.objects(write.object()).channels();
  if (write.channel_begin() >= write.channel_end() ||
      write.channel_end() > channels)
    return makeError("{0}: write of channels {1} to {2}, the object has {3}",
                     where, write.channel_begin(), write.channel_end(),
                     channels);
  if (Error error = checkSeveral(context, where))
    return error;
  return checkPixels(context, where);
}

Error Validator::checkMvm(const program::Node &node,
                          const program::Context &context,
                          const std::string &where) {
  if (context.has_mvm_unit() != context.has_mvm_input())
    return makeError("{0}: mvm_unit and mvm_input must come together", where);
  if (!context.has_mvm_unit())
    return Error::success();
  if (context.mvm_unit() >= uint32_t(node.mvm_units_size()))
    return makeError("{0}: mvm_unit {1}, the core has {2}", where,
                     context.mvm_unit(), node.mvm_units_size());
  const program::Gather &gather = context.mvm_input();
  if (Error error = checkGather(node, gather, where + " mvm_input"))
    return error;
  const program::Object &object =
      program.objects(node.buffers(gather.buffer()).object());
  if (object.element_bytes() != 1)
    return makeError("{0}: mvm_input of {1}-byte elements, expected 1", where,
                     object.element_bytes());
  uint32_t rows = node.mvm_units(context.mvm_unit()).rows();
  if (gather.element_end() - gather.element_begin() != rows)
    return makeError("{0}: mvm_input has {1} elements, the unit {2} rows",
                     where, gather.element_end() - gather.element_begin(),
                     rows);
  return Error::success();
}

/// Kernel, dilations, strides and offsets.
static Error checkExtents(const program::Gather &gather,
                          const std::string &where) {
  uint64_t window = uint64_t(gather.kernel_y()) * gather.kernel_x();
  if (window == 0 || window > uint64_t(maxWindowExtent))
    return makeError("{0}: kernel {1}x{2}, expected 1 to {3} pixels", where,
                     gather.kernel_y(), gather.kernel_x(), maxWindowExtent);
  for (uint32_t dilation : {gather.dilation_y(), gather.dilation_x()})
    if (dilation == 0 || dilation > uint64_t(maxWindowExtent))
      return makeError("{0}: dilation {1}, expected 1 to {2}", where, dilation,
                       maxWindowExtent);
  for (int64_t value : {gather.stride_y(), gather.stride_x(), gather.offset_y(),
                        gather.offset_x()})
    if (value < -maxWindowExtent || value > maxWindowExtent)
      return makeError("{0}: stride or offset {1}, expected -{2} to {2}", where,
                       value, maxWindowExtent);
  return Error::success();
}

Error Validator::checkGather(const program::Node &node,
                             const program::Gather &gather,
                             const std::string &where) {
  if (gather.buffer() >= uint32_t(node.buffers_size()))
    return makeError("{0}: buffer {1}, the core has {2}", where,
                     gather.buffer(), node.buffers_size());
  if (Error error = checkExtents(gather, where))
    return error;
  const program::Object &object =
      program.objects(node.buffers(gather.buffer()).object());
  if (gather.channel_begin() >= gather.channel_end() ||
      gather.channel_end() > object.channels())
    return makeError("{0}: channels {1} to {2}, object '{3}' has {4}", where,
                     gather.channel_begin(), gather.channel_end(),
                     object.name(), object.channels());
  uint64_t elements = uint64_t(gather.kernel_y()) * gather.kernel_x() *
                      (gather.channel_end() - gather.channel_begin());
  if (gather.element_begin() >= gather.element_end() ||
      gather.element_end() > elements)
    return makeError("{0}: elements {1} to {2}, the window has {3}", where,
                     gather.element_begin(), gather.element_end(), elements);
  if (gather.element_end() - gather.element_begin() > maxObjectElements)
    return makeError("{0}: takes {1} elements, expected at most {2}", where,
                     gather.element_end() - gather.element_begin(),
                     maxObjectElements);
  if (object.element_bytes() == 1 &&
      (gather.fill() < -128 || gather.fill() > 127))
    return makeError("{0}: fill {1}, expected -128 to 127", where,
                     gather.fill());
  return Error::success();
}

/// Iterations write pixels of their own.
Error Validator::checkPixels(const program::Context &context,
                             const std::string &where) {
  const program::Write &write = context.write();
  const uint32_t strides[] = {write.stride_y(), write.stride_x()};
  for (int k : {0, 1}) {
    if (strides[k] == 0 && context.domain(k) > 1)
      return makeError("{0}: all {1} iterations of d{2} write the same pixel, "
                       "expected a stride of at least 1",
                       where, context.domain(k), k);
    if (strides[k] > uint64_t(maxWindowExtent))
      return makeError("{0}: write stride {1}, expected at most {2}", where,
                       strides[k], maxWindowExtent);
  }
  for (uint32_t offset : {write.offset_y(), write.offset_x()})
    if (offset > uint64_t(maxWindowExtent))
      return makeError("{0}: write offset {1}, expected at most {2}", where,
                       offset, maxWindowExtent);
  return Error::success();
}

Error Validator::checkWrite(const program::Node &node,
                            const program::Context &context,
                            const std::string &where) {
  if (!context.has_write()) {
    if (context.sends_size())
      return makeError("{0}: sends without a write", where);
    return Error::success();
  }
  const program::Write &write = context.write();
  if (write.object() >= uint32_t(program.objects_size()))
    return makeError("{0}: write of object {1}, expected below {2}", where,
                     write.object(), program.objects_size());
  const program::Object &object = program.objects(write.object());
  if (write.channel_begin() >= write.channel_end() ||
      write.channel_end() > object.channels())
    return makeError("{0}: write of channels {1} to {2}, object '{3}' has {4}",
                     where, write.channel_begin(), write.channel_end(),
                     object.name(), object.channels());
  if (write.source() >= uint32_t(context.dpu_size()))
    return makeError("{0}: write.source is register {1}, expected below {2}",
                     where, write.source(), context.dpu_size());
  const program::DpuInstr &source = context.dpu(write.source());
  uint64_t elements = uint64_t(write.channel_end() - write.channel_begin()) *
                      std::max(1u, write.pixels()) * std::max(1u, write.rows());
  if (source.length() != elements)
    return makeError("{0}: register {1} has {2} elements, the write {3}", where,
                     write.source(), source.length(), elements);
  bool isInt8 = registerType(program, node, source) == RegisterType::Int8;
  if (isInt8 != (object.element_bytes() == 1))
    return makeError("{0}: register {1} is {2}, object '{3}' has {4}-byte "
                     "elements",
                     where, write.source(), isInt8 ? "int8" : "int32",
                     object.name(), object.element_bytes());
  if (Error error = checkSeveral(context, where))
    return error;
  return checkPixels(context, where);
}

static Error checkQuantization(const program::Quantization &quantization,
                               bool needsScale, const char *name,
                               const std::string &where) {
  if (needsScale &&
      !(std::isnormal(quantization.scale()) && quantization.scale() > 0))
    return makeError("{0}: {1}.scale {2:e}, expected a positive normal number",
                     where, name, quantization.scale());
  if (quantization.zero_point() < -128 || quantization.zero_point() > 127)
    return makeError("{0}: {1}.zero_point {2}, expected -128 to 127", where,
                     name, quantization.zero_point());
  return Error::success();
}

static Error checkRange(const program::DpuInstr &instr,
                        const std::string &where) {
  if (instr.minimum() < -128 || instr.maximum() > 127 ||
      instr.minimum() > instr.maximum())
    return makeError("{0}: saturates to {1} .. {2}, expected a range within "
                     "-128 .. 127",
                     where, instr.minimum(), instr.maximum());
  return checkQuantization(instr.y(), false, "y", where);
}

static Error checkCount(uint64_t found, uint64_t length, const char *field,
                        const std::string &where) {
  if (found == 1 || found == length)
    return Error::success();
  return makeError("{0}: {1} {2}, expected 1 or {3}", where, found, field,
                   length);
}

static Error checkRequantize(const program::DpuInstr &instr,
                             const std::string &where) {
  if (instr.opcode() == program::DPU_REQUANTIZE_FIXED) {
    if (Error error = checkCount(instr.table_size(), instr.length(),
                                 "multipliers", where))
      return error;
    if (Error error =
            checkCount(instr.shifts_size(), instr.length(), "shifts", where))
      return error;
    for (uint32_t shift : instr.shifts())
      if (shift < 1 || shift > 62)
        return makeError("{0}: shift {1}, expected 1 to 62", where, shift);
    return checkRange(instr, where);
  }
  if (Error error =
          checkCount(instr.scales_size(), instr.length(), "scales", where))
    return error;
  for (float scale : instr.scales())
    if (!(std::isfinite(scale) && scale > 0))
      return makeError("{0}: scale {1:e}, expected a positive number", where,
                       scale);
  return checkRange(instr, where);
}

/// Scales, zero points and range of what computes with quantised operands.
static Error checkQuantized(const program::DpuInstr &instr,
                            const std::string &where) {
  if (Error error = checkQuantization(instr.a(), true, "a", where))
    return error;
  if (Error error = checkQuantization(instr.y(), true, "y", where))
    return error;
  if (instr.opcode() == program::DPU_SOFTMAX)
    return Error::success();
  if (instr.opcode() == program::DPU_LAYER_NORM)
    if (Error error = checkLayerNorm(instr, where))
      return error;
  if (instr.opcode() == program::DPU_ADD_QUANTIZED ||
      instr.opcode() == program::DPU_MUL_QUANTIZED)
    if (Error error = checkQuantization(instr.b(), true, "b", where))
      return error;
  return checkRange(instr, where);
}

static Error checkTables(const program::DpuInstr &instr,
                         const std::string &where) {
  if (instr.opcode() == program::DPU_LOOKUP && instr.lut().size() != 256 &&
      instr.lut().size() != 256 * uint64_t(instr.length()))
    return makeError("{0}: look-up table of {1} bytes, expected 256 or {2}",
                     where, instr.lut().size(), 256 * uint64_t(instr.length()));
  if (instr.opcode() == program::DPU_CONSTANT &&
      uint32_t(instr.table_size()) != instr.length())
    return makeError("{0}: table of {1} elements, expected {2}", where,
                     instr.table_size(), instr.length());
  return Error::success();
}

/// Indices are those of elements of the operand, or -1.
static Error checkShuffle(const program::DpuInstr &instr, uint32_t elements,
                          const std::string &where) {
  if (uint32_t(instr.table_size()) != instr.length())
    return makeError("{0}: table of {1} elements, expected {2}", where,
                     instr.table_size(), instr.length());
  for (int32_t index : instr.table())
    if (index < -1 || index >= int64_t(elements))
      return makeError("{0}: index {1}, expected -1 to {2}", where, index,
                       int64_t(elements) - 1);
  return checkQuantization(instr.y(), false, "y", where);
}

/// A weight for each row of each window that meets the object, likewise
/// columns.
static Error checkInterpolation(const program::DpuInstr &instr,
                                const program::Object &object,
                                const std::string &where) {
  const program::Gather &gather = instr.gather();
  auto check = [&](const auto &weights, const char *what, uint64_t kernel,
                   uint64_t extent) -> Error {
    if (uint64_t(weights.size()) != (extent + kernel - 1) * kernel)
      return makeError("{0}: {1} weights of {2}, expected {3}", where,
                       weights.size(), what, (extent + kernel - 1) * kernel);
    for (float weight : weights)
      if (!(weight >= 0 && weight <= 1))
        return makeError("{0}: weight {1:e}, expected 0 to 1", where, weight);
    return Error::success();
  };
  if (gather.dilation_y() != 1 || gather.dilation_x() != 1)
    return makeError("{0}: dilation {1}x{2}, expected 1x1", where,
                     gather.dilation_y(), gather.dilation_x());
  if (Error error = check(instr.row_weights(), "rows", gather.kernel_y(),
                          object.height()))
    return error;
  return check(instr.column_weights(), "columns", gather.kernel_x(),
               object.width());
}

static Error checkLength(const program::DpuInstr &instr, uint64_t expected,
                         const std::string &where) {
  if (instr.length() == expected)
    return Error::success();
  return makeError("{0}: length {1}, expected {2}", where, instr.length(),
                   expected);
}

Error Validator::checkOperands(const program::Node &node,
                               const program::Context &context, int index,
                               const std::string &where) {
  const program::DpuInstr &instr = context.dpu(index);
  const DpuTraits *traits = dpuTraits(instr.opcode());
  if (!traits)
    return makeError("{0}: unknown opcode {1}", where, int(instr.opcode()));
  llvm::StringRef types = traits->operands;
  if (size_t(instr.operands_size()) != types.size())
    return makeError("{0}: {1} operands, expected {2}", where,
                     instr.operands_size(), types.size());
  if (instr.length() == 0 || instr.length() > maxObjectElements)
    return makeError("{0}: length {1}, expected 1 to {2}", where,
                     instr.length(), maxObjectElements);
  for (int k = 0; k != instr.operands_size(); ++k) {
    uint32_t reg = instr.operands(k);
    if (reg >= uint32_t(index))
      return makeError("{0}: operand {1} is register {2}, expected below {3}",
                       where, k, reg, index);
    const program::DpuInstr &operand = context.dpu(reg);
    bool isInt8 = registerType(program, node, operand) == RegisterType::Int8;
    if (isInt8 != (types[k] == 'b'))
      return makeError("{0}: operand {1} is {2}, expected {3}", where, k,
                       isInt8 ? "int8" : "int32",
                       types[k] == 'b' ? "int8" : "int32");
    if (operand.length() != instr.length() &&
        instr.opcode() != program::DPU_SHUFFLE &&
        instr.opcode() != program::DPU_SUBTRACT_ZERO_POINTS &&
        instr.opcode() != program::DPU_DEPTHWISE &&
        instr.opcode() != program::DPU_MULTIPLY_MATRIX)
      return makeError("{0}: operand {1} has {2} elements, expected {3}", where,
                       k, operand.length(), instr.length());
  }
  return Error::success();
}

Error Validator::checkPool(const program::Node &node,
                           const program::DpuInstr &instr,
                           const std::string &where) {
  const program::Gather &gather = instr.gather();
  if (Error error = checkGather(node, gather, where))
    return error;
  uint32_t channels = gather.channel_end() - gather.channel_begin();
  uint64_t elements =
      uint64_t(gather.kernel_y()) * gather.kernel_x() * channels;
  if (gather.element_begin() != 0 || gather.element_end() != elements)
    return makeError("{0}: elements {1} to {2}, a pool takes all {3}", where,
                     gather.element_begin(), gather.element_end(), elements);
  if (Error error = checkLength(instr, channels, where))
    return error;
  const program::Object &object =
      program.objects(node.buffers(gather.buffer()).object());
  if (object.element_bytes() != 1)
    return makeError("{0}: pools read int8 objects", where);
  if (instr.opcode() == program::DPU_INTERPOLATE)
    if (Error error = checkInterpolation(instr, object, where))
      return error;
  if (instr.opcode() == program::DPU_MAX_POOL)
    return Error::success();
  return checkQuantized(instr, where);
}

/// What an opcode asks of its own fields.
Error Validator::checkFields(const program::Node &node,
                             const program::Context &context,
                             const program::DpuInstr &instr,
                             const std::string &where) {
  switch (instr.opcode()) {
  case program::DPU_MVM_RESULT:
    if (!context.has_mvm_unit())
      return makeError("{0}: the context has no mvm_unit", where);
    return checkLength(instr, node.mvm_units(context.mvm_unit()).cols(), where);
  case program::DPU_LOAD:
    if (Error error = checkGather(node, instr.gather(), where))
      return error;
    return checkLength(
        instr, instr.gather().element_end() - instr.gather().element_begin(),
        where);
  case program::DPU_DEPTHWISE:
  case program::DPU_SUBTRACT_ZERO_POINTS:
  case program::DPU_MULTIPLY_MATRIX:
  case program::DPU_PIXEL_CONSTANT:
    return checkTabled(context, instr, where);
  case program::DPU_REQUANTIZE:
  case program::DPU_REQUANTIZE_FIXED:
    return checkRequantize(instr, where);
  case program::DPU_ADD_QUANTIZED:
  case program::DPU_MUL_QUANTIZED:
  case program::DPU_SOFTMAX:
  case program::DPU_LAYER_NORM:
    return checkQuantized(instr, where);
  case program::DPU_SHUFFLE:
    return checkShuffle(instr, context.dpu(instr.operands(0)).length(), where);
  case program::DPU_ADD:
  case program::DPU_CONSTANT:
  case program::DPU_LOOKUP:
    return checkTables(instr, where);
  default:
    return checkPool(node, instr, where);
  }
}

Error Validator::checkDpu(const program::Node &node,
                          const program::Context &context, int index,
                          const std::string &where) {
  if (Error error = checkOperands(node, context, index, where))
    return error;
  if (Error error = checkFields(node, context, context.dpu(index), where))
    return error;
  return checkTensorCapture(node, context, index, where);
}

Error Validator::checkTensorCapture(const program::Node &node,
                                    const program::Context &context, int index,
                                    const std::string &where) {
  const program::DpuInstr &instr = context.dpu(index);
  if (instr.tensor() == 0)
    return Error::success();
  if (instr.tensor() > uint32_t(program.tensors_size()))
    return makeError("{0}: tensor {1}, expected at most {2}", where,
                     instr.tensor(), program.tensors_size());
  if (!context.has_write())
    return makeError("{0}: a tensor needs the pixel of a write", where);
  if (registerType(program, node, instr) != RegisterType::Int8)
    return makeError("{0}: a tensor needs an int8 register", where);
  const program::Tensor &tensor = program.tensors(instr.tensor() - 1);
  uint64_t pixels = uint64_t(std::max(1u, context.write().pixels())) *
                    std::max(1u, context.write().rows());
  uint64_t channels = instr.length() / pixels;
  if (instr.length() % pixels != 0)
    return makeError("{0}: {1} elements of {2} pixels in tensor '{3}'", where,
                     instr.length(), pixels, tensor.name());
  if (instr.tensor_channel_begin() + channels > tensor.channels())
    return makeError("{0}: channels {1} and {2} more, tensor '{3}' has {4}",
                     where, instr.tensor_channel_begin(), channels,
                     tensor.name(), tensor.channels());
  return Error::success();
}
