//===- ExportContext.cpp - one context of the program file ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportContext.h"
#include "ExportLcu.h"
#include "Fields.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace mlir;

static uint32_t lengthOf(Value vector) {
  return cast<VectorType>(vector.getType()).getNumElements();
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

LogicalResult ContextExporter::exportGather(Operation *op, StringRef buffer,
                                            cmflow::WindowAttr attr,
                                            program::Gather &gather) {
  FailureOr<uint32_t> index =
      lookupName(op, node->buffers, "a buffer of the node", buffer);
  if (failed(index))
    return failure();
  using program::Gather;
  Window window = attr.toWindow();
  FieldWriter fields(op);
  gather.set_buffer(*index);
  fields.set(gather, &Gather::set_kernel_y, "kernel[0]", window.kernelY);
  fields.set(gather, &Gather::set_kernel_x, "kernel[1]", window.kernelX);
  fields.set(gather, &Gather::set_stride_y, "strides[0]", window.strideY);
  fields.set(gather, &Gather::set_stride_x, "strides[1]", window.strideX);
  fields.set(gather, &Gather::set_offset_y, "offsets[0]", window.offsetY);
  fields.set(gather, &Gather::set_offset_x, "offsets[1]", window.offsetX);
  fields.set(gather, &Gather::set_dilation_y, "dilations[0]", window.dilationY);
  fields.set(gather, &Gather::set_dilation_x, "dilations[1]", window.dilationX);
  fields.set(gather, &Gather::set_channel_begin, "channels[0]",
             window.channelBegin);
  fields.set(gather, &Gather::set_channel_end, "channels[1]",
             window.channelEnd);
  fields.set(gather, &Gather::set_element_begin, "elements[0]",
             window.elementBegin);
  fields.set(gather, &Gather::set_element_end, "elements[1]",
             window.elementEnd);
  fields.set(gather, &Gather::set_fill, "fill", window.fill);
  return fields.result();
}

LogicalResult ContextExporter::exportSend(cmcore::SendOp op) {
  FailureOr<uint32_t> object =
      lookupName(op, names.objects, "an object", op.getObject());
  if (failed(object))
    return failure();
  using program::Write;
  PixelWrite pixels = op.getPixels().toPixelWrite();
  Write &write = *out->mutable_write();
  FieldWriter fields(op);
  write.set_object(*object);
  fields.set(write, &Write::set_stride_y, "strides[0]", pixels.strideY);
  fields.set(write, &Write::set_stride_x, "strides[1]", pixels.strideX);
  fields.set(write, &Write::set_offset_y, "offsets[0]", pixels.offsetY);
  fields.set(write, &Write::set_offset_x, "offsets[1]", pixels.offsetX);
  fields.set(write, &Write::set_channel_begin, "channels[0]",
             pixels.channelBegin);
  fields.set(write, &Write::set_channel_end, "channels[1]", pixels.channelEnd);
  if (pixels.pixels > 1)
    fields.set(write, &Write::set_pixels, "count", pixels.pixels);
  if (pixels.rows > 1)
    fields.set(write, &Write::set_rows, "rows", pixels.rows);
  write.set_source(registers.lookup(op.getValue()));
  return fields.result();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

template <typename MessageT>
static void exportName(cmflow::TensorAttr attr, MessageT &message,
                       FieldWriter &fields) {
  message.set_name(attr.getName().str());
  fields.add(message, &MessageT::add_host_shape, "extents of a tensor",
             attr.getHostShape());
  fields.add(message, &MessageT::add_permutation, "axes",
             attr.getPermutation());
}

/// Extents of the tensor are those of the object that the context writes, with
/// all channels of the tensor.
static void exportTensor(ArrayAttr names, cmcore::ObjectOp object,
                         program::Tensor &tensor, FieldWriter &fields) {
  using program::Tensor;
  auto first = cast<cmflow::TensorAttr>(names[0]);
  uint64_t elements = 1;
  for (int64_t extent : first.getHostShape())
    elements = llvm::SaturatingMultiply<uint64_t>(elements, extent);
  exportName(first, tensor, fields);
  fields.set(tensor, &Tensor::set_height, "height", object.getHeight());
  fields.set(tensor, &Tensor::set_width, "width", object.getWidth());
  fields.set(tensor, &Tensor::set_channels, "channels of a tensor",
             elements / (object.getHeight() * object.getWidth()));
  tensor.set_host_type(first.getHostType() == "uint8"
                           ? program::HOST_TYPE_UINT8
                           : program::HOST_TYPE_INT8);
  for (Attribute alias : names.getValue().drop_front())
    exportName(cast<cmflow::TensorAttr>(alias), *tensor.add_aliases(), fields);
}

LogicalResult ContextExporter::exportTensorOf(Operation *op) {
  auto list = op->getAttrOfType<ArrayAttr>(cmflow::tensorAttrName);
  if (!list || list.empty() || op->getNumResults() == 0 ||
      !registers.count(op->getResult(0)))
    return success();
  program::DpuInstr &instr =
      *out->mutable_dpu(registers.lookup(op->getResult(0)));
  FieldWriter fields(op);
  auto first = cast<cmflow::TensorAttr>(list[0]);
  uint32_t &index = tensors[first.getName()];
  if (!index) {
    index = program.tensors_size() + 1;
    auto object = mlir::SymbolTable::lookupNearestSymbolFrom<cmcore::ObjectOp>(
        op->getParentOfType<cmcore::NodeOp>()->getParentOp(),
        send.getObjectAttr());
    exportTensor(list, object, *program.add_tensors(), fields);
  }
  instr.set_tensor(index);
  fields.set(instr, &program::DpuInstr::set_tensor_channel_begin,
             "a first channel",
             cmflow::firstChannel(op, send.getPixels().getChannels()[0]));
  return fields.result();
}

//===----------------------------------------------------------------------===//
// DPU code
//===----------------------------------------------------------------------===//

program::DpuInstr &ContextExporter::addInstr(Operation *op,
                                             program::DpuOpcode opcode) {
  Value result = op->getResult(0);
  registers[result] = out->dpu_size();
  program::DpuInstr &instr = *out->add_dpu();
  instr.set_opcode(opcode);
  instr.set_length(lengthOf(result));
  if (opcode != program::DPU_MVM_RESULT)
    for (Value operand : op->getOperands())
      instr.add_operands(registers.lookup(operand));
  return instr;
}

static void setQuantization(program::Quantization *out, float scale,
                            int32_t zeroPoint) {
  out->set_scale(scale);
  out->set_zero_point(zeroPoint);
}

template <typename OpTy>
static void setRange(program::DpuInstr &instr, OpTy op) {
  instr.set_minimum(op.getMinimum());
  instr.set_maximum(op.getMaximum());
}

LogicalResult ContextExporter::exportPool(cmcore::PoolOp op,
                                          program::DpuInstr &instr) {
  if (op.getKind() != "max") {
    setQuantization(instr.mutable_a(), op.getXScale()->convertToFloat(),
                    *op.getXZeroPoint());
    setQuantization(instr.mutable_y(), op.getYScale()->convertToFloat(),
                    *op.getYZeroPoint());
  }
  setRange(instr, op);
  for (float weight : op.getYWeights().value_or(ArrayRef<float>()))
    instr.add_row_weights(weight);
  for (float weight : op.getXWeights().value_or(ArrayRef<float>()))
    instr.add_column_weights(weight);
  instr.set_as_stored(op.getAsStored());
  instr.set_count_include_pad(op.getCountIncludePad());
  instr.set_unsigned_rounding(op.getUnsignedRounding());
  return exportGather(op, op.getBuffer(), op.getWindow(),
                      *instr.mutable_gather());
}

static program::DpuOpcode opcodeOf(cmcore::PoolOp op) {
  if (op.getKind() == "max")
    return program::DPU_MAX_POOL;
  if (op.getKind() == "interpolate")
    return program::DPU_INTERPOLATE;
  if (op.getKind() == "reduce_mean")
    return program::DPU_REDUCE_MEAN;
  return op.getKind() == "average" ? program::DPU_AVERAGE_POOL
                                   : program::DPU_GLOBAL_AVERAGE_POOL;
}

template <typename T>
static void addTable(ArrayRef<T> values, program::DpuInstr &instr) {
  for (T value : values)
    instr.add_table(value);
}

static void exportConstant(arith::ConstantOp op, program::DpuInstr &instr) {
  for (int32_t value :
       cast<DenseIntElementsAttr>(op.getValue()).getValues<int32_t>())
    instr.add_table(value);
}

static void exportRequantize(cmflow::RequantizeOp op,
                             program::DpuInstr &instr) {
  for (float scale : op.getScales())
    instr.add_scales(scale);
  instr.mutable_y()->set_zero_point(op.getZeroPoint());
  setRange(instr, op);
}

/// A sum or a product.
template <typename OpTy>
static void exportBinary(OpTy op, program::DpuInstr &instr) {
  setQuantization(instr.mutable_a(), op.getAScale().convertToFloat(),
                  op.getAZeroPoint());
  setQuantization(instr.mutable_b(), op.getBScale().convertToFloat(),
                  op.getBZeroPoint());
  setQuantization(instr.mutable_y(), op.getYScale().convertToFloat(),
                  op.getYZeroPoint());
  instr.set_unsigned_rounding(op.getUnsignedRounding());
  setRange(instr, op);
}

static void exportShuffle(cmflow::ShuffleOp op, program::DpuInstr &instr) {
  for (int32_t index : op.getIndices())
    instr.add_table(index);
  instr.mutable_y()->set_zero_point(op.getFill());
}

static void exportLookup(cmflow::LookupOp op, program::DpuInstr &instr) {
  ArrayRef<int8_t> table = op.getTable();
  instr.set_lut(std::string(table.begin(), table.end()));
}

static void exportSoftmax(cmflow::SoftmaxOp op, program::DpuInstr &instr) {
  instr.mutable_a()->set_scale(op.getXScale().convertToFloat());
  setQuantization(instr.mutable_y(), op.getYScale().convertToFloat(),
                  op.getYZeroPoint());
  instr.set_minimum(-128);
  instr.set_maximum(127);
}

static void exportLayerNorm(cmflow::LayerNormOp op, program::DpuInstr &instr) {
  setQuantization(instr.mutable_a(), op.getXScale().convertToFloat(),
                  op.getXZeroPoint());
  setQuantization(instr.mutable_y(), op.getYScale().convertToFloat(),
                  op.getYZeroPoint());
  for (float scale : op.getScales())
    instr.add_scales(scale);
  for (float bias : op.getBiases())
    instr.add_biases(bias);
  instr.set_epsilon(op.getEpsilon().convertToFloat());
  setRange(instr, op);
}

static LogicalResult exportConstants(cmflow::ConstantsOp op,
                                     program::DpuInstr &instr) {
  using program::DpuInstr;
  ArrayRef<int8_t> table = op.getTable();
  instr.set_lut(std::string(table.begin(), table.end()));
  FieldWriter fields(op);
  fields.set(instr, &DpuInstr::set_table_height, "pixels[0]",
             op.getPixels()[0]);
  fields.set(instr, &DpuInstr::set_table_width, "pixels[1]", op.getPixels()[1]);
  return fields.result();
}

/// Into the crossbars' input register, or a load of the DPU.
LogicalResult ContextExporter::exportLoad(cmcore::GatherOp op) {
  bool feedsCrossbar = llvm::any_of(
      op->getUsers(), [](Operation *user) { return isa<cmcore::MvmOp>(user); });
  program::Gather &message =
      feedsCrossbar ? *out->mutable_mvm_input()
                    : *addInstr(op, program::DPU_LOAD).mutable_gather();
  return exportGather(op, op.getBuffer(), op.getWindow(), message);
}

LogicalResult ContextExporter::exportMvm(cmcore::MvmOp op) {
  FailureOr<uint32_t> unit =
      lookupName(op, node->units, "a unit of the node", op.getUnit());
  if (failed(unit))
    return failure();
  out->set_mvm_unit(*unit);
  addInstr(op, program::DPU_MVM_RESULT);
  return success();
}

/// Operations whose numbers have the types of the fields.
bool ContextExporter::exportVectorOp(Operation *op) {
  using namespace cm::program;
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](arith::ConstantOp constant) {
        exportConstant(constant, addInstr(op, DPU_CONSTANT));
        return true;
      })
      .Case([&](arith::AddIOp) {
        addInstr(op, DPU_ADD);
        return true;
      })
      .Case([&](cmflow::RequantizeOp requantize) {
        exportRequantize(requantize, addInstr(op, DPU_REQUANTIZE));
        return true;
      })
      .Case([&](cmflow::AddQuantizedOp add) {
        exportBinary(add, addInstr(op, DPU_ADD_QUANTIZED));
        return true;
      })
      .Case([&](cmflow::MulQuantizedOp mul) {
        exportBinary(mul, addInstr(op, DPU_MUL_QUANTIZED));
        return true;
      })
      .Case([&](cmflow::LookupOp lookup) {
        exportLookup(lookup, addInstr(op, DPU_LOOKUP));
        return true;
      })
      .Case([&](cmflow::ShuffleOp shuffle) {
        exportShuffle(shuffle, addInstr(op, DPU_SHUFFLE));
        return true;
      })
      .Case([&](cmflow::SoftmaxOp softmax) {
        exportSoftmax(softmax, addInstr(op, DPU_SOFTMAX));
        return true;
      })
      .Default(false);
}

