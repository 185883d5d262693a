//===- ImportContext.cpp - one context as cmcore --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ImportContext.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace cm;
using namespace mlir;

template <typename T, typename Range>
static SmallVector<T> toVector(const Range &range) {
  return SmallVector<T>(range.begin(), range.end());
}

//===----------------------------------------------------------------------===//
// LCU
//===----------------------------------------------------------------------===//

static AffineExpr importExpr(const program::QuasiAffine &value,
                             MLIRContext *context) {
  AffineExpr expr = getAffineConstantExpr(value.constant(), context) +
                    getAffineDimExpr(0, context) * value.image();
  for (auto [index, factor] : llvm::enumerate(value.dims()))
    expr = expr + getAffineDimExpr(index + 1, context) * factor;
  for (const program::FloorDiv &div : value.divs())
    expr = expr + importExpr(div.numerator(), context).floorDiv(div.divisor()) *
                      div.coefficient();
  return expr;
}

template <typename Range>
static AffineMap importMap(const Range &values, MLIRContext *context) {
  SmallVector<AffineExpr> exprs;
  for (const program::QuasiAffine &value : values)
    exprs.push_back(importExpr(value, context));
  return AffineMap::get(3, 0, exprs, context);
}

void ContextImporter::importLoop(const program::Loop &loop) {
  MLIRContext *context = builder.getContext();
  auto op = cmcore::ForOp::create(
      builder, loc, loop.dim(), importMap(loop.lower(), context),
      importMap(loop.upper(), context), loop.step());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getBody());
  importLcu(loop.body());
}

void ContextImporter::importGuard(const program::Guard &message) {
  auto op = cmcore::GuardOp::create(
      builder, loc, importMap(message.nonnegative(), builder.getContext()));
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getBody());
  importLcu(message.body());
}

void ContextImporter::importWait(const program::Wait &wait) {
  bool retired = wait.has_retired();
  IntegerAttr reader;
  if (retired)
    reader = builder.getI64IntegerAttr(wait.retired().reader());
  AffineExpr threshold = importExpr(wait.threshold(), builder.getContext());
  cmcore::WaitOp::create(builder, loc,
                         retired ? wait.retired().route() : wait.received(),
                         reader, AffineMap::get(3, 0, threshold));
}

