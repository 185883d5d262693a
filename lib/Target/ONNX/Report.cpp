//===- Report.cpp - what became of the nodes of a model -------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace cm;
using namespace cm::onnx_import;

/// The nodes that a location names.
static void collectNames(Location location,
                         llvm::SetVector<StringRef> &names) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    names.insert(name.getName().getValue());
    collectNames(name.getChildLoc(), names);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNames(part, names);
  }
}

static bool isFloat(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32();
}

/// Whether the operation computes with floats, its constants left out: the
/// slopes of an int8 prelu are weights.
static bool computesFloat(Operation *op) {
  if (isa<cmnn::ConstantOp>(op))
    return false;
  auto isComputed = [](Value value) {
    return isFloat(value.getType()) && !value.getDefiningOp<cmnn::ConstantOp>();
  };
  return llvm::any_of(op->getOperands(), isComputed) ||
         llvm::any_of(op->getResultTypes(), isFloat);
}

static std::string describe(Operation *op) {
  std::string text = op->getName().getStringRef().str();
  if (auto tensor = op->getAttrOfType<StringAttr>(cmnn::tensorAttrName))
    text += " '" + tensor.getValue().str() + "'";
  if (computesFloat(op))
    text += " in float";
  return text;
}

namespace {
/// The operations that stand for a node.
struct Fate {
  SmallVector<Operation *, 1> own, fused;
};
} // namespace

/// Of the nodes that an operation stands for, the one that it does not only
/// round or clamp for.
static size_t mainNode(const llvm::SetVector<StringRef> &names,
                       const llvm::StringMap<StringRef> &operators) {
  auto main = llvm::find_if(names, [&](StringRef name) {
    StringRef op = operators.lookup(name);
    return op != "QuantizeLinear" && op != "DequantizeLinear" && op != "Relu" &&
           op != "Clip";
  });
  return main == names.end() ? names.size() - 1 : main - names.begin();
}

static std::string listOf(ArrayRef<Operation *> ops) {
  std::string text;
  for (Operation *op : ops)
    text += (text.empty() ? "" : ", ") + describe(op);
  return text;
}

static std::string fateOf(const NodeRecord &record, const Fate &fate) {
  if (!fate.own.empty())
    return listOf(fate.own);
  if (!fate.fused.empty())
    return "fused into " + listOf(fate.fused);
  if (record.kind == NodeRecord::Constant)
    return "folded into a constant";
  if (record.kind == NodeRecord::View)
    return "layout only";
  if (record.op == "DequantizeLinear")
    return "the quantisation of what reads it";
  if (record.op == "QuantizeLinear")
    return "the quantisation of what it reads";
  return "nothing left";
}

std::string onnx_import::formatImportReport(ModuleOp module,
                                            ArrayRef<NodeRecord> records) {
  llvm::StringMap<StringRef> operators;
  for (const NodeRecord &record : records)
    operators[record.label] = record.op;
  llvm::StringMap<Fate> fates;
  SmallVector<Operation *> floats;
  int64_t integers = 0;
  for (auto function : module.getOps<func::FuncOp>())
    for (Operation &op : function.front().without_terminator()) {
      llvm::SetVector<StringRef> names;
      collectNames(op.getLoc(), names);
      size_t main = mainNode(names, operators);
      for (auto [i, name] : llvm::enumerate(names))
        (i == main ? fates[name].own : fates[name].fused).push_back(&op);
      if (computesFloat(&op))
        floats.push_back(&op);
      else
        integers += !isa<cmnn::ConstantOp>(op);
    }
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const NodeRecord &record : records)
    os << record.label << ": " << record.op << ": "
       << fateOf(record, fates[record.label]) << "\n";
  os << integers << " integer operations, " << floats.size()
     << " operations in float\n";
  for (Operation *op : floats) {
    llvm::SetVector<StringRef> names;
    collectNames(op->getLoc(), names);
    os << "in float: "
       << (names.empty() ? "" : names[mainNode(names, operators)]) << ": "
       << describe(op) << "\n";
  }
  return text;
}
