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
#include "cm/Support/Error.h"

using namespace mlir;
using namespace cm;

/// Passes a tensor that has a name on to `sink`.
static llvm::Error report(Value value, const Tensor &tensor,
                          const TensorSink &sink) {
  DictionaryAttr attrs = value.getDefiningOp()->getDiscardableAttrDictionary();
  if (!attrs.get(cmnn::tensorAttrName))
    return llvm::Error::success();
  auto type = cast<RankedTensorType>(value.getType());
  auto layout = cmnn::getHostLayout(attrs, type, "");
  return layout ? sink(*layout, tensor) : layout.takeError();
}

llvm::Expected<Executable> cm::makeCMNNExecutable(ModuleOp module,
                                                  Kernels kernels) {
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
  ArrayRef<Type> types = function.getArgumentTypes();
  executable.run =
      [function, kernels,
       types](std::vector<Tensor> inputs,
              const TensorSink &sink) -> llvm::Expected<std::vector<Tensor>> {
    for (auto [input, type] : llvm::zip_equal(inputs, types))
      input.shape = cast<RankedTensorType>(type).getShape().vec();
    std::string failure;
    auto observer = [&](Value value, const Tensor &tensor) {
      if (!sink || !failure.empty())
        return;
      if (llvm::Error error = report(value, tensor, sink))
        failure = llvm::toString(std::move(error));
    };
    auto results = interpret(function, inputs, observer, kernels);
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
  Tensor tensor = Tensor::of<int8_t>(data.size(), data);
  for (cmflow::TensorAttr name : names) {
    // (C1) of the attribute: the host type is a known one.
    auto layout =
        HostLayout::create(name.getName(), *parseHostType(name.getHostType()),
                           name.getHostShape(), name.getPermutation());
    if (!layout)
      return layout.takeError();
    if (llvm::Error error = sink(*layout, tensor))
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
      [graph](std::vector<Tensor> inputs,
              const TensorSink &sink) -> llvm::Expected<std::vector<Tensor>> {
    llvm::Error failure = llvm::Error::success();
    auto observer = [&](llvm::ArrayRef<cmflow::TensorAttr> names,
                        llvm::ArrayRef<int8_t> data) {
      if (sink && !failure)
        failure = report(names, data, sink);
    };
    std::vector<std::vector<int8_t>> arrays;
    for (const Tensor &input : inputs)
      arrays.push_back(input.as<int8_t>().vec());
    auto results = graph->run(arrays, observer);
    if (!results || failure)
      return llvm::joinErrors(results ? llvm::Error::success()
                                      : results.takeError(),
                              std::move(failure));
    std::vector<Tensor> tensors;
    for (const std::vector<int8_t> &result : *results)
      tensors.push_back(Tensor::of<int8_t>(result.size(), result));
    return tensors;
  };
  return executable;
}

llvm::Expected<Executable> cm::makeExecutable(ModuleOp module,
                                              Kernels kernels) {
  if (!module.getOps<cmflow::GraphOp>().empty())
    return makeCMFlowExecutable(module);
  return makeCMNNExecutable(module, kernels);
}
