//===- ReduceNetwork.cpp - a smaller network that still fails -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReduceNetwork.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Reducer/Tester.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Cuts: each says whether it applies
//===----------------------------------------------------------------------===//

static Operation *operationAt(func::FuncOp function, unsigned index) {
  auto &operations = function.front().getOperations();
  return &*std::next(operations.begin(), index);
}

/// The operation at `index` gives the only result.
static bool returnOnly(func::FuncOp function, unsigned index) {
  Operation *op = operationAt(function, index);
  if (op->getNumResults() != 1)
    return false;
  Value value = op->getResult(0);
  NamedAttrList attributes;
  if (Attribute name = op->getAttr(cmnn::tensorAttrName))
    attributes.set(cmnn::tensorAttrName, name);
  function.setType(FunctionType::get(
      function.getContext(), function.getArgumentTypes(), value.getType()));
  DictionaryAttr named = attributes.getDictionary(function.getContext());
  function.setAllResultAttrs(ArrayRef<DictionaryAttr>(named));
  function.front().getTerminator()->setOperands(value);
  return true;
}

static bool dropResult(func::FuncOp function, unsigned index) {
  function.front().getTerminator()->eraseOperand(index);
  return succeeded(function.eraseResult(index));
}

/// What the operation at `index` computed becomes an argument.
static bool makeArgument(func::FuncOp function, unsigned index) {
  Operation *op = operationAt(function, index);
  Attribute name = op->getAttr(cmnn::tensorAttrName);
  if (op->getNumResults() != 1 || !name)
    return false;
  DictionaryAttr named = DictionaryAttr::get(
      op->getContext(), NamedAttribute(cmnn::tensorAttrName, name));
  unsigned position = function.getNumArguments();
  if (failed(function.insertArgument(position, op->getResult(0).getType(),
                                     named, op->getLoc())))
    return false;
  op->getResult(0).replaceAllUsesWith(function.getArgument(position));
  return true;
}

/// An operand of the same type takes the place of the operation's result.
static bool bypass(func::FuncOp function, unsigned index, unsigned operand) {
  Operation *op = operationAt(function, index);
  Value value = op->getOperand(operand);
  if (op->getNumResults() != 1 || op->getResult(0).getType() != value.getType())
    return false;
  op->getResult(0).replaceAllUsesWith(value);
  return true;
}

/// Erases what is no longer used: operations, arguments, weights.
static void tidy(func::FuncOp function) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (isOpTriviallyDead(&op))
      op.erase();
  for (unsigned i = function.getNumArguments(); i-- > 0;)
    if (function.getArgument(i).use_empty())
      (void)function.eraseArgument(i);
  auto module = function->getParentOfType<ModuleOp>();
  for (auto weight :
       llvm::make_early_inc_range(module.getOps<cmnn::WeightOp>()))
    if (SymbolTable::symbolKnownUseEmpty(weight, module))
      weight.erase();
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

static func::FuncOp functionOf(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  return functions.empty() ? func::FuncOp() : *functions.begin();
}

/// Operations, then results and arguments: each cut makes one of them fewer.
static std::pair<size_t, size_t> sizeOf(func::FuncOp function) {
  return {function.front().getOperations().size(),
          function.getNumResults() + function.getNumArguments()};
}

namespace {
class Reducer {
public:
  Reducer(ModuleOp module, const Tester &tester)
      : module(module), tester(tester) {}

  bool isInteresting(ModuleOp candidate) {
    return tester.isInteresting(candidate).first ==
           Tester::Interestingness::True;
  }
  void run();

private:
  bool attempt(llvm::function_ref<bool(func::FuncOp)> cut);
  bool cutEnd();
  bool cutBeginning();
  bool cutBetween();

  unsigned operations() {
    return functionOf(module).front().getOperations().size() - 1;
  }

  ModuleOp module;
  const Tester &tester;
};
} // namespace

/// Keeps what a cut leaves if that is smaller, valid and still interesting.
bool Reducer::attempt(llvm::function_ref<bool(func::FuncOp)> cut) {
  OwningOpRef<ModuleOp> candidate = module.clone();
  func::FuncOp function = functionOf(*candidate);
  if (!cut(function))
    return false;
  tidy(function);
  if (sizeOf(function) >= sizeOf(functionOf(module)) ||
      failed(verify(*candidate)) || !isInteresting(*candidate))
    return false;
  module.getBodyRegion().takeBody(candidate->getBodyRegion());
  return true;
}

bool Reducer::cutEnd() {
  for (unsigned i = 0; i < operations(); ++i)
    if (attempt([&](func::FuncOp f) { return returnOnly(f, i); }))
      return true;
  if (functionOf(module).getNumResults() > 1)
    for (unsigned i = 0; i < functionOf(module).getNumResults(); ++i)
      if (attempt([&](func::FuncOp f) { return dropResult(f, i); }))
        return true;
  return false;
}

bool Reducer::cutBeginning() {
  for (unsigned i = operations(); i-- > 0;)
    if (attempt([&](func::FuncOp f) { return makeArgument(f, i); }))
      return true;
  return false;
}

bool Reducer::cutBetween() {
  for (unsigned i = 0; i < operations(); ++i) {
    unsigned operands = operationAt(functionOf(module), i)->getNumOperands();
    for (unsigned k = 0; k < operands; ++k)
      if (attempt([&](func::FuncOp f) { return bypass(f, i, k); }))
        return true;
  }
  return false;
}

void Reducer::run() {
  while (cutEnd() || cutBeginning() || cutBetween()) {
  }
}

namespace {
class ReduceNetwork
    : public PassWrapper<ReduceNetwork, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ReduceNetwork)

  ReduceNetwork() = default;
  ReduceNetwork(const ReduceNetwork &other) : PassWrapper(other) {}

  StringRef getArgument() const override { return "reduce-network"; }
  StringRef getDescription() const override {
    return "cuts a network as long as it fails";
  }

private:
  void runOnOperation() override {
    Tester tester(test, {});
    Reducer reducer(getOperation(), tester);
    func::FuncOp function = functionOf(getOperation());
    if (!function || !function.getBody().hasOneBlock()) {
      getOperation().emitError("reduce-network: expected a function of one "
                               "block");
      return signalPassFailure();
    }
    if (!reducer.isInteresting(getOperation())) {
      getOperation().emitError(
          "reduce-network: expected a test that exits with "
          "1 for the network, '")
          << test << "' does not";
      return signalPassFailure();
    }
    reducer.run();
  }

  Option<std::string> test{
      *this, "test",
      llvm::cl::desc("script that exits with 1 where the network "
                     "in the file that it is given fails")};
};
} // namespace

void cm::registerReduceNetwork() { PassRegistration<ReduceNetwork>(); }
