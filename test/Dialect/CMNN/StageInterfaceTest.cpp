//===- StageInterfaceTest.cpp - what operations say to the partition ------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation of the dialect is asked, in the forms that the tests of its
// syntax have: a new one that is in none of them, or in no role below, fails.
//
//===----------------------------------------------------------------------===//

#include "cm/Dialect/CMNN/StageForms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "gmock/gmock.h"
#include <map>
#include <set>

using namespace cm;
using namespace cm::cmnn;

/// What the files do not have, or not as it is tested here.
static constexpr char moreOps[] = R"(
cmnn.weight @slopes = dense<2.0> : tensor<1x1x1x4xf32>
cmnn.weight @k = dense<1> : tensor<2x2x4x4xi8>
func.func @more(%x: tensor<1x6x6x4xi8>, %t: tensor<1x5x4xi8>) -> tensor<1x6x6x4xi8> {
  %slopes = cmnn.constant @slopes : tensor<1x1x1x4xf32>
  %0 = cmnn.prelu %x, %slopes : tensor<1x6x6x4xi8>, tensor<1x1x1x4xf32> -> tensor<1x6x6x4xi8>
  %t2 = cmnn.transpose %t {permutation = array<i64: 0, 2, 1>} : tensor<1x5x4xi8> -> tensor<1x4x5xi8>
  %1 = cmnn.batch_matmul %t, %t2 : tensor<1x5x4xi8>, tensor<1x4x5xi8> -> tensor<1x5x5xi8>
  %2 = cmnn.reduce_max %x {axes = array<i64: 1, 2>} : tensor<1x6x6x4xi8> -> tensor<1x1x1x4xi8>
  %3 = cmnn.slice %x {starts = array<i64: 0, 1, 0, 0>, sizes = array<i64: 1, 3, 6, 4>, steps = array<i64: 1, 2, 1, 1>} : tensor<1x6x6x4xi8> -> tensor<1x3x6x4xi8>
  %4 = cmnn.conv_transpose2d %x, @k {strides = array<i64: 2, 2>, w_scales = array<f32: 1.0>} : tensor<1x6x6x4xi8> -> tensor<1x12x12x4xi8>
  %5 = cmnn.pad constant %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 2, 0>} : tensor<1x6x6x4xi8> -> tensor<1x7x8x4xi8>
  %6 = cmnn.resize linear asymmetric %x {scales = array<f32: 2.0, 2.0>} : tensor<1x6x6x4xi8> -> tensor<1x12x12x4xi8>
  %7 = cmnn.table %x {values = array<i8: TABLE>} : tensor<1x6x6x4xi8>
  return %0 : tensor<1x6x6x4xi8>
}
)";

namespace {
using Roles = std::map<std::string, std::set<StageRole>>;

class StageInterfaceTest : public testing::Test {
protected:
  StageInterfaceTest() {
    context.loadDialect<CMNNDialect, mlir::func::FuncDialect>();
    context.getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
    for (const char *name : {"ops.mlir", "ops-fixed.mlir", "ops-float.mlir"})
      modules.push_back(mlir::parseSourceFile<mlir::ModuleOp>(
          std::string(CM_OPS "/") + name, &context));
    std::string text = moreOps, values = "7";
    for (int i = 1; i < 256; ++i)
      values += ", 7";
    text.replace(text.find("TABLE"), 5, values);
    modules.push_back(mlir::parseSourceString<mlir::ModuleOp>(text, &context));
    for (auto &module : modules)
      EXPECT_TRUE(module);
  }

  void walk(llvm::function_ref<void(StageOpInterface)> visit) {
    for (auto &module : modules)
      module->walk([&](StageOpInterface op) { visit(op); });
  }

  mlir::MLIRContext context;
  std::vector<mlir::OwningOpRef<mlir::ModuleOp>> modules;
};
} // namespace

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

static Roles expectedRoles() {
  const std::pair<StageRole, std::vector<const char *>> table[] = {
      {StageRole::None,
       {"average_pool_fixed", "div", "gather", "reduce_sum", "rescale",
        "resize_fixed", "sub", "weight"}},
      {StageRole::Border, {"dequantize", "quantize"}},
      {StageRole::Constant, {"constant"}},
      {StageRole::View, {"reshape", "transpose"}},
      {StageRole::Join, {"concat"}},
      {StageRole::Pixelwise,
       {"abs",        "add",        "affine",       "clip",       "erf",
        "exp",        "gelu",       "hard_sigmoid", "hard_swish", "log",
        "layer_norm", "leaky_relu", "mul",          "neg",        "pow",
        "prelu",      "reciprocal", "requantize",   "sigmoid",    "softmax",
        "sqrt",       "table",      "tanh"}},
      {StageRole::Window,
       {"average_pool", "batch_matmul", "depth_to_space", "global_average_pool",
        "max_pool", "pad", "reduce_max", "reduce_mean", "resize", "slice"}},
      {StageRole::Product, {"conv2d", "conv_transpose2d", "matmul"}}};
  Roles roles;
  for (const auto &[role, names] : table)
    for (const char *name : names)
      roles["cmnn." + std::string(name)].insert(role);
  return roles;
}

