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

llvm::Expected<Executable> cm::makeExecutable(ModuleOp module) {
  return makeCMNNExecutable(module);
}
