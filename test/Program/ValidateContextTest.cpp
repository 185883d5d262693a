//===- ValidateContextTest.cpp - wrong windows and DPU code ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestProgram.h"
#include "gmock/gmock.h"
#include <cmath>
#include <limits>

using namespace cm;
using namespace cm::test;

namespace {

/// Writes six elements, all of them the first of the last register, and names
/// none.
void widen(program::Context &context) {
  for (program::DpuInstr &instr : *context.mutable_dpu())
    instr.clear_tensor();
  program::DpuInstr &shuffle = *context.add_dpu();
  shuffle.set_opcode(program::DPU_SHUFFLE);
  shuffle.add_operands(context.dpu_size() - 2);
  shuffle.set_length(6);
  shuffle.mutable_table()->Resize(6, 0);
  context.mutable_write()->set_source(context.dpu_size() - 1);
}

class WrongContext : public testing::TestWithParam<WrongProgram> {};

TEST_P(WrongContext, NamesTheCulprit) {
  EXPECT_THAT(errorAfter(GetParam()), testing::HasSubstr(GetParam().error));
}

const WrongProgram contexts[] = {
    {"DomainExtents", [](Parts p) { p.conv().add_domain(1); },
     "context 'conv': domain has 3 extents, expected 2"},
    {"EmptyDomain", [](Parts p) { p.conv().set_domain(1, 0); },
     "context 'conv': domain 4x0, expected 1 to 268435456 iterations"},
    {"InputBindingOnCore", [](Parts p) { p.conv().set_input_binding(0); },
     "context 'conv': input_binding on a core, expected an i/o node"},
    {"NoInputBinding", [](Parts p) { p.input().set_input_binding(1); },
     "context 'x': a context of an i/o node needs an input_binding below 1"},
    {"InputComputes", [](Parts p) { p.input().add_dpu(); },
     "context 'x': an i/o node computes nothing"},
    {"InputObject", [](Parts p) { p.input().mutable_write()->set_object(1); },
     "context 'x': writes object 1, its binding is object 0"},
    {"InputSource", [](Parts p) { p.input().mutable_write()->set_source(1); },
     "context 'x': write.source 1, expected 0"},
    {"InputPixelsOverlap",
     [](Parts p) { p.input().mutable_write()->set_pixels(2); },
     "context 'x': writes 2 pixels of channels 0 to 2 with a stride of 1 up to "
     "column 5, expected whole pixels of their own and at most 4 columns"},
    {"InputPixelsInSlotsOfOne",
     [](Parts p) {
       p.input().set_domain(1, 2);
       p.input().mutable_write()->set_stride_x(2);
       p.input().mutable_write()->set_pixels(2);
       p.core(0).mutable_buffers(0)->set_fold(program::FOLD_PIXEL);
     },
     "context 'x': writes 2 pixels at once into buffer 0 of core[0], expected "
     "one that is folded by rows"},
    {"InputRows", [](Parts p) { p.input().mutable_write()->set_rows(2); },
     "context 'x': writes 2 rows at once, expected one of an input"},
    {"RowsOverlap",
     [](Parts p) {
       program::DpuInstr &shuffle = *p.post().mutable_dpu(10);
       shuffle.set_length(6);
       shuffle.mutable_table()->Resize(6, 0);
       p.post().mutable_write()->set_source(10);
       p.post().mutable_write()->set_rows(2);
     },
     "context 'post': writes 2 rows with a stride of 1 up to row 5, expected "
     "rows of their own and at most 4"},
    {"RowsOutside",
     [](Parts p) {
       p.conv().set_domain(0, 2);
       p.conv().mutable_write()->set_stride_y(2);
       p.conv().mutable_write()->set_offset_y(1);
       p.conv().mutable_write()->set_rows(2);
       widen(p.conv());
     },
     "context 'conv': writes 2 rows with a stride of 2 up to row 5, expected "
     "rows of their own and at most 4"},
    {"RowsInSlotsOfPixels",
     [](Parts p) {
       p.conv().set_domain(0, 2);
       p.conv().mutable_write()->set_stride_y(2);
       p.conv().mutable_write()->set_rows(2);
       widen(p.conv());
       p.core(1).mutable_buffers(0)->set_fold(program::FOLD_PIXEL);
     },
     "context 'conv': writes 2 pixels at once into buffer 0 of core[1], "
     "expected one that is folded by rows"},
    {"StageRows",
     [](Parts p) {
       p.conv().mutable_write()->set_rows(2);
       p.conv().mutable_dpu(3)->clear_tensor();
     },
     "context 'conv': register 3 has 3 elements, the write 6"},
    {"TensorRows", [](Parts p) { p.conv().mutable_write()->set_rows(2); },
     "dpu[3]: 3 elements of 2 pixels in tensor 't'"},
    {"StagePixels",
     [](Parts p) {
       p.conv().mutable_write()->set_pixels(2);
       p.conv().mutable_dpu(3)->clear_tensor();
     },
     "context 'conv': register 3 has 3 elements, the write 6"},
    {"TensorPixels", [](Parts p) { p.conv().mutable_write()->set_pixels(2); },
     "dpu[3]: 3 elements of 2 pixels in tensor 't'"},
    {"InputChannels",
     [](Parts p) { p.input().mutable_write()->set_channel_end(3); },
     "context 'x': write of channels 0 to 3, the object has 2"},
    {"InputOfAnotherNode",
     [](Parts p) {
       *p.machine.add_io_nodes() = p.machine.io_nodes(0);
       p.machine.mutable_io_nodes(1)->set_name("camera");
       p.program.mutable_inputs(0)->set_node(9);
     },
     "host context 'x': reads input 'x', which is bound to camera"},
    {"NoInputContext", [](Parts p) { p.core(2).clear_contexts(); },
     "nodes: expected a context that reads an input, found none"},
    {"InputsOntoOnePixel",
     [](Parts p) { p.input().mutable_write()->set_stride_y(0); },
     "context 'x': all 4 iterations of d0 write the same pixel, expected a "
     "stride of at least 1"},
    {"WritesOntoOnePixel",
     [](Parts p) { p.conv().mutable_write()->set_stride_x(0); },
     "context 'conv': all 4 iterations of d1 write the same pixel, expected a "
     "stride of at least 1"},
    {"WriteStride",
     [](Parts p) { p.conv().mutable_write()->set_stride_y(2000000); },
     "context 'conv': write stride 2000000, expected at most 1048576"},
    {"WriteOffset",
     [](Parts p) { p.conv().mutable_write()->set_offset_x(2000000); },
     "context 'conv': write offset 2000000, expected at most 1048576"},
    {"TooManyInstructions",
     [](Parts p) {
       for (int i = 0; i != 4096; ++i)
         p.post().add_dpu();
     },
     "context 'post': 4108 DPU instructions, expected at most 4096"},
    {"UnitWithoutInput", [](Parts p) { p.conv().clear_mvm_input(); },
     "context 'conv': mvm_unit and mvm_input must come together"},
    {"UnitIndex", [](Parts p) { p.conv().set_mvm_unit(1); },
     "context 'conv': mvm_unit 1, the core has 1"},
    {"MvmOfPartialSums",
     [](Parts p) {
       p.program.mutable_objects(3)->set_channels(2);
       p.core(0).mutable_buffers(0)->set_object(3);
     },
     "context 'conv': mvm_input of 4-byte elements, expected 1"},
    {"MvmRows", [](Parts p) { p.mvmInput().set_element_end(1); },
     "context 'conv': mvm_input has 1 elements, the unit 2 rows"},
    {"SendWithoutWrite", [](Parts p) { p.post().clear_write(); },
     "context 'post': sends without a write"},
    {"WriteObject", [](Parts p) { p.conv().mutable_write()->set_object(4); },
     "context 'conv': write of object 4, expected below 4"},
    {"WriteChannels",
     [](Parts p) { p.conv().mutable_write()->set_channel_begin(3); },
     "context 'conv': write of channels 3 to 3, object 'a' has 3"},
    {"WriteSource", [](Parts p) { p.conv().mutable_write()->set_source(4); },
     "context 'conv': write.source is register 4, expected below 4"},
    {"WriteLength",
     [](Parts p) { p.conv().mutable_write()->set_channel_end(2); },
     "context 'conv': register 3 has 3 elements, the write 2"},
    {"WriteType", [](Parts p) { p.conv().mutable_write()->set_source(2); },
     "context 'conv': register 2 is int32, object 'a' has 1-byte elements"},
};

/// The sum of the convolution takes a zero point out of its product, in which
/// the last of three columns is the sum of the inputs.
static program::DpuInstr &subtract(Parts p, uint32_t length) {
  program::DpuInstr &instr = *p.conv().mutable_dpu(2);
  instr.set_opcode(program::DPU_SUBTRACT_ZERO_POINTS);
  instr.mutable_operands()->Truncate(1);
  instr.set_length(length);
  instr.add_table(7);
  return instr;
}

const WrongProgram zeroPoints[] = {
    {"NoSum", [](Parts p) { subtract(p, 3); },
     "dpu[2]: operand 0 has 3 elements, expected more than 3 by a divisor of "
     "it"},
    {"UnequalGroups",
     [](Parts p) {
       subtract(p, 2).set_length(5);
       p.conv().mutable_dpu(0)->set_length(3);
     },
     "dpu[2]: operand 0 has 3 elements, expected more than 5 by a divisor of "
     "it"},
    {"ZeroPoints", [](Parts p) { subtract(p, 2).add_table(1), subtract(p, 2); },
     "dpu[2]: 3 zero points, expected 1 or 2"},
    {"ZeroPointRange", [](Parts p) { subtract(p, 2).set_table(0, 128); },
     "dpu[2]: zero point 128, expected -128 to 127"},
};

/// A depthwise convolution of one pixel of the loaded three channels.
static program::DpuInstr &depthwise(Parts p) {
  program::DpuInstr &instr = *p.post().mutable_dpu(7);
  instr.set_opcode(program::DPU_DEPTHWISE);
  instr.add_operands(0);
  return instr;
}

const WrongProgram depthwiseWeights[] = {
    {"Weights", [](Parts p) { depthwise(p).add_table(4); },
     "dpu[7]: 4 weights for 3 elements, expected as many, a multiple of 3"},
    {"Channels", [](Parts p) { depthwise(p).set_length(2); },
     "dpu[7]: 3 weights for 3 elements, expected as many, a multiple of 2"},
    {"WeightRange", [](Parts p) { depthwise(p).set_table(1, -256); },
     "dpu[7]: weight -256, expected -255 to 255"},
};

/// The loaded three channels times a matrix: themselves.
static program::DpuInstr &multiply(Parts p) {
  program::DpuInstr &instr = *p.post().mutable_dpu(7);
  instr.set_opcode(program::DPU_MULTIPLY_MATRIX);
  instr.clear_table();
  instr.add_operands(0);
  instr.add_operands(0);
  instr.set_length(1);
  return instr;
}

static program::DpuInstr &normalise(Parts p) {
  program::DpuInstr &instr = *p.post().mutable_dpu(6);
  instr.set_opcode(program::DPU_LAYER_NORM);
  instr.set_minimum(-128);
  instr.set_maximum(127);
  instr.mutable_a()->set_scale(1);
  instr.mutable_y()->set_scale(1);
  return instr;
}

/// Two pixels of three elements.
static program::DpuInstr &pixelConstant(Parts p) {
  program::DpuInstr &instr = *p.post().mutable_dpu(7);
  instr.set_opcode(program::DPU_PIXEL_CONSTANT);
  instr.clear_table();
  instr.set_length(3);
  instr.set_table_height(1);
  instr.set_table_width(2);
  instr.set_lut(std::string(6, 'x'));
  return instr;
}

const WrongProgram attention[] = {
    {"Matrix", [](Parts p) { multiply(p).set_length(2); },
     "dpu[7]: matrix of 3 elements, expected 3 x 2"},
    {"MatrixZeroPoint",
     [](Parts p) { multiply(p).mutable_b()->set_zero_point(128); },
     "dpu[7]: zero point 128, expected -128 to 127"},
    {"Scales", [](Parts p) { normalise(p).add_scales(1); },
     "dpu[6]: 1 scales, expected none or 3"},
    {"Biases",
     [](Parts p) {
       for (float bias : {0.0f, 1.0f, HUGE_VALF})
         normalise(p).add_biases(bias);
     },
     "dpu[6]: biases of INF, expected finite numbers"},
    {"Epsilon", [](Parts p) { normalise(p).set_epsilon(-1); },
     "dpu[6]: epsilon -1.000000e+00, expected at least 0"},
    {"NormScale", [](Parts p) { normalise(p).mutable_a()->set_scale(0); },
     "dpu[6]: a.scale 0.000000e+00, expected a positive normal number"},
    {"Table", [](Parts p) { pixelConstant(p).set_table_height(2); },
     "dpu[7]: table of 6 bytes for 2x2 pixels of 3 elements"},
    {"NoPixels", [](Parts p) { pixelConstant(p).set_table_height(0); },
     "dpu[7]: table of 6 bytes for 0x2 pixels of 3 elements"},
    {"SeveralPixels",
     [](Parts p) {
       pixelConstant(p);
       p.post().mutable_write()->set_pixels(2);
     },
     "dpu[7]: expected a write of one pixel"},
    {"SeveralRows",
     [](Parts p) {
       pixelConstant(p);
       p.post().mutable_write()->set_rows(2);
     },
     "dpu[7]: expected a write of one pixel"},
    {"BeyondTheTable", [](Parts p) { pixelConstant(p); },
     "dpu[7]: a table of 2 pixels on axis 1, pixel 3 is written"},
};

const WrongProgram windows[] = {
    {"Buffer", [](Parts p) { p.mvmInput().set_buffer(1); },
     "mvm_input: buffer 1, the core has 1"},
    {"Kernel", [](Parts p) { p.mvmInput().set_kernel_x(0); },
     "mvm_input: kernel 1x0, expected 1 to 1048576 pixels"},
    {"Dilation", [](Parts p) { p.mvmInput().set_dilation_y(0); },
     "mvm_input: dilation 0, expected 1 to 1048576"},
    {"Offset", [](Parts p) { p.mvmInput().set_offset_x(-2000000); },
     "mvm_input: stride or offset -2000000, expected -1048576 to 1048576"},
    {"Channels", [](Parts p) { p.mvmInput().set_channel_end(3); },
     "mvm_input: channels 0 to 3, object 'x' has 2"},
    {"Elements", [](Parts p) { p.mvmInput().set_element_end(3); },
     "mvm_input: elements 0 to 3, the window has 2"},
    {"ManyElements",
     [](Parts p) {
       p.program.mutable_objects(1)->set_height(1);
       p.program.mutable_objects(1)->set_width(1);
       p.program.mutable_objects(1)->set_channels(1 << 14);
       p.machine.mutable_core_types(0)->mutable_sram()->set_bytes(0);
       p.dpu(0).mutable_gather()->set_channel_end(1 << 14);
       p.dpu(0).mutable_gather()->set_kernel_x(1 << 15);
       p.dpu(0).mutable_gather()->set_element_end(1 << 29);
     },
     "dpu[0]: takes 536870912 elements, expected at most 268435456"},
    {"Fill", [](Parts p) { p.mvmInput().set_fill(-129); },
     "mvm_input: fill -129, expected -128 to 127"},
    {"LoadLength", [](Parts p) { p.dpu(0).set_length(2); },
     "dpu[0]: length 2, expected 3"},
    {"PoolElements",
     [](Parts p) { p.dpu(1).mutable_gather()->set_element_begin(1); },
     "dpu[1]: elements 1 to 3, a pool takes all 3"},
    {"PoolLength", [](Parts p) { p.dpu(1).set_length(2); },
     "dpu[1]: length 2, expected 3"},
    {"PoolOfPartialSums",
     [](Parts p) {
       p.core(1).mutable_buffers(0)->set_object(3);
       p.dpu(0) = p.dpu(1);
     },
     "dpu[0]: pools read int8 objects"},
};

const WrongProgram dpuCode[] = {
    {"Opcode", [](Parts p) { p.dpu(0).set_opcode(program::DPU_UNSPECIFIED); },
     "dpu[0]: unknown opcode 0"},
    {"OperandCount", [](Parts p) { p.dpu(4).add_operands(0); },
     "dpu[4]: 3 operands, expected 2"},
    {"EmptyRegister", [](Parts p) { p.dpu(0).set_length(0); },
     "dpu[0]: length 0, expected 1 to 268435456"},
    {"LaterOperand", [](Parts p) { p.dpu(4).set_operands(1, 4); },
     "dpu[4]: operand 1 is register 4, expected below 4"},
    {"OperandType", [](Parts p) { p.dpu(8).set_operands(0, 6); },
     "dpu[8]: operand 0 is int8, expected int32"},
    {"OperandLength", [](Parts p) { p.dpu(5).set_length(2); },
     "dpu[5]: operand 0 has 3 elements, expected 2"},
    {"ResultWithoutUnit",
     [](Parts p) { p.dpu(7).set_opcode(program::DPU_MVM_RESULT); },
     "dpu[7]: the context has no mvm_unit"},
    {"ResultLength", [](Parts p) { p.conv().mutable_dpu(0)->set_length(2); },
     "dpu[0]: length 2, expected 3"},
    {"Table", [](Parts p) { p.dpu(7).add_table(4); },
     "dpu[7]: table of 4 elements, expected 3"},
    {"Multipliers", [](Parts p) { p.dpu(8).add_table(4); },
     "dpu[8]: 2 multipliers, expected 1 or 3"},
    {"Shifts", [](Parts p) { p.dpu(8).clear_shifts(); },
     "dpu[8]: 0 shifts, expected 1 or 3"},
    {"Shift", [](Parts p) { p.dpu(8).set_shifts(0, 63); },
     "dpu[8]: shift 63, expected 1 to 62"},
    {"Scales", [](Parts p) { p.conv().mutable_dpu(3)->add_scales(1); },
     "dpu[3]: 2 scales, expected 1 or 3"},
    {"Scale",
     [](Parts p) {
       p.conv().mutable_dpu(3)->set_scales(
           0, std::numeric_limits<float>::infinity());
     },
     "dpu[3]: scale INF, expected a positive number"},
    {"Saturation",
     [](Parts p) {
       p.dpu(8).set_minimum(127);
       p.dpu(8).set_maximum(126);
     },
     "dpu[8]: saturates to 127 .. 126, expected a range within -128 .. 127"},
    {"InputScale", [](Parts p) { p.dpu(2).mutable_a()->set_scale(-1); },
     "dpu[2]: a.scale -1.000000e+00, expected a positive normal number"},
    {"SecondScale", [](Parts p) { p.dpu(4).clear_b(); },
     "dpu[4]: b.scale 0.000000e+00, expected a positive normal number"},
    {"DenormalScale", [](Parts p) { p.dpu(6).mutable_y()->set_scale(1e-40f); },
     "dpu[6]: y.scale 9.999946e-41, expected a positive normal number"},
    {"ZeroPoint", [](Parts p) { p.dpu(6).mutable_y()->set_zero_point(200); },
     "dpu[6]: y.zero_point 200, expected -128 to 127"},
    {"Lookup", [](Parts p) { p.dpu(5).set_lut("v"); },
     "dpu[5]: look-up table of 1 bytes, expected 256 or 768"},
    {"FactorScale", [](Parts p) { p.dpu(9).clear_b(); },
     "dpu[9]: b.scale 0.000000e+00, expected a positive normal number"},
    {"ShuffleLength", [](Parts p) { p.dpu(10).add_table(0); },
     "dpu[10]: table of 3 elements, expected 2"},
    {"ShuffleIndex", [](Parts p) { p.dpu(10).set_table(0, 3); },
     "dpu[10]: index 3, expected -1 to 2"},
    {"RowWeights", [](Parts p) { p.dpu(11).add_row_weights(0); },
     "dpu[11]: 5 weights of rows, expected 4"},
    {"ColumnWeights", [](Parts p) { p.dpu(11).clear_column_weights(); },
     "dpu[11]: 0 weights of columns, expected 4"},
    {"Weight", [](Parts p) { p.dpu(11).set_row_weights(0, 2); },
     "dpu[11]: weight 2.000000e+00, expected 0 to 1"},
    {"InterpolationDilation",
     [](Parts p) { p.dpu(11).mutable_gather()->set_dilation_y(2); },
     "dpu[11]: dilation 2x1, expected 1x1"},
    {"TensorIndex", [](Parts p) { p.dpu(0).set_tensor(2); },
     "dpu[0]: tensor 2, expected at most 1"},
    {"TensorWithoutWrite",
     [](Parts p) {
       p.dpu(0).set_tensor(1);
       p.post().clear_write();
     },
     "dpu[0]: a tensor needs the pixel of a write"},
    {"TensorOfPartialSums",
     [](Parts p) { p.conv().mutable_dpu(2)->set_tensor(1); },
     "dpu[2]: a tensor needs an int8 register"},
    {"TensorChannels",
     [](Parts p) { p.conv().mutable_dpu(3)->set_tensor_channel_begin(1); },
     "dpu[3]: channels 1 and 3 more, tensor 't' has 3"},
};

std::string nameOf(const testing::TestParamInfo<WrongProgram> &info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Context, WrongContext, testing::ValuesIn(contexts),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(ZeroPoint, WrongContext, testing::ValuesIn(zeroPoints),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Depthwise, WrongContext,
                         testing::ValuesIn(depthwiseWeights), nameOf);
INSTANTIATE_TEST_SUITE_P(Attention, WrongContext, testing::ValuesIn(attention),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Window, WrongContext, testing::ValuesIn(windows),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Dpu, WrongContext, testing::ValuesIn(dpuCode), nameOf);

} // namespace
