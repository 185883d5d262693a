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
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static const std::string inputs = CM_ONNX_TEST_INPUTS;

/// The importer's error for these bytes, or "" where it accepts them. Nothing
/// may be reported on another way.
static std::string errorFor(llvm::StringRef bytes, llvm::StringRef name,
                            const ImportOptions &options = {}) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  unsigned reports = 0;
  context.getDiagEngine().registerHandler([&](mlir::Diagnostic &) {
    ++reports;
    return mlir::success();
  });
  auto module = importONNX(bytes, name, &context, options);
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
  EXPECT_GE(lines.size(), 190u);
  ImportOptions options;
  options.folder = inputs + "/wrong";
  for (llvm::StringRef line : lines) {
    auto [name, message] = line.split('\t');
    std::string path = inputs + "/wrong/" + name.str() + ".onnx";
    EXPECT_EQ(errorFor(contentsOf(path), "FILE", options), message.str()) << name.str();
  }
}

TEST(ONNXImport, TwoGigabytesAreRefused) {
  // The bytes are not looked at.
  std::string error = errorFor(llvm::StringRef("", size_t(1) << 31), "FILE");
  EXPECT_EQ(error, "'FILE' has 2147483648 bytes: expected less than 2 GB (ONNX "
                   "keeps larger models' weights in external files)");
}

TEST(ONNXImport, ExternalDataNeedsAFolder) {
  EXPECT_EQ(errorFor(contentsOf(inputs + "/external.onnx"), "FILE"),
            "node 'n_y' (QLinearConv, domain 'ai.onnx', opset 13): constant "
            "'w_y' is in an external file: expected a model that is read from a "
            "file itself");
}

TEST(ONNXImport, ExternalDataMayNotLeaveTheFolderByALink) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cm-onnx", folder));
  std::string link = (folder + "/external").str();
  ASSERT_FALSE(llvm::sys::fs::create_link(inputs + "/external", link));
  ImportOptions options;
  options.folder = folder.str().str();
  EXPECT_EQ(errorFor(contentsOf(inputs + "/external.onnx"), "FILE", options),
            "node 'n_y' (QLinearConv, domain 'ai.onnx', opset 13): constant "
            "'w_y' is in the file 'external/weights.bin': expected a file of the "
            "model's own folder");
  llvm::sys::fs::remove(link);
  llvm::sys::fs::remove(folder);
}

TEST(ONNXImport, ExternalDataThatCannotBeReadIsNamed) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("cm-onnx", folder));
  ASSERT_FALSE(llvm::sys::fs::create_directory(folder + "/external"));
  ASSERT_FALSE(
      llvm::sys::fs::create_directory(folder + "/external/weights.bin"));
  ImportOptions options;
  options.folder = folder.str().str();
  std::string error =
      errorFor(contentsOf(inputs + "/external.onnx"), "FILE", options);
  EXPECT_TRUE(llvm::StringRef(error).contains(
      "constant 'w_y' is in the file 'external/weights.bin', which cannot be "
      "read: "))
      << error;
  llvm::sys::fs::remove_directories(folder);
}

TEST(ONNXImport, DimsAreCheckedWhenParsed) {
  llvm::StringMap<int64_t> dims;
  auto parse = [&](std::vector<std::string> settings) {
    dims.clear();
    return llvm::toString(parseDims(settings, dims));
  };
  EXPECT_EQ(parse({"batch=1", "a=b=384"}), "");
  EXPECT_EQ(dims.lookup("batch"), 1);
  EXPECT_EQ(dims.lookup("a=b"), 384);
  for (const char *wrong : {"n", "=3", "n=", "n=0", "n=-1", "n=2x"})
    EXPECT_EQ(parse({wrong}), "expected --dim NAME=NUMBER with a positive "
                              "number, found '" +
                                  std::string(wrong) + "'");
  EXPECT_EQ(parse({"n=1", "n=1"}), "extent 'n' is given twice");
}

TEST(ONNXImport, DimsNameExtentsOfInputs) {
  ImportOptions options;
  options.dims["seq"] = 4;
  EXPECT_EQ(errorFor(contentsOf(inputs + "/pools.qop.onnx"), "FILE", options),
            "no input of 'FILE' has an extent 'seq'");
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
