//===- cm-run.cpp - runs a network on recorded inputs ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Computes what a module means, without a machine: the reference for what the
// later levels and the simulator compute. Arrays are .npy files as the host has
// them (HostLayout.h).
//
//===----------------------------------------------------------------------===//

#include "Executable.h"
#include "cm/Dialect/CMFlow/CMFlowDialect.h"
#include "cm/Dialect/CMHW/CMHWDialect.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Support/Compare.h"
#include "cm/Support/Error.h"
#include "cm/Support/Progress.h"
#include "cm/Support/Signals.h"
#include "cm/Support/Version.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"

using namespace cm;
namespace cl = llvm::cl;

static cl::OptionCategory category("cm-run options");
static cl::opt<std::string> modelPath(cl::Positional, cl::desc("MODEL.mlir"),
                                      cl::Required, cl::cat(category));
static cl::list<std::string>
    inputPaths("input", cl::desc("Images, one file for each input"),
               cl::value_desc("X.npy"), cl::cat(category));
static cl::list<std::string>
    outputPaths("output", cl::desc("Results, one file for each output"),
                cl::value_desc("Y.npy"), cl::cat(category));
static cl::opt<int64_t> imageCount("images",
                                   cl::desc("Run only the first N images"),
                                   cl::init(-1), cl::value_desc("N"),
                                   cl::cat(category));
static cl::opt<std::string>
    tensorsFolder("tensors", cl::desc("Write every named tensor as NAME.npy"),
                  cl::value_desc("DIR"), cl::cat(category));
static cl::list<std::string>
    expectPaths("expect", cl::desc("Compare the results with recorded ones"),
                cl::value_desc("Y.npy"), cl::cat(category));
static cl::opt<std::string>
    expectFolder("expect-tensors",
                 cl::desc("Compare named tensors with every NAME.npy"),
                 cl::value_desc("DIR"), cl::cat(category));

static cl::opt<Kernels> kernels(
    "kernels", cl::desc("How cmnn's products are computed, with equal results"),
    cl::values(clEnumValN(Kernels::Blocked, "blocked", "By blocks (default)"),
               clEnumValN(Kernels::Naive, "naive", "In naive loops")),
    cl::init(Kernels::Blocked), cl::cat(category));

namespace {
/// The arrays of a run, in the host's layout.
struct Arrays {
  std::vector<NpyArray> inputs, outputs;
  std::map<std::string, NpyArray> tensors;
  int64_t images = 0;
};
} // namespace

static llvm::Error checkCount(const cl::list<std::string> &paths,
                              llvm::StringRef option, size_t count,
                              bool required) {
  if (paths.size() == count || (paths.empty() && !required))
    return llvm::Error::success();
  return makeError("expected {0} of --{1}, found {2}", count, option,
                   paths.size());
}

static llvm::Error readInputs(const Executable &executable, Arrays &arrays) {
  for (const auto &[path, layout] :
       llvm::zip_equal(inputPaths, executable.inputs)) {
    auto array = readNpy(path);
    if (!array)
      return array.takeError();
    auto images = layout.countImages(*array);
    if (!images)
      return makeError("'{0}': {1}", path, llvm::toString(images.takeError()));
    if (!arrays.inputs.empty() && *images != arrays.images)
      return makeError("'{0}': expected {1} images as in the first input, "
                       "found {2}",
                       path, arrays.images, *images);
    arrays.images = *images;
    arrays.inputs.push_back(std::move(*array));
  }
  if (imageCount >= 0 && (imageCount == 0 || imageCount > arrays.images))
    return makeError("expected 1 to {0} for --images, found {1}", arrays.images,
                     imageCount.getValue());
  if (imageCount > 0)
    arrays.images = imageCount;
  for (const HostLayout &layout : executable.outputs)
    arrays.outputs.push_back(layout.makeArray(arrays.images));
  return llvm::Error::success();
}