TEST_F(StageInterfaceTest, everyOperationHasOneRole) {
  Roles found;
  walk([&](StageOpInterface op) {
    // Of channels alone a pad is pixelwise.
    if (!llvm::isa<PadOp>(op) || op.getStageRole() != StageRole::Pixelwise)
      found[op->getName().getStringRef().str()].insert(op.getStageRole());
  });
  Roles expected = expectedRoles();
  EXPECT_EQ(found, expected);
  for (mlir::RegisteredOperationName name :
       context.getRegisteredOperationsByDialect("cmnn")) {
    EXPECT_TRUE(name.hasInterface<StageOpInterface>());
    EXPECT_TRUE(expected.count(name.getStringRef().str()))
        << name.getStringRef().str() << " has no role";
  }
}

TEST_F(StageInterfaceTest, aRoleHasItsInterface) {
  walk([](StageOpInterface op) {
    EXPECT_EQ(op.getStageRole() == StageRole::Product,
              llvm::isa<ProductOpInterface>(op.getOperation()));
    if (op.getStageRole() == StageRole::View) {
      EXPECT_TRUE(isReordering(op));
    }
    if (llvm::isa<ByteFunctionOpInterface>(op.getOperation())) {
      EXPECT_EQ(op.getStageRole(), StageRole::Pixelwise);
    }
  });
}

//===----------------------------------------------------------------------===//
// Domains and accesses
//===----------------------------------------------------------------------===//

/// How often the lattices compute each pixel of `result`.
static std::vector<int> timesComputed(const Lattices &lattices,
                                      const Extent &result) {
  std::vector<int> times(result.h * result.w, 0);
  for (const Lattice &lattice : lattices) {
    Domain domain = lattice.domain(result);
    for (int64_t y = 0; y < domain.h; ++y)
      for (int64_t x = 0; x < domain.w; ++x)
        ++times[(y * lattice.y.stride + lattice.y.offset) * result.w +
                x * lattice.x.stride + lattice.x.offset];
  }
  return times;
}

TEST_F(StageInterfaceTest, latticesHaveEachPixelOnceAndReadWhatIsThere) {
  std::set<std::string> asked;
  walk([&](StageOpInterface op) {
    if (op.getStageRole() != StageRole::Window &&
        op.getStageRole() != StageRole::Product)
      return;
    mlir::FailureOr<Lattices> lattices = mlir::failure();
    if (op.hasStageForm())
      lattices = op.getLattices();
    if (mlir::failed(lattices))
      return;
    Extent result = extentOf(op->getResult(0));
    if (result.h > 1000)
      return; // too many to count
    std::string name = op->getName().getStringRef().str();
    asked.insert(name);
    EXPECT_THAT(timesComputed(*lattices, result), testing::Each(1)) << name;
    for (unsigned index = 0; index < op->getNumOperands(); ++index) {
      Extent stored = extentOf(op->getOperand(index));
      for (const Lattice &lattice : *lattices) {
        Window window = op.getWindow(index, stored, lattice);
        llvm::Error error = checkAccess(lattice.domain(result), window, stored);
        EXPECT_FALSE(bool(error)) << name;
        llvm::consumeError(std::move(error));
      }
    }
  });
  EXPECT_EQ(asked.size(), 13u) << testing::PrintToString(asked);
}

/// The first operation of the class in the text above.
template <typename OpTy> static OpTy firstOf(mlir::ModuleOp module) {
  OpTy found;
  module.walk([&](OpTy op) { found = found ? found : op; });
  return found;
}

TEST_F(StageInterfaceTest, aWindowSaysWhatIsRead) {
  auto slice = firstOf<SliceOp>(*modules.back());
  Window window = slice.getWindow(0, extentOf(slice.getX()), Lattice());
  EXPECT_EQ(window.strideY, 2);
  EXPECT_EQ(window.offsetY, 1);
  EXPECT_EQ(window.channelEnd, 4);
  auto pad = firstOf<PadOp>(*modules.back());
  window = pad.getWindow(0, extentOf(pad.getX()), Lattice());
  EXPECT_EQ(window.offsetY, -1);
  EXPECT_EQ(window.offsetX, 0);
  // Each token is multiplied with all others.
  auto product = firstOf<BatchMatMulOp>(*modules.back());
  window = product.getWindow(1, {1, 5, 4}, Lattice());
  EXPECT_EQ(window.kernelX, 5);
  EXPECT_EQ(window.strideX, 0);
  EXPECT_TRUE(isTransposedOperand(product.getB().getDefiningOp()));
  // Every second row and column is a convolution of one position.
  auto conv = firstOf<ConvTranspose2DOp>(*modules.back());
  mlir::FailureOr<Lattices> lattices = conv.getLattices();
  ASSERT_TRUE(mlir::succeeded(lattices));
  EXPECT_EQ(lattices->size(), 4u);
  window = conv.getWindow(0, extentOf(conv.getX()), lattices->back());
  EXPECT_EQ(window.kernelY * window.kernelX, 1);
  EXPECT_THAT(lattices->back().taps(2), testing::ElementsAre(3));
}