/// Operations on int32 that belong to products.
bool ContextExporter::exportProductOp(Operation *op) {
  if (auto depthwise = dyn_cast<cmflow::DepthwiseOp>(op)) {
    addTable(depthwise.getWeights(), addInstr(op, program::DPU_DEPTHWISE));
    return true;
  }
  if (auto product = dyn_cast<cmflow::MultiplyMatrixOp>(op)) {
    program::DpuInstr &instr = addInstr(op, program::DPU_MULTIPLY_MATRIX);
    instr.mutable_a()->set_zero_point(product.getZeroPoints()[0]);
    instr.mutable_b()->set_zero_point(product.getZeroPoints()[1]);
    instr.set_transposed(product.getTransposed());
    return true;
  }
  auto subtract = dyn_cast<cmflow::SubtractZeroPointsOp>(op);
  if (!subtract)
    return false;
  addTable(subtract.getZeroPoints(),
           addInstr(op, program::DPU_SUBTRACT_ZERO_POINTS));
  return true;
}

LogicalResult ContextExporter::exportOp(Operation *op) {
  if (exportProductOp(op) || exportVectorOp(op))
    return success();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](cmcore::GatherOp gather) { return exportLoad(gather); })
      .Case([&](cmflow::LayerNormOp norm) {
        exportLayerNorm(norm, addInstr(op, program::DPU_LAYER_NORM));
        return success();
      })
      .Case([&](cmflow::ConstantsOp constants) {
        return exportConstants(constants,
                               addInstr(op, program::DPU_PIXEL_CONSTANT));
      })
      .Case([&](cmcore::MvmOp mvm) { return exportMvm(mvm); })
      .Case([&](cmcore::PoolOp pool) {
        return exportPool(pool, addInstr(op, opcodeOf(pool)));
      })
      .Case([&](cmcore::SendOp sendOp) { return exportSend(sendOp); })
      .Default([](Operation *other) {
        return other->emitOpError("has no DPU instruction");
      });
}