void ContextImporter::importLcu(
    const google::protobuf::RepeatedPtrField<program::LcuInstr> &instrs) {
  for (const program::LcuInstr &instr : instrs) {
    switch (instr.kind_case()) {
    case program::LcuInstr::kLoop:
      importLoop(instr.loop());
      break;
    case program::LcuInstr::kGuard:
      importGuard(instr.guard());
      break;
    case program::LcuInstr::kWait:
      importWait(instr.wait());
      break;
    default:
      cmcore::FireOp::create(builder, loc);
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// Data path
//===----------------------------------------------------------------------===//

StringRef ContextImporter::bufferName(const program::Gather &gather) const {
  return program.objects(node->buffers(gather.buffer()).object()).name();
}

VectorType ContextImporter::vectorType(int64_t length, unsigned bits) {
  return VectorType::get({length}, builder.getIntegerType(bits));
}

static cmflow::WindowAttr importWindow(const program::Gather &gather,
                                       MLIRContext *context) {
  return cmflow::WindowAttr::get(
      context, {gather.kernel_y(), gather.kernel_x()},
      {gather.stride_y(), gather.stride_x()},
      {gather.offset_y(), gather.offset_x()},
      {gather.dilation_y(), gather.dilation_x()},
      {gather.channel_begin(), gather.channel_end()},
      {gather.element_begin(), gather.element_end()}, gather.fill());
}

Value ContextImporter::importGather(const program::Gather &gather) {
  unsigned bytes =
      program.objects(node->buffers(gather.buffer()).object()).element_bytes();
  return cmcore::GatherOp::create(
      builder, loc,
      vectorType(gather.element_end() - gather.element_begin(),
                 bytes == 1 ? 8 : 32),
      bufferName(gather), importWindow(gather, builder.getContext()));
}

Value ContextImporter::importPool(const program::DpuInstr &instr) {
  bool isMax = instr.opcode() == program::DPU_MAX_POOL;
  bool interpolates = instr.opcode() == program::DPU_INTERPOLATE;
  StringRef kind = isMax                                        ? "max"
                   : interpolates                               ? "interpolate"
                   : instr.opcode() == program::DPU_REDUCE_MEAN ? "reduce_mean"
                   : instr.opcode() == program::DPU_AVERAGE_POOL
                       ? "average"
                       : "global_average";
  DenseF32ArrayAttr yWeights, xWeights;
  if (interpolates) {
    yWeights =
        builder.getDenseF32ArrayAttr(toVector<float>(instr.row_weights()));
    xWeights =
        builder.getDenseF32ArrayAttr(toVector<float>(instr.column_weights()));
  }
  FloatAttr xScale, yScale;
  IntegerAttr xZeroPoint, yZeroPoint;
  if (!isMax) {
    xScale = builder.getF32FloatAttr(instr.a().scale());
    xZeroPoint = builder.getI32IntegerAttr(instr.a().zero_point());
    yScale = builder.getF32FloatAttr(instr.y().scale());
    yZeroPoint = builder.getI32IntegerAttr(instr.y().zero_point());
  }
  return cmcore::PoolOp::create(
      builder, loc, vectorType(instr.length(), 8), kind,
      bufferName(instr.gather()),
      importWindow(instr.gather(), builder.getContext()), xScale, xZeroPoint,
      yScale, yZeroPoint, instr.count_include_pad(), instr.unsigned_rounding(),
      instr.minimum(), instr.maximum(), yWeights, xWeights, instr.as_stored());
}

Value ContextImporter::importTable(const program::DpuInstr &instr) {
  SmallVector<int32_t> values = toVector<int32_t>(instr.table());
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(vectorType(values.size(), 32),
                             ArrayRef<int32_t>(values)));
}

template <typename OpTy>
Value ContextImporter::importBinary(const program::DpuInstr &instr) {
  return OpTy::create(builder, loc, registers[instr.operands(0)],
                      registers[instr.operands(1)], APFloat(instr.a().scale()),
                      instr.a().zero_point(), APFloat(instr.b().scale()),
                      instr.b().zero_point(), APFloat(instr.y().scale()),
                      instr.y().zero_point(), instr.unsigned_rounding(),
                      instr.minimum(), instr.maximum());
}

Value ContextImporter::importSum(const program::DpuInstr &instr) {
  if (instr.opcode() == program::DPU_ADD)
    return arith::AddIOp::create(builder, loc, registers[instr.operands(0)],
                                 registers[instr.operands(1)]);
  VectorType type = vectorType(instr.length(), 32);
  Value operand = registers[instr.operands(0)];
  if (instr.opcode() == program::DPU_MULTIPLY_MATRIX)
    return cmflow::MultiplyMatrixOp::create(
        builder, loc, type, operand, registers[instr.operands(1)],
        {int8_t(instr.a().zero_point()), int8_t(instr.b().zero_point())},
        instr.transposed());
  if (instr.opcode() == program::DPU_DEPTHWISE)
    return cmflow::DepthwiseOp::create(builder, loc, type, operand,
                                       toVector<int32_t>(instr.table()));
  return cmflow::SubtractZeroPointsOp::create(builder, loc, type, operand,
                                              toVector<int8_t>(instr.table()));
}

Value ContextImporter::importLayerNorm(const program::DpuInstr &instr) {
  return cmflow::LayerNormOp::create(
      builder, loc, registers[instr.operands(0)], APFloat(instr.a().scale()),
      instr.a().zero_point(), APFloat(instr.epsilon()),
      toVector<float>(instr.scales()), toVector<float>(instr.biases()),
      APFloat(instr.y().scale()), instr.y().zero_point(), instr.minimum(),
      instr.maximum());
}

Value ContextImporter::importVector(const program::DpuInstr &instr) {
  if (instr.opcode() == program::DPU_LOOKUP)
    return cmflow::LookupOp::create(builder, loc, registers[instr.operands(0)],
                                    toVector<int8_t>(instr.lut()));
  if (instr.opcode() == program::DPU_SOFTMAX)
    return cmflow::SoftmaxOp::create(
        builder, loc, registers[instr.operands(0)], APFloat(instr.a().scale()),
        APFloat(instr.y().scale()), instr.y().zero_point());
  if (instr.opcode() == program::DPU_LAYER_NORM)
    return importLayerNorm(instr);
  return cmflow::ConstantsOp::create(
      builder, loc, vectorType(instr.length(), 8),
      {instr.table_height(), instr.table_width()},
      toVector<int8_t>(instr.lut()));
}

Value ContextImporter::importInstr(const program::Context &context,
                                   const program::DpuInstr &instr,
                                   StringRef unit) {
  auto operand = [&](int i) { return registers[instr.operands(i)]; };
  switch (instr.opcode()) {
  case program::DPU_MVM_RESULT:
    return cmcore::MvmOp::create(builder, loc, vectorType(instr.length(), 32),
                                 importGather(context.mvm_input()), unit);
  case program::DPU_LOAD:
    return importGather(instr.gather());
  case program::DPU_CONSTANT:
    return importTable(instr);
  case program::DPU_ADD:
  case program::DPU_DEPTHWISE:
  case program::DPU_MULTIPLY_MATRIX:
  case program::DPU_SUBTRACT_ZERO_POINTS:
    return importSum(instr);
  case program::DPU_REQUANTIZE:
    return cmflow::RequantizeOp::create(
        builder, loc, vectorType(instr.length(), 8), operand(0),
        toVector<float>(instr.scales()), instr.y().zero_point(),
        instr.minimum(), instr.maximum());
  case program::DPU_ADD_QUANTIZED:
    return importBinary<cmflow::AddQuantizedOp>(instr);
  case program::DPU_MUL_QUANTIZED:
    return importBinary<cmflow::MulQuantizedOp>(instr);
  case program::DPU_SHUFFLE:
    return cmflow::ShuffleOp::create(
        builder, loc, vectorType(instr.length(), 8), operand(0),
        toVector<int32_t>(instr.table()), instr.y().zero_point());
  case program::DPU_LOOKUP:
  case program::DPU_SOFTMAX:
  case program::DPU_LAYER_NORM:
  case program::DPU_PIXEL_CONSTANT:
    return importVector(instr);
  default:
    return importPool(instr);
  }
}

void ContextImporter::importData(const program::Context &context,
                                 StringRef unit) {
  registers.clear();
  MLIRContext *mlirContext = builder.getContext();
  for (const program::DpuInstr &instr : context.dpu()) {
    Value value = importInstr(context, instr, unit);
    if (instr.tensor())
      value.getDefiningOp()->setAttr(
          cmflow::tensorAttrName,
          importTensorNames(program.tensors(instr.tensor() - 1), mlirContext));
    if (instr.tensor() &&
        instr.tensor_channel_begin() != context.write().channel_begin())
      value.getDefiningOp()->setAttr(
          cmflow::channelAttrName,
          builder.getI64IntegerAttr(instr.tensor_channel_begin()));
    registers.push_back(value);
  }
  const program::Write &write = context.write();
  auto pixels = cmflow::PixelsAttr::get(
      mlirContext, {write.stride_y(), write.stride_x()},
      {write.offset_y(), write.offset_x()},
      {write.channel_begin(), write.channel_end()},
      std::max(1u, write.pixels()), std::max(1u, write.rows()));
  cmcore::SendOp::create(builder, loc, registers[write.source()],
                         program.objects(write.object()).name(), pixels);
}

void ContextImporter::importContext(const program::Node &parent,
                                    const program::Context &context,
                                    ArrayRef<std::string> unitNames) {
  node = &parent;
  FlatSymbolRefAttr input;
  if (context.has_input_binding())
    input = FlatSymbolRefAttr::get(
        builder.getContext(),
        program.objects(program.inputs(context.input_binding()).object())
            .name());
  auto op = cmcore::ContextOp::create(
      builder, loc, context.name(),
      builder.getDenseI64ArrayAttr(toVector<int64_t>(context.domain())),
      builder.getDenseI64ArrayAttr(toVector<int64_t>(context.sends())), input);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getLcu());
  importLcu(context.lcu());
  builder.createBlock(&op.getData());
  if (!context.has_input_binding())
    importData(context, context.has_mvm_unit() ? unitNames[context.mvm_unit()]
                                               : std::string());
}

ArrayAttr cm::importTensorNames(const program::Tensor &tensor,
                                MLIRContext *context) {
  StringRef hostType =
      tensor.host_type() == program::HOST_TYPE_UINT8 ? "uint8" : "int8";
  auto nameOf = [&](const auto &message) -> Attribute {
    return cmflow::TensorAttr::get(context, message.name(), hostType,
                                   toVector<int64_t>(message.host_shape()),
                                   toVector<int64_t>(message.permutation()));
  };
  SmallVector<Attribute> names{nameOf(tensor)};
  for (const program::TensorAlias &alias : tensor.aliases())
    names.push_back(nameOf(alias));
  return ArrayAttr::get(context, names);
}
