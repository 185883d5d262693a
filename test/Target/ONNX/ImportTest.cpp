//===- ImportTest.cpp - models that the ONNX importer must refuse ---------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "cm/Target/ONNX/Import.h"
#include "cm/Support/File.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static const std::string inputs = CM_ONNX_TEST_INPUTS;

/// The importer's error for these bytes, or "" where it accepts them. Nothing
/// may be reported on another way.
static std::string errorFor(llvm::StringRef bytes, llvm::StringRef name) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  unsigned reports = 0;
  context.getDiagEngine().registerHandler([&](mlir::Diagnostic &) {
    ++reports;
    return mlir::success();
  });
  auto module = importONNX(bytes, name, &context);
  EXPECT_EQ(reports, 0u);
  return module ? "" : llvm::toString(module.takeError());
}

static std::string contentsOf(const std::string &path) {
  auto file = readFile(path);
  if (!file) {
    ADD_FAILURE() << llvm::toString(file.takeError());
    return "";
  }
  return (*file)->getBuffer().str();
}

// make_wrong_models.py writes one model and one line for everything that can be
// wrong.
TEST(ONNXImport, EveryWrongModelGivesItsError) {
  std::string expected = contentsOf(inputs + "/wrong/expected.txt");
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(expected).split(lines, '\n', -1, /*KeepEmpty=*/false);
  EXPECT_GE(lines.size(), 90u);
  for (llvm::StringRef line : lines) {
    auto [name, message] = line.split('\t');
    std::string path = inputs + "/wrong/" + name.str() + ".onnx";
    EXPECT_EQ(errorFor(contentsOf(path), "FILE"), message) << name.str();
  }
}

TEST(ONNXImport, MissingFileIsNamed) {
  mlir::MLIRContext context;
  auto module = importONNXFile("no/such/model.onnx", &context);
  ASSERT_FALSE(bool(module));
  EXPECT_EQ(llvm::toString(module.takeError()),
            "cannot read 'no/such/model.onnx': No such file or directory");
}

/// Models that are cut off or have some bytes changed are refused with one
/// error or imported as something valid.
static void damage(const std::string &model, unsigned seed) {
  std::string whole = contentsOf(inputs + "/" + model);
  std::mt19937 random(seed);
  auto below = [&](size_t n) { return random() % n; };
  for (unsigned round = 0; round < 1000; ++round) {
    std::string bytes = whole;
    if (round % 3 == 0)
      bytes.resize(below(whole.size()));
    for (unsigned i = 0; round % 3 != 0 && i < 1 + below(8); ++i)
      bytes[below(whole.size())] = static_cast<char>(below(256));
    std::string error = errorFor(bytes, "FILE");
    EXPECT_EQ(llvm::StringRef(error).count('\n'), 0u)
        << "seed " << seed << ", round " << round << ": " << error;
  }
}

TEST(ONNXImport, DamagedQOperatorModels) {
  damage("pools.qop.onnx", 1);
  damage("conv_group.qop.onnx", 2);
}

TEST(ONNXImport, DamagedQDQModels) {
  damage("float_ports.qdq.onnx", 3);
  damage("lenet.u8s8.qdq.onnx", 4);
}
