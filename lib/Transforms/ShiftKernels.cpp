//===- ShiftKernels.cpp - several pixels of a layer in one MVM ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that is small beside the crossbar leaves rows and columns idle.
// Copies of it, each shifted by one pixel of the result, share the rows of a
// wider window and have columns of their own.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Timing.h"
#include "cm/Dialect/CMFlow/VectorWork.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Transforms/Passes.h"
#include "cm/Transforms/Problems.h"

namespace cm {
#define GEN_PASS_DEF_SHIFTKERNELS
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Which stages, and how many pixels
//===----------------------------------------------------------------------===//

static Window windowOf(cmflow::ReadOp read) {
  return read.getWindow().toWindow();
}

static cmflow::ReadOp inputOf(cmflow::MvmOp mvm) {
  return mvm.getInput().getDefiningOp<cmflow::ReadOp>();
}

/// One pixel for each iteration, in order, all of its elements.
static bool readsPixels(cmflow::ReadOp read) {
  Window window = windowOf(read);
  return window.kernelY == 1 && window.kernelX == 1 && window.strideX > 0 &&
         window.elementBegin == 0 &&
         window.elementEnd == window.channelEnd - window.channelBegin;
}

static bool isShiftable(Operation &op, cmflow::ReadOp input) {
  if (auto read = dyn_cast<cmflow::ReadOp>(op))
    return read == input || readsPixels(read);
  return isa<cmflow::MvmOp, cmflow::WriteOp>(op) || cmflow::canWiden(&op);
}

/// The stage computes whole pixels of a row one after the other, with the whole
/// kernel in its matrix.
static bool isShiftable(cmflow::StageOp stage, mlir::SymbolTable &symbols,
                        cmnn::WeightOp weight) {
  cmflow::MvmOp mvm = stage.getMvm();
  ArrayRef<int64_t> shape = weight.getType().getShape();
  if (shape.size() != 4 || mvm.getTaps() || mvm.getSums())
    return false;
  Window window = windowOf(inputOf(mvm));
  PixelWrite write = stage.getWrite().getPixels().toPixelWrite();
  auto object = symbols.lookup<cmflow::ObjectOp>(stage.getWrite().getObject());
  bool isWholeKernel = mvm.getElements()[0] == 0 && mvm.getColumns()[0] == 0 &&
                       mvm.getColumns()[1] == shape[3] &&
                       mvm.getChannels()[0] == 0 &&
                       mvm.getElements()[1] == shape[0] * shape[1] * shape[2] *
                                                   int64_t(mvm.getGroups());
  bool isWholePixel = write.pixels == 1 && write.strideX == 1 &&
                      write.channels() == int64_t(object.getChannels());
  return isWholeKernel && isWholePixel && window.strideX > 0 &&
         window.strideX % window.dilationX == 0 &&
         llvm::all_of(stage.getBody().front(), [&](Operation &op) {
           return isShiftable(op, inputOf(mvm));
         });
}

namespace {
/// A stage with its kernel, which the shifts of some number of pixels widen.
struct ShiftedStage {
  cmflow::StageOp stage;
  cmnn::WeightOp weight;

