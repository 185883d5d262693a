//===- ExportContext.cpp - one context of the program file ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExportContext.h"
#include "ExportLcu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

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
  Window window = attr.toWindow();
  gather.set_buffer(*index);
  gather.set_kernel_y(window.kernelY);
  gather.set_kernel_x(window.kernelX);
  gather.set_stride_y(window.strideY);
  gather.set_stride_x(window.strideX);
  gather.set_offset_y(window.offsetY);
  gather.set_offset_x(window.offsetX);
  gather.set_dilation_y(window.dilationY);
  gather.set_dilation_x(window.dilationX);
  gather.set_channel_begin(window.channelBegin);
  gather.set_channel_end(window.channelEnd);
  gather.set_element_begin(window.elementBegin);
  gather.set_element_end(window.elementEnd);
  gather.set_fill(window.fill);
  return success();
}

LogicalResult ContextExporter::exportSend(cmcore::SendOp op) {
  FailureOr<uint32_t> object =
      lookupName(op, names.objects, "an object", op.getObject());
  if (failed(object))
    return failure();
  PixelWrite pixels = op.getPixels().toPixelWrite();
  program::Write &write = *out->mutable_write();
  write.set_object(*object);
  write.set_stride_y(pixels.strideY);
  write.set_stride_x(pixels.strideX);
  write.set_offset_y(pixels.offsetY);
  write.set_offset_x(pixels.offsetX);
  write.set_channel_begin(pixels.channelBegin);
  write.set_channel_end(pixels.channelEnd);
  write.set_source(registers.lookup(op.getValue()));
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

template <typename MessageT>
static void exportName(cmflow::TensorAttr attr, MessageT &message) {
  message.set_name(attr.getName().str());
  for (int64_t extent : attr.getHostShape())
    message.add_host_shape(extent);
  for (int64_t axis : attr.getPermutation())
    message.add_permutation(axis);
}

/// Extents of the tensor are those of the object that the context writes, with
/// all channels of the tensor.
static void exportTensor(ArrayAttr names, cmcore::ObjectOp object,
                         program::Tensor &tensor) {
  auto first = cast<cmflow::TensorAttr>(names[0]);
  int64_t elements = 1;
  for (int64_t extent : first.getHostShape())
    elements *= extent;
  exportName(first, tensor);
  tensor.set_height(object.getHeight());
  tensor.set_width(object.getWidth());
  tensor.set_channels(elements / (object.getHeight() * object.getWidth()));
  tensor.set_host_type(first.getHostType() == "uint8"
                           ? program::HOST_TYPE_UINT8
                           : program::HOST_TYPE_INT8);
  for (Attribute alias : names.getValue().drop_front())
    exportName(cast<cmflow::TensorAttr>(alias), *tensor.add_aliases());
}

void ContextExporter::addTensor(Operation *op, program::DpuInstr &instr) {
  auto list = op->getAttrOfType<ArrayAttr>(cmflow::tensorAttrName);
  if (!list || list.empty())
    return;
  auto first = cast<cmflow::TensorAttr>(list[0]);
  uint32_t &index = tensors[first.getName()];
  if (!index) {
    index = program.tensors_size() + 1;
    auto object = mlir::SymbolTable::lookupNearestSymbolFrom<cmcore::ObjectOp>(
        op->getParentOfType<cmcore::NodeOp>()->getParentOp(),
        send.getObjectAttr());
    exportTensor(list, object, *program.add_tensors());
  }
  instr.set_tensor(index);
  instr.set_tensor_channel_begin(send.getPixels().getChannels()[0]);
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
  addTensor(op, instr);
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
  instr.set_count_include_pad(op.getCountIncludePad());
  instr.set_unsigned_rounding(op.getUnsignedRounding());
  return exportGather(op, op.getBuffer(), op.getWindow(),
                      *instr.mutable_gather());
}

static program::DpuOpcode opcodeOf(cmcore::PoolOp op) {
  if (op.getKind() == "max")
    return program::DPU_MAX_POOL;
  return op.getKind() == "average" ? program::DPU_AVERAGE_POOL
                                   : program::DPU_GLOBAL_AVERAGE_POOL;
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

static void exportAdd(cmflow::AddQuantizedOp op, program::DpuInstr &instr) {
  setQuantization(instr.mutable_a(), op.getAScale().convertToFloat(),
                  op.getAZeroPoint());
  setQuantization(instr.mutable_b(), op.getBScale().convertToFloat(),
                  op.getBZeroPoint());
  setQuantization(instr.mutable_y(), op.getYScale().convertToFloat(),
                  op.getYZeroPoint());
  instr.set_unsigned_rounding(op.getUnsignedRounding());
  setRange(instr, op);
}

static void exportSoftmax(cmflow::SoftmaxOp op, program::DpuInstr &instr) {
  instr.mutable_a()->set_scale(op.getXScale().convertToFloat());
  setQuantization(instr.mutable_y(), op.getYScale().convertToFloat(),
                  op.getYZeroPoint());
  instr.set_minimum(-128);
  instr.set_maximum(127);
}

LogicalResult ContextExporter::exportOp(Operation *op) {
  using namespace cm::program;
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](cmcore::GatherOp gather) {
        bool feedsCrossbar =
            llvm::any_of(gather->getUsers(), [](Operation *user) {
              return isa<cmcore::MvmOp>(user);
            });
        Gather &message = feedsCrossbar
                              ? *out->mutable_mvm_input()
                              : *addInstr(op, DPU_LOAD).mutable_gather();
        return exportGather(op, gather.getBuffer(), gather.getWindow(),
                            message);
      })
      .Case([&](cmcore::MvmOp mvm) -> LogicalResult {
        FailureOr<uint32_t> unit =
            lookupName(op, node->units, "a unit of the node", mvm.getUnit());
        if (failed(unit))
          return failure();
        out->set_mvm_unit(*unit);
        addInstr(op, DPU_MVM_RESULT);
        return success();
      })
      .Case([&](cmcore::PoolOp pool) {
        return exportPool(pool, addInstr(op, opcodeOf(pool)));
      })
      .Case([&](arith::ConstantOp constant) {
        exportConstant(constant, addInstr(op, DPU_CONSTANT));
        return success();
      })
      .Case([&](arith::AddIOp) {
        addInstr(op, DPU_ADD);
        return success();
      })
      .Case([&](cmflow::RequantizeOp requantize) {
        exportRequantize(requantize, addInstr(op, DPU_REQUANTIZE));
        return success();
      })
      .Case([&](cmflow::AddQuantizedOp add) {
        exportAdd(add, addInstr(op, DPU_ADD_QUANTIZED));
        return success();
      })
      .Case([&](cmflow::LookupOp lookup) {
        ArrayRef<int8_t> table = lookup.getTable();
        addInstr(op, DPU_LOOKUP)
            .set_lut(std::string(table.begin(), table.end()));
        return success();
      })
      .Case([&](cmflow::SoftmaxOp softmax) {
        exportSoftmax(softmax, addInstr(op, DPU_SOFTMAX));
        return success();
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
    if (failed(checkTypes(&op)) || failed(exportOp(&op)))
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
  for (int64_t extent : context.getDomain())
    message.add_domain(extent);
  for (int64_t route : context.getSends())
    message.add_sends(route);
  exportLcu(context.getLcu().front(), *message.mutable_lcu());
  return exportData(context);
}