/// Stores a named tensor of `image`. Where several have one name they must be
/// alike, and the last one is kept.
static llvm::Error keepTensor(const HostLayout &layout, const Tensor &tensor,
                              int64_t image, Arrays &arrays) {
  NpyArray &array = arrays.tensors[layout.name().str()];
  std::vector<int64_t> shape = layout.shape();
  shape[0] = arrays.images;
  if (array.bytes.empty())
    array = layout.makeArray(arrays.images);
  else if (array.type != layout.npyType() || array.shape != shape)
    return makeError("tensor '{0}': expected one shape and type, found {1} {2} "
                     "and {3} {4}",
                     layout.name(), npyTypeName(array.type),
                     formatShape(array.shape), npyTypeName(layout.npyType()),
                     formatShape(shape));
  layout.fromObject(tensor, image, array);
  return llvm::Error::success();
}

static llvm::Error runImage(const Executable &executable, int64_t image,
                            bool keepTensors, Arrays &arrays) {
  std::vector<Tensor> inputs;
  for (auto [layout, array] :
       llvm::zip_equal(executable.inputs, arrays.inputs)) {
    inputs.emplace_back(layout.elementType(), layout.numElements());
    layout.toObject(array, image, inputs.back());
    // A float input is not what it was once it is quantised.
    if (keepTensors && !layout.isQuantised())
      if (llvm::Error error = keepTensor(layout, inputs.back(), image, arrays))
        return error;
  }
  auto keep = [&](const HostLayout &layout, const Tensor &tensor) {
    return keepTensor(layout, tensor, image, arrays);
  };
  auto outputs = executable.run(std::move(inputs),
                                keepTensors ? TensorSink(keep) : TensorSink());
  if (!outputs)
    return makeError("image {0}: {1}", image,
                     llvm::toString(outputs.takeError()));
  for (auto [layout, output, array] :
       llvm::zip_equal(executable.outputs, *outputs, arrays.outputs))
    layout.fromObject(output, image, array);
  return llvm::Error::success();
}

/// Writes and compares; false where something differs.
static llvm::Expected<bool> finish(const Executable &executable,
                                   const Arrays &arrays) {
  bool equal = true;
  for (auto [i, path] : llvm::enumerate(outputPaths))
    if (llvm::Error error = writeNpy(path, arrays.outputs[i]))
      return std::move(error);
  for (auto [i, path] : llvm::enumerate(expectPaths)) {
    auto same = compareWithFile(executable.outputs[i].name(), arrays.outputs[i],
                                path, llvm::outs());
    if (!same)
      return same.takeError();
    equal &= *same;
  }
  if (!tensorsFolder.empty())
    if (llvm::Error error = writeFolder(arrays.tensors, tensorsFolder))
      return std::move(error);
  if (!expectFolder.empty()) {
    auto same = compareWithFolder(arrays.tensors, expectFolder, llvm::outs());
    if (!same)
      return same.takeError();
    equal &= *same;
  }
  return equal;
}

static llvm::Expected<bool> run(mlir::ModuleOp module) {
  auto executable = makeExecutable(module, kernels);
  if (!executable)
    return executable.takeError();
  size_t outputs = executable->outputs.size();
  if (llvm::Error error =
          checkCount(inputPaths, "input", executable->inputs.size(), true))
    return std::move(error);
  if (llvm::Error error = checkCount(outputPaths, "output", outputs, false))
    return std::move(error);
  if (llvm::Error error = checkCount(expectPaths, "expect", outputs, false))
    return std::move(error);
  Arrays arrays;
  if (llvm::Error error = readInputs(*executable, arrays))
    return std::move(error);
  bool keepTensors = !tensorsFolder.empty() || !expectFolder.empty();
  Progress progress("running images", arrays.images);
  for (int64_t image = 0; image < arrays.images; ++image) {
    progress.update(image);
    if (llvm::Error error = runImage(*executable, image, keepTensors, arrays))
      return std::move(error);
  }
  return finish(*executable, arrays);
}

int main(int argc, char **argv) {
  cm::keepIgnoredSignals();
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(printVersion);
  cl::ParseCommandLineOptions(argc, argv, "Runs a network on .npy inputs\n");

  mlir::DialectRegistry registry;
  registry.insert<cmflow::CMFlowDialect, cmhw::CMHWDialect, cmnn::CMNNDialect,
                  mlir::arith::ArithDialect, mlir::func::FuncDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(modelPath, &context);
  if (!module)
    return 1;
  llvm::Expected<bool> equal = run(*module);
  if (equal)
    return *equal ? 0 : 2;
  llvm::WithColor::error(llvm::errs(), "cm-run")
      << llvm::toString(equal.takeError()) << "\n";
  return 1;
}
