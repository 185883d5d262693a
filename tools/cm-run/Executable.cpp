//===- Executable.cpp - what can be run on images -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Executable.h"
#include "cm/Dialect/CMNN/CMNNBinding.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Functional/FunctionalGraph.h"
#include "cm/Interpreter/Interpreter.h"
#include "cm/Support/Error.h"

using namespace mlir;
using namespace cm;

/// Passes a tensor that has a name on to `sink`.
static llvm::Error report(Value tensor, llvm::ArrayRef<int8_t> data,
                          const TensorSink &sink) {
  DictionaryAttr attrs = tensor.getDefiningOp()->getDiscardableAttrDictionary();
  if (!attrs.get(cmnn::tensorAttrName))
    return llvm::Error::success();
  auto type = cast<RankedTensorType>(tensor.getType());
  auto layout = cmnn::getHostLayout(attrs, type, "");
  return layout ? sink(*layout, data) : layout.takeError();
}

llvm::Expected<Executable> cm::makeCMNNExecutable(ModuleOp module) {
  auto function = module.lookupSymbol<func::FuncOp>("main");
  if (!function || function.isExternal())
    return makeError("expected a function 'main' with a body, found none");
  Executable executable;
  for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
    auto layout = cmnn::getArgumentLayout(function, i);
    if (!layout)
      return layout.takeError();
    executable.inputs.push_back(*layout);
  }
  for (unsigned i = 0, e = function.getNumResults(); i < e; ++i) {
    auto layout = cmnn::getResultLayout(function, i);
    if (!layout)
      return layout.takeError();
    executable.outputs.push_back(*layout);
  }
  executable.run =
      [function](
          llvm::ArrayRef<TensorData> inputs,
          const TensorSink &sink) -> llvm::Expected<std::vector<TensorData>> {
    std::string failure;
    auto observer = [&](Value tensor, llvm::ArrayRef<int8_t> data) {
      if (!sink || !failure.empty())
        return;
      if (llvm::Error error = report(tensor, data, sink))
        failure = llvm::toString(std::move(error));
    };
    auto results = interpret(function, inputs, observer);
    if (results && !failure.empty())
      return makeError("{0}", failure);
    return results;
  };
  return executable;
}

/// The layout that a binding describes.
static llvm::Expected<HostLayout> layoutOf(cmflow::BindingAttr binding) {
  // (C1) of the attribute: the host type is a known one.
  HostType type = *parseHostType(binding.getHostType());
  return HostLayout::create(
      binding.getName(), type, binding.getHostShape(), binding.getPermutation(),
      binding.getScale().getValue().convertToFloat(), binding.getZeroPoint());
}

/// Passes a tensor on under each of its names.
static llvm::Error report(llvm::ArrayRef<cmflow::TensorAttr> names,
                          llvm::ArrayRef<int8_t> data, const TensorSink &sink) {
  for (cmflow::TensorAttr name : names) {
    // (C1) of the attribute: the host type is a known one.
    auto layout =
        HostLayout::create(name.getName(), *parseHostType(name.getHostType()),
                           name.getHostShape(), name.getPermutation());
    if (!layout)
      return layout.takeError();
    if (llvm::Error error = sink(*layout, data))
      return error;
  }
  return llvm::Error::success();
}

static llvm::Error addLayouts(llvm::ArrayRef<FunctionalPort> ports,
                              std::vector<HostLayout> &layouts) {
  for (const FunctionalPort &port : ports) {
    auto layout = layoutOf(port.binding);
    if (!layout)
      return layout.takeError();
    layouts.push_back(*layout);
  }
  return llvm::Error::success();
}

llvm::Expected<Executable> cm::makeCMFlowExecutable(ModuleOp module) {
  auto graphs = llvm::to_vector(module.getOps<cmflow::GraphOp>());
  if (graphs.size() != 1)
    return makeError("expected one cmflow.graph, found {0}", graphs.size());
  auto created = FunctionalGraph::create(graphs.front());
  if (!created)
    return created.takeError();
  auto graph = std::make_shared<FunctionalGraph>(std::move(*created));
  Executable executable;
  if (llvm::Error error = addLayouts(graph->inputs(), executable.inputs))
    return std::move(error);
  if (llvm::Error error = addLayouts(graph->outputs(), executable.outputs))
    return std::move(error);
  executable.run =
      [graph](
          llvm::ArrayRef<TensorData> inputs,
          const TensorSink &sink) -> llvm::Expected<std::vector<TensorData>> {
    if (!sink)
      return graph->run(inputs);
    llvm::Error failure = llvm::Error::success();
    auto results =
        graph->run(inputs, [&](llvm::ArrayRef<cmflow::TensorAttr> names,
                               llvm::ArrayRef<int8_t> data) {
          if (!failure)
            failure = report(names, data, sink);
        });
    if (!failure)
      return results;
    llvm::consumeError(results.takeError());
    return std::move(failure);
  };
  return executable;
}

llvm::Expected<Executable> cm::makeExecutable(ModuleOp module) {
  if (!module.getOps<cmflow::GraphOp>().empty())
    return makeCMFlowExecutable(module);
  return makeCMNNExecutable(module);
}