  /// Positions of the window between two pixels of the result.
  int64_t step() {
    Window window = windowOf(inputOf(stage.getMvm()));
    return window.strideX / window.dilationX;
  }
  int64_t kernelX(int64_t pixels) {
    return weight.getType().getDimSize(1) + (pixels - 1) * step();
  }
  int64_t rows(int64_t pixels) {
    return weight.getType().getDimSize(0) * kernelX(pixels) *
           windowOf(inputOf(stage.getMvm())).channelEnd;
  }
  int64_t columns(int64_t pixels) {
    return pixels * weight.getType().getDimSize(3);
  }
};
} // namespace

/// The divisor of the row's length with the fewest cycles of crossbar and DPU
/// per pixel, of those with at most `growth` times the crossbars of one pixel,
/// and with no more than as many copies would take; the least of several.
static int64_t pixelsFor(ShiftedStage shifted, const StageNode &node,
                         const MachineModel &machine, uint64_t growth) {
  NodeId core = representativeCore(machine);
  uint64_t dpu = iterationTiming(node, machine, core).dpu;
  auto groupFor = [&](int64_t pixels) {
    return machine.groupShape(core, shifted.rows(pixels),
                              shifted.columns(pixels));
  };
  uint64_t single = groupFor(1).crossbars();
  uint64_t limit = std::max<uint64_t>(
      single, std::min<uint64_t>(growth * single,
                                 machine.core(core).crossbar().count()));
  int64_t best = 1;
  uint64_t bestCycles = std::max(machine.mvmCycles(core, groupFor(1)), dpu);
  for (int64_t pixels = 2; pixels <= node.domain.w; ++pixels) {
    GroupShape group = groupFor(pixels);
    if (group.crossbars() > limit)
      break;
    if (node.domain.w % pixels || group.crossbars() > pixels * single)
      continue;
    uint64_t cycles = std::max(machine.mvmCycles(core, group), dpu * pixels);
    if (cycles * best < bestCycles * pixels)
      best = pixels, bestCycles = cycles;
  }
  return best;
}

/// A matrix that fits one of the cores with crossbars fits all.
static bool hasLikeCrossbars(const MachineModel &machine) {
  NodeId first = representativeCore(machine);
  for (NodeId core = 0; core < machine.numCores(); ++core)
    if (machine.hasCrossbar(core) &&
        !isAlike(machine.core(first).crossbar(), machine.core(core).crossbar()))
      return false;
  return machine.hasCrossbar(first);
}

//===----------------------------------------------------------------------===//
// The wider stage
//===----------------------------------------------------------------------===//

/// `KHxKWxCIxCO` with a copy for each pixel: column (i, o) holds the kernel of
/// o from position i * step on. Groups become blocks among zeros.
static cmnn::WeightOp shiftWeight(ShiftedStage shifted, int64_t pixels,
                                  mlir::SymbolTable &symbols) {
  cmnn::WeightOp weight = shifted.weight;
  ArrayRef<int64_t> shape = weight.getType().getShape();
  int64_t height = shape[0], width = shape[1], inputs = shape[2];
  int64_t outputs = shape[3], groups = shifted.stage.getMvm().getGroups();
  int64_t channels = inputs * groups, wide = shifted.kernelX(pixels);
  std::vector<int8_t> storage;
  ArrayRef<int8_t> values = weight.getInt8(storage);
  std::vector<int8_t> data(height * wide * channels * pixels * outputs, 0);
  for (int64_t position = 0; position < height * width; ++position)
    for (int64_t row = 0; row < channels; ++row)
      for (int64_t i = 0; i < pixels; ++i) {
        int64_t group = row / inputs, count = outputs / groups;
        int64_t x = position % width + i * shifted.step();
        int64_t at = (position / width * wide + x) * channels + row;
        auto from = values.begin() +
                    (position * inputs + row % inputs) * outputs +
                    group * count;
        std::copy_n(from, count,
                    data.begin() + (at * pixels + i) * outputs + group * count);
      }
  OpBuilder builder(weight);
  auto type = RankedTensorType::get({height, wide, channels, pixels * outputs},
                                    builder.getI8Type());
  auto copy = cmnn::WeightOp::create(
      builder, weight.getLoc(),
      (weight.getSymName() + ".shifted" + Twine(pixels)).str(),
      DenseElementsAttr::get(type, ArrayRef<int8_t>(data)));
  symbols.insert(copy);
  return copy;
}

static void widenRead(cmflow::ReadOp read, int64_t pixels, bool isInput) {
  Window window = windowOf(read);
  int64_t step = isInput ? window.strideX / window.dilationX : 1;
  if (!isInput)
    window.dilationX = window.strideX;
  window.kernelX += (pixels - 1) * step;
  window.strideX *= pixels;
  window.elementEnd = window.kernelY * window.kernelX *
                      (window.channelEnd - window.channelBegin);
  read.setWindowAttr(cmflow::WindowAttr::fromWindow(read.getContext(), window));
  auto type = cast<VectorType>(read.getType());
  read.getResult().setType(
      VectorType::get({window.elementEnd}, type.getElementType()));
}

static void widenMvm(cmflow::MvmOp mvm, cmnn::WeightOp weight) {
  ArrayRef<int64_t> shape = weight.getType().getShape();
  mvm.setWeight(weight.getSymName());
  mvm.setGroups(1);
  mvm.setChannels({0, shape[2]});
  mvm.setElements({0, shape[0] * shape[1] * shape[2]});
  mvm.setColumns({0, shape[3]});
}

static void widen(ShiftedStage shifted, int64_t pixels,
                  mlir::SymbolTable &symbols) {
  cmflow::StageOp stage = shifted.stage;
  cmflow::MvmOp mvm = stage.getMvm();
  cmflow::ReadOp input = inputOf(mvm);
  widenMvm(mvm, shiftWeight(shifted, pixels, symbols));
  for (Operation &op : stage.getBody().front())
    cmflow::widenLists(&op, pixels);
  for (Operation &op : stage.getBody().front()) {
    if (auto read = dyn_cast<cmflow::ReadOp>(op)) {
      widenRead(read, pixels, read == input);
      continue;
    }
    if (op.getNumResults() == 0)
      continue;
    auto type = cast<VectorType>(op.getResult(0).getType());
    op.getResult(0).setType(VectorType::get({type.getNumElements() * pixels},
                                            type.getElementType()));
  }
  cmflow::WriteOp write = stage.getWrite();
  PixelWrite written = write.getPixels().toPixelWrite();
  written.strideX = written.pixels = pixels;
  write.setPixelsAttr(
      cmflow::PixelsAttr::fromPixelWrite(write.getContext(), written));
  Domain domain = stage.getDomainBox();
  stage.setDomain({domain.h, domain.w / pixels});
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct ShiftKernels : cm::impl::ShiftKernelsBase<ShiftKernels> {
  using ShiftKernelsBase::ShiftKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto graph : module.getOps<cmflow::GraphOp>())
      if (failed(shiftKernels(graph)))
        return signalPassFailure();
  }

  LogicalResult shiftKernels(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    if (!hasLikeCrossbars(*machine))
      return success();
    mlir::SymbolTable weights(getOperation()), symbols(graph);
    StageGraph view(graph);
    for (const StageNode &node : view.nodes) {
      if (!node.mvm())
        continue;
      ShiftedStage shifted{
          node.stage(), weights.lookup<cmnn::WeightOp>(node.mvm().getWeight())};
      if (!isShiftable(shifted.stage, symbols, shifted.weight))
        continue;
      int64_t pixels = pixelsFor(shifted, node, *machine, growth);
      if (pixels == 1)
        continue;
      widen(shifted, pixels, weights);
      if (SymbolTable::symbolKnownUseEmpty(shifted.weight, getOperation()))
        weights.erase(shifted.weight);
      ++numShifted;
    }
    return success();
  }
};
} // namespace
