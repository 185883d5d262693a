//===- GraphTest.h - cmflow graphs as text ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_FUNCTIONAL_GRAPHTEST_H
#define CM_TEST_FUNCTIONAL_GRAPHTEST_H

#include "cm/Functional/FunctionalGraph.h"
#include "mlir/IR/BuiltinOps.h"
#include "gtest/gtest.h"

namespace cm::test {

using Bytes = std::vector<int8_t>;

/// `<kernel [..] ...>`
std::string windowText(const Window &window);
/// A line that reads a window of an object into `%value`.
std::string readText(llvm::StringRef value, llvm::StringRef object,
                     const Window &window);
/// A graph of one stage @s that reads the objects `inputs` and writes @y as
/// `body` says, which leaves its result in %y.
std::string
graphText(llvm::ArrayRef<std::pair<std::string, Extent>> inputs,
          const Extent &result, llvm::StringRef body);

/// Parses graphs and runs them.
class GraphTest : public ::testing::Test {
protected:
  GraphTest();
  llvm::Expected<FunctionalGraph> create(const std::string &text);
  /// The first output.
  Bytes run(const std::string &text, llvm::ArrayRef<Bytes> inputs);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace cm::test

#endif // CM_TEST_FUNCTIONAL_GRAPHTEST_H