/// What the verifiers of other dialects, and of discardable attributes, let
/// pass.
static LogicalResult checkTypes(Operation *op) {
  if (isa<arith::ConstantOp, arith::AddIOp>(op)) {
    auto type = dyn_cast<VectorType>(op->getResult(0).getType());
    if (!type || !type.getElementType().isInteger(32) ||
        (isa<arith::ConstantOp>(op) &&
         !isa<DenseIntElementsAttr>(cast<arith::ConstantOp>(op).getValue())))
      return op->emitOpError("expected a dense vector of i32, found ")
             << op->getResult(0).getType();
  }
  Attribute names = op->getAttr(cmflow::tensorAttrName);
  auto list = dyn_cast_or_null<ArrayAttr>(names);
  if (names && !(list && llvm::all_of(list, llvm::IsaPred<cmflow::TensorAttr>)))
    return op->emitOpError("expected `")
           << cmflow::tensorAttrName << "` to be an array of #cmflow.tensor";
  return success();
}

LogicalResult ContextExporter::exportData(cmcore::ContextOp context) {
  if (context.getData().empty() || context.getData().front().empty())
    return success();
  Block &block = context.getData().front();
  send = cast<cmcore::SendOp>(block.back());
  // Names of tensors need the object.
  if (failed(lookupName(send, names.objects, "an object", send.getObject())))
    return failure();
  for (Operation &op : block)
    if (failed(checkTypes(&op)) || failed(exportOp(&op)) ||
        failed(exportTensorOf(&op)))
      return failure();
  return success();
}

LogicalResult ContextExporter::exportContext(cmcore::NodeOp nodeOp,
                                             cmcore::ContextOp context,
                                             program::Context &message) {
  node = &names.nodes.find(nodeOp.getId())->second;
  out = &message;
  registers.clear();
  message.set_name(context.getSymName().str());
  FieldWriter fields(context);
  fields.add(message, &program::Context::add_domain, "domain",
             context.getDomain());
  fields.add(message, &program::Context::add_sends, "sends",
             context.getSends());
  if (failed(fields.result()) ||
      failed(exportLcu(context.getLcu().front(), *message.mutable_lcu())))
    return failure();
  return exportData(context);
}
